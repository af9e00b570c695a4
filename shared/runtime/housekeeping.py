"""Forgetting what has been kept long enough. Stored answers hold copies of personal data and serve retries, which come
within days; what else a service keeps for a time, it gives as tasks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool, transaction
from shared.runtime.requests import forget_answers_before

KEPT = timedelta(days=7)
_EVERY = 3600.0
_log = get_logger("housekeeping")

Forget = Callable[[Pool, datetime], Awaitable[dict[str, int]]]
"""Forgets what is due at an instant; returns how many of what. Raises Unavailable."""


async def forget_old_answers(pool: Pool, now: datetime) -> int:
    """Delete the answers that were stored more than a week before `now`. Return how many."""
    async with transaction(pool) as connection:
        return await forget_answers_before(connection, now - KEPT)


async def keep_house(pool: Pool, stop: asyncio.Event, *tasks: Forget) -> None:
    """Forget now and each hour until `stop` is set; a failure is logged and tried again an hour later."""
    while not stop.is_set():
        try:
            now = datetime.now(UTC)
            _log.info("answers.forgotten", count=await forget_old_answers(pool, now))
            for forget in tasks:
                _log.info("records.forgotten", **await forget(pool, now))
        except Unavailable as error:
            _log.warning("answers.forgetting_failed", reason=error.reason)
        try:
            await asyncio.wait_for(stop.wait(), _EVERY)
        except TimeoutError:
            continue
