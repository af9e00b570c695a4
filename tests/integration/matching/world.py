"""The adapters of the serving process over a real store, without a broker and without a server."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from polku.openings.v1 import opening_events_pb2, opening_pb2

from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.event_handlers import EventHandlers
from services.matching.adapters.live import LiveOpeningsInMemory
from services.matching.adapters.memory import Memory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.store_follower import StoreFollower
from services.matching.application.engine import Engine
from services.matching.application.intake import StoreVectors, store_vectors
from services.matching.application.ports import EmbeddingTask, Owner, Vector
from services.matching.domain.candidates import Candidate
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.kernel.paging import PageTokens
from shared.runtime.postgres import Pool
from tests.builders.matching import vocabulary, weights
from tests.contract.matching.word_encoder import DIMENSION, WordEncoder
from tests.fakes.matching import FakeAccessGate, FakeProfileSource
from tests.integration.matching.calls import bare_id

MODEL = WordEncoder().model_id


@dataclass
class World:
    """The adapters of the serving process over a real store, without a broker."""

    pool: Pool
    dsn: str
    source: FakeProfileSource

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, model: str = MODEL, **changes: object) -> None:
        """Empty memory, as a start finds it; perhaps with another model or vocabulary."""
        self.live = LiveOpeningsInMemory(model, DIMENSION, vocabulary())
        tokens = PageTokens(b"a secret for page tokens")
        made = Engine(vocabulary(), weights(), self.live, FakeAccessGate(), self.source, tokens, read_efforts())
        self.engine = replace(made, **changes)  # type: ignore[arg-type]
        self.memory = Memory(self.pool, self.engine, self.live, self.uow)
        self.follower = StoreFollower(self.dsn, self.memory, self.uow, self.engine)

    def uow(self) -> PostgresUnitOfWork:
        """A unit of work."""
        return PostgresUnitOfWork(self.pool)

    async def fill(self) -> None:
        """Fill memory."""
        await self.memory.fill()

    async def take(
        self,
        opening: opening_pb2.Opening,
        *,
        open_uow: Callable[[], PostgresUnitOfWork] | None = None,
        event_id: str = "",
    ) -> None:
        """The opening is published."""
        event = opening_events_pb2.OpeningPublished(opening=opening)
        handlers = EventHandlers(open_uow or self.uow, self.engine, asyncio.Lock())
        await handlers.take_opening_event(record(event, opening, opening.version, event_id))

    async def drop(
        self,
        opening: opening_pb2.Opening,
        version: int,
        *,
        open_uow: Callable[[], PostgresUnitOfWork] | None = None,
        event_id: str = "",
    ) -> None:
        """The opening is closed."""
        event = opening_events_pb2.OpeningClosed(opening=opening.name, version=version)
        handlers = EventHandlers(open_uow or self.uow, self.engine, asyncio.Lock())
        await handlers.take_opening_event(record(event, opening, version, event_id))

    async def encode(self, model: str = "") -> int:
        """Do all texts that wait; how many there were."""
        encoder, done = WordEncoder(model or self.engine.live.model), 0
        while True:
            async with self.uow() as uow:
                leased = await uow.tasks.lease(60, encoder.model_id, 1)
                await uow.commit()
            if not leased:
                return done
            ((task, _),) = leased
            numbers = encoder.encode(task.text, "passage").tobytes()
            await store_vectors(StoreVectors([(task, Vector(encoder.model_id, numbers))]), self.uow())
            done += 1

    async def task(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        """The text that waits."""
        async with self.uow() as uow:
            return await uow.tasks.get(owner, owner_id)

    def openings(self) -> dict[str, Candidate]:
        """The openings in memory by id."""
        view = self.live.view()
        rows = np.flatnonzero(view.columns.alive)
        return {view.columns.id(row): view.candidate(row) for row in rows}

    def compare(self, text: str = "siivooja hotelli") -> dict[str, float]:
        """The cosines of a text with all live openings that have a vector."""
        vector = Vector(self.engine.live.model, WordEncoder().encode(text, "query").tobytes())
        view = self.live.view()
        rows = np.flatnonzero(view.columns.alive)
        cosines = view.cosines(vector, rows)
        return {
            view.columns.id(row): float(cosine) for row, cosine in zip(rows, cosines, strict=True) if cosine == cosine
        }

    async def count(self, query: str) -> int:
        """The number that a query gives."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(query)).fetchone()
        return int(row[0]) if row else 0


def record(event: object, opening: opening_pb2.Opening, version: int, event_id: str) -> EventRecord:
    """The event as the consumer gives it."""
    message = event
    assert isinstance(message, opening_events_pb2.OpeningPublished | opening_events_pb2.OpeningClosed)
    return EventRecord(
        event_id or new_id(),
        message.DESCRIPTOR.full_name,
        "polku.openings.opening.told.v1",
        bare_id(opening.name),
        version,
        datetime.now(UTC),
        message.SerializeToString(),
    )
