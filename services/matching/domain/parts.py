"""A score's named parts, as recorded with a match."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pair that a part compared.

    asked     what the opening asks or offers: a URI, a code or a number
    had       what the person has, "" for nothing
    fit       0 to 1
    relation  how they belong together; it decides which sentence explains the pair
    amount    a number that belongs to the pair, such as months or minutes; 0 where there is none
    """

    asked: str
    had: str
    fit: float
    relation: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part: value (0–1) times weight is what it adds to the total.

    neutral  the value that the same opening would get from a profile that says nothing
    known    False where too little is known; `value` is then the neutral one
    """

    part: str
    value: float
    weight: float
    known: bool = True
    neutral: float = 0.0
    evidence: tuple[Evidence, ...] = ()

    @property
    def contribution(self) -> float:
        """What it adds to the total."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Score:
    """All parts, and their sum (0 to 1)."""

    total: float
    parts: tuple[ScorePart, ...]
