"""The score: a weighted sum of named parts, each from 0 to 1.

Every part is monotone: one more skill, a better level of a skill or of a known language, one more job, more months or
one more wish never lower any part. That is why having told nothing earns 0 where telling can only help, and why an
opening that asks for nothing gives the same to everyone.

A score says how well an opening fits, never whether the person may have it: that is `eligibility`, and no part of a
score buys it back.
"""

from collections.abc import Mapping

from services.matching.domain.eligibility import Judgement
from services.matching.domain.parts import Score, ScorePart
from services.matching.domain.query import Query
from services.matching.domain.scoring import everyday, skills, work
from services.matching.domain.scoring.value import Value
from services.matching.domain.weights import PARTS, Weights
from services.matching.domain.work import SeekerWeights

DECIMALS = 9
"""Totals are rounded to so many, so that they do not depend on the order in which numbers were added."""

SEEKER_PARTS: Mapping[str, tuple[str, ...]] = {
    "skills": ("must_have_skills", "nice_to_have_skills"),
    "interest": ("occupation",),
    "nearness": ("travel",),
    "hours": ("hours",),
    "pay": ("pay",),
}
"""Which parts a seeker's own weight multiplies."""


def part_weights(weights: Weights, seeker: SeekerWeights) -> dict[str, float]:
    """Part → weight with the seeker's own in it; they sum to 1."""
    own = dict(weights.parts)
    for name, parts in SEEKER_PARTS.items():
        factor = getattr(seeker, name) or 1.0  # 0 means "as usual"
        for part in parts:
            own[part] *= factor
    whole = sum(own.values())
    return {part: own[part] / whole for part in PARTS}


def score(
    query: Query,
    judgement: Judgement,
    similarity: float | None,
    weights: Weights,
    shares: Mapping[str, float],
) -> Score:
    """Score one opening.

    similarity  centred cosine of the two texts, None where one is not encoded yet
    shares      what `part_weights` gives: it is the same for a whole list
    """
    values = _values(query, judgement, similarity, weights)
    parts = tuple(
        ScorePart(part, value.value, shares[part], value.known, value.neutral, value.evidence)
        for part, value in zip(PARTS, values, strict=True)
    )
    return Score(round(sum(part.value * part.weight for part in parts), DECIMALS), parts)


def _values(query: Query, judgement: Judgement, similarity: float | None, weights: Weights) -> tuple[Value, ...]:
    """The values in the order of PARTS."""
    neutral = weights.neutral.get
    return (
        work.occupation(query, judgement, neutral("occupation", 0.0)),
        skills.must_have(query, judgement, neutral("must_have_skills", 0.0)),
        skills.nice_to_have(query, judgement, neutral("nice_to_have_skills", 0.0)),
        everyday.text(similarity, weights, neutral("text", 0.0)),
        work.experience(query, judgement, weights),
        everyday.travel(query, judgement, weights, neutral("travel", 0.0)),
        everyday.hours(query, judgement, neutral("hours", 0.0)),
        work.language_margin(query, judgement, neutral("language_margin", 0.0)),
        everyday.pay(judgement, weights, neutral("pay", 0.0)),
        everyday.freshness(query, judgement, weights, neutral("freshness", 0.0)),
    )
