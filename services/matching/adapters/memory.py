"""Memory as a copy of the store: filled at a start, and one opening brought back in step where that is in doubt."""

import asyncio
import time
from collections.abc import Callable

from services.matching.adapters.faiss_index import FaissIndex
from services.matching.adapters.live_openings import LiveOpeningsInMemory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.loading import load_openings, load_profile_ids, load_vectors
from services.matching.application.engine import Engine
from services.matching.application.intake import renew_opening, renew_profile
from services.matching.application.ports import StoredOpening, UnitOfWork
from services.matching.domain.candidates import Candidate, prepare
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool

_AT_ONCE = 8  # renewals in flight: they share the waiting for the disk
_PAUSE = 1.0  # seconds
_log = get_logger("matching")


async def fill_memory(
    pool: Pool,
    engine: Engine,
    live: LiveOpeningsInMemory,
    index: FaissIndex,
    open_uow: Callable[[], UnitOfWork],
) -> None:
    """Read openings and vectors; openings that another model or vocabulary has left behind are renewed on the way.

    Consumers must not run yet: renewing writes what was read before. Raises Unavailable.
    """
    began = time.perf_counter()
    gate = asyncio.Semaphore(_AT_ONCE)

    async def renewed(opening: StoredOpening) -> Candidate:
        async with gate:
            return await renew_opening(opening, open_uow(), engine)

    candidates: list[Candidate] = []
    async for portion in load_openings(pool):
        candidates += await asyncio.gather(*(renewed(opening) for opening in portion))
    live.fill(candidates)
    index.fill(await load_vectors(pool, index.model))
    duration_ms = round((time.perf_counter() - began) * 1000)
    _log.info("memory.filled", openings=len(live), vectors=len(index), duration_ms=duration_ms)


async def refresh_opening(opening_id: str, uow: UnitOfWork, engine: Engine) -> None:
    """Make memory hold of this opening what the store holds.

    For an event that was taken before: its transaction may have been committed although the answer was lost, and then
    memory has not heard of it. Raises Unavailable.
    """
    async with uow:
        stored = await uow.openings.get(opening_id)
    if stored is None:
        engine.live.remove(opening_id)
        engine.index.remove(opening_id)
    else:
        engine.live.put(prepare(stored.snapshot, stored.signals, engine.vocabulary))


async def renew_profiles(pool: Pool, engine: Engine, stop: asyncio.Event) -> None:
    """Renew the profiles that another model or vocabulary has left behind, beside the running consumers.

    Lists need not wait for it: they link such a profile themselves. Ends at `stop`.
    """
    waiting: list[str] | None = None
    while waiting is None or waiting:
        if stop.is_set():
            return
        try:
            if waiting is None:
                waiting = await load_profile_ids(pool)
            while waiting and not stop.is_set():
                await renew_profile(waiting[-1], PostgresUnitOfWork(pool, lock_profiles=True), engine)
                waiting.pop()
        except Unavailable as error:
            _log.warning("profile.renewing_failed", reason=error.reason)
            await asyncio.sleep(_PAUSE)
