"""Wiring of `serve`: by hand, and undone in the reverse order."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from nats.aio.client import Client
from polku.matching.v1.matching_service_pb2_grpc import add_MatchingServiceServicer_to_server

from services.matching.adapters.access import ProfilesGate, ProfilesSource
from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.event_handlers import EventHandlers
from services.matching.adapters.faiss_index import FaissIndex
from services.matching.adapters.grpc_api import MATCHING_SERVICE, MatchingServicer
from services.matching.adapters.live_openings import LiveOpeningsInMemory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.vectors import VECTORS_CHANNEL
from services.matching.adapters.startup import VectorFollower, fill_memory
from services.matching.adapters.texts import load_texts
from services.matching.adapters.weights import read_weights
from services.matching.application.engine import Engine
from services.matching.settings import ServeSettings
from shared import vocabulary
from shared.kernel.paging import PageTokens
from shared.runtime import bus, dead_letters, lifecycle
from shared.runtime.auth import ServiceSigner, TokenVerifier, read_issuers, read_key
from shared.runtime.outbox import Relay, outbox_age_seconds
from shared.runtime.postgres import Pool, listen, open_pool, transaction
from shared.runtime.rpc import RpcServer, build_server, open_channel, standard_interceptors, watch_readiness
from shared.runtime.rpc.server import Check

SERVICE = "matching"
_OUTBOX_ALARM = 60.0  # seconds that an event may wait before callers should know that something is wrong


async def serve(settings: ServeSettings, consumers: Sequence[bus.ConsumerSpec], stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then drain: the reverse order of the start."""
    await bus.check_sync_always(settings.nats_monitor_url)
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name=SERVICE, max_size=16)
        stack.push_async_callback(pool.close)
        violations: list[str] = []
        connection = await bus.connect(settings.nats_url, name=SERVICE, on_violation=violations.append)
        stack.push_async_callback(connection.close)
        live, index, engine = await _engine(settings, stack)

        def open_uow() -> PostgresUnitOfWork:
            return PostgresUnitOfWork(pool)

        follower = VectorFollower(pool, engine, open_uow)
        await fill_memory(pool, engine, live, index, open_uow)
        server = _server(settings, engine, open_uow)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        drained = asyncio.Event()  # the last calls still write events: the relay goes on until they are done
        stack.callback(drained.set)
        publisher = bus.Publisher(connection, bus.stream_of(SERVICE).name, SERVICE)
        background.start("relay", Relay(pool, settings.postgres_dsn, publisher.publish).run(drained))
        background.start("vectors", listen(settings.postgres_dsn, VECTORS_CHANNEL, follower.on_notify, drained))
        for consumer in _consumers(connection, pool, EventHandlers(open_uow, engine), consumers):
            background.start("consumer", consumer.run(stop))
        await server.start()
        stack.push_async_callback(server.drain)
        background.start("readiness", watch_readiness(server, readiness(pool, connection, violations), drained))
        await stop.wait()


async def _engine(settings: ServeSettings, stack: AsyncExitStack) -> tuple[LiveOpeningsInMemory, FaissIndex, Engine]:
    signer = ServiceSigner(read_key(settings.service_key_file), SERVICE, settings.token_audience)
    channel = open_channel(settings.profiles_address, signer)
    stack.push_async_callback(channel.close)
    model = read_folder(settings.model_dir)
    live, index = LiveOpeningsInMemory(), FaissIndex(model.model_id(), model.dimension)
    engine = Engine(
        vocabulary=vocabulary.load(),
        weights=read_weights(),
        live=live,
        index=index,
        gate=ProfilesGate(channel),
        source=ProfilesSource(channel),
        tokens=PageTokens(settings.page_token_secret.encode()),
    )
    return live, index, engine


def _server(settings: ServeSettings, engine: Engine, open_uow: Callable[[], PostgresUnitOfWork]) -> RpcServer:
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier),
        max_concurrent_rpcs=settings.max_concurrent_rpcs,
        reflection=settings.reflection,
    )
    servicer = MatchingServicer(open_uow, engine, load_texts(engine.vocabulary))
    server.add(add_MatchingServiceServicer_to_server, servicer, MATCHING_SERVICE)
    return server


def _consumers(
    connection: Client, pool: Pool, handlers: EventHandlers, specs: Sequence[bus.ConsumerSpec]
) -> list[bus.Consumer]:
    async def keep(letter: dead_letters.DeadLetter) -> None:
        async with transaction(pool) as database:
            await dead_letters.keep(database, letter)

    return [bus.Consumer(connection, spec.stream, spec.durable, handlers.handle, keep) for spec in specs]


def readiness(pool: Pool, connection: Client, violations: Sequence[str]) -> Mapping[str, Check]:
    """What must hold for the service to be ready. Memory is filled before the server starts."""

    async def database_answers() -> bool:
        async with transaction(pool) as database:
            await database.execute("select 1")
        return True

    async def broker_is_connected() -> bool:
        return connection.is_connected and not violations

    async def events_leave() -> bool:
        return await outbox_age_seconds(pool) < _OUTBOX_ALARM

    return {"database": database_answers, "broker": broker_is_connected, "outbox": events_leave}
