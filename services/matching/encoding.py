"""Wiring of `encode`: by hand, and undone in the reverse order."""

import asyncio
from contextlib import AsyncExitStack

from polku.matching.v1.linking_service_pb2_grpc import add_LinkingServiceServicer_to_server

from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.embedding_worker import EmbeddingWorker
from services.matching.adapters.linking.grpc_api import LINKING_SERVICE, LinkingServicer
from services.matching.adapters.linking.label_filler import LabelFiller
from services.matching.adapters.linking.linker import Linker
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.settings import EncodeSettings
from shared import vocabulary
from shared.runtime import lifecycle
from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import read_issuers
from shared.runtime.log import get_logger
from shared.runtime.postgres import open_pool
from shared.runtime.rpc import RpcServer, build_server, standard_interceptors
from shared.vocabulary.enrichment import with_glossary
from shared.vocabulary.glossary import load_glossary

_log = get_logger("encoder")


async def encode(settings: EncodeSettings, stop: asyncio.Event) -> None:
    """Encode until `stop` is set. Health says SERVING once the model is loaded, LinkingService's once it can link."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name="encoder", max_size=2)
        stack.push_async_callback(pool.close)
        # Here and not in a thread: importing torch beside a running loop gains nothing, nobody is waiting yet.
        encoder = TextEncoder(settings.model_dir, threads=settings.threads)
        _log.info("model.loaded", model=encoder.model_id, dimension=encoder.dimension)
        worker = EmbeddingWorker(
            lambda: PostgresUnitOfWork(pool), settings.postgres_dsn, encoder, lanes=settings.threads
        )
        linking = _Linking(settings, encoder, worker)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        background.start("worker", worker.run(stop))
        server = _server(settings, linking)
        await server.start()
        stack.push_async_callback(server.drain)
        background.start("linking", linking.run(server, stop))
        await stop.wait()


class _Linking:
    """The linker, built beside the encoder's work: texts that wait are not kept waiting by it."""

    def __init__(self, settings: EncodeSettings, encoder: TextEncoder, worker: EmbeddingWorker) -> None:
        self.vocabulary = with_glossary(vocabulary.load(settings.vocabulary_file), load_glossary())
        self.linker: Linker | None = None
        self._settings = settings
        self._encoder = encoder
        self._worker = worker

    async def run(self, server: RpcServer, stop: asyncio.Event) -> None:
        """Build the linker, say that it is ready, then give its labels their vectors."""
        self.linker = await asyncio.to_thread(Linker, self.vocabulary, self._encoder, load_glossary())
        await server.set_ready(True)
        filler = LabelFiller(self.linker, self._encoder, self._settings.labels, lambda: self._worker.idle)
        await filler.run(stop)


def _server(settings: EncodeSettings, linking: _Linking) -> RpcServer:
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier),
        reflection=settings.reflection,
        verifier=verifier,
        tls=settings.tls,
    )
    servicer = LinkingServicer(linking.vocabulary, lambda: linking.linker)
    server.add(add_LinkingServiceServicer_to_server, servicer, LINKING_SERVICE)
    return server
