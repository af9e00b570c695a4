"""Parts about everyday life and the offer: way, hours, pay, freshness; and the meaning of the texts."""

from services.matching.domain.eligibility import Judgement
from services.matching.domain.eligibility.work_rights import number
from services.matching.domain.offers import Pay, PayUnit
from services.matching.domain.parts import Evidence
from services.matching.domain.query import REMOTE, Query
from services.matching.domain.scoring.value import Value, clipped
from services.matching.domain.values import Answer
from services.matching.domain.weights import Weights

UNWANTED_REMOTE = 0.5
"""Value of work from home for someone who does not want it."""
HOURS_SCALE = 20.0
"""Hours a week outside the person's own limits that give 0."""
HOURS_IN = {PayUnit.HOUR: 1.0, PayUnit.DAY: 7.5, PayUnit.MONTH: 162.5, PayUnit.YEAR: 1950.0}
"""Working hours at 37.5 hours a week, the usual full time: a day, a month of 52 / 12 weeks, a year."""
_SECONDS_A_DAY = 86400.0


def text(similarity: float | None, weights: Weights, neutral: float) -> Value:
    """Centred cosine of the two texts, laid linearly between the two fixed points. Not encoded yet: neutral."""
    if similarity is None:
        return Value(neutral, False, neutral)
    # Rounded as recorded, so that a recorded match can be worked out again from what its evidence says.
    cosine = round(similarity, 4)
    value = clipped((cosine - weights.text_low) / (weights.text_high - weights.text_low))
    return Value(value, True, neutral, (Evidence(f"{cosine:.4f}", "", value, "text"),))


def travel(query: Query, judgement: Judgement, weights: Weights, neutral: float) -> Value:
    """One-way minutes, from 1 for none down to 0. Home or place unknown: neutral."""
    way = judgement.travel
    if way is None:
        return Value(neutral, False, neutral)
    if way.mode == REMOTE:
        unwanted = query.profile.work.limits.remote is Answer.NO
        value = UNWANTED_REMOTE if unwanted else 1.0
    else:
        value = clipped(1.0 - way.minutes / weights.travel_zero_minutes)
    return Value(value, True, neutral, (Evidence("", way.mode, value, "travel", round(way.minutes)),))


def hours(query: Query, judgement: Judgement, neutral: float) -> Value:
    """How near the weekly hours lie to the person's own limits: 1 within them."""
    limits, occasion = query.profile.work.limits, judgement.occasion
    fewest = occasion.min_hours if occasion.min_hours is not None else occasion.max_hours
    longest = occasion.max_hours if occasion.max_hours is not None else fewest
    least, most = limits.min_hours_per_week, limits.max_hours_per_week
    if fewest is None or longest is None or (least is None and most is None):
        return Value(neutral, False, neutral)
    above = max(0.0, fewest - most) if most is not None else 0.0
    below = max(0.0, least - longest) if least is not None else 0.0
    value = clipped(1.0 - (above + below) / HOURS_SCALE)
    asked, had = f"{number(fewest)}-{number(longest)}", f"{number(least)}-{number(most)}"
    return Value(value, True, neutral, (Evidence(asked, had, value, "hours"),))


def pay(judgement: Judgement, weights: Weights, neutral: float) -> Value:
    """Euros an hour, laid linearly between the two fixed points. Not stated, or another currency: neutral."""
    stated = judgement.candidate.snapshot.pay
    hourly = hourly_pay(stated) if stated is not None else None
    if hourly is None:
        return Value(neutral, False, neutral)
    value = clipped((hourly - weights.pay_low) / (weights.pay_high - weights.pay_low))
    return Value(value, True, value, (Evidence(f"{hourly:.2f}", "", value, "pay"),))


def hourly_pay(stated: Pay) -> float | None:
    """Lowest pay in euros an hour (the highest where no lowest is stated); None where it cannot be told."""
    amount = stated.minimum if stated.minimum is not None else stated.maximum
    if amount is None or stated.currency not in ("", "EUR") or stated.unit is PayUnit.UNKNOWN:
        return None
    return amount / HOURS_IN[stated.unit]


def freshness(query: Query, judgement: Judgement, weights: Weights, neutral: float) -> Value:
    """Half after so many days since the publication, a quarter after twice as many."""
    published = judgement.candidate.snapshot.publish_time
    if published is None:
        return Value(neutral, False, neutral)
    days = max(0.0, (query.now - published).total_seconds() / _SECONDS_A_DAY)
    value = 0.5 ** (days / weights.freshness_half_days)
    return Value(value, True, value, (Evidence(published.date().isoformat(), "", value, "freshness"),))
