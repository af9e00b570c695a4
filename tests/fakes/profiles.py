"""In-memory fakes of the ports of the profiles service. They pass the contract tests of the real ones."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from services.profiles.application.ports import Answer, Answered, CaseloadEntry, Page, Position, RequestKey, Wanted
from services.profiles.domain.access_log import Head
from services.profiles.domain.changes import Change
from services.profiles.domain.consents import ConsentEvent, VacancyConsent
from services.profiles.domain.erasure import Erasure, ProfileErased
from services.profiles.domain.identity import IdentityRecord
from services.profiles.domain.overrides import AccessOverride, ProfileAccessOverridden
from services.profiles.domain.policy import Access, Relation
from services.profiles.domain.profile import Assignment, Event, Profile
from services.profiles.domain.rules import CodeList
from services.profiles.domain.suggestions import Suggestions
from shared.kernel.errors import Aborted, AlreadyExists, FieldViolation, InvalidArgument
from tests.fakes.profiles_casework import FakeConsents, FakeOverrides
from tests.fakes.profiles_erasures import FakeErasures
from tests.fakes.profiles_identity import FakeChanges, FakeIdentities
from tests.fakes.profiles_paging import page_of

KEPT = (
    "profiles", "assignments", "consents", "overrides", "suggestions", "accesses",
    "identities", "changes", "answers", "events", "erasures",
)  # fmt: skip
"""What a commit makes last."""


@dataclass
class ProfileStore:
    """What is committed. One unit of work at a time gets at it, as row locks would have it at the worst."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    consents: dict[tuple[str, str], VacancyConsent] = field(default_factory=dict)
    overrides: list[AccessOverride] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    refusals: list[Access] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    suggestions: dict[str, Suggestions] = field(default_factory=dict)
    identities: dict[str, IdentityRecord] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[str, bytes, Answer | None]] = field(default_factory=dict)
    events: list[Event | ProfileErased | ConsentEvent | ProfileAccessOverridden] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def copy(self) -> "ProfileStore":
        """A copy to work on; the values themselves are frozen."""
        return ProfileStore(
            dict(self.profiles),
            list(self.assignments),
            dict(self.consents),
            list(self.overrides),
            list(self.accesses),
            list(self.refusals),
            list(self.heads),
            dict(self.suggestions),
            dict(self.identities),
            list(self.changes),
            dict(self.answers),
            list(self.events),
            list(self.erasures),
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
        self.overrides = FakeOverrides(draft)
        self.suggestions = FakeSuggestions(draft)
        self.erasures = FakeErasures(draft)
        self.accesses = FakeAccesses(draft)
        self.identities = FakeIdentities(draft)
        self.changes = FakeChanges(draft)
        self.answers = FakeAnswers(draft)
        self.events = FakeEvents(draft)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.refusals = self._draft.refusals
        self._store.lock.release()

    async def commit(self) -> None:
        for name in KEPT:
            setattr(self._store, name, getattr(self._draft, name))


class FakeProfiles:
    """Profiles by id."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def get(self, profile_id: str) -> Profile | None:
        return self._draft.profiles.get(profile_id)

    async def id_of_owner(self, owner_subject: str) -> str:
        owned = (each.id for each in self._draft.profiles.values() if each.owner_subject == owner_subject)
        return next(owned, "")

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
        return page_of(listed, after, limit)

    async def history(self, profile_id: str, after: Position | None, limit: int) -> Page[Assignment]:
        listed = [
            (Position(kept.begin_time, f"{place:09}"), kept)
            for place, kept in enumerate(self._draft.assignments)
            if kept.profile_id == profile_id
        ]
        return page_of(listed, after, limit)

    def _open(self) -> list[Assignment]:
        return [kept for kept in self._draft.assignments if kept.end_time is None]

    def _entry(self, assignment: Assignment) -> CaseloadEntry:
        content = self._draft.profiles[assignment.profile_id].content
        return CaseloadEntry(
            assignment.profile_id, content.case_reference, content.preferred_language, assignment.begin_time
        )


class FakeSuggestions:
    """Open suggestions by profile."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def get(self, profile_id: str) -> Suggestions | None:
        return self._draft.suggestions.get(profile_id)

    async def put(self, suggestions: Suggestions) -> None:
        self._draft.suggestions.pop(suggestions.profile_id, None)
        if suggestions.open:
            self._draft.suggestions[suggestions.profile_id] = suggestions


class FakeAccesses:
    """Accesses in the order in which they were kept, and refusals, which last whatever becomes of the draft."""

    def __init__(self, draft: ProfileStore) -> None:
        self._draft = draft

    async def append(self, *accesses: Access) -> None:
        self._draft.accesses.extend(accesses)

    async def refuse(self, access: Access) -> None:
        self._draft.refusals.append(access)

    async def of_profile(
        self, profile_id: str, after: Position | None, limit: int, *, others_only: bool = False
    ) -> Page[Access]:
        theirs = [kept for kept in self._draft.accesses if kept.profile_id == profile_id]
        shown = [kept for kept in theirs if not others_only or kept.relation is not Relation.SELF]
        return page_of([(Position(kept.time, kept.id), kept) for kept in shown], after, limit)

    async def search(self, wanted: Wanted, after: Position | None, limit: int) -> Page[Access]:
        kept = self._draft.refusals if wanted.refused_only else [*self._draft.accesses, *self._draft.refusals]
        found = [
            each
            for each in kept
            if wanted.begin <= each.time < wanted.end
            and wanted.profile_id in ("", each.profile_id)
            and wanted.reader in ("", each.reader)
        ]
        return page_of([(Position(each.time, each.id), each) for each in found], after, limit)

    async def heads(self, after: Position | None, limit: int) -> Page[Head]:
        newest_first = sorted(self._draft.heads, key=lambda head: head.position, reverse=True)
        behind = [head for head in newest_first if after is None or head.position < int(after.id)]
        shown, more = behind[:limit], len(behind) > limit
        return Page(tuple(shown), Position(shown[-1].time, str(shown[-1].position)) if more else None)


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

    async def append(self, *events: Event | ConsentEvent | ProfileAccessOverridden) -> None:
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
