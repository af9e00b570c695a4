"""The access log: who read what, what was refused, and the heads of its seal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.profiles.application.ports.paging import Page, Position
from services.profiles.domain.access_log import Head
from services.profiles.domain.policy import Access


@dataclass(frozen=True, slots=True)
class Wanted:
    """What supervision looks for, from `begin` on and before `end`; "" stands for any person and any reader."""

    begin: datetime
    end: datetime
    profile_id: str = ""
    reader: str = ""
    refused_only: bool = False


class Accesses(Protocol):
    """The record of who read what. It only ever grows."""

    async def append(self, *accesses: Access) -> None:
        """Keep readings."""
        ...

    async def refuse(self, access: Access) -> None:
        """Keep a refusal, whatever becomes of the unit of work: it is kept when that ends, before its error leaves.

        Where it cannot be kept, the unit of work ends with Unavailable STORAGE_UNAVAILABLE.
        """
        ...

    async def of_profile(
        self, profile_id: str, after: Position | None, limit: int, *, others_only: bool = False
    ) -> Page[Access]:
        """Readings of a profile without refusals, newest first, `limit` at most, behind `after`.

        With `others_only` without the person's own readings.
        """
        ...

    async def search(self, wanted: Wanted, after: Position | None, limit: int) -> Page[Access]:
        """Readings and refusals, newest first, `limit` at most, behind `after`."""
        ...

    async def heads(self, after: Position | None, limit: int) -> Page[Head]:
        """The heads of the seal, newest first, `limit` at most, behind `after`."""
        ...
