"""Looking after the openings in memory while they are served: written anew, saved, compared with the store."""

import asyncio
import time

from services.matching.adapters.live import Generations, LiveOpeningsInMemory
from services.matching.adapters.memory import Memory
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger

LOOK_EVERY = 5.0  # seconds
COMPARE_EVERY = 600.0
SAVE_AFTER_CHANGES = 5_000
SAVE_AFTER = 900.0
"""Seconds after which anything new is saved: a start after that reads little from the store."""
_log = get_logger("matching")


class Keeper:
    """Does what is due, one thing at a time, in threads beside readers and writers. The last thing it does is to save.

    None of it may end the service: what fails is logged, and tried again when it is due again.
    """

    def __init__(self, live: LiveOpeningsInMemory, memory: Memory, generations: Generations | None) -> None:
        self._live = live
        self._memory = memory
        self._generations = generations
        self._compared_at = time.monotonic()
        self._saved_at = time.monotonic()
        self._saved_changes = 0

    async def run(self, stop: asyncio.Event, *, every: float = LOOK_EVERY) -> None:
        """Look after them until `stop` is set, then save."""
        while not stop.is_set():
            await self.look()
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue
        if self._live.changes != self._saved_changes:
            await self._save()

    async def look(self) -> None:
        """Do what is due now."""
        now = time.monotonic()
        if now - self._compared_at >= COMPARE_EVERY:
            self._compared_at = now
            await self._compare()
        if self._live.needs_compacting():
            await self._compact()
        changes = self._live.changes - self._saved_changes
        if changes >= SAVE_AFTER_CHANGES or (changes and now - self._saved_at >= SAVE_AFTER):
            self._saved_at = now
            await self._save()

    async def _compare(self) -> None:
        try:
            read = await self._memory.compare()
        except Unavailable as error:
            _log.warning("memory.comparing_failed", reason=error.reason)
            return
        if read:
            _log.info("memory.compared", read=read)

    async def _compact(self) -> None:
        began, dead = time.perf_counter(), self._live.view().dead
        await asyncio.to_thread(self._live.compact)
        _log.info("index.compacted", rows=dead, duration_ms=round((time.perf_counter() - began) * 1000))

    async def _save(self) -> None:
        if self._generations is None:
            return
        changes = self._live.changes
        try:
            await asyncio.to_thread(self._generations.save)
        except OSError as error:
            # The disk is full or gone: the next start reads the store.
            _log.warning("index.saving_failed", reason=type(error).__name__)
            return
        self._saved_changes = changes
