"""The clock of the running service, and the task that follows it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from services.openings.application.due import Followed, follow_the_clock
from services.openings.application.ports import UnitOfWork
from shared.kernel.errors import PolkuError
from shared.runtime.log import get_logger

Clock = Callable[[], datetime]
OpenUnitOfWork = Callable[[], UnitOfWork]

_BATCH = 100
_AFTER_FAILURE = 1.0
_log = get_logger("clock")


def utc_now() -> datetime:
    """The clock of the running service."""
    return datetime.now(UTC)


class ClockFollower:
    """Publishes and expires openings when they are due.

    It sleeps until the next due time, at most `longest_pause` seconds: another process may store an opening that is
    due earlier. What this process stores wakes it.
    """

    def __init__(self, open_uow: OpenUnitOfWork, now: Clock = utc_now, *, longest_pause: float = 30.0) -> None:
        self._open_uow = open_uow
        self._now = now
        self._longest_pause = longest_pause
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look again now: something may be due earlier than was known."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the clock until `stop` is set; the transaction in hand is finished first."""
        stopped = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                pause = await self._round()
                try:
                    await asyncio.wait_for(self._woken.wait(), pause)
                except TimeoutError:
                    continue
        finally:
            stopped.cancel()
            await asyncio.gather(stopped, return_exceptions=True)

    async def _round(self) -> float:
        """Do what is due and return the seconds until there is more to do."""
        try:
            followed = await follow_the_clock(_BATCH, self._open_uow(), self._now())
        except PolkuError as error:
            _log.warning("clock.round_failed", reason=error.reason)
            return _AFTER_FAILURE
        if followed.changed:
            _log.info("clock.followed", changed=followed.changed)
        return self._pause(followed)

    def _pause(self, followed: Followed) -> float:
        if followed.next_due is None:
            return self._longest_pause
        # What is due now but was not taken is held by a call that will see to it, or by another follower.
        least = 0.0 if followed.changed else 0.05
        return min(max((followed.next_due - self._now()).total_seconds(), least), self._longest_pause)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()
