"""The weights of the score, as `weights.toml` holds them."""

from collections.abc import Mapping
from dataclasses import dataclass

PARTS = (
    "occupation",
    "must_have_skills",
    "nice_to_have_skills",
    "text",
    "experience",
    "travel",
    "hours",
    "language_margin",
    "pay",
    "freshness",
)
"""The parts of a score, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts, and the fixed points of the parts' scales.

    version             recorded with every list
    parts               part → weight, above 0; only their ratios count
    neutral             part → value where too little is known, 0 to 1; a part that is not named has 0
    text_low, text_high centred cosines that give 0 and 1
    travel_zero_minutes one-way minutes that give 0
    freshness_half_days days after which the part is halved
    experience_half_months  months of fitting experience that give one half where the opening asks for no number
    pay_low, pay_high   euros an hour that give 0 and 1
    """

    version: str
    parts: Mapping[str, float]
    neutral: Mapping[str, float]
    text_low: float
    text_high: float
    travel_zero_minutes: float
    freshness_half_days: float
    experience_half_months: float
    pay_low: float
    pay_high: float

    def __post_init__(self) -> None:
        """Raises ValueError where a part has no weight, a weight is not above 0, or a scale has no length."""
        if set(self.parts) != set(PARTS) or not all(weight > 0 for weight in self.parts.values()):
            raise ValueError(f"weights {self.version}: give each of these parts a weight above 0: {', '.join(PARTS)}")
        if not set(self.neutral) <= set(PARTS) or not all(0 <= value <= 1 for value in self.neutral.values()):
            raise ValueError(f"weights {self.version}: a neutral value belongs to a part and is from 0 to 1")
        lengths = (self.travel_zero_minutes, self.freshness_half_days, self.experience_half_months)
        if not (self.text_low < self.text_high and self.pay_low < self.pay_high and min(lengths) > 0):
            raise ValueError(f"weights {self.version}: a scale's high end must lie above its low end")
