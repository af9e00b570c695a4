"""The records of the service: profiles, assignments, consents, accesses, stored answers, events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from services.profiles.application.ports.casework import HandedOver
from services.profiles.application.ports.paging import Page, Position
from services.profiles.application.ports.suggestions import SuggestionsChanged
from services.profiles.domain.consents import ConsentEvent, VacancyConsent
from services.profiles.domain.erasure import ProfileErased
from services.profiles.domain.identity import IdentityRecord
from services.profiles.domain.overrides import AccessOverride, ProfileAccessOverridden
from services.profiles.domain.profile import Assignment, Event, Profile


@dataclass(frozen=True, slots=True)
class ConsentRequested:
    """Answer to a request for consent: nothing is told of the person, whoever that is."""

    profile_id: str


Answer = (
    Profile
    | Assignment
    | VacancyConsent
    | ConsentRequested
    | AccessOverride
    | HandedOver
    | SuggestionsChanged
    | IdentityRecord
)
Answered = TypeVar(
    "Answered",
    Profile,
    Assignment,
    VacancyConsent,
    ConsentRequested,
    AccessOverride,
    HandedOver,
    SuggestionsChanged,
    IdentityRecord,
)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A mutation as its caller identified it.

    scope        subject of the caller; ids of different callers never meet
    request_id   UUID chosen by the caller
    method       full name of the method
    fingerprint  digest of the whole request
    """

    scope: str
    request_id: str
    method: str
    fingerprint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseloadEntry:
    """A person in a counsellor's caseload."""

    profile_id: str
    case_reference: str
    preferred_language: str
    begin_time: datetime


class Profiles(Protocol):
    """The profiles."""

    async def get(self, profile_id: str) -> Profile | None:
        """The profile, or None."""
        ...

    async def id_of_owner(self, owner_subject: str) -> str:
        """The id of the profile whose owner has this token subject, "" where there is none."""
        ...

    async def lock(self, profile_id: str) -> Profile | None:
        """The profile, held against other writers until the unit of work ends; or None."""
        ...

    async def add(self, profile: Profile) -> None:
        """Keep a new profile. Raises AlreadyExists PROFILE_EXISTS where its owner has one; the work then ends."""
        ...

    async def save(self, profile: Profile) -> None:
        """Keep the next version of a locked profile. Raises Aborted PROFILE_CHANGED where it is not the next one."""
        ...


class Assignments(Protocol):
    """The assignments. A profile has one open assignment at most."""

    async def current(self, profile_id: str) -> Assignment | None:
        """The open assignment of a profile, or None."""
        ...

    async def begin(self, assignment: Assignment) -> None:
        """Keep a new open assignment; the one before it must have ended."""
        ...

    async def end(self, assignment: Assignment) -> None:
        """Keep the end of the open assignment."""
        ...

    async def caseload(self, counsellor: str, after: Position | None, limit: int) -> Page[CaseloadEntry]:
        """The persons assigned to the counsellor, newest assignment first, `limit` at most, behind `after`."""
        ...

    async def history(self, profile_id: str, after: Position | None, limit: int) -> Page[Assignment]:
        """The assignments of a person, the one that began last first, `limit` at most, behind `after`."""
        ...


class Consents(Protocol):
    """The answers to vacancies and the requests for them: one of each person and vacancy."""

    async def get(self, profile_id: str, opening_id: str) -> VacancyConsent | None:
        """What a person has answered to a vacancy or was asked, or None."""
        ...

    async def put(self, consent: VacancyConsent) -> None:
        """Keep a new one, or the next version of one whose profile is locked."""
        ...

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[VacancyConsent]:
        """A person's answers and requests, last changed first, `limit` at most, behind `after`."""
        ...

    async def given(self, opening_id: str, profile_ids: Sequence[str]) -> frozenset[str]:
        """Those of these people who have said yes to the vacancy, and not taken it back."""
        ...


class Answers(Protocol):
    """The answers to mutations, kept so that a repeated request gets the same one."""

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        """Claim the request: None means go on, an answer means give it and change nothing.

        A twin at the same time waits for the first. Raises InvalidArgument REQUEST_ID_REUSED where the id came with
        another content.
        """
        ...

    async def keep(self, key: RequestKey, answer: Answer) -> None:
        """Keep the answer to a claimed request."""
        ...


class Events(Protocol):
    """The events that leave with the commit."""

    async def append(self, *events: Event | ProfileErased | ConsentEvent | ProfileAccessOverridden) -> None:
        """Keep events for publishing."""
        ...
