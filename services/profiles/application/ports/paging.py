"""Pages of lists that run from the newest to the oldest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list that runs from the newest to the oldest: instant and id of the last entry seen."""

    time: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """Entries of a list, and the position of the last one where more follow."""

    entries: tuple[Entry, ...]
    next: Position | None = None
