"""From scores of labels to scores of the concepts that they name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MIDDLE, SLOPE = 6.0, 1.4
"""Score of a label at which its concept is as likely right as wrong, and how fast that changes around it."""


@dataclass(frozen=True, slots=True)
class ConceptScores:
    """The best label of each concept: its score, in the order of `ConceptLabels.concepts`."""

    values: Floats

    def best(self, count: int) -> list[int]:
        """Numbers of the concepts with the highest scores, in their order; ties by number."""
        count = min(count, len(self.values))
        if not count:
            return []
        floor = np.partition(self.values, len(self.values) - count)[len(self.values) - count]
        likely = np.flatnonzero(self.values >= floor)
        order = np.argsort(-self.values[likely], kind="stable")[:count]
        return [int(number) for number in likely[order]]


class ConceptLabels:
    """Which concept each label names; labels of one concept need not lie together."""

    def __init__(self, owners: Sequence[str]) -> None:
        """`owners` has the concept of each label."""
        self.concepts = tuple(dict.fromkeys(owners))
        self.number = {concept: number for number, concept in enumerate(self.concepts)}
        self._owner = np.asarray([self.number[owner] for owner in owners], np.int32)

    def scores(self, labels: Floats) -> ConceptScores:
        """A concept is as near as the nearest of its labels, (labels,) → (concepts,)."""
        values = np.full(len(self.concepts), -np.inf, np.float32)
        np.maximum.at(values, self._owner, labels)
        return ConceptScores(values)


def certainty(score: float) -> float:
    """A score in standard deviations as a number in (0, 1) that grows with it."""
    return float(1 / (1 + np.exp(-(score - MIDDLE) / SLOPE)))
