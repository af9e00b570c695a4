"""Ranking metrics over the whole corpus, means over queries. Ties are broken by the place in the corpus.

MRR, MAP, hit@k, nDCG@10 (binary, log2) and R@100 as trec_eval defines them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

METRICS = ("MRR", "MAP", "hit@1", "hit@5", "hit@10", "nDCG@10", "R@100")


def ranks_of(scores: npt.NDArray[np.floating], relevant: Collection[int]) -> npt.NDArray[np.int64]:
    """Ranks from 1, ascending, of the relevant elements among all by descending score; scores are (elements,)."""
    ranks = []
    for place in relevant:
        own = scores[place]
        ranks.append(1 + int((scores > own).sum()) + int((scores[:place] == own).sum()))
    return np.sort(np.asarray(ranks, np.int64))


def of_query(ranks: npt.NDArray[np.int64]) -> dict[str, float]:
    """The metrics of one query from the ranks of all that is relevant to it."""
    count = len(ranks)
    best = int(ranks[0])
    top = ranks[ranks <= 10]
    ideal = float(np.sum(1 / np.log2(np.arange(min(count, 10)) + 2)))
    return {
        "MRR": 1 / best,
        "MAP": float(np.mean(np.arange(1, count + 1) / ranks)),
        "hit@1": float(best <= 1),
        "hit@5": float(best <= 5),
        "hit@10": float(best <= 10),
        "nDCG@10": float(np.sum(1 / np.log2(top + 1))) / ideal,
        "R@100": float(np.mean(ranks <= 100)),
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over queries, by metric."""

    queries: int
    values: Mapping[str, float]


def mean(rows: Iterable[Mapping[str, float]]) -> Figures:
    """The mean of each metric over queries; there must be one at least."""
    kept = list(rows)
    return Figures(len(kept), {name: float(np.mean([row[name] for row in kept])) for name in METRICS})
