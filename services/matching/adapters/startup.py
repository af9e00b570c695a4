"""Filling memory from the store at a start, and keeping up with the vectors that the encoder stores."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.matching.adapters.faiss_index import FaissIndex
from services.matching.adapters.live_openings import LiveOpeningsInMemory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.loading import (
    load_openings,
    load_profile_ids,
    load_vectors,
    vectors_stored_since,
)
from services.matching.application.engine import Engine
from services.matching.application.intake import IndexVector, index_vector, renew_opening, renew_profile
from services.matching.application.ports import Owner
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool

_OVERLAP = timedelta(minutes=1)  # clocks differ, and a transaction stamps its rows before it commits
_log = get_logger("matching")


async def fill_memory(
    pool: Pool,
    engine: Engine,
    live: LiveOpeningsInMemory,
    index: FaissIndex,
    open_uow: Callable[[], PostgresUnitOfWork],
) -> None:
    """Read openings and vectors into memory; queue for encoding what another model or vocabulary has left behind."""
    began = time.perf_counter()
    live.fill([await renew_opening(opening, open_uow(), engine) async for opening in load_openings(pool)])
    index.fill(await load_vectors(pool, index.model))
    for profile_id in await load_profile_ids(pool):
        await renew_profile(profile_id, open_uow(), engine)
    _log.info(
        "memory.filled", openings=len(live), vectors=len(index), duration_ms=round((time.perf_counter() - began) * 1000)
    )


class VectorFollower:
    """Brings each stored vector into the index: by notice, and by looking back after a lost connection."""

    def __init__(self, pool: Pool, engine: Engine, open_uow: Callable[[], PostgresUnitOfWork]) -> None:
        self._pool = pool
        self._engine = engine
        self._open_uow = open_uow
        self._seen = datetime.now(UTC)

    async def on_notify(self, payload: str) -> None:
        """For `listen`: "owner:id" names a vector, "" says that notices may have been lost."""
        now = datetime.now(UTC)
        try:
            if payload:
                owner, _, owner_id = payload.partition(":")
                await self._follow(Owner(owner), owner_id)
            else:
                for found, found_id in await vectors_stored_since(self._pool, self._seen - _OVERLAP):
                    await self._follow(found, found_id)
                self._seen = now
        except Unavailable as error:
            # The listener notices the lost server too, and calls with "" once it is back.
            _log.warning("vector.following_failed", reason=error.reason)

    async def _follow(self, owner: Owner, owner_id: str) -> None:
        await index_vector(IndexVector(owner, owner_id), self._open_uow(), self._engine, datetime.now(UTC))
