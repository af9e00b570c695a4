"""Pages of rows that run from the newest to the oldest."""

from typing import Any

from services.profiles.application.ports import Page, Position


def after_of(after: Position | None) -> tuple[Any, Any, Any]:
    """A position as the three parameters of its condition."""
    return (after.time, after.time, after.id) if after is not None else (None, None, None)


def page_of(entries: list[Any], positions: list[Position], limit: int) -> Page[Any]:
    """The first `limit` entries of one more than that."""
    more = len(entries) > limit
    return Page(tuple(entries[:limit]), positions[limit - 1] if more else None)
