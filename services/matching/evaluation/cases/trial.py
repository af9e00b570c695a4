"""Weights tried on cases: the product's own parts, weighed by different shares without working them out anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from services.matching.domain.columns import Scorer
from services.matching.domain.columns.storage import Array
from services.matching.domain.weights import PARTS, Weights
from services.matching.evaluation.cases.bench import CaseBench, Vectors
from services.matching.evaluation.cases.metrics import TOP
from services.matching.evaluation.cases.product import Sought

_DISCOUNTS = 1.0 / np.log2(np.arange(TOP) + 2)
WORST_COUNTS = 0.5
"""How much the worst language counts beside the mean over all people."""


@dataclass(frozen=True, slots=True)
class Score:
    """nDCG@10 of the mean over all people, and of the language that fares worst."""

    mean: float
    worst: float

    @property
    def objective(self) -> float:
        """What calibration raises: the mean and half the worst language, from 0 to 1."""
        return (self.mean + WORST_COUNTS * self.worst) / (1.0 + WORST_COUNTS)


@dataclass(frozen=True, slots=True)
class _Person:
    """A person's pool, the newest opening first, so that equal totals stand as in a list."""

    sought: Sought
    language: str
    rows: Array
    cosines: Array
    gains: Array
    best: float


class Trial:
    """The people of one draw for whom something in their pool fits."""

    def __init__(self, bench: CaseBench, vectors: Vectors) -> None:
        self._product = bench.product
        found = []
        for number, (seeker, sought, known) in enumerate(bench.sought()):
            rows = sought.found.eligible
            rows = rows[np.argsort(-bench.product.newness[rows], kind="stable")]
            gains = np.exp2(known.grades[rows]) - 1.0
            best = float(np.sort(gains)[::-1][:TOP] @ _DISCOUNTS[: min(TOP, len(gains))])
            if best > 0:
                found.append(_Person(sought, seeker.language, rows, vectors.cosines(number)[rows], gains, best))
        self._people = found
        self._languages = sorted({person.language for person in found})

    def __len__(self) -> int:
        return len(self._people)

    def parts(self, weights: Weights) -> list[Array]:
        """For each person the values of the parts, float64 (openings, parts)."""
        return [np.column_stack(list(self._scorer(p, weights).parts(p.rows, p.cosines).values())) for p in self._people]

    def score(self, weights: Weights) -> Score:
        """How good the lists are with these weights."""
        return self.weighed(self.parts(weights), weights.parts)

    def weighed(self, parts: list[Array], shares: Mapping[str, float]) -> Score:
        """The same with parts worked out before."""
        vector = np.array([shares[part] for part in PARTS])
        by_language: dict[str, list[float]] = {language: [] for language in self._languages}
        for person, values in zip(self._people, parts, strict=True):
            by_language[person.language].append(_ndcg(person, values @ vector))
        whole = [value for values in by_language.values() for value in values]
        return Score(float(np.mean(whole)), min(float(np.mean(values)) for values in by_language.values()))

    def _scorer(self, person: _Person, weights: Weights) -> Scorer:
        return self._product.scorer(person.sought, weights)


def _ndcg(person: _Person, totals: Array) -> float:
    order = np.argsort(-np.round(totals, 9), kind="stable")[:TOP]
    return float(person.gains[order] @ _DISCOUNTS[: len(order)]) / person.best


def with_parts(weights: Weights, shares: Mapping[str, float]) -> Weights:
    """The same weights with other shares."""
    return replace(weights, parts=dict(shares))
