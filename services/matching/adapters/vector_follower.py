"""Following the encoder: each vector that it stores goes into the index, and the others are told."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from services.matching.adapters.postgres.loading import PORTION, Stored, mark_indexed, vectors_to_index
from services.matching.adapters.postgres.vectors import VECTORS_CHANNEL
from services.matching.application.engine import Engine
from services.matching.application.intake import IndexVector, index_vector
from services.matching.application.ports import UnitOfWork
from shared.kernel.errors import Aborted, Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool, listen

_SWEEP = 1.0  # seconds; finds what no notice announced
_log = get_logger("matching")


class VectorFollower:
    """Indexes the vectors that are not marked as indexed, and marks them afterwards.

    A notice only wakes it. So nothing is missed while the process or a connection is away, and what was indexed but not
    marked is indexed again, without effect. One follower per database: the mark is that of its index.
    """

    def __init__(self, pool: Pool, dsn: str, open_uow: Callable[[], UnitOfWork], engine: Engine) -> None:
        self._pool = pool
        self._dsn = dsn
        self._open_uow = open_uow
        self._engine = engine
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, VECTORS_CHANNEL, lambda _: self._wake.set(), stop))
            group.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._wake.clear()
                if await self._sweep_safely() < PORTION and not stop.is_set():
                    await self._wait()

    async def sweep(self) -> int:
        """Index a portion and return how many vectors it held. Raises Unavailable."""
        vectors = await vectors_to_index(self._pool)
        done = [vector for vector in vectors if await self._index(vector)]
        if done:
            await mark_indexed(self._pool, done)
        return len(vectors)

    async def _index(self, vector: Stored) -> bool:
        """Whether this vector needs no further work."""
        owner, owner_id, _ = vector
        try:
            await index_vector(IndexVector(owner, owner_id), self._open_uow(), self._engine, datetime.now(UTC))
        except Aborted:
            return False
        except ValueError:
            # An encoder with another model did this text: the two processes must be given the same folder.
            _log.error("vector.model_differs", owner=owner.value, owner_id=owner_id)
        return True

    async def _sweep_safely(self) -> int:
        try:
            return await self.sweep()
        except Unavailable as error:
            _log.warning("vectors.sweep_failed", reason=error.reason)
            return 0

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), _SWEEP)
        except TimeoutError:
            return

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
