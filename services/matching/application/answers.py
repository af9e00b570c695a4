"""The answers beside the list: what was left out, one opening in full, the question."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isnan

import numpy as np

from services.matching.application.comparing import Compared, compare, cosines_of, item_of
from services.matching.application.engine import Engine
from services.matching.application.people import Ask, admitted, bound, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.domain.columns.question import question_of_all
from services.matching.domain.columns.selection import nearest_first
from services.matching.domain.eligibility import judge
from services.matching.domain.matches import (
    NO_FILTER,
    Exclusion,
    ListFilter,
    Match,
    Question,
    Shortlisted,
    Versions,
)
from services.matching.domain.pipeline import exclusion_of
from services.matching.domain.scoring import part_weights
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.errors import FailedPrecondition, NotFound
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ListExclusions:
    """Ask what was left out of a person's list, and by which rule."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    kind: OpeningKind | None = None
    language: str = "en"
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionPage:
    """A page of what was left out, nearest to fitting first; the counts are of all that was."""

    exclusions: tuple[Exclusion, ...]
    next_page_token: str
    excluded_by_rule: Mapping[str, int]
    excluded_count: int


@dataclass(frozen=True, slots=True)
class ExplainMatch:
    """Ask for one person beside one opening, whether it fits or not."""

    caller: Principal
    profile_id: str
    opening_id: str
    purpose: Purpose
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Explained:
    """The comparison; `match.rank` is 0."""

    match: Match
    eligible: bool
    versions: Versions


@dataclass(frozen=True, slots=True)
class GetQuestion:
    """Ask for the one question worth asking."""

    caller: Principal
    profile_id: str
    purpose: Purpose


async def list_exclusions(cmd: ListExclusions, uow: UnitOfWork, engine: Engine, now: datetime) -> ExclusionPage:
    """What was left out. Raises as `list_matches` does."""
    size = page_size(cmd.page_size)
    kind = cmd.kind.name if cmd.kind is not None else ""
    bound_to = bound("ListExclusions", cmd.caller, cmd.profile_id, cmd.purpose.name, kind)
    cursor = engine.tokens.decode(cmd.page_token, bound_to)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListExclusions")
    after = (int(cursor["obstacles"]), float(cursor["newness"]), str(cursor["id"])) if cursor else None
    comparing = _compare(uow, engine, now, cmd.profile_id, ListFilter(cmd.kind), cmd.language)
    compared = await admitted(engine, ask, comparing)
    if compared is None:
        return ExclusionPage((), "", {}, 0)
    exclusions, following = await asyncio.to_thread(_exclusions, compared, after, size)
    token = engine.tokens.encode(following, bound_to) if following else ""
    return ExclusionPage(exclusions, token, compared.found.count_rules(), len(compared.found.excluded))


async def explain_match(cmd: ExplainMatch, uow: UnitOfWork, engine: Engine, now: datetime) -> Explained:
    """One person beside one opening, requirement by requirement.

    Raises NotFound OPENING_NOT_FOUND where no such opening is published, FailedPrecondition MATCHING_PAUSED where the
    person is not to be matched, PermissionDenied, Unavailable.
    """
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ExplainMatch")
    return await admitted(engine, ask, _explain(cmd, uow, engine, now))


async def get_question(cmd: GetQuestion, uow: UnitOfWork, engine: Engine, now: datetime) -> Question | None:
    """The question whose answer would decide for most openings, or None. Raises as `list_matches` does."""
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "GetQuestion")
    compared = await admitted(engine, ask, _compare(uow, engine, now, cmd.profile_id, NO_FILTER, "en"))
    if compared is None:
        return None
    return await asyncio.to_thread(_question, compared, engine)


def _question(compared: Compared, engine: Engine) -> Question | None:
    skills = engine.closeness.skills(compared.query.signals, compared.live.columns.work)
    return question_of_all(compared.person, compared.found, skills)


async def _compare(
    uow: UnitOfWork, engine: Engine, now: datetime, profile_id: str, list_filter: ListFilter, language: str
) -> Compared | None:
    """The person beside everything that is published; None for someone who is not matched now."""
    person = await load_person(engine, uow, profile_id)
    if person.paused:
        return None
    return await asyncio.to_thread(compare, person.query(engine, now, list_filter, language), engine, person.hidden)


def _exclusions(
    compared: Compared, after: tuple[int, float, str] | None, size: int
) -> tuple[tuple[Exclusion, ...], Cursor | None]:
    """A page of what was left out, and the place of its last opening where more follow."""
    query, found, live = compared.query, compared.found, compared.live
    rows = nearest_first(found, after, size + 1).tolist()
    following: Cursor | None = None
    if len(rows) > size:
        last, view = rows[size - 1], found.view
        following = {"obstacles": int(found.blocks[last]), "newness": -float(view.newness[last]), "id": view.id(last)}
    return tuple(exclusion_of(query, judge(query, live.candidate(row))) for row in rows[:size]), following


async def _explain(cmd: ExplainMatch, uow: UnitOfWork, engine: Engine, now: datetime) -> Explained:
    person = await load_person(engine, uow, cmd.profile_id)
    if person.paused:
        raise FailedPrecondition("MATCHING_PAUSED", "The person is not matched now. Switch matching on to compare.")
    live = engine.live.view()
    row = live.row(cmd.opening_id)
    if row is None:
        raise NotFound("OPENING_NOT_FOUND", "No such opening is published. It may have been withdrawn.")
    query = person.query(engine, now, NO_FILTER, cmd.language)
    cosine = float(cosines_of(live, person, np.array([row]))[0])
    candidate = live.candidate(row)
    place = Shortlisted(candidate.id, candidate.snapshot.version, 0.0, None if isnan(cosine) else cosine)
    shares = part_weights(engine.weights, query.profile.work.goals.weights)
    match = item_of(query, candidate, place, 0, engine.weights, shares)
    eligible = not any(verdict.blocks for verdict in match.verdicts)
    return Explained(match, eligible, engine.versions(person.stored.snapshot.version, live))
