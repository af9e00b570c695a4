"""Changes against the things that openings ask for, as tables of outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.matching.domain.changes import Change
from services.matching.domain.columns.obstacles import Cases
from services.matching.domain.columns.storage import Array

_WIDEST = 1 << 20
"""Numbers that span no more than this are numbered by a table instead of by sorting."""


@dataclass(frozen=True, slots=True)
class Table:
    """One obstacle: c changes against k keys, for the cases that have the obstacle.

    key      int64 by case: number of what the case asks for, −1 where it has not this obstacle
    changes  the c changes
    clears   bool[c, k]: the change clears the obstacle away
    asks     bool[c, k]: the change is one that this key asks for
    """

    key: Array
    changes: list[Change]
    clears: Array
    asks: Array


def keyed(
    cases: Cases, chosen: Array, key: Array, changes: list[Change], clears: Array, asks: Array | None = None
) -> Table:
    """A table over the cases `chosen`, whose keys `key` has; a change asks where it clears if `asks` is not given."""
    whole = np.full(len(cases.row), -1, np.int64)
    whole[chosen] = key
    return Table(whole, changes, clears, clears if asks is None else asks)


def numbered(values: Array) -> tuple[Array, Array]:
    """Distinct integers, rising, and each value's place among them; `np.unique`, but quick where they lie close."""
    if not len(values):
        return values.astype(np.int64), np.zeros(0, np.int64)
    low, high = int(values.min()), int(values.max())
    if high - low >= _WIDEST:
        distinct, place = np.unique(values, return_inverse=True)
        return distinct.astype(np.int64), place
    offsets = values.astype(np.int64) - low
    seen = np.zeros(high - low + 1, bool)
    seen[offsets] = True
    places = np.cumsum(seen) - 1
    return np.flatnonzero(seen) + low, places[offsets]
