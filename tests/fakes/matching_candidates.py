"""In-memory ports of candidates: people who are willing, lists that were served, and answers to vacancies."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.matching.application.ports import Owner, StoredProfile
from services.matching.application.willing import CandidateAsk, CandidateList, Nearby
from services.matching.domain.aspects import is_willing
from services.matching.domain.values import Purpose
from shared.kernel.errors import InvalidArgument, PermissionDenied, PolkuError
from shared.kernel.principal import Principal, Role
from tests.fakes.matching import FakeUnitOfWork, State


@dataclass
class CandidateState(State):
    """The tables of the store, with the lists of candidates."""

    candidate_lists: dict[str, CandidateList] = field(default_factory=dict)
    candidate_asks: dict[tuple[str, str], CandidateAsk] = field(default_factory=dict)


class FakeWillingPeople:
    """Profiles that are willing."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def of(self, opening_id: str) -> Sequence[Nearby]:
        return [
            (profile_id, self._state.vectors.get((Owner.PROFILE, profile_id)))
            for profile_id, stored in sorted(self._state.profiles.items())
            if is_willing(stored.snapshot.choices) and not self._hides(profile_id, opening_id)
        ]

    async def profiles(self, profile_ids: Collection[str]) -> Sequence[StoredProfile]:
        return [stored for profile_id, stored in sorted(self._state.profiles.items()) if profile_id in profile_ids]

    def _hides(self, profile_id: str, opening_id: str) -> bool:
        return any(word.hides for word in self._state.records.current(profile_id) if word.opening_id == opening_id)


class FakeCandidateLists:
    """Lists of candidates that were served."""

    def __init__(self, state: CandidateState) -> None:
        self._state = state

    async def add(self, made: CandidateList) -> frozenset[str]:
        kept = self._state.profiles
        people = tuple(
            each
            for each in made.people
            if each.profile_id in kept and kept[each.profile_id].snapshot.version == each.profile_version
        )
        self._state.candidate_lists[made.id] = replace(made, people=people)
        return frozenset(each.profile_id for each in people)

    async def people_shown(self, reader: str, since: datetime) -> int:
        lists = [each for each in self._state.candidate_lists.values() if each.reader == reader]
        shown = {one.profile_id for each in lists if each.create_time > since for one in each.people}
        return len(shown & self._state.profiles.keys())

    async def people_of(self, reader: str, opening_id: str, since: datetime) -> frozenset[str]:
        lists = [
            each
            for each in self._state.candidate_lists.values()
            if (each.reader, each.opening_id) == (reader, opening_id) and each.create_time > since
        ]
        return frozenset(one.profile_id for each in lists for one in each.people) & self._state.profiles.keys()

    async def get(self, list_id: str) -> CandidateList | None:
        found = self._state.candidate_lists.get(list_id)
        if found is None:
            return None
        return replace(found, people=tuple(each for each in found.people if each.profile_id in self._state.profiles))


class FakeCandidateAsks:
    """Requests for a yes."""

    def __init__(self, state: CandidateState) -> None:
        self._kept = state.candidate_asks

    async def take(self, ask: CandidateAsk, since: datetime, most: int) -> CandidateAsk | None:
        key = (ask.reader, ask.request_id)
        made = [each for each in self._kept.values() if each.reader == ask.reader and each.create_time > since]
        if key not in self._kept and len(made) >= most:
            return None
        return self._kept.setdefault(key, ask)


class FakeCandidateUnitOfWork(FakeUnitOfWork):
    """A unit of work that knows people who are willing."""

    def __init__(self) -> None:
        super().__init__()
        self.state: CandidateState = CandidateState()
        self._enter(self.state)

    def _enter(self, state: State) -> None:
        super()._enter(state)
        self.willing = FakeWillingPeople(state)
        if isinstance(state, CandidateState):
            self.candidate_lists = FakeCandidateLists(state)
            self.candidate_asks = FakeCandidateAsks(state)


@dataclass
class FakeConsents:
    """Who has said yes to which vacancy; `shown` is the record of who was shown to whom, `asked` of who was asked.

    `failure` is raised by every call while it is set; `meanwhile` happens while the answer is waited for.
    """

    given: set[tuple[str, str]] = field(default_factory=set)
    shown: list[tuple[str, str, Purpose, str]] = field(default_factory=list)
    asked: dict[str, tuple[str, str, str, datetime]] = field(default_factory=dict)
    failure: PolkuError | None = None
    meanwhile: Callable[[], None] = lambda: None

    async def said_yes(
        self, caller: Principal, opening_id: str, profile_ids: Sequence[str], purpose: Purpose, method: str
    ) -> frozenset[str]:
        self._admit(caller, purpose)
        named = [profile_id for profile_id in profile_ids if (profile_id, opening_id) in self.given]
        self.shown += [(caller.subject, profile_id, purpose, method) for profile_id in named]
        return frozenset(named)

    async def ask(self, caller: Principal, ask: CandidateAsk, profile_id: str, purpose: Purpose) -> None:
        self._admit(caller, purpose)
        wanted = (caller.subject, profile_id, ask.opening_id, ask.answer_by)
        if self.asked.setdefault(ask.request_id, wanted) != wanted:
            raise InvalidArgument("REQUEST_ID_REUSED", "The request_id was used before.")

    def _admit(self, caller: Principal, purpose: Purpose) -> None:
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        if caller.role not in (Role.COUNSELLOR, Role.PUBLISHER) or purpose is not Purpose.JOB_MATCHING:
            raise PermissionDenied("ROLE_NOT_ALLOWED", "Candidates are shown to counsellors and to publishers.")
