"""Metrics of a ranked pool with graded relevance, for one person.

nDCG@10 has the gain 2^grade − 1 and the discount log2(rank + 1) (Järvelin and Kekäläinen 2002, Burges et al. 2005), and
is measured against the best order of the same pool. Recall@50 is the share of the relevant openings among the first 50,
of those that there are, fifty at most, so that 1 can be reached.
"""

import numpy as np
import numpy.typing as npt

from services.matching.evaluation.cases.relevance import RELEVANT

Integers = npt.NDArray[np.int64]

TOP, FIRST = 10, 50


def ndcg(grades: Integers) -> float | None:
    """nDCG@10 of grades in ranked order; None where nothing in the pool has a grade."""
    gains = np.exp2(grades) - 1.0
    best = _discounted(np.sort(gains)[::-1])
    return _discounted(gains) / best if best > 0 else None


def recall(grades: Integers) -> float | None:
    """Recall@50 of grades in ranked order; None where nothing in the pool is relevant."""
    relevant = grades >= RELEVANT
    there = int(relevant.sum())
    return int(relevant[:FIRST].sum()) / min(there, FIRST) if there else None


def _discounted(gains: npt.NDArray[np.float64]) -> float:
    top = gains[:TOP]
    return float(np.sum(top / np.log2(np.arange(len(top)) + 2)))
