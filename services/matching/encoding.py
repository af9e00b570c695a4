"""Wiring of `encode`: by hand, and undone in the reverse order."""

import asyncio
from contextlib import AsyncExitStack

from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.embedding_worker import EmbeddingWorker
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.settings import EncodeSettings
from shared.runtime import lifecycle
from shared.runtime.log import get_logger
from shared.runtime.postgres import open_pool
from shared.runtime.rpc import GuardInterceptor, build_server

_log = get_logger("encoder")


async def encode(settings: EncodeSettings, stop: asyncio.Event) -> None:
    """Encode until `stop` is set. Health says SERVING once the model is loaded."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name="encoder", max_size=2)
        stack.push_async_callback(pool.close)
        # Here and not in a thread: importing torch beside a running loop gains nothing, nobody is waiting yet.
        encoder = TextEncoder(settings.model_dir, threads=settings.threads)
        _log.info("model.loaded", model=encoder.model_id, dimension=encoder.dimension)
        worker = EmbeddingWorker(lambda: PostgresUnitOfWork(pool), settings.postgres_dsn, encoder)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        background.start("worker", worker.run(stop))
        server = build_server(listen=settings.listen, interceptors=[GuardInterceptor()])
        await server.start()
        stack.push_async_callback(server.stop)
        await stop.wait()
