"""Erasing a person: what goes, what stays and why, and the record that it was done, which says nothing of the person.

A person is erased in one transaction: the key goes, and with it everything that was sealed under it, wherever a copy of
it lies; the rows go with it. What a table's file and the log of the database still hold then is purged later, by the
owner's role. ERASED → PURGED is therefore all that is left to be followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from shared.kernel.errors import FailedPrecondition


@dataclass(frozen=True, slots=True)
class Kept:
    """Data of a person in one place. `reason`, `law` and `days`: why and for how long it stays; empty for what goes."""

    data: str
    entries: int
    reason: str = ""
    law: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which data stay although their person is erased, in force from a day on and until another.

    data  "access_log", which stays beside the erasure, or "person": then nothing is erased while the rule is in force
    """

    data: str
    reason: str
    law: str
    days: int
    valid_from: date
    valid_until: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it is in force."""
        return self.valid_from <= today and (self.valid_until is None or today < self.valid_until)


@dataclass(frozen=True, slots=True)
class Erasure:
    """That somebody was erased: an id, and when."""

    profile_id: str
    version: int
    erase_time: datetime


@dataclass(frozen=True, slots=True)
class ProfileErased:
    """Somebody was erased; whoever keeps anything of them deletes it."""

    profile_id: str
    version: int
    occurred_at: datetime


PERSON = "person"
ACCESS_LOG = "access_log"
MATCHES = "matches"
_ELSEWHERE: Mapping[str, int] = MappingProxyType({MATCHES: 0})
"""What others keep and delete when they hear of it: vectors, lists, feedback, contests at matching."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure does."""

    goes: tuple[Kept, ...]
    stays: tuple[Kept, ...]


def plan(counted: Mapping[str, int], rules: Sequence[Rule], today: date) -> Plan:
    """What goes and what stays of data that are counted by place.

    Raises FailedPrecondition ERASURE_HELD where a rule in force keeps the person.
    """
    in_force = {rule.data: rule for rule in rules if rule.holds(today)}
    held = in_force.get(PERSON)
    if held is not None:
        message = (
            f"A rule in force keeps this person's data: {held.law}. Nothing was erased; ask the city's controller."
        )
        raise FailedPrecondition("ERASURE_HELD", message, metadata={"rule": held.reason, "law": held.law})
    goes = tuple(Kept(data, entries) for data, entries in {**counted, **_ELSEWHERE}.items() if data != ACCESS_LOG)
    # The record of who read what outlives its person whatever the rules say: whoever serves cannot delete it.
    log = in_force.get(ACCESS_LOG, Rule(ACCESS_LOG, "append_only", "", 0, today))
    return Plan(goes, (Kept(ACCESS_LOG, counted.get(ACCESS_LOG, 0), log.reason, log.law, log.days),))
