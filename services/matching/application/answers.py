"""The answers beside the list: what was left out, one opening in full, next steps, the question, a past list."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.matching.application.engine import Engine
from services.matching.application.people import Ask, Person, admitted, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.matches import (
    NO_FILTER,
    Decision,
    Exclusion,
    ListFilter,
    Match,
    NextStep,
    Question,
    Versions,
)
from services.matching.domain.next_steps import next_steps
from services.matching.domain.pipeline import (
    UNSCORED,
    Judged,
    Ranked,
    count_rules,
    exclusion_of,
    judge_all,
    match_of,
    nearness,
    scored,
)
from services.matching.domain.query import Query
from services.matching.domain.question import question_of
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.errors import FailedPrecondition, NotFound, PermissionDenied
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal

_NOTHING = Judged((), ())


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
class ListNextSteps:
    """Ask for the changes that would open openings."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    language: str = "en"
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class NextStepPage:
    """A page of next steps, most openings first."""

    steps: tuple[NextStep, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class GetQuestion:
    """Ask for the one question worth asking."""

    caller: Principal
    profile_id: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class GetDecision:
    """Ask for a list that was served."""

    caller: Principal
    decision_id: str
    purpose: Purpose


async def list_exclusions(cmd: ListExclusions, uow: UnitOfWork, engine: Engine, now: datetime) -> ExclusionPage:
    """What was left out. Raises as `list_matches` does."""
    size = page_size(cmd.page_size)
    kind = cmd.kind.name if cmd.kind is not None else ""
    bound_to = _bound_to("ListExclusions", cmd.caller, cmd.profile_id, cmd.purpose.name, kind)
    cursor = engine.tokens.decode(cmd.page_token, bound_to)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListExclusions")
    judging = _judge(uow, engine, now, cmd.profile_id, ListFilter(cmd.kind), cmd.language)
    query, judged = await admitted(engine, ask, judging)
    excluded = sorted(judged.excluded, key=nearness)
    start = (cursor["obstacles"], cursor["newness"], cursor["id"]) if cursor else (-1, 0.0, "")
    rest = [judgement for judgement in excluded if nearness(judgement) > start]
    token = ""
    if len(rest) > size:
        obstacles, newness, last = nearness(rest[size - 1])
        token = engine.tokens.encode({"obstacles": obstacles, "newness": newness, "id": last}, bound_to)
    exclusions = tuple(exclusion_of(query, judgement) for judgement in rest[:size])
    return ExclusionPage(exclusions, token, count_rules(excluded), len(excluded))


async def explain_match(cmd: ExplainMatch, uow: UnitOfWork, engine: Engine, now: datetime) -> Explained:
    """One person beside one opening, requirement by requirement.

    Raises NotFound OPENING_NOT_FOUND where no such opening is published, FailedPrecondition MATCHING_PAUSED where the
    person is not to be matched, PermissionDenied, Unavailable.
    """
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ExplainMatch")
    return await admitted(engine, ask, _explain(cmd, uow, engine, now))


async def list_next_steps(cmd: ListNextSteps, uow: UnitOfWork, engine: Engine, now: datetime) -> NextStepPage:
    """The changes that would open openings. Raises as `list_matches` does."""
    size = page_size(cmd.page_size)
    bound_to = _bound_to("ListNextSteps", cmd.caller, cmd.profile_id, cmd.purpose.name, cmd.language)
    cursor = engine.tokens.decode(cmd.page_token, bound_to)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListNextSteps")
    steps = await admitted(engine, ask, _next_steps(cmd, uow, engine, now))
    after = (-int(cursor["opened"]), cursor["rule"], cursor["subject"], cursor["required"]) if cursor else None
    rest = [step for step in steps if after is None or _step_key(step) > after]
    token = ""
    if len(rest) > size:
        opened, rule, subject, required = _step_key(rest[size - 1])
        position: Cursor = {"opened": -opened, "rule": rule, "subject": subject, "required": required}
        token = engine.tokens.encode(position, bound_to)
    return NextStepPage(tuple(rest[:size]), token)


async def get_question(cmd: GetQuestion, uow: UnitOfWork, engine: Engine, now: datetime) -> Question | None:
    """The question whose answer would decide for most openings, or None. Raises as `list_matches` does."""
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "GetQuestion")
    query, judged = await admitted(engine, ask, _judge(uow, engine, now, cmd.profile_id, NO_FILTER, "en"))
    return await asyncio.to_thread(question_of, query, judged.eligible)


async def get_decision(cmd: GetDecision, uow: UnitOfWork, engine: Engine) -> Decision:
    """A list as it was served. Raises the same PermissionDenied for an absent and for a forbidden one; Unavailable."""
    async with uow:
        decision = await uow.decisions.get(cmd.decision_id)
    if decision is None:
        raise PermissionDenied()
    ask = Ask(cmd.caller, decision.profile_id, cmd.purpose, "GetDecision")
    try:
        return await admitted(engine, ask, _given(decision))
    except PermissionDenied:
        raise PermissionDenied() from None


async def _given(decision: Decision) -> Decision:
    return decision


async def _judge(
    uow: UnitOfWork, engine: Engine, now: datetime, profile_id: str, list_filter: ListFilter, language: str
) -> tuple[Query, Judged]:
    person = await load_person(engine, uow, profile_id)
    query = person.query(engine, now, list_filter, language)
    if person.paused:
        return query, _NOTHING
    return query, await asyncio.to_thread(judge_all, query, engine.live.all(list_filter.kind))


async def _next_steps(cmd: ListNextSteps, uow: UnitOfWork, engine: Engine, now: datetime) -> tuple[NextStep, ...]:
    query, judged = await _judge(uow, engine, now, cmd.profile_id, NO_FILTER, cmd.language)
    steps = await asyncio.to_thread(next_steps, query, judged)
    return tuple(sorted(steps, key=_step_key))


async def _explain(cmd: ExplainMatch, uow: UnitOfWork, engine: Engine, now: datetime) -> Explained:
    person = await load_person(engine, uow, cmd.profile_id)
    if person.paused:
        raise FailedPrecondition("MATCHING_PAUSED", "The person is not matched now. Switch matching on to compare.")
    candidate = engine.live.get(cmd.opening_id)
    if candidate is None:
        raise NotFound("OPENING_NOT_FOUND", "No such opening is published. It may have been withdrawn.")
    query = person.query(engine, now, NO_FILTER, cmd.language)
    judgement = judge(query, candidate)
    ranked = _scored(query, person, judgement, engine)
    versions = engine.versions(person.stored.snapshot.version)
    return Explained(match_of(query, ranked, 0), judgement.eligible, versions)


def _scored(query: Query, person: Person, judgement: Judgement, engine: Engine) -> Ranked:
    if query.profile.choices.ranking_opt_out:
        return Ranked(judgement, UNSCORED)
    opening = judgement.candidate.id
    similarities = engine.index.similarities(person.vector, [opening]) if person.vector is not None else {}
    return scored(query, (judgement,), similarities, engine.weights)[0]


def _step_key(step: NextStep) -> tuple[int, str, str, str]:
    return -step.opened, step.rule, step.subject, step.required


def _bound_to(method: str, caller: Principal, *question: str) -> str:
    return "\n".join((method, caller.role, caller.subject, *question))
