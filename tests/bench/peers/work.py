"""The work that each peer is given: the nearest 100 by inner product of unit vectors, among rows with fits = 1.

Read from a folder: vectors.npy, queries.npy (float32), fits.npy (bool by row), exact.npy (int64, the true rows).
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

TOP = 100


class Work:
    """The arrays of one folder."""

    def __init__(self, folder: Path) -> None:
        self.vectors, self.queries, self.fits, self.exact = (
            np.load(folder / f"{name}.npy") for name in ("vectors", "queries", "fits", "exact")
        )

    def measure(self, search: Callable[[Any], Sequence[int]], calls: int) -> dict[str, Any]:
        """Times of single searches, one after another, and how much of the true result they found."""
        for query in self.queries[:5]:
            search(query)
        taken, found = [], []
        for number in range(calls):
            place = number % len(self.queries)
            start = time.perf_counter()
            rows = search(self.queries[place])
            taken.append(1000 * (time.perf_counter() - start))
            found.append(len({int(row) for row in rows} & set(self.exact[place].tolist())) / len(self.exact[place]))
        return {"ms": taken, "recall": float(np.mean(found))}


def main(run: Callable[[Work, Path, int], dict[str, Any]]) -> None:
    """Run a peer on the folder named first, with a folder for its own files and a number of calls; prints JSON."""
    folder, own, calls = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(run(Work(folder), own, calls)))
