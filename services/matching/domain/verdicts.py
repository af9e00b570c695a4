"""One requirement of an opening compared with the person."""

import datetime
from dataclasses import dataclass
from enum import IntEnum

from services.matching.domain.values import Basis, Necessity, Source


class Outcome(IntEnum):
    """Met, known not to be met, or too little known to say. Unknown never counts as not met."""

    MET = 1
    NOT_MET = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison, with both values in a form for machines; `rule` is an id of `rules.RULES`.

    subject   what it is about: a language tag, licence code, ESCO URI, travel mode; "" where the rule says it all
    required  the value asked for, such as "B1", "40" or "MO-FR 07:00-15:00"
    actual    the person's value in the same form, "" where not known
    source, date   where the person's value comes from and when it was checked
    """

    rule: str
    subject: str
    outcome: Outcome
    necessity: Necessity = Necessity.REQUIRED
    required: str = ""
    actual: str = ""
    source: Source = Source.UNKNOWN
    date: datetime.date | None = None
    basis: Basis = Basis.STATED

    @property
    def blocks(self) -> bool:
        """Whether this verdict alone leaves the opening out."""
        return self.outcome is Outcome.NOT_MET and self.necessity is Necessity.REQUIRED


Verdicts = tuple[Verdict, ...]
