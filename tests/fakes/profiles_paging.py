"""Pages of in-memory lists that run from the newest to the oldest."""

from collections.abc import Iterable
from typing import TypeVar

from services.profiles.application.ports import Page, Position

Listed = TypeVar("Listed")


def page_of(listed: Iterable[tuple[Position, Listed]], after: Position | None, limit: int) -> Page[Listed]:
    """The entries behind `after`, newest first, `limit` at most."""
    newest_first = sorted(listed, key=lambda item: (item[0].time, item[0].id), reverse=True)
    if after is not None:
        newest_first = [item for item in newest_first if (item[0].time, item[0].id) < (after.time, after.id)]
    shown = newest_first[:limit]
    more = len(newest_first) > limit
    return Page(tuple(entry for _, entry in shown), shown[-1][0] if more else None)
