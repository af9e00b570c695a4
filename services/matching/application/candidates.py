"""Candidates for a vacancy: people who are willing to be shown, judged and scored as their own lists are, best first.

Nobody is named before they have said yes to that very vacancy. Of everybody else is shown what is shown of at least
four others, under a handle that is good for this reader and this vacancy alone. See `domain.anonymity`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isnan

import numpy as np

from services.matching.application.comparing import cosines_of
from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import Person, person_of
from services.matching.application.ports import StoredVector
from services.matching.application.willing import (
    CandidateList,
    CandidateUnitOfWork,
    Consents,
    Listed,
    Nearby,
)
from services.matching.domain.anonymity import ANONYMITY_VERSION, Handles, Placed, Subject, arrange
from services.matching.domain.aspects import MET, Aspect, Standing, Values, aspects_of, is_willing, values_of
from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import judge
from services.matching.domain.matches import NO_FILTER, Match
from services.matching.domain.pipeline import Ranked, match_of
from services.matching.domain.replay import METHOD
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.values import OpeningKind, Purpose
from services.matching.domain.work import SeekerWeights
from shared.kernel.errors import FailedPrecondition, NotFound, PermissionDenied, ResourceExhausted
from shared.kernel.ids import new_id
from shared.kernel.paging import page_size
from shared.kernel.principal import Principal, Role

MOST_CONSIDERED = 3000
"""People judged for one list: a second's work. Of more, those whose texts are nearest to the vacancy's."""
_PORTION = 100
_FARTHEST = 2.0  # beyond all cosines: one of the texts is not encoded
_DAY = timedelta(days=1)
MOST_A_DAY = 200
"""People whom one publisher is shown in a day, before no other list is made: more is collecting, not hiring."""
LIST_CANDIDATES = "polku.matching.v1.CandidateService/ListCandidates"
"""As the profiles service knows the method that shows people."""


@dataclass(frozen=True, slots=True)
class ListCandidates:
    """Ask for the candidates for a vacancy, `page_size` at most; `language` is BCP 47."""

    caller: Principal
    opening_id: str
    purpose: Purpose
    language: str = "en"
    page_size: int = 0


@dataclass(frozen=True, slots=True)
class Showing:
    """What people are shown with: the word on who has said yes, and the handles of all others."""

    consents: Consents
    handles: Handles


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The vacancy in a view of the openings."""

    candidate: Candidate
    row: int
    live: LiveView

    def cosine(self, person: Person) -> float | None:
        """Of the two texts; None where one is not encoded."""
        cosine = float(cosines_of(self.live, person, np.array([self.row]))[0])
        return None if isnan(cosine) else cosine


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Somebody who fits, compared in full."""

    version: int
    handle: str
    match: Match
    cosine: float | None
    values: Values


@dataclass(frozen=True, slots=True)
class _Found:
    """Everybody who fits, by id, and what is asked of them all."""

    fitting: Mapping[str, _Fitting]
    aspects: tuple[Aspect, ...]

    def arranged(self, named: frozenset[str]) -> tuple[Placed, ...]:
        """All of them in order, as they may be shown."""
        return arrange((self._subject(*one) for one in self.fitting.items()), named)

    def _subject(self, profile_id: str, one: _Fitting) -> Subject:
        # What does not concern somebody does not stand in their way.
        values = tuple(one.values.get(aspect.key, MET) for aspect in self.aspects)
        return Subject(profile_id, one.handle, one.match.total, values)


async def list_candidates(
    cmd: ListCandidates, uow: CandidateUnitOfWork, engine: Engine, showing: Showing, now: datetime
) -> CandidateList:
    """The list as it may be shown and is on record; it is recorded before this returns.

    Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE, PermissionDenied where the caller is neither a counsellor nor the
    vacancy's publisher, NotFound OPENING_NOT_FOUND, FailedPrecondition NOT_A_VACANCY, ResourceExhausted
    CANDIDATES_EXHAUSTED for a publisher who has been shown too many, and Unavailable where the profiles service cannot
    be asked, the openings are still loading, or the list cannot be recorded.
    """
    size = page_size(cmd.page_size)
    engine.check_ready()
    vacancy = vacancy_of(cmd.caller, cmd.opening_id, cmd.purpose, engine.live.view())
    async with uow:
        await _check_quota(cmd.caller, uow, now)
        willing = await uow.willing.of(cmd.opening_id)
        near = dict(await asyncio.to_thread(_nearest, willing, engine, vacancy))
        people = await _people(near, uow, engine)
    found = await asyncio.to_thread(_judge, cmd, people, vacancy, engine, showing.handles, now)
    first = [placed.id for placed in (await asyncio.to_thread(found.arranged, frozenset()))[:size]]
    named = await _named(cmd, first, showing)
    listed = await asyncio.to_thread(_listed, found, named, frozenset(first))
    made = replace(
        _empty(cmd, vacancy, engine, now),
        willing=len(willing),
        considered=len(people),
        eligible=len(found.fitting),
        people=listed,
    )
    async with uow:
        kept = await uow.candidate_lists.add(made)
        await uow.commit()
    return replace(made, people=tuple(each for each in made.people if each.profile_id in kept))


def reader_of(caller: Principal) -> str:
    """Who reads, as handles are bound to it: a counsellor, or a publisher whoever acts for it."""
    return f"{caller.role.value}:{caller.publisher if caller.role is Role.PUBLISHER else caller.subject}"


def vacancy_of(caller: Principal, opening_id: str, purpose: Purpose, live: LiveView) -> Vacancy:
    """The vacancy, if the caller may know of its candidates. Raises as `list_candidates`."""
    if caller.role not in (Role.COUNSELLOR, Role.PUBLISHER) or purpose is not Purpose.JOB_MATCHING:
        message = "Candidates are shown to counsellors and to a vacancy's publisher, to fill it."
        raise PermissionDenied("ROLE_NOT_ALLOWED", message)
    row = live.row(opening_id)
    candidate = live.candidate(row) if row is not None else None
    if caller.role is Role.PUBLISHER:
        publisher = candidate.snapshot.publisher if candidate is not None else ""
        if not publisher or publisher != caller.publisher:
            raise PermissionDenied()
    if candidate is None or row is None:
        raise NotFound("OPENING_NOT_FOUND", "No such opening is published. It may have been withdrawn.")
    if candidate.snapshot.kind is not OpeningKind.VACANCY:
        raise FailedPrecondition("NOT_A_VACANCY", "Only vacancies have candidates. Ask for a vacancy's.")
    return Vacancy(candidate, row, live)


async def _check_quota(caller: Principal, uow: CandidateUnitOfWork, now: datetime) -> None:
    if caller.role is not Role.PUBLISHER:
        return
    if await uow.candidate_lists.people_shown(reader_of(caller), now - _DAY) >= MOST_A_DAY:
        message = f"A publisher is shown {MOST_A_DAY} people a day. Ask again tomorrow, or ask a counsellor for help."
        raise ResourceExhausted("CANDIDATES_EXHAUSTED", message)


def _empty(cmd: ListCandidates, vacancy: Vacancy, engine: Engine, now: datetime) -> CandidateList:
    """A list of nobody."""
    return CandidateList(
        id=new_id(),
        create_time=now,
        opening_id=cmd.opening_id,
        opening_version=vacancy.candidate.snapshot.version,
        reader=reader_of(cmd.caller),
        purpose=cmd.purpose,
        language=cmd.language,
        versions=engine.versions(0, vacancy.live),
        method=METHOD,
        anonymity=ANONYMITY_VERSION,
        willing=0,
        considered=0,
        eligible=0,
    )


def _nearest(willing: Sequence[Nearby], engine: Engine, vacancy: Vacancy) -> Sequence[Nearby]:
    """Those who are considered: all, or of many those whose texts are nearest."""
    if len(willing) <= MOST_CONSIDERED:
        return willing
    row = np.array([vacancy.row])

    def place(one: Nearby) -> tuple[float, str]:
        profile_id, stored = one
        if stored is None or stored.vector.model != engine.live.model:
            return _FARTHEST, profile_id
        cosine = float(vacancy.live.cosines(stored.vector, row)[0])
        return (_FARTHEST if isnan(cosine) else -cosine), profile_id

    return sorted(willing, key=place)[:MOST_CONSIDERED]


async def _people(near: Mapping[str, StoredVector | None], uow: CandidateUnitOfWork, engine: Engine) -> list[Person]:
    """Those who are considered, read in portions: other calls wait for the event loop no longer than for one."""
    ids = sorted(near)
    people: list[Person] = []
    for start in range(0, len(ids), _PORTION):
        for stored in await uow.willing.profiles(ids[start : start + _PORTION]):
            people.append(person_of(stored, near[stored.snapshot.id], (), engine))
    return people


def _judge(
    cmd: ListCandidates, people: Sequence[Person], vacancy: Vacancy, engine: Engine, handles: Handles, now: datetime
) -> _Found:
    """Compare everybody with the vacancy. For a thread: some 0.3 ms each.

    All by the same weights: a seeker's own say what matters to them, not how they stand beside others.
    """
    fitting: dict[str, _Fitting] = {}
    reader, shares = reader_of(cmd.caller), part_weights(engine.weights, SeekerWeights())
    for person in people:
        snapshot = person.stored.snapshot
        query = person.query(engine, now, NO_FILTER, cmd.language)
        judgement = judge(query, vacancy.candidate)
        if not (judgement.eligible and is_willing(snapshot.choices)):
            continue
        cosine = vacancy.cosine(person)
        ranked = Ranked(judgement, score(query, judgement, cosine, engine.weights, shares))
        handle = handles.of(reader, cmd.opening_id, snapshot.id)
        fitting[snapshot.id] = _Fitting(snapshot.version, handle, match_of(query, ranked, 0), cosine, values_of(ranked))
    return _Found(fitting, aspects_of(vacancy.candidate, engine.vocabulary, now))


async def _named(cmd: ListCandidates, first: Sequence[str], showing: Showing) -> frozenset[str]:
    """Those of the page who have said yes; that they are shown is on record before anything leaves."""
    if not first:
        return frozenset()
    return await showing.consents.said_yes(cmd.caller, cmd.opening_id, sorted(first), cmd.purpose, LIST_CANDIDATES)


def _listed(found: _Found, named: frozenset[str], page: frozenset[str]) -> tuple[Listed, ...]:
    """The people of the page. Those who are named hide nobody, so all others are arranged anew without them."""
    placed = [each for each in found.arranged(named) if each.id in page]
    return tuple(_of_one(found, each, rank, each.id in named) for rank, each in enumerate(placed, start=1))


def _of_one(found: _Found, placed: Placed, rank: int, named: bool) -> Listed:
    one = found.fitting[placed.id]
    standings = tuple(Standing(aspect, value) for aspect, value in zip(found.aspects, placed.values, strict=True))
    return Listed(
        rank=rank,
        profile_id=placed.id,
        profile_version=one.version,
        handle=placed.handle,
        named=named,
        match=replace(one.match, rank=rank),
        cosine=one.cosine,
        standings=standings,
        total=placed.total,
    )
