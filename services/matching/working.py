"""Wiring of `work`: by hand, and undone in the reverse order."""

import asyncio
import gc
import secrets
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.live import Generations, LiveOpeningsInMemory
from services.matching.adapters.memory import Memory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.weights import read_weights
from services.matching.application.bulk import prepare_lists
from services.matching.application.engine import Engine
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Purpose
from services.matching.settings import WorkSettings
from shared import vocabulary
from shared.kernel.errors import PermissionDenied
from shared.kernel.events import EventRecord
from shared.kernel.paging import PageTokens
from shared.kernel.principal import Principal
from shared.runtime import bus, dead_letters, lifecycle
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool, open_pool, transaction
from shared.runtime.rpc import GuardInterceptor, build_server

FRESH = 60.0
"""Seconds for which the openings in memory are taken for those of the store."""
_log = get_logger("worker")


async def work(settings: WorkSettings, consumer: bus.ConsumerSpec, stop: asyncio.Event) -> None:
    """Prepare lists until `stop` is set; the item in hand is finished first. Health says SERVING once it works."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name="worker", max_size=4)
        stack.push_async_callback(pool.close)
        connection = await bus.connect(settings.nats_url, name="worker")
        stack.push_async_callback(connection.close)
        worker = _worker(settings, pool)
        await worker.start()
        background = await stack.enter_async_context(lifecycle.Background(stop))
        taking = bus.Consumer(
            connection,
            consumer.stream,
            consumer.durable,
            worker.take,
            worker.keep,
            concurrency=1,
            ack_wait=consumer.ack_wait.total_seconds(),
        )
        background.start("work", taking.run(stop))
        server = build_server(listen=settings.listen, interceptors=[GuardInterceptor()])
        await server.start()
        stack.push_async_callback(server.stop)
        await stop.wait()


@dataclass
class Worker:
    """Does items. Its memory is a copy of the store, compared with it at an item that comes a minute after the last."""

    pool: Pool
    engine: Engine
    live: LiveOpeningsInMemory
    generations: Generations | None
    memory: Memory = field(init=False)
    _compared_at: float = 0.0

    def __post_init__(self) -> None:
        self.memory = Memory(self.pool, self.engine, self.live, self.open_uow)

    async def start(self) -> None:
        """Fill memory."""
        await asyncio.to_thread(self.engine.vocabulary.find, "")
        await self.memory.fill(self.generations)
        self._compared_at = time.monotonic()
        gc.collect()
        gc.freeze()

    async def take(self, record: EventRecord) -> None:
        """Do an item. Its id is that of the message's aggregate."""
        if time.monotonic() - self._compared_at > FRESH:
            await self.memory.compare()
            self._compared_at = time.monotonic()
        began = time.perf_counter()
        prepared = await prepare_lists(record.aggregate_id, self.open_uow(), self.engine, datetime.now(UTC))
        duration_ms = round((time.perf_counter() - began) * 1000)
        _log.info("lists.prepared", item_id=record.aggregate_id, lists=prepared, duration_ms=duration_ms)

    async def keep(self, letter: dead_letters.DeadLetter) -> None:
        """Store a dead letter, and give the item up."""
        async with transaction(self.pool) as database:
            await dead_letters.keep(database, letter)
        async with self.open_uow() as uow:
            await uow.runs.give_up(letter.headers.get("ce-subject", ""), letter.reason)
            await uow.commit()

    def open_uow(self) -> PostgresUnitOfWork:
        """A unit of work."""
        return PostgresUnitOfWork(self.pool)


class _Nobody:
    """A worker answers nobody and fetches no profile: it works with what matching has."""

    async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
        """See AccessGate."""
        raise PermissionDenied()

    async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
        """See ProfileSource."""
        return None


def _worker(settings: WorkSettings, pool: Pool) -> Worker:
    model, known = read_folder(settings.model_dir), vocabulary.load(settings.vocabulary_file)
    live = LiveOpeningsInMemory(model.model_id(), model.dimension, known)
    nobody = _Nobody()
    engine = Engine(
        vocabulary=known,
        weights=read_weights(),
        live=live,
        gate=nobody,
        source=nobody,
        tokens=PageTokens(secrets.token_bytes(32)),
        efforts=read_efforts(),
    )
    generations = Generations(settings.index_dir, live, known) if settings.index_dir is not None else None
    return Worker(pool, engine, live, generations)
