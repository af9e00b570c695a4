"""Following the clock: what is due is published, what has closed expires, without anyone calling."""

from dataclasses import dataclass
from datetime import datetime

from services.openings.application.ports import UnitOfWork
from services.openings.domain.opening import follow_clock

CLOCK = "clock"
"""The actor of changes that the clock makes."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What one round did: how many openings changed, and when the next one is due (None: none is)."""

    changed: int
    next_due: datetime | None


async def follow_the_clock(limit: int, uow: UnitOfWork, now: datetime) -> Followed:
    """Change at most `limit` openings whose due time has come, in one transaction."""
    async with uow:
        changed = 0
        for opening in await uow.openings.lock_due(now, limit):
            _, change = follow_clock(opening, now)
            if change is not None:
                await uow.openings.keep(change, CLOCK)
                changed += 1
        next_due = await uow.openings.next_due()
        await uow.commit()
    return Followed(changed, next_due)
