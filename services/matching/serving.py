"""Wiring of `serve`: by hand, and undone in the reverse order."""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import grpc.aio
from nats.aio.client import Client
from polku.matching.v1.bulk_service_pb2_grpc import add_BulkServiceServicer_to_server
from polku.matching.v1.candidate_service_pb2_grpc import add_CandidateServiceServicer_to_server
from polku.matching.v1.matching_service_pb2_grpc import add_MatchingServiceServicer_to_server
from polku.matching.v1.text_service_pb2_grpc import add_TextServiceServicer_to_server

from services.matching.adapters.access import ProfilesGate, ProfilesSource
from services.matching.adapters.bulk_schedule import run_at
from services.matching.adapters.candidate_texts import load_candidate_texts
from services.matching.adapters.consents import ProfilesConsents
from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.event_handlers import EventHandlers
from services.matching.adapters.grpc_api import MATCHING_SERVICE, MatchingServicer
from services.matching.adapters.grpc_bulk import BULK_SERVICE, BulkServicer
from services.matching.adapters.grpc_candidates import CANDIDATE_SERVICE, CandidateServicer
from services.matching.adapters.grpc_texts import TEXT_SERVICE, TextServicer
from services.matching.adapters.keeping import Keeper
from services.matching.adapters.live import Generations, LiveOpeningsInMemory
from services.matching.adapters.memory import Memory, renew_profiles
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.candidates import PostgresCandidateUnitOfWork
from services.matching.adapters.postgres.housekeeping import forget_records
from services.matching.adapters.postgres.inputs import KnownInputs
from services.matching.adapters.store_follower import StoreFollower
from services.matching.adapters.texts import load_texts
from services.matching.adapters.weights import read_weights
from services.matching.adapters.wire.events import WORK_PREFIX
from services.matching.application.candidates import Showing
from services.matching.application.engine import Engine
from services.matching.application.watchers import Limits, Watchers
from services.matching.domain.anonymity import Handles
from services.matching.domain.scrubbing import scrubber
from services.matching.settings import ServeSettings
from shared import vocabulary
from shared.kernel.events import EventRecord
from shared.kernel.paging import PageTokens
from shared.runtime import bus, dead_letters, lifecycle
from shared.runtime.auth import ServiceSigner, TokenVerifier, read_key
from shared.runtime.housekeeping import keep_house
from shared.runtime.issuers import read_issuers
from shared.runtime.outbox import Publish, Relay
from shared.runtime.postgres import Pool, open_pool, transaction
from shared.runtime.process import readiness
from shared.runtime.rpc import RpcServer, build_server, open_channel, standard_interceptors, watch_readiness

SERVICE = "matching"
_COLLECT_AFTER = (20_000, 10, 10)  # a list makes ten thousand objects, and leaves no cycles


async def serve(settings: ServeSettings, consumers: Sequence[bus.ConsumerSpec], stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then drain: the reverse order of the start.

    Calls are answered UNAVAILABLE until memory is filled, and only then the service is ready.
    """
    await bus.check_sync_always(settings.nats_monitor_url)
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name=SERVICE, max_size=16)
        stack.push_async_callback(pool.close)
        violations: list[str] = []
        connection = await bus.connect(settings.nats_url, name=SERVICE, on_violation=violations.append)
        stack.push_async_callback(connection.close)
        model = read_folder(settings.model_dir)
        known = vocabulary.load(settings.vocabulary_file)
        live = LiveOpeningsInMemory(model.model_id(), model.dimension, known)
        generations = Generations(settings.index_dir, live, known) if settings.index_dir is not None else None
        profiles = _profiles(settings)
        stack.push_async_callback(profiles.close)
        engine = _engine(settings, live, known, profiles)
        watchers = Watchers(engine, lambda: PostgresUnitOfWork(pool), Limits(all=settings.max_watches))
        showing = Showing(ProfilesConsents(profiles), Handles(settings.page_token_secret.encode()))
        server = _server(settings, engine, pool, watchers, showing)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        drained = asyncio.Event()  # the last calls still write events: the relay goes on until they are done
        stack.callback(drained.set)
        await server.start()
        stack.push_async_callback(server.drain)
        stack.callback(watchers.close)  # before the drain, which would wait for streams that have no end
        background.start("watchers", watchers.run(stop))
        background.start("relay", Relay(pool, settings.postgres_dsn, _publish(connection)).run(drained))
        if settings.bulk_at is not None:
            background.start("schedule", run_at(settings.bulk_at, lambda: PostgresUnitOfWork(pool), stop))

        background.start("housekeeping", keep_house(pool, drained, forget_records))

        async def memory_is_filled() -> bool:
            return engine.live.loaded

        checks = {**readiness(pool, connection, violations), "memory": memory_is_filled}
        background.start("readiness", watch_readiness(server, checks, drained))
        intake = _Intake(settings.postgres_dsn, pool, connection, engine, live, generations)
        background.start("intake", intake.run(consumers, background, stop))
        await stop.wait()


@dataclass(frozen=True)
class _Intake:
    """Filling memory, then keeping it current."""

    dsn: str
    pool: Pool
    connection: Client
    engine: Engine
    live: LiveOpeningsInMemory
    generations: Generations | None

    async def run(
        self, consumers: Sequence[bus.ConsumerSpec], background: lifecycle.Background, stop: asyncio.Event
    ) -> None:
        """Returns once memory is filled and all that follows is running in the background."""
        await asyncio.to_thread(self.engine.vocabulary.find, "")  # builds the finder, seconds with all of ESCO
        await asyncio.to_thread(scrubber, self.engine.vocabulary)
        memory = Memory(self.pool, self.engine, self.live, self.open_uow)
        follower = StoreFollower(self.dsn, memory, self.open_uow, self.engine)
        background.start("follower", follower.run(stop))
        await follower.listening.wait()
        if stop.is_set():
            return
        await memory.fill(self.generations)
        # What is in memory now stays: left to the collector it would be walked again and again while lists are made.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        if stop.is_set():
            return
        background.start("keeper", Keeper(self.live, memory, self.generations).run(stop))
        handlers = EventHandlers(self.open_uow, self.engine, memory.in_step)
        handle = {
            bus.stream_of("openings").name: handlers.take_opening_event,
            bus.stream_of("profiles").name: handlers.take_profile_event,
        }
        for spec in consumers:
            consumer = bus.Consumer(
                self.connection,
                spec.stream,
                spec.durable,
                handle[spec.stream],
                self.keep,
                ack_wait=spec.ack_wait.total_seconds(),
            )
            background.start(spec.durable, consumer.run(stop))
        background.start("renewal", renew_profiles(self.pool, self.engine, stop))

    def open_uow(self) -> PostgresUnitOfWork:
        """A unit of work."""
        return PostgresUnitOfWork(self.pool)

    async def keep(self, letter: dead_letters.DeadLetter) -> None:
        """Store a dead letter."""
        async with transaction(self.pool) as database:
            await dead_letters.keep(database, letter)


def _publish(connection: Client) -> Publish:
    """Events go to the stream of events, work to that of the workers."""
    events = bus.Publisher(connection, bus.stream_of(SERVICE).name, SERVICE)
    work = bus.Publisher(connection, bus.work_stream_of(SERVICE).name, SERVICE)

    async def publish(record: EventRecord) -> None:
        await (work if record.subject.startswith(WORK_PREFIX) else events).publish(record)

    return publish


def _profiles(settings: ServeSettings) -> grpc.aio.Channel:
    signer = ServiceSigner(read_key(settings.service_key_file), SERVICE, settings.token_audience)
    return open_channel(settings.profiles_address, signer, tls=settings.tls)


def _engine(
    settings: ServeSettings, live: LiveOpeningsInMemory, known: vocabulary.Vocabulary, profiles: grpc.aio.Channel
) -> Engine:
    return Engine(
        vocabulary=known,
        weights=read_weights(),
        live=live,
        gate=ProfilesGate(profiles),
        source=ProfilesSource(profiles),
        tokens=PageTokens(settings.page_token_secret.encode()),
        efforts=read_efforts(),
    )


def _server(settings: ServeSettings, engine: Engine, pool: Pool, watchers: Watchers, showing: Showing) -> RpcServer:
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier),
        max_concurrent_rpcs=settings.max_concurrent_rpcs + settings.max_watches,
        reflection=settings.reflection,
        verifier=verifier,
        tls=settings.tls,
    )
    inputs = KnownInputs()  # one for all calls: what one of them has stored no other sends again
    texts = load_texts(engine.vocabulary)
    servicer = MatchingServicer(lambda: PostgresUnitOfWork(pool, known=inputs), engine, texts, watchers)
    server.add(add_MatchingServiceServicer_to_server, servicer, MATCHING_SERVICE)
    bulk = BulkServicer(lambda: PostgresUnitOfWork(pool, known=inputs), engine, texts)
    server.add(add_BulkServiceServicer_to_server, bulk, BULK_SERVICE)
    own_texts = load_candidate_texts(engine.vocabulary)
    candidates = CandidateServicer(lambda: PostgresCandidateUnitOfWork(pool), engine, showing, texts, own_texts)
    server.add(add_CandidateServiceServicer_to_server, candidates, CANDIDATE_SERVICE)
    server.add(add_TextServiceServicer_to_server, TextServicer(engine.vocabulary), TEXT_SERVICE)
    return server
