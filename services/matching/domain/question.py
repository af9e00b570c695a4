"""The one thing worth asking: the unknown field of the profile that leaves most eligible openings undecided.

This is the plain reference; `columns.question` counts for all openings at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.matching.domain.eligibility import Judgement
from services.matching.domain.matches import Question
from services.matching.domain.query import Query
from services.matching.domain.rules import BY_ID, Family
from services.matching.domain.values import Necessity
from services.matching.domain.verdicts import Outcome, Verdict

_WITH_SUBJECT = (Family.LANGUAGE, Family.LICENCE, Family.SKILL, Family.TRAINING)
"""Families whose field holds many things, so that the question has to name one."""


def question_of(query: Query, eligible: Iterable[Judgement]) -> Question | None:
    """The question, or None where nothing unknown stands between the person and an opening."""
    undecided: Counter[tuple[str, str]] = Counter()
    for judgement in eligible:
        undecided.update({asked for verdict in judgement.verdicts if (asked := _asked(query, verdict)) is not None})
    return best_question(undecided)


def best_question(undecided: Mapping[tuple[str, str], int]) -> Question | None:
    """The field and subject that leave most openings undecided, of equals the first by name; None where none does."""
    if not undecided:
        return None
    (field, subject), count = min(undecided.items(), key=lambda item: (-item[1], item[0]))
    return Question(field, subject, count)


def about_travel(query: Query) -> tuple[str, str] | None:
    """Which of the three things that make up a way is missing; None where the person has told all three."""
    limits = query.profile.work.limits
    if query.home is None:
        return "work.limits.home", ""
    if not query.modes:
        return "work.limits.travel_modes", ""
    return ("work.limits.max_travel_minutes", "") if limits.max_travel_minutes is None else None


def _asked(query: Query, verdict: Verdict) -> tuple[str, str] | None:
    """The field and subject whose answer would decide a verdict; None where no answer of the person would."""
    rule = BY_ID[verdict.rule]
    if verdict.outcome is not Outcome.UNKNOWN or verdict.necessity is not Necessity.REQUIRED or not rule.field:
        return None
    if rule.family is Family.PLACE:
        return about_travel(query)
    return rule.field, verdict.subject if rule.family in _WITH_SUBJECT else ""
