"""Starting a bulk run every night at the same time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.matching.adapters.event_handlers import Clock, utc_now
from services.matching.application.bulk import StartBulkRun, start_bulk_run
from services.matching.application.ports import UnitOfWork
from shared.kernel.errors import PolkuError
from shared.runtime.log import get_logger

HELSINKI = ZoneInfo("Europe/Helsinki")
LATE = timedelta(hours=1)
"""A process that was away at the time still starts the run within this."""
_LOOK = 20.0  # seconds
_log = get_logger("bulk")


def is_due(at: time, now: datetime) -> bool:
    """Whether it is time, or was within the last hour, by the clock of Europe/Helsinki.

    Compared as points of time: in the night of the missing hour the run starts when that hour would have ended.
    """
    local = now.astimezone(HELSINKI)
    due = datetime.combine(local.date(), at, HELSINKI)
    return timedelta(0) <= now - due < LATE


async def run_at(
    at: time, open_uow: Callable[[], UnitOfWork], stop: asyncio.Event, *, now: Clock = utc_now, look: float = _LOOK
) -> None:
    """Start a run each day at this time, until `stop` is set. Of several processes the first one starts it."""
    while not stop.is_set():
        instant = now()
        if is_due(at, instant):
            day = instant.astimezone(HELSINKI).date()
            try:
                run = await start_bulk_run(StartBulkRun(day), open_uow(), instant)
                _log.info("bulk_run.scheduled", run_id=run.run.id, items=run.items)
            except PolkuError as error:
                _log.warning("bulk_run.start_failed", reason=error.reason)
        try:
            await asyncio.wait_for(stop.wait(), look)
        except TimeoutError:
            continue
