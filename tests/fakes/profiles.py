"""In-memory fakes of the ports of the profiles service. They pass the contract tests of the real ones."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypeVar

from services.profiles.application.ports import Answer, Answered, CaseloadEntry, Page, Position, RequestKey
from services.profiles.domain.consents import ConsentEvent, ConsentState, VacancyConsent
from services.profiles.domain.policy import Access
from services.profiles.domain.profile import Assignment, Event, Profile
from services.profiles.domain.rules import CodeList
from shared.kernel.errors import Aborted, AlreadyExists, FieldViolation, InvalidArgument

Listed = TypeVar("Listed")


@dataclass
class ProfileStore:
    """What is committed. One unit of work at a time gets at it, as row locks would have it at the worst."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    consents: dict[tuple[str, str], VacancyConsent] = field(default_factory=dict)
    accesses: list[Access] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[str, bytes, Answer | None]] = field(default_factory=dict)
    events: list[Event | ConsentEvent] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def copy(self) -> "ProfileStore":
        """A copy to work on; the values themselves are frozen."""
        return ProfileStore(
            dict(self.profiles),
            list(self.assignments),
            dict(self.consents),
            list(self.accesses),
            dict(self.answers),
            list(self.events),
        )


class FakeUnitOfWork:
    """A unit of work over a ProfileStore."""

    def __init__(self, store: ProfileStore) -> None:
        self._store = store
        self._draft = store

    async def __aenter__(self) -> Self:
        await self._store.lock.acquire()
        draft = self._draft = self._store.copy()
        self.profiles = FakeProfiles(draft)
        self.assignments = FakeAssignments(draft)
        self.consents = FakeConsents(draft)
        self.accesses = FakeAccesses(draft)
        self.answers = FakeAnswers(draft)
        self.events = FakeEvents(draft)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.lock.release()

    async def commit(self) -> None:
        for name in ("profiles", "assignments", "consents", "accesses", "answers", "events"):
            setattr(self._store, name, getattr(self._draft, name))


class FakeProfiles:
    """Profiles by id."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def get(self, profile_id: str) -> Profile | None:
        return self._draft.profiles.get(profile_id)

    lock = get

    async def add(self, profile: Profile) -> None:
        owners = {kept.owner_subject for kept in self._draft.profiles.values()} - {""}
        if profile.owner_subject in owners:
            raise AlreadyExists("PROFILE_EXISTS", "This person has a profile already.")
        self._draft.profiles[profile.id] = profile

    async def save(self, profile: Profile) -> None:
        kept = self._draft.profiles.get(profile.id)
        if kept is None or kept.version + 1 != profile.version:
            raise Aborted("PROFILE_CHANGED", "The profile has changed meanwhile.")
        self._draft.profiles[profile.id] = profile


class FakeAssignments:
    """Assignments in the order in which they began."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def current(self, profile_id: str) -> Assignment | None:
        return next((kept for kept in self._open() if kept.profile_id == profile_id), None)

    async def begin(self, assignment: Assignment) -> None:
        if await self.current(assignment.profile_id):
            raise Aborted("ASSIGNMENT_CHANGED", "The assignment has changed meanwhile.")
        self._draft.assignments.append(assignment)

    async def end(self, assignment: Assignment) -> None:
        place = self._draft.assignments.index(replace(assignment, end_time=None))
        self._draft.assignments[place] = assignment

    async def caseload(self, counsellor: str, after: Position | None, limit: int) -> Page[CaseloadEntry]:
        mine = [kept for kept in self._open() if kept.counsellor == counsellor]
        listed = [(Position(kept.begin_time, kept.profile_id), self._entry(kept)) for kept in mine]
        return _page(listed, after, limit)

    def _open(self) -> list[Assignment]:
        return [kept for kept in self._draft.assignments if kept.end_time is None]

    def _entry(self, assignment: Assignment) -> CaseloadEntry:
        content = self._draft.profiles[assignment.profile_id].content
        return CaseloadEntry(
            assignment.profile_id, content.case_reference, content.preferred_language, assignment.begin_time
        )


class FakeConsents:
    """Answers to vacancies by profile and opening."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def get(self, profile_id: str, opening_id: str) -> VacancyConsent | None:
        return self._draft.consents.get((profile_id, opening_id))

    async def put(self, consent: VacancyConsent) -> None:
        self._draft.consents[consent.profile_id, consent.opening_id] = consent

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[VacancyConsent]:
        mine = [kept for kept in self._draft.consents.values() if kept.profile_id == profile_id]
        return _page([(Position(kept.update_time, kept.id), kept) for kept in mine], after, limit)

    async def given(self, opening_id: str, profile_ids: Sequence[str]) -> frozenset[str]:
        kept = (self._draft.consents.get((profile_id, opening_id)) for profile_id in profile_ids)
        return frozenset(each.profile_id for each in kept if each is not None and each.state is ConsentState.GIVEN)


class FakeAccesses:
    """Accesses in the order in which they were kept."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def append(self, *accesses: Access) -> None:
        self._draft.accesses.extend(accesses)

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[Access]:
        listed = [
            (Position(kept.time, kept.id), kept) for kept in self._draft.accesses if kept.profile_id == profile_id
        ]
        return _page(listed, after, limit)


class FakeAnswers:
    """Stored answers by scope and request id; None while only claimed."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        kept = self._draft.answers.get((key.scope, key.request_id))
        if kept is None:
            self._draft.answers[key.scope, key.request_id] = (key.method, key.fingerprint, None)
            return None
        if kept[:2] != (key.method, key.fingerprint):
            violation = FieldViolation("request_id", "REQUEST_ID_REUSED", "Use a new request_id for another request.")
            raise InvalidArgument("REQUEST_ID_REUSED", "The request_id was used before.", violations=(violation,))
        assert isinstance(kept[2], kind)
        return kept[2]

    async def keep(self, key: RequestKey, answer: Answer) -> None:
        self._draft.answers[key.scope, key.request_id] = (key.method, key.fingerprint, answer)


class FakeEvents:
    """Events in the order in which they were appended."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def append(self, *events: Event | ConsentEvent) -> None:
        self._draft.events.extend(events)


class FakeCodes:
    """A few codes of each list."""

    lists: Mapping[CodeList, tuple[str, ...]] = {
        CodeList.MUNICIPALITY: ("049", "091"),
        CodeList.LICENCE: ("driving-licence-b", "hygiene-passport"),
        CodeList.ISCO: ("5", "91", "9112"),
    }

    def knows(self, codes: CodeList, code: str) -> bool:
        return code in self.lists[codes]

    def nearest(self, codes: CodeList, code: str) -> str:
        return self.lists[codes][0]


def _page(listed: Iterable[tuple[Position, Listed]], after: Position | None, limit: int) -> Page[Listed]:
    newest_first = sorted(listed, key=lambda item: (item[0].time, item[0].id), reverse=True)
    if after is not None:
        newest_first = [item for item in newest_first if (item[0].time, item[0].id) < (after.time, after.id)]
    shown = newest_first[:limit]
    more = len(newest_first) > limit
    return Page(tuple(entry for _, entry in shown), shown[-1][0] if more else None)
