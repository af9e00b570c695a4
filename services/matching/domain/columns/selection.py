"""Which of many rows are shown, and in which order: only as much is sorted as is looked at.

The orders are those of `pipeline`: by total, then newer, then id; newest first; and of what is left out, fewest
obstacles first. Each is given as keys that rise from the first row to the last.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.storage import Array
from services.matching.domain.pipeline import MOST_OF_ONE, TOP


def best_first(view: View, rows: Array, totals: Array, longest: int) -> Array:
    """Places in `rows` of the first `longest` of a ranked list, with the diversity of `pipeline.diversified`."""
    found = among_first(view, rows, totals, longest)
    if found is not None:
        return found
    keys = _keys(view, rows, -totals)
    top = _diverse_top(view.organisation.take(rows), keys)
    return _behind_top(top, _first(keys, longest))[:longest]


def among_first(view: View, rows: Array, totals: Array, longest: int, *, more: bool = False) -> Array | None:
    """The same from the first `longest` alone, ten at least; None where some organisation has so many of them that rows
    further down come into the top. `more`: there are such rows besides these."""
    most = max(longest, TOP)
    near = np.arange(len(rows))
    if len(rows) > most:
        near = np.flatnonzero(totals >= np.partition(totals, len(rows) - most)[len(rows) - most])
    close = rows.take(near)
    order = np.lexsort(tuple(reversed(_keys(view, close, -totals.take(near)))))
    top: list[int] = []
    taken: Counter[int] = Counter()
    for place, organisation in zip(order.tolist(), view.organisation.take(close.take(order)).tolist(), strict=True):
        if len(top) == TOP:
            break
        if not (organisation and taken[organisation] == MOST_OF_ONE):
            taken[organisation] += 1
            top.append(place)
    if len(top) < TOP and (more or len(near) < len(rows)):
        return None
    return near.take(_behind_top(np.array(top, np.int64), order)[:longest])


def _behind_top(top: Array, order: Array) -> Array:
    return np.concatenate((top, order[~np.isin(order, top)]))


def newest_first(view: View, rows: Array, longest: int) -> Array:
    """Places in `rows` of the first `longest`, the newest first."""
    return _first(_keys(view, rows), longest)


def nearest_first(found: Eligibility, after: tuple[int, float, str] | None, longest: int) -> Array:
    """Rows of what is left out, those with fewest obstacles first, behind the key of `pipeline.nearness`."""
    rows = found.excluded
    if after is not None:
        rows = rows[_behind(found, rows, after)]
    return rows[_first(_keys(found.view, rows, found.blocks[rows]), longest)]


def _keys(view: View, rows: Array, *before: Array) -> tuple[Array, ...]:
    return (*before, -view.newness.take(rows), view.high.take(rows), view.low.take(rows))


def _diverse_top(organisations: Array, keys: tuple[Array, ...]) -> Array:
    """The top ten with at most three of one organisation, as far as others can fill it; 0 is no organisation.

    Of each round ten are looked at. Where they do not fill the top, some organisation has had its three: the next
    round is without it.
    """
    top: list[int] = []
    taken: Counter[int] = Counter()
    left = np.ones(len(organisations), bool)
    while len(top) < TOP and left.any():
        places = np.flatnonzero(left)
        for place in places[_first(tuple(key[places] for key in keys), TOP)]:
            organisation = int(organisations[place])
            left[place] = False
            if len(top) < TOP and not (organisation and taken[organisation] == MOST_OF_ONE):
                taken[organisation] += 1
                top.append(int(place))
        full = [organisation for organisation, count in taken.items() if organisation and count == MOST_OF_ONE]
        left &= ~np.isin(organisations, full)
    return np.array(top, np.int64)


def _first(keys: tuple[Array, ...], number: int) -> Array:
    """Places of the first `number` by these keys, in order."""
    chosen = _smallest(keys, np.arange(len(keys[0])), number)
    return chosen[np.lexsort(tuple(key[chosen] for key in reversed(keys)))]


def _smallest(keys: tuple[Array, ...], places: Array, number: int) -> Array:
    """Of these places, those of the `number` smallest, in any order; a later key decides only between equals."""
    if number <= 0 or not len(places):
        return places[:0]
    if len(places) <= number or not keys:
        return places[:number]
    values = keys[0][places]
    limit = np.partition(values, number - 1)[number - 1]
    sure = places[values < limit]
    return np.concatenate((sure, _smallest(keys[1:], places[values == limit], number - len(sure))))


def _behind(found: Eligibility, rows: Array, after: tuple[int, float, str]) -> Array:
    obstacles, older, opening_id = after
    number = int(opening_id.replace("-", ""), 16)
    high, low = np.uint64(number >> 64), np.uint64(number & ((1 << 64) - 1))
    view = found.view
    keys = (found.blocks[rows], -view.newness[rows], view.high[rows], view.low[rows])
    behind = np.zeros(len(rows), bool)
    same = np.ones(len(rows), bool)
    for key, limit in zip(keys, (obstacles, older, high, low), strict=True):
        behind |= same & (key > limit)
        same &= key == limit
    return behind
