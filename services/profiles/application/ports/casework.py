"""The records of break-glass and of handovers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.profiles.application.ports.paging import Page, Position
from services.profiles.domain.handovers import Outcome
from services.profiles.domain.overrides import AccessOverride


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Answer to a handover: what became of each person, in the order asked."""

    outcomes: tuple[tuple[str, Outcome], ...]


class Overrides(Protocol):
    """The openings of records. It only ever grows while the person is there."""

    async def add(self, override: AccessOverride) -> None:
        """Keep a new one."""
        ...

    async def holds(self, profile_id: str, counsellor: str, unit: str, now: datetime) -> bool:
        """Whether a record is open now to this counsellor of this unit."""
        ...

    async def count(self, counsellor: str, since: datetime) -> int:
        """How many records this counsellor has opened since then."""
        ...

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[AccessOverride]:
        """Those of one person, newest first, `limit` at most, behind `after`."""
        ...

    async def newest(self, after: Position | None, limit: int) -> Page[AccessOverride]:
        """Those of everybody, newest first, `limit` at most, behind `after`."""
        ...
