"""Ranks every person's openings by Polku and by the baselines, and measures each list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.matching.domain.columns.storage import Array
from services.matching.domain.weights import Weights
from services.matching.evaluation.cases.bench import CaseBench, Errors, Known, Vectors, strata
from services.matching.evaluation.cases.metrics import ndcg, recall
from services.matching.evaluation.cases.product import Sought, in_order
from services.matching.evaluation.systems import Bm25
from services.matching.evaluation.tasks import Task

POLKU, BM25, E5, FUSED = "Polku", "BM25", "plain e5", "BM25 + plain e5"
_RRF = 60.0  # Cormack, Clarke and Büttcher 2009


@dataclass(slots=True)
class Listed:
    """Figures by person, NaN for those for whom nothing in the pool fits."""

    ndcg: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)

    def add(self, grades: Array) -> None:
        """Measure one list, given by its grades in order."""
        self.ndcg.append(_or_nan(ndcg(grades)))
        self.recall.append(_or_nan(recall(grades)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the benchmark found.

    lists     by system
    errors    of eligibility
    given     how each person's work was told, such as "text"
    """

    lists: Mapping[str, Listed]
    errors: Errors
    languages: Mapping[str, Array]
    given: Sequence[str]
    pool: float

    def mean(self, system: str, metric: str = "ndcg", places: Array | None = None) -> float:
        """Mean over people, or over those at these places; people for whom nothing fits are left out."""
        values = np.array(getattr(self.lists[system], metric))
        return float(np.nanmean(values if places is None else values[places]))

    def by_language(self, system: str) -> dict[str, float]:
        """nDCG@10 by the language of the seeker."""
        return {language: self.mean(system, places=places) for language, places in self.languages.items()}

    def gap(self, system: str) -> float:
        """nDCG@10 of the best language less that of the worst."""
        figures = self.by_language(system).values()
        return max(figures) - min(figures)

    def lead(self) -> float:
        """How far Polku is ahead of the best baseline, in nDCG@10."""
        return self.mean(POLKU) - max(self.mean(system) for system in self.lists if system != POLKU)


def measure(
    bench: CaseBench, polku: Vectors, plain: Vectors, weights: Weights, told: Callable[[int, int], None]
) -> Outcome:
    """All systems on all people. Baselines order the same pool: the openings that are open to the person."""
    task = Task("cases", tuple(bench.texts), tuple(bench.product.texts), ())
    bm25 = Bm25(task)
    lists = {name: Listed() for name in (POLKU, BM25, E5, FUSED)}
    errors, pool, newness = Errors(), 0, bench.product.newness
    for number, (_, sought, known) in enumerate(bench.sought()):
        errors += bench.errors(sought, known)
        rows = np.flatnonzero(known.open)
        pool += len(rows)
        words = bm25.scores(number)[rows].astype(np.float64)
        meanings = np.nan_to_num(plain.cosines(number)[rows])
        lists[BM25].add(_graded(known, rows, words, newness))
        lists[E5].add(_graded(known, rows, meanings, newness))
        lists[FUSED].add(_graded(known, rows, _fused(words, meanings, newness[rows]), newness))
        lists[POLKU].add(_polku(bench, sought, known, polku.cosines(number), weights))
        told(number + 1, len(bench.texts))
    given = [seeker.facts.given.value for seeker in bench.cases.seekers]
    return Outcome(lists, errors, strata(bench.cases.seekers), given, pool / len(bench.texts))


def _polku(bench: CaseBench, sought: Sought, known: Known, cosines: Array, weights: Weights) -> Array:
    """The product's own list: what it lets through, by its own totals."""
    rows = sought.found.eligible
    totals = bench.product.scorer(sought, weights).totals(rows, cosines[rows])
    return _graded(known, rows, totals, bench.product.newness)


def _graded(known: Known, rows: Array, scores: Array, newness: Array) -> Array:
    return known.grades[rows[in_order(scores, newness[rows])]]


def _fused(one: Array, other: Array, newness: Array) -> Array:
    """Reciprocal rank fusion."""
    fused = np.zeros(len(one))
    for scores in (one, other):
        order = in_order(scores, newness)
        fused[order] += 1.0 / (_RRF + 1.0 + np.arange(len(order)))
    return fused


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
