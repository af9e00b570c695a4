"""People who may be shown for vacancies: reading them, asking who has said yes to one, and the lists that were served.

Ports, as in `ports`. Who is willing is `aspects.is_willing`; a yes to one vacancy is kept by the profiles service.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.matching.application.ports import StoredProfile, StoredVector, UnitOfWork
from services.matching.domain.aspects import Standing
from services.matching.domain.matches import Match, Versions
from services.matching.domain.values import Purpose
from shared.kernel.principal import Principal

Nearby = tuple[str, StoredVector | None]
"""Id of a profile, and the vector of its text."""


class WillingPeople(Protocol):
    """The profiles of those who may be shown for vacancies."""

    async def of(self, opening_id: str) -> Sequence[Nearby]:
        """All of them, by rising id, but for those whose own feedback hides this opening."""
        ...

    async def profiles(self, profile_ids: Collection[str]) -> Sequence[StoredProfile]:
        """Those of these profiles that are there, by rising id."""
        ...


class Consents(Protocol):
    """The profiles service's word on who has said yes to a vacancy."""

    async def said_yes(
        self, caller: Principal, opening_id: str, profile_ids: Sequence[str], purpose: Purpose, method: str
    ) -> frozenset[str]:
        """Ids of those, 100 asked for at most, who have; that they were shown to the caller is then on record.

        Raises PermissionDenied where nobody is shown to this caller for this purpose, Unavailable.
        """
        ...

    async def ask(self, caller: Principal, ask: "CandidateAsk", profile_id: str, purpose: Purpose) -> None:
        """Have the person asked, if they may be; nothing is told of them. Safe to repeat.

        Raises PermissionDenied where this caller asks nobody for this purpose, InvalidArgument REQUEST_ID_REUSED,
        Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a list of candidates.

    named      True: shown by name, with the match in full; else by the handle, with the standings alone
    match      the exact comparison, whatever of it was shown
    standings  what was shown; `total` too, None where it was withheld
    """

    rank: int
    profile_id: str
    profile_version: int
    handle: str
    named: bool
    match: Match
    cosine: float | None
    standings: tuple[Standing, ...]
    total: float | None


@dataclass(frozen=True, slots=True)
class CandidateList:
    """A list of candidates that was served.

    reader     role, and subject or publisher, of whoever asked; the handles are bound to it
    willing    people who might have been considered; `considered` were, `eligible` fit
    method     version of how scores, order and reasons are worked out; `anonymity` of how people are hidden
    versions   its profile_version is 0: each person has their own
    """

    id: str
    create_time: datetime
    opening_id: str
    opening_version: int
    reader: str
    purpose: Purpose
    language: str
    versions: Versions
    method: str
    anonymity: str
    willing: int
    considered: int
    eligible: int
    people: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateAsk:
    """A request for somebody's yes, by who asks (as `CandidateList.reader`) and what they know of the person."""

    reader: str
    request_id: str
    opening_id: str
    handle: str
    create_time: datetime
    answer_by: datetime


class CandidateAsks(Protocol):
    """The requests that were made. They name nobody, and are kept for as long as one can be repeated."""

    async def take(self, ask: CandidateAsk, since: datetime, most: int) -> CandidateAsk | None:
        """Keep a request and return it; the one with the same reader and request_id, where there is one.

        None where the reader has made `most` others since then. Those of one reader come one after the other.
        """
        ...


class CandidateLists(Protocol):
    """The lists that were served. Somebody who is erased leaves them; else they end as decisions do."""

    async def add(self, made: CandidateList) -> frozenset[str]:
        """Keep a new list; returns the ids of its people who are in it, and who alone may be shown.

        Left out are those whose profile is gone, or has another version by now: they may have changed their mind.
        """
        ...

    async def people_shown(self, reader: str, since: datetime) -> int:
        """How many different people the lists of a reader have held since then."""
        ...

    async def people_of(self, reader: str, opening_id: str, since: datetime) -> frozenset[str]:
        """Ids of the people in the lists of a reader and an opening since then, without those who have been erased."""
        ...

    async def get(self, list_id: str) -> CandidateList | None:
        """The list, without those who have been erased since; or None."""
        ...


class CandidateUnitOfWork(UnitOfWork, Protocol):
    """A unit of work that knows people who are willing, too."""

    @property
    def willing(self) -> WillingPeople: ...

    @property
    def candidate_lists(self) -> CandidateLists: ...

    @property
    def candidate_asks(self) -> CandidateAsks: ...
