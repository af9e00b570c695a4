"""Which openings are not the same in two views: published, another version, or gone."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.storage import Array

_Key = tuple[int, int, int]


def changed(before: View, after: View) -> frozenset[str]:
    """Ids of the openings that differ. Rows that both views have in the same places are not looked at one by one.

    A row that was written anew with the same version, as for its vector, is no change.
    """
    then, now = before.alive, after.alive
    if _grown_from(before, after):
        rows = len(before)
        same = then & now[:rows]
        then, now = then & ~same, np.concatenate((now[:rows] & ~same, now[rows:]))
    differing = _keys(before, np.flatnonzero(then)) ^ _keys(after, np.flatnonzero(now))
    return frozenset(str(UUID(int=high << 64 | low)) for high, low, _ in differing)


def _grown_from(before: View, after: View) -> bool:
    """Whether the first rows of the later view are those of the earlier one: no compaction came in between."""
    rows = len(before)
    if len(after) < rows:
        return False
    columns = ((before.high, after.high), (before.low, after.low), (before.version, after.version))
    return all(np.array_equal(old, new[:rows]) for old, new in columns)


def _keys(view: View, rows: Array) -> set[_Key]:
    return set(zip(view.high[rows].tolist(), view.low[rows].tolist(), view.version[rows].tolist(), strict=True))
