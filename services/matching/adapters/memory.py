"""Memory as a copy of the store: filled at a start, compared with it now and then, put right where it differs."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.matching.adapters.live import Generations, Held, LiveOpeningsInMemory
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.loading import PORTION, Loaded, load_openings, load_profile_ids, load_versions
from services.matching.adapters.postgres.notices import Notice
from services.matching.application.engine import Engine
from services.matching.application.intake import renew_opening, renew_profile
from services.matching.application.ports import Owner, UnitOfWork
from services.matching.domain.candidates import prepare
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool

_AT_ONCE = 8  # renewals in flight: they share the waiting for the disk
_PAUSE = 1.0  # seconds
_ID_BYTES = 16
_log = get_logger("matching")


class Memory:
    """The openings in memory beside those in the store.

    `in_step` is held by whoever changes both: what was read from the store is in memory before the next change.
    """

    def __init__(
        self, pool: Pool, engine: Engine, live: LiveOpeningsInMemory, open_uow: Callable[[], UnitOfWork]
    ) -> None:
        self.in_step = asyncio.Lock()
        self._pool = pool
        self._engine = engine
        self._live = live
        self._open_uow = open_uow
        self._renewing = asyncio.Semaphore(_AT_ONCE)

    async def fill(self, generations: Generations | None = None) -> None:
        """Take over what was saved, where it is of use, and read from the store what has changed since.

        Openings that another model or vocabulary has left behind are renewed on the way. Consumers must not run yet:
        renewing writes what was read before. Raises Unavailable.
        """
        began = time.perf_counter()
        if generations is not None:
            await asyncio.to_thread(generations.load)
        read = await self.compare()
        duration_ms = round((time.perf_counter() - began) * 1000)
        _log.info("memory.filled", openings=len(self._live), read=read, duration_ms=duration_ms)

    async def compare(self) -> int:
        """Read anew what memory has otherwise than the store; returns how many openings. Raises Unavailable."""
        at = datetime.now(UTC)
        stored = await load_versions(self._pool, self._live.model)
        differing = await asyncio.to_thread(_differing, stored, self._live)
        for start in range(0, len(differing), PORTION):
            async with self.in_step:
                await self._read(differing[start : start + PORTION])
        self._live.is_current(at)
        return len(differing)

    async def follow(self, notices: Iterable[Notice]) -> None:
        """Read anew the openings of which these notices say what memory does not hold. Raises Unavailable."""
        news = sorted({notice.id for notice in notices if self._is_news(notice)})
        for start in range(0, len(news), PORTION):
            async with self.in_step:
                await self._read(news[start : start + PORTION])

    def _is_news(self, notice: Notice) -> bool:
        """Not so where this process itself has changed the store: it has changed memory too."""
        view = self._live.view()
        row = view.row(notice.id)
        if row is None:
            return notice.of_vector or notice.version > 0
        if notice.of_vector:
            return not view.with_vector[row]
        return notice.version == 0 or notice.version > view.columns.version[row]

    async def _read(self, opening_ids: Sequence[str]) -> None:
        loaded = await load_openings(self._pool, opening_ids, self._live.model)
        held = await asyncio.gather(*(self._renewed(each) for each in loaded))
        stored = {each.candidate.id: (each.candidate.snapshot.version, each.vector is not None) for each in held}
        view = self._live.view()
        for opening_id in opening_ids:
            row = view.row(opening_id)
            if row is None:
                continue
            # What counts is the store, also where it was put back to an earlier state.
            version, has_vector = stored.get(opening_id, (0, False))
            if version < view.columns.version[row] or (view.with_vector[row] and not has_vector):
                self._live.remove(opening_id)
        self._live.put_all(held)

    async def _renewed(self, loaded: Loaded) -> Held:
        opening, vector = loaded
        async with self._renewing:
            renewed = await renew_opening(opening, self._open_uow(), self._engine)
        candidate = prepare(renewed.snapshot, renewed.signals, self._engine.vocabulary)
        return Held(candidate, renewed.digest, vector if renewed.digest == opening.digest else None)


def _differing(stored: list[bytes], live: LiveOpeningsInMemory) -> list[str]:
    return sorted({str(UUID(bytes=entry[:_ID_BYTES])) for entry in set(stored).symmetric_difference(live.versions())})


async def refresh_opening(opening_id: str, uow: UnitOfWork, engine: Engine) -> None:
    """Make memory hold of this opening what the store holds.

    For an event that was taken before: its transaction may have been committed although the answer was lost, and then
    memory has not heard of it. Raises Unavailable.
    """
    async with uow:
        stored = await uow.openings.get(opening_id)
        vector = await uow.vectors.get(Owner.OPENING, opening_id)
    if stored is None:
        engine.live.remove(opening_id)
        return
    engine.live.put(prepare(stored.snapshot, stored.signals, engine.vocabulary), stored.digest)
    if vector is not None and vector.vector.model == engine.live.model:
        engine.live.put_vector(opening_id, vector.digest, vector.vector)


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
