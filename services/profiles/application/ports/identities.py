"""The records of who people are, and of what was changed."""

from collections.abc import Collection
from typing import Protocol

from services.profiles.application.ports.paging import Page, Position
from services.profiles.domain.changes import Change, Changed
from services.profiles.domain.finding import Entry, Found
from services.profiles.domain.identity import IdentityRecord


class Identities(Protocol):
    """Who people are: one record of each person, and an index to find them by."""

    async def get(self, profile_id: str) -> IdentityRecord:
        """The record; one of version 0 where nothing has been stored. Of a person who is there."""
        ...

    async def put(self, record: IdentityRecord) -> None:
        """Keep the next version of a person whose profile is locked, and under which entries they are found."""
        ...

    async def protected(self, profile_ids: Collection[str]) -> frozenset[str]:
        """Those of these people whose data a register forbids to give out."""
        ...

    async def find(self, wanted: tuple[frozenset[Entry], ...], counsellor: str, unit: str, limit: int) -> list[Found]:
        """People who have an entry of each set and are assigned to the counsellor, or to another one of the unit.

        The counsellor's own come first; `limit` at most.
        """
        ...


class Changes(Protocol):
    """What was changed. It only ever grows while the person is there."""

    async def append(self, changed: Changed) -> None:
        """Keep each field that differs, with both values."""
        ...

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[Change]:
        """Changes of a person, newest first, `limit` at most, behind `after`."""
        ...
