"""Parts about skills: must-have and nice-to-have, one skill by one, and what a training teaches."""

from services.matching.domain.eligibility import Judgement
from services.matching.domain.fits import SkillFit
from services.matching.domain.parts import Evidence
from services.matching.domain.query import Query
from services.matching.domain.scoring.value import Value
from services.matching.domain.signals import AskedSkill
from services.matching.domain.values import Necessity, OpeningKind

ENOUGH_TAUGHT = 3
"""A training that teaches so many things the person wishes for is worth as much as one that teaches more."""


def must_have(query: Query, judgement: Judgement, neutral: float) -> Value:
    """Mean fit of the skills that are a must, by their weights. No must is listed: neutral for everyone."""
    signals = judgement.candidate.signals
    asked = [skill for skill in signals.skills if skill.necessity is Necessity.REQUIRED]
    return _mean_fit(query, asked, neutral)


def nice_to_have(query: Query, judgement: Judgement, neutral: float) -> Value:
    """The same for advantages; of a training or service, how much of what it teaches is wished for."""
    signals = judgement.candidate.signals
    if judgement.candidate.snapshot.kind is not OpeningKind.VACANCY:
        return _taught(query, judgement, neutral)
    asked = [skill for skill in signals.skills if skill.necessity is not Necessity.REQUIRED]
    return _mean_fit(query, asked, neutral)


def _mean_fit(query: Query, asked: list[AskedSkill], neutral: float) -> Value:
    if not asked:
        return Value(neutral, False, neutral)
    fits = [(skill, query.skills.of(skill.code)) for skill in asked]
    weight = sum(skill.weight for skill in asked)
    value = sum(skill.weight * fit.fit for skill, fit in fits) / weight
    evidence = tuple(_evidence(skill, fit) for skill, fit in fits)
    return Value(value, bool(query.signals.skills), 0.0, evidence)


def _evidence(skill: AskedSkill, fit: SkillFit) -> Evidence:
    if fit.occupation:
        return Evidence(skill.code, fit.occupation, fit.fit, "job")
    return Evidence(skill.code, fit.had, fit.fit, fit.relation)


def _taught(query: Query, judgement: Judgement, neutral: float) -> Value:
    taught = judgement.candidate.signals.taught
    if not taught:
        return Value(neutral, False, neutral)
    found = [(concept, query.occupations.needed_for_wish(concept.code)) for concept in taught]
    wished = sum(concept.strength * wish.fit for concept, wish in found)
    evidence = tuple(
        Evidence(concept.code, wish.had, concept.strength * wish.fit, "taught") for concept, wish in found if wish.had
    )
    told = bool(query.signals.wished or query.signals.learning)
    return Value(min(1.0, wished / min(len(taught), ENOUGH_TAUGHT)), told, 0.0, evidence)
