"""Eligibility: each requirement of an opening against the person, with three outcomes and both values.

Only a required one that is known not to be met leaves an opening out. This is the plain reference: one opening at a
time, one function a rule, no cleverness; an engine that judges all openings at once has to agree with it.
"""

from dataclasses import dataclass
from datetime import date

from services.matching.domain.candidates import Candidate, Occasion
from services.matching.domain.eligibility.age import age_verdicts
from services.matching.domain.eligibility.languages import language_verdicts
from services.matching.domain.eligibility.qualifications import (
    education_verdicts,
    experience_verdicts,
    licence_verdicts,
    skill_verdicts,
)
from services.matching.domain.eligibility.schedule import occasion_verdicts
from services.matching.domain.eligibility.trainings import closing_verdicts, training_verdicts
from services.matching.domain.eligibility.work_rights import right_to_work_verdicts
from services.matching.domain.query import Query, Travel
from services.matching.domain.values import Necessity
from services.matching.domain.verdicts import Outcome, Verdicts

_FAMILIES = (
    language_verdicts,
    right_to_work_verdicts,
    licence_verdicts,
    education_verdicts,
    experience_verdicts,
    skill_verdicts,
    training_verdicts,
    closing_verdicts,
    age_verdicts,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """An opening judged for a person: its verdicts, at the occasion that suits best, and the way there."""

    candidate: Candidate
    occasion: Occasion
    travel: Travel | None
    verdicts: Verdicts

    @property
    def blocking(self) -> Verdicts:
        """The verdicts that leave the opening out; empty for an eligible one."""
        return tuple(verdict for verdict in self.verdicts if verdict.blocks)

    @property
    def eligible(self) -> bool:
        """Whether nothing required is known to be missing."""
        return not any(verdict.blocks for verdict in self.verdicts)


def judge(query: Query, candidate: Candidate) -> Judgement:
    """Compare every requirement under a rule in force; of several occasions take the one with least in the way."""
    common = [verdict for family in _FAMILIES for verdict in family(query, candidate) if verdict.rule in query.rules]
    occasion, travel, own = _best_occasion(query, candidate)
    return Judgement(candidate, occasion, travel, (*common, *own))


def _best_occasion(query: Query, candidate: Candidate) -> tuple[Occasion, Travel | None, Verdicts]:
    judged = []
    for occasion in candidate.occasions:
        travel = query.travel(occasion)
        found = occasion_verdicts(query, candidate, occasion, travel)
        judged.append((occasion, travel, tuple(verdict for verdict in found if verdict.rule in query.rules)))
    return judged[0] if len(judged) == 1 else min(judged, key=lambda one: _in_the_way(one[0], one[2]))


def _in_the_way(occasion: Occasion, verdicts: Verdicts) -> tuple[int, int, date]:
    required = [verdict.outcome for verdict in verdicts if verdict.necessity is Necessity.REQUIRED]
    start = occasion.start or date.max
    return required.count(Outcome.NOT_MET), required.count(Outcome.UNKNOWN), start
