"""Parts about the work itself: occupation, experience, the margin of languages."""

from services.matching.domain.eligibility import Judgement
from services.matching.domain.offers import LanguageRequirement, LanguageStatement
from services.matching.domain.parts import Evidence
from services.matching.domain.query import Query, primary
from services.matching.domain.scoring.value import Value, clipped
from services.matching.domain.signals import LinkedConcept
from services.matching.domain.values import ACTIVITIES, CefrLevel, OpeningKind
from services.matching.domain.weights import Weights

HELD_FACTOR = 0.7
"""An occupation held says so much about what the person looks for as one wished for, times this."""
JUST_ENOUGH = 0.5
"""Value of a language level that is exactly the one needed, and of an opening that needs no language."""
LEVEL_STEP = 0.25


def occupation(query: Query, judgement: Judgement, neutral: float) -> Value:
    """Nearness to what is wished for and to what was held: 1 − (1 − wished) · (1 − 0.7 · held), of the best offered."""
    offered = judgement.candidate.signals.occupations
    if not offered:
        return Value(neutral, False, neutral)
    value, best = max(((_nearness(query, concept), concept.code) for concept in offered), key=lambda pair: pair[0])
    wished, held = query.occupations.wished(best), query.occupations.held(best)
    evidence = (
        Evidence(best, wished.had, wished.fit, "wished"),
        Evidence(best, held.had, HELD_FACTOR * held.fit, "held"),
    )
    return Value(value, query.occupations.any_known, 0.0, tuple(pair for pair in evidence if pair.had))


def _nearness(query: Query, offered: LinkedConcept) -> float:
    wished, held = query.occupations.wished(offered.code), query.occupations.held(offered.code)
    return offered.strength * (1.0 - (1.0 - wished.fit) * (1.0 - HELD_FACTOR * held.fit))


def experience(query: Query, judgement: Judgement, weights: Weights) -> Value:
    """Months in near occupations, weighted by closeness: the share of what is asked, else months / (months + half).

    Only vacancies reward experience.
    """
    candidate = judgement.candidate
    offered = candidate.signals.occupations
    if not offered or candidate.snapshot.kind is not OpeningKind.VACANCY:
        return Value(0.0, False, 0.0)
    found = [(query.occupations.experience(concept.code), concept.code) for concept in offered]
    best, code = max(found, key=lambda pair: pair[0].weighted)
    asked = candidate.snapshot.experience_months
    value = best.weighted / asked if asked else best.weighted / (best.weighted + weights.experience_half_months)
    evidence = (Evidence(code, best.occupation, clipped(value), "months", best.occupation_months),)
    return Value(clipped(value), bool(query.signals.held), 0.0, evidence if best.occupation else ())


def language_margin(query: Query, judgement: Judgement, neutral: float) -> Value:
    """How far the levels lie above or below those asked, a quarter a level, as the mean over all activities asked."""
    demand = judgement.candidate.snapshot.language_demand
    if demand.statement is not LanguageStatement.LISTED:
        return Value(JUST_ENOUGH, demand.statement is LanguageStatement.NONE, JUST_ENOUGH)
    found = [_of_language(query, requirement, neutral) for requirement in demand.languages]
    margins = [margin for margins, _ in found for margin in margins]
    if not margins:
        return Value(JUST_ENOUGH, False, JUST_ENOUGH)
    evidence = tuple(pair for _, pair in found if pair is not None)
    return Value(sum(margins) / len(margins), bool(evidence), neutral, evidence)


def _of_language(query: Query, requirement: LanguageRequirement, neutral: float) -> tuple[list[float], Evidence | None]:
    language = primary(requirement.language)
    known = query.languages.get(language)
    margins, levels = [], []
    for activity in ACTIVITIES:
        needed: CefrLevel = getattr(requirement.levels, activity)
        if needed <= CefrLevel.NONE:
            continue
        level = known.level(activity) if known is not None else CefrLevel.UNKNOWN
        if level is CefrLevel.UNKNOWN:
            margins.append(neutral)
        else:
            margins.append(clipped(JUST_ENOUGH + LEVEL_STEP * (level - needed)))
            levels.append(level)
    if not levels:
        return margins, None
    mean = sum(margins) / len(margins)
    return margins, Evidence(language, min(levels).name, mean, "language")
