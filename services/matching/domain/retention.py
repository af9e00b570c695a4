"""How long what matching records is kept, as data: what, for how many days, since when this holds, and by what duty.

Another period is another row with the day from which it holds; what is already kept falls under it from that day on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Kept(StrEnum):
    """What is kept for a time."""

    DECISIONS = "decisions"
    FEEDBACK = "feedback"
    CONTESTS = "contests"
    TOMBSTONES = "tombstones"
    CANDIDATE_LISTS = "candidate_lists"
    CANDIDATE_ASKS = "candidate_asks"


@dataclass(frozen=True, slots=True)
class Retention:
    """One rule: `days` from the making on, counted as 24 hours each; `source` is the law or decision behind it."""

    kept: Kept
    days: int
    source: str
    valid_from: date


_FROM = date(2026, 1, 1)
_TWO_YEARS = 731
"""Two calendar years are never longer than this."""

RETENTION: tuple[Retention, ...] = (
    Retention(
        Kept.DECISIONS,
        _TWO_YEARS,
        "Regulation (EU) 2024/1689, Articles 19 and 26(6): logs at least six months; two years, so that a person can"
        " ask why for as long as compensation may be claimed (Non-Discrimination Act 1325/2014, section 26)",
        _FROM,
    ),
    Retention(
        Kept.FEEDBACK,
        _TWO_YEARS,
        "As long as the decisions whose order it changed",
        _FROM,
    ),
    Retention(
        Kept.CONTESTS,
        _TWO_YEARS,
        "As long as the decisions that they contest; Regulation (EU) 2024/1689, Article 26(5): human oversight",
        _FROM,
    ),
    Retention(
        Kept.CANDIDATE_LISTS,
        _TWO_YEARS,
        "As decisions, for the same duties: they decide who is seen for a vacancy",
        _FROM,
    ),
    Retention(
        Kept.CANDIDATE_ASKS,
        7,
        "Regulation (EU) 2016/679, Article 5(1)(e): no longer than a request can be repeated; what was asked of a"
        " person is kept with their consents",
        _FROM,
    ),
    Retention(
        Kept.TOMBSTONES,
        1827,
        "Regulation (EU) 2016/679, Article 5(2): to show that erasure was carried out; five years, as log data",
        _FROM,
    ),
)


def period(kept: Kept, day: date, rules: tuple[Retention, ...] = RETENTION) -> timedelta:
    """How long this is kept by the newest rule that holds on a day. Raises LookupError where no rule holds yet."""
    holding = [rule for rule in rules if rule.kept is kept and rule.valid_from <= day]
    if not holding:
        raise LookupError(f"No rule says on {day} how long {kept} are kept.")
    return timedelta(days=max(holding, key=lambda rule: rule.valid_from).days)


def over_before(kept: Kept, now: datetime, rules: tuple[Retention, ...] = RETENTION) -> datetime:
    """What was made before this instant is kept no longer."""
    return now - period(kept, now.date(), rules)
