"""The value of a part before it is weighted."""

from typing import NamedTuple

from services.matching.domain.parts import Evidence


class Value(NamedTuple):
    """A part's value (0–1), whether enough was known, and what a profile that says nothing would get."""

    value: float
    known: bool
    neutral: float
    evidence: tuple[Evidence, ...] = ()


def clipped(value: float) -> float:
    """The value within 0 and 1."""
    return min(1.0, max(0.0, value))
