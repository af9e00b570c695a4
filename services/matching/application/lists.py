"""The ranked list of a person. It is on record before it is answered; later pages follow the recorded order."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.matching.application.engine import Engine
from services.matching.application.people import Ask, Person, admitted, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.domain.eligibility import judge
from services.matching.domain.events import DecisionRecorded
from services.matching.domain.matches import (
    Decision,
    ListFilter,
    Match,
    Note,
    Order,
    Shortlisted,
    Versions,
)
from services.matching.domain.pipeline import (
    UNSCORED,
    Judged,
    MatchList,
    Ranked,
    judge_all,
    match_of,
    rank,
    scored,
)
from services.matching.domain.query import Query
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal

LONGEST_LIST = 200
"""Openings in the recorded order of a list; what fits less well is counted, not listed."""


@dataclass(frozen=True, slots=True)
class ListMatches:
    """Ask for a page of a person's list. `kind` None and `municipality` "" are any; `language` is BCP 47."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    kind: OpeningKind | None = None
    municipality: str = ""
    language: str = "en"
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A page of a list, and what is known of the whole list."""

    matches: tuple[Match, ...]
    next_page_token: str
    decision_id: str
    eligible_count: int
    excluded_count: int
    order: Order
    pending: bool
    versions: Versions
    notes: tuple[Note, ...]


async def list_matches(cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime) -> MatchPage:
    """The list's first page, or the page that a token names.

    Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE or PAGE_TOKEN_INVALID, PermissionDenied, and Unavailable where the
    profiles service cannot be asked, the openings are still loading, or the list cannot be recorded.
    """
    size = page_size(cmd.page_size)
    bound_to = _bound_to(cmd)
    cursor = engine.tokens.decode(cmd.page_token, bound_to)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListMatches")
    if cursor:
        decision_id, start = str(cursor["decision"]), int(cursor["start"])
        later = _later_page(cmd, uow, engine, now, decision_id, range(start, start + size))
        decision, matches = await admitted(engine, ask, later)
        await _append(uow, decision, matches)
    else:
        start = 0
        decision = await admitted(engine, ask, _decide(cmd, uow, engine, now, size))
        await _record(uow, decision, now)
        matches = decision.matches
    more = start + size < len(decision.shortlist)
    following: Cursor = {"decision": decision.id, "start": start + size}
    token = engine.tokens.encode(following, bound_to) if more else ""
    return _page(decision, matches, token)


def _bound_to(cmd: ListMatches) -> str:
    """Everything but the page: a token is good only for the same caller and the same question."""
    kind = cmd.kind.name if cmd.kind is not None else ""
    question = (cmd.profile_id, cmd.purpose.name, kind, cmd.municipality, cmd.language)
    return "\n".join(("ListMatches", cmd.caller.role, cmd.caller.subject, *question))


def _page(decision: Decision, matches: tuple[Match, ...], token: str) -> MatchPage:
    return MatchPage(
        matches=matches,
        next_page_token=token,
        decision_id=decision.id,
        eligible_count=decision.eligible_count,
        excluded_count=decision.excluded_count,
        order=decision.order,
        pending=decision.pending,
        versions=decision.versions,
        notes=decision.notes,
    )


# -- the first page ------------------------------------------------------------------------------------------------


async def _decide(cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime, size: int) -> Decision:
    person = await load_person(engine, uow, cmd.profile_id)
    versions = engine.versions(person.stored.snapshot.version)
    list_filter = ListFilter(cmd.kind, cmd.municipality)
    query = person.query(engine, now, list_filter, cmd.language)
    # Computing takes longer than other calls may wait for the event loop.
    found, pending = await asyncio.to_thread(_compute, query, person, engine)
    served = [match_of(query, ranked, place) for place, ranked in enumerate(found.matches[:size], start=1)]
    return Decision(
        id=new_id(),
        create_time=now,
        profile_id=cmd.profile_id,
        language=cmd.language,
        filter=list_filter,
        order=found.order,
        versions=versions,
        eligible_count=len(found.matches),
        excluded_count=len(found.excluded),
        excluded_by_rule=found.excluded_by_rule,
        notes=_notes(person),
        pending=pending,
        shortlist=tuple(_shortlisted(ranked) for ranked in found.matches[:LONGEST_LIST]),
        matches=tuple(served),
    )


def _compute(query: Query, person: Person, engine: Engine) -> tuple[MatchList, bool]:
    """The whole list, and whether it will get better once more texts are encoded."""
    openings = () if person.paused else engine.live.all(query.filter.kind)
    judged = judge_all(query, openings)
    similarities = _similarities(person, judged, engine)
    unread = person.vector is not None and len(similarities) < len(judged.eligible)
    return rank(query, judged, similarities, engine.weights), person.waiting or unread


def _similarities(person: Person, judged: Judged, engine: Engine) -> Mapping[str, float]:
    if person.vector is None:
        return {}
    return engine.index.similarities(person.vector, [judgement.candidate.id for judgement in judged.eligible])


def _shortlisted(ranked: Ranked) -> Shortlisted:
    candidate = ranked.judgement.candidate
    return Shortlisted(candidate.id, candidate.snapshot.version, ranked.score.total)


def _notes(person: Person) -> tuple[Note, ...]:
    if person.paused:
        return (Note.MATCHING_PAUSED,)
    return (Note.NO_SIGNAL,) if person.silent else ()


async def _record(uow: UnitOfWork, decision: Decision, now: datetime) -> None:
    async with uow:
        await uow.decisions.add(decision)
        await uow.events.append(DecisionRecorded(decision.id, now))
        await uow.commit()


# -- later pages ---------------------------------------------------------------------------------------------------


async def _later_page(
    cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime, decision_id: str, places: range
) -> tuple[Decision, tuple[Match, ...]]:
    """The openings at these places of the recorded order, without those that have closed or do not fit any more."""
    async with uow:
        decision = await uow.decisions.get(decision_id)
    if decision is None or decision.profile_id != cmd.profile_id:
        raise PermissionDenied()
    person = await load_person(engine, uow, cmd.profile_id)
    if person.paused:
        return decision, ()
    query = person.query(engine, now, decision.filter, cmd.language)
    listed = {match.rank: match for match in decision.matches}
    matches = []
    for place, short in list(enumerate(decision.shortlist))[places.start : places.stop]:
        ranked = _ranked_now(query, person, engine, short)
        if ranked is not None:
            matches.append(listed.get(place + 1) or match_of(query, ranked, place + 1))
    return decision, tuple(matches)


def _ranked_now(query: Query, person: Person, engine: Engine, short: Shortlisted) -> Ranked | None:
    candidate = engine.live.get(short.opening_id)
    if candidate is None:
        return None
    judgement = judge(query, candidate)
    if not judgement.eligible:
        return None
    if query.profile.choices.ranking_opt_out:
        return Ranked(judgement, UNSCORED)
    similarities = _similarities(person, Judged((judgement,), ()), engine)
    return scored(query, (judgement,), similarities, engine.weights)[0]


async def _append(uow: UnitOfWork, decision: Decision, matches: tuple[Match, ...]) -> None:
    kept = {match.rank for match in decision.matches}
    new = [match for match in matches if match.rank not in kept]
    if new:
        async with uow:
            await uow.decisions.append(decision.id, new)
            await uow.commit()
