"""Next steps as a plain reference: each change is made on the profile, and every opening is judged anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import (
    EDUCATION,
    LANGUAGE,
    LICENCE,
    RECOGNITION,
    TRAVEL_STEPS,
    WINDOW_STEPS,
    Change,
    applied,
)
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.query import Query, query_of
from services.matching.domain.values import CefrLevel
from services.matching.domain.verdicts import Verdict

_LIMITS = ("hours.most", "hours.fewest", "windows.weekly", "dates.start", "place.travel")
_ALONE = (*_LIMITS, "shift.evening", "shift.night", "shift.weekend")
_RECOGNITIONS = ("education.recognition", "profession.recognition")


def after(query: Query, *changes: Change) -> Query:
    """The query of the same person with the changes made. No change touches what linking reads."""
    profile = query.profile
    for change in changes:
        profile = applied(profile, change)
    changed = query_of(profile, query.signals, query.vocabulary, query.now, list_filter=query.filter)
    return replace(changed, skills=query.skills, occupations=query.occupations)


def eligible(query: Query, live: Sequence[Candidate]) -> set[str]:
    """Ids of what fits."""
    return {candidate.id for candidate in live if judge(query, candidate).eligible}


def single_changes(query: Query, live: Sequence[Candidate]) -> set[Change]:
    """Every change that some excluded opening asks for where it is all that is in the way, at any occasion."""
    judged = (judge(query, candidate) for candidate in live)
    excluded = [judgement for judgement in judged if not judgement.eligible]
    return {change for one in excluded for each in _each_occasion(query, one) for change in changes_for(each)}


def _each_occasion(query: Query, judgement: Judgement) -> Iterable[Judgement]:
    candidate = judgement.candidate
    return [judge(query, replace(candidate, occasions=(occasion,))) for occasion in candidate.occasions]


def obstacle_of(judgement: Judgement) -> tuple[str, str] | None:
    """What alone leaves an opening out, where one change could clear it away; None where there is more, or nothing."""
    obstacles = {_obstacle(verdict) for verdict in judgement.blocking}
    return obstacles.pop() if len(obstacles) == 1 else None


def _obstacle(verdict: Verdict) -> tuple[str, str] | None:
    if verdict.rule.startswith("language."):
        return LANGUAGE, verdict.subject
    if verdict.rule in ("licence.held", "licence.by_law"):
        return "licence", ""
    if verdict.rule.startswith("education.") or verdict.rule in _RECOGNITIONS:
        return "education", ""
    return (verdict.rule, "") if verdict.rule in _ALONE else None


def changes_for(judgement: Judgement) -> Iterator[Change]:
    """Changes that may clear the one obstacle of an opening away, none where it has several."""
    obstacle, blocking = obstacle_of(judgement), judgement.blocking
    if obstacle is None:
        return
    kind, subject = obstacle
    if kind == LANGUAGE:
        yield from _of_language(subject, blocking)
    elif kind == "licence":
        yield from (Change(LICENCE, verdict.subject, "yes") for verdict in blocking)
    elif kind == "education":
        yield _of_education(judgement)
    else:
        yield from _of_limit(blocking[0])


def _of_language(language: str, blocking: tuple[Verdict, ...]) -> Iterator[Change]:
    leveled = [verdict for verdict in blocking if verdict.required]
    if not leveled:
        return
    level = max(CefrLevel[verdict.required] for verdict in leveled).name
    yield Change(LANGUAGE, language, level)
    if len({verdict.rule for verdict in blocking}) == 1:
        yield Change(blocking[0].rule, language, level)


def _of_education(judgement: Judgement) -> Change:
    requirement = judgement.candidate.snapshot.education
    if requirement is None or {verdict.rule for verdict in judgement.blocking} <= set(_RECOGNITIONS):
        return Change(RECOGNITION, "", "recognised")
    return Change(EDUCATION, requirement.isced_field, str(requirement.isced_level or ""))


def _of_limit(verdict: Verdict) -> Iterator[Change]:
    if verdict.rule == "place.travel":
        more = float(verdict.required) - float(verdict.actual)
        yield from (Change(verdict.rule, "", str(step)) for step in TRAVEL_STEPS if step >= more)
    elif verdict.rule == "windows.weekly":
        yield from (Change(verdict.rule, "", str(step)) for step in WINDOW_STEPS)
    else:
        yield Change(verdict.rule, "", verdict.required)
