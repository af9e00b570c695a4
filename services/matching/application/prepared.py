"""Lists made for all people at once: runs, their items, and the lists until they are served. Ports, as in `ports`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.matching.domain.matches import Shortlisted, Versions


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A run over all people. `scheduled_for` is the day for which the schedule started it, None for an operator's."""

    id: str
    create_time: datetime
    scheduled_for: date | None = None


@dataclass(frozen=True, slots=True)
class BulkItem:
    """A share of a run: the people whose ids lie from the first to the last."""

    id: str
    run_id: str
    number: int
    first_id: str
    last_id: str
    people: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    people_done  people of the items that are done
    prepared     lists made; who is paused or has opted out of ranking gets none
    failed       items that were given up
    """

    run: BulkRun
    items: int
    items_done: int
    people: int
    people_done: int
    prepared: int
    failed: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.items_done + self.failed >= self.items


@dataclass(frozen=True, slots=True)
class PreparedList:
    """A list that was made and not served yet: the order alone, 200 openings at most."""

    profile_id: str
    run_id: str
    create_time: datetime
    versions: Versions
    eligible_count: int
    excluded_count: int
    shortlist: tuple[Shortlisted, ...] = ()


class BulkRuns(Protocol):
    """Runs and their items."""

    async def newest(self) -> Progress | None:
        """The newest run; no other one is added until this transaction ends."""
        ...

    async def scheduled(self, day: date) -> bool:
        """Whether the schedule has started a run for this day."""
        ...

    async def people(self) -> list[str]:
        """Ids of everybody, rising."""
        ...

    async def add(self, run: BulkRun, items: Sequence[BulkItem]) -> None:
        """Keep a new run."""
        ...

    async def progress(self, run_id: str) -> Progress | None:
        """How far a run has come, or None where there is none."""
        ...

    async def waiting(self, item_id: str) -> BulkItem | None:
        """An item that is neither done nor given up; None for any other."""
        ...

    async def people_of(self, item: BulkItem) -> list[str]:
        """Ids of the item's people who are still there, rising."""
        ...

    async def finish(self, item_id: str, prepared: int, now: datetime) -> bool:
        """The item is done. False where it was done before."""
        ...

    async def give_up(self, item_id: str, reason: str) -> None:
        """The item will not be done."""
        ...


class PreparedLists(Protocol):
    """One list a person at most."""

    async def put(self, lists: Sequence[PreparedList]) -> int:
        """Keep lists in place of those of older runs; returns how many.

        A list of a profile that has another version by now, or is gone, is left aside.
        """
        ...

    async def get(self, profile_id: str) -> PreparedList | None:
        """The person's list, or None."""
        ...
