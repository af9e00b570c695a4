"""The single changes that would open openings to a person.

Each is made on the profile and the openings that it touches are judged anew, so what it is said to open is what opens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.matching.domain import changes as kinds
from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import Change, applied, changes_for, obstacle_of
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.matches import NextStep, OpeningSummary
from services.matching.domain.offers import Theme
from services.matching.domain.pipeline import Judged, summary_of
from services.matching.domain.query import Query, primary, query_of
from services.matching.domain.values import ACTIVITIES, CefrLevel, OpeningKind

SHOWN_OPENINGS = 5
SHOWN_WAYS = 3
MOST_OF_ONE_RULE = 3
"""So many steps of one rule and subject at most, those that open most."""

_THEMES = {
    kinds.RECOGNITION: Theme.EDUCATION_GUIDANCE,
    kinds.EDUCATION: Theme.EDUCATION_GUIDANCE,
    "windows.weekly": Theme.FAMILY,
    "shift.evening": Theme.FAMILY,
    "shift.night": Theme.FAMILY,
    "shift.weekend": Theme.FAMILY,
}
"""What kind of service helps with a change that no course gives."""


@dataclass(frozen=True, slots=True)
class _Opened:
    change: Change
    openings: tuple[Judgement, ...]


def next_steps(query: Query, judged: Judged) -> tuple[NextStep, ...]:
    """Every change that opens something, the one that opens most first.

    A change that opens no more than a smaller one is left out.
    """
    touched: dict[tuple[str, str], dict[str, Candidate]] = {}
    changes: set[Change] = set()
    for judgement in judged.excluded:
        for one in _each_occasion(query, judgement):
            obstacle = obstacle_of(one)
            if obstacle is not None:
                touched.setdefault(obstacle, {})[one.candidate.id] = judgement.candidate
                changes.update(changes_for(one))
    opened = [_opened(query, change, touched.get(change.obstacle, {}).values()) for change in sorted(changes)]
    steps = _worthwhile([one for one in opened if one.openings])
    return tuple(_step(query, one, judged.eligible) for one in steps)


def after(query: Query, change: Change) -> Query:
    """The query of the same person with the change made. No change touches what linking reads."""
    changed = query_of(
        applied(query.profile, change),
        query.signals,
        query.vocabulary,
        query.now,
        list_filter=query.filter,
        language=query.language,
    )
    return replace(changed, skills=query.skills, occupations=query.occupations)


def _each_occasion(query: Query, judgement: Judgement) -> Iterable[Judgement]:
    """The opening judged at each of its occasions: what stands in the way at one may not at another."""
    candidate = judgement.candidate
    if len(candidate.occasions) == 1:
        return (judgement,)
    return [judge(query, replace(candidate, occasions=(occasion,))) for occasion in candidate.occasions]


def _opened(query: Query, change: Change, touched: Iterable[Candidate]) -> _Opened:
    changed = after(query, change)
    anew = (judge(changed, candidate) for candidate in touched)
    return _Opened(change, tuple(judgement for judgement in anew if judgement.eligible))


def _worthwhile(opened: list[_Opened]) -> list[_Opened]:
    """Without those that open no more than one within them; most first; not too many of one rule."""
    worth = [
        one
        for one in opened
        if not any(
            other is not one and other.change.within(one.change) and len(other.openings) >= len(one.openings)
            for other in opened
        )
    ]
    worth.sort(key=lambda one: (-len(one.openings), one.change))
    taken: dict[tuple[str, str], int] = {}
    kept = []
    for one in worth:
        about = (one.change.rule, one.change.subject)
        taken[about] = taken.get(about, 0) + 1
        if taken[about] <= MOST_OF_ONE_RULE:
            kept.append(one)
    return kept


def _step(query: Query, opened: _Opened, eligible: Sequence[Judgement]) -> NextStep:
    change = opened.change
    newest = sorted(opened.openings, key=lambda one: (-one.candidate.newness, one.candidate.id))
    return NextStep(
        rule=change.rule,
        subject=change.subject,
        required=_reached(query, change),
        actual=_today(query, change),
        opened=len(opened.openings),
        openings=tuple(judgement.candidate.id for judgement in newest[:SHOWN_OPENINGS]),
        ways=_ways(query, change, eligible),
    )


def _reached(query: Query, change: Change) -> str:
    """The value to reach; of travel the new limit, not the minutes more."""
    if change.rule != "place.travel":
        return change.required
    return str((query.profile.work.limits.max_travel_minutes or 0) + int(change.required))


def _today(query: Query, change: Change) -> str:
    limits = query.profile.work.limits
    if change.rule.startswith(kinds.LANGUAGE):
        known = query.languages.get(change.subject)
        activity = change.rule.partition(".")[2]
        levels = [known.level(name) for name in ACTIVITIES if activity in ("", name)] if known is not None else []
        return min((level for level in levels if level > CefrLevel.UNKNOWN), default=CefrLevel.UNKNOWN).name
    values = {
        "place.travel": limits.max_travel_minutes,
        "hours.most": limits.max_hours_per_week,
        "hours.fewest": limits.min_hours_per_week,
        "dates.start": limits.available_from,
    }
    value = values.get(change.rule)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else f"{value:g}"


# -- ways ----------------------------------------------------------------------------------------------------------


def _ways(query: Query, change: Change, eligible: Iterable[Judgement]) -> tuple[OpeningSummary, ...]:
    """Trainings and services that give the change and that the person can enter, the earliest and nearest first."""
    giving = [judgement for judgement in eligible if _gives(query, judgement, change)]
    giving.sort(key=_soonest)
    return tuple(summary_of(judgement.candidate, query.language) for judgement in giving[:SHOWN_WAYS])


def _soonest(judgement: Judgement) -> tuple[date, float, str]:
    minutes = judgement.travel.minutes if judgement.travel is not None else float("inf")
    return judgement.occasion.start or date.max, minutes, judgement.candidate.id


def _gives(query: Query, judgement: Judgement, change: Change) -> bool:
    snapshot = judgement.candidate.snapshot
    if snapshot.kind is OpeningKind.VACANCY:
        return False
    if change.rule.startswith(kinds.LANGUAGE):
        return _gives_language(judgement, change)
    if change.rule == kinds.LICENCE:
        return any(query.vocabulary.licence_covers(code, change.subject) for code in snapshot.gives.licences)
    if snapshot.service is not None:
        return _THEMES.get(change.rule) in snapshot.service.themes
    field = snapshot.training.isced_field if snapshot.training is not None else ""
    return change.rule == kinds.EDUCATION and bool(change.subject) and field.startswith(change.subject)


def _gives_language(judgement: Judgement, change: Change) -> bool:
    given = judgement.candidate.snapshot.gives.language
    if given is None or primary(given.language) != change.subject:
        return False
    activity = change.rule.partition(".")[2]
    levels = [getattr(given.levels, name) for name in ACTIVITIES if activity in ("", name)]
    stated = [level for level in levels if level > CefrLevel.UNKNOWN]
    return bool(stated) and min(stated) >= CefrLevel[change.required]
