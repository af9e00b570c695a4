"""The ranked list of a person. It is on record before it is answered; later pages follow the recorded order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from services.matching.application.comparing import NOTHING_FITS, compare, item_of, items_of, places_of, select
from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import Ask, Person, admitted, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.application.records import MadeWith
from services.matching.application.watching import watch_token
from services.matching.domain.candidates import prepare
from services.matching.domain.eligibility import judge
from services.matching.domain.feedback import FeedbackKind
from services.matching.domain.matches import (
    Decision,
    ListFilter,
    Match,
    Note,
    Order,
    Versions,
)
from services.matching.domain.query import Query
from services.matching.domain.replay import METHOD, Inputs, PersonInput, input_of, query_then
from services.matching.domain.scoring import part_weights
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.errors import FailedPrecondition, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal

Shown = TypeVar("Shown")
LONGEST_LIST = 200
"""Openings in the recorded order of a list; what fits less well is counted, not listed."""
_STEPS = 4
"""Rounds of the event loop in which a statement gets on its way; with fewer, showing would be waited for instead."""


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
    """A page of a list, and what is known of the whole list.

    hidden_count  openings that the person's own feedback keeps out
    interesting   ids of the page's openings that the person has marked
    watch_token   for watching from this list on; of the first page only
    stale         True: memory may be more than a day behind the store
    """

    matches: tuple[Match, ...]
    next_page_token: str
    decision_id: str
    eligible_count: int
    excluded_count: int
    order: Order
    pending: bool
    versions: Versions
    notes: tuple[Note, ...]
    hidden_count: int = 0
    interesting: tuple[str, ...] = ()
    stale: bool = False
    watch_token: str = ""


async def list_matches(
    cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime, show: Callable[[MatchPage], Shown]
) -> Shown:
    """The list's first page, or the page that a token names, as `show` makes it: that is done while it is stored.

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
        served = await admitted(engine, ask, later)
        await _append(uow, served)
        return show(_page(cmd, served, engine, now, start + size))
    served, made_with = await admitted(engine, ask, _first_page(cmd, uow, engine, now, size))
    page = _page(cmd, served, engine, now, size)
    page = replace(page, watch_token=_watch_token(cmd, served.decision, engine))
    return await _recorded(uow, served.decision, made_with, lambda: show(page))


async def _recorded(uow: UnitOfWork, decision: Decision, made_with: MadeWith, show: Callable[[], Shown]) -> Shown:
    """What `show` makes while the decision is on its way to the disk. Nothing leaves before it is there."""
    recording = asyncio.ensure_future(uow.record(decision, made_with))
    try:
        for _ in range(_STEPS):
            await asyncio.sleep(0)
        return show()
    finally:
        await recording


def _watch_token(cmd: ListMatches, decision: Decision, engine: Engine) -> str:
    made_of = decision.versions
    return watch_token(engine, cmd.caller, cmd.profile_id, made_of.index_generation, made_of.profile_version)


@dataclass(frozen=True, slots=True)
class _Served:
    """A page's matches with the decision that they belong to."""

    decision: Decision
    matches: tuple[Match, ...]
    person: Person


def _bound_to(cmd: ListMatches) -> str:
    """Everything but the page: a token is good only for the same caller and the same question."""
    kind = cmd.kind.name if cmd.kind is not None else ""
    question = (cmd.profile_id, cmd.purpose.name, kind, cmd.municipality, cmd.language)
    return "\n".join(("ListMatches", cmd.caller.role, cmd.caller.subject, *question))


def _page(cmd: ListMatches, served: _Served, engine: Engine, now: datetime, end: int) -> MatchPage:
    """The page of which `end` is the first place behind it."""
    decision = served.decision
    marked = {word.opening_id for word in served.person.feedback if word.kind is FeedbackKind.INTERESTED}
    following: Cursor = {"decision": decision.id, "start": end}
    more = end < len(decision.shortlist)
    return MatchPage(
        matches=served.matches,
        next_page_token=engine.tokens.encode(following, _bound_to(cmd)) if more else "",
        decision_id=decision.id,
        eligible_count=decision.eligible_count,
        excluded_count=decision.excluded_count,
        order=decision.order,
        pending=decision.pending,
        versions=decision.versions,
        notes=decision.notes,
        hidden_count=decision.hidden_count,
        interesting=tuple(match.opening.id for match in served.matches if match.opening.id in marked),
        stale=engine.live.stale(now),
    )


# -- the first page ------------------------------------------------------------------------------------------------


async def _first_page(
    cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime, size: int
) -> tuple[_Served, MadeWith]:
    person = await load_person(engine, uow, cmd.profile_id)
    decision, made_with = await engine.in_turn(_decide, cmd, person, engine, now, size)
    return _Served(decision, decision.matches, person), made_with


def _decide(cmd: ListMatches, person: Person, engine: Engine, now: datetime, size: int) -> tuple[Decision, MadeWith]:
    """The whole list, of which the first items are made, and what it was made with."""
    query = person.query(engine, now, ListFilter(cmd.kind, cmd.municipality), cmd.language)
    compared = compare(query, engine, person.hidden)
    selection = NOTHING_FITS if person.paused else select(compared, person, engine, LONGEST_LIST)
    shortlist = places_of(compared, selection)
    decision = Decision(
        id=new_id(),
        create_time=now,
        profile_id=cmd.profile_id,
        language=cmd.language,
        filter=compared.query.filter,
        order=selection.order,
        versions=engine.versions(person.stored.snapshot.version, compared.live),
        eligible_count=selection.eligible,
        excluded_count=0 if person.paused else compared.found.excluded_count,
        excluded_by_rule={} if person.paused else compared.found.count_rules(),
        notes=_notes(person, compared.hidden),
        pending=person.waiting or selection.unread > 0,
        hidden_count=compared.hidden,
        method=METHOD,
        shortlist=shortlist,
        matches=items_of(compared, shortlist, selection.rows[:size], engine.weights),
    )
    stored, live, rows = person.stored, compared.live, selection.rows
    made_with = MadeWith(
        PersonInput(stored.snapshot, stored.signals),
        engine.weights,
        lambda place: input_of(live.candidate(int(rows[place]))),
    )
    return decision, made_with


def _notes(person: Person, hidden: int) -> tuple[Note, ...]:
    if person.paused:
        return (Note.MATCHING_PAUSED,)
    silent = (Note.NO_SIGNAL,) if person.silent else ()
    return (*silent, Note.HIDDEN) if hidden else silent


# -- later pages ---------------------------------------------------------------------------------------------------


async def _later_page(
    cmd: ListMatches, uow: UnitOfWork, engine: Engine, now: datetime, decision_id: str, places: range
) -> _Served:
    """The openings at these places of the recorded order, without those that have closed or do not fit any more.

    An item is as it was when the order was made, so that page and order tell of one moment; whether it is shown at all
    goes by what holds now.
    """
    async with uow:
        decision = await uow.decisions.get(decision_id)
        if decision is None or decision.profile_id != cmd.profile_id:
            raise PermissionDenied()
        places = range(len(decision.shortlist))[places.start : places.stop]
        inputs = await uow.decisions.inputs(decision, places)
    person = await load_person(engine, uow, cmd.profile_id)
    if person.paused:
        return _Served(decision, (), person)
    if inputs is None or _ranks_differently(person, decision):
        raise FailedPrecondition("LIST_OUTDATED", "Much has changed since this list was made. Ask for it anew.")
    query = person.query(engine, now, decision.filter, cmd.language)
    matches = await engine.in_turn(_items, decision, inputs, places, query, person, engine)
    return _Served(decision, matches, person)


def _ranks_differently(person: Person, decision: Decision) -> bool:
    """Whether the person has opted out of ranking, or into it, since the order was made."""
    opted_out = person.stored.snapshot.choices.ranking_opt_out
    return opted_out != (decision.order is Order.NEWEST_FIRST)


def _items(
    decision: Decision, inputs: Inputs, places: range, query: Query, person: Person, engine: Engine
) -> tuple[Match, ...]:
    then = query_then(decision, inputs.person, engine.vocabulary)
    shares = part_weights(inputs.weights, then.profile.work.goals.weights)
    listed = {match.rank: match for match in decision.matches}
    live = engine.live.view()
    matches = []
    for place, opening in zip(places, inputs.openings, strict=True):
        short = decision.shortlist[place]
        if _is_shown(short.opening_id, query, person, live):
            candidate = prepare(opening.snapshot, opening.signals, engine.vocabulary)
            item = listed.get(place + 1) or item_of(then, candidate, short, place + 1, inputs.weights, shares)
            matches.append(item)
    return tuple(matches)


def _is_shown(opening_id: str, query: Query, person: Person, live: LiveView) -> bool:
    """Whether the opening is still published, still fits, and is not hidden by now."""
    row = live.row(opening_id)
    return row is not None and opening_id not in person.hidden and judge(query, live.candidate(row)).eligible


async def _append(uow: UnitOfWork, served: _Served) -> None:
    kept = {match.rank for match in served.decision.matches}
    new = [match for match in served.matches if match.rank not in kept]
    if new:
        async with uow:
            await uow.decisions.append(served.decision.id, new)
            await uow.commit()
