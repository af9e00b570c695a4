"""The first openings of a ranked list, found without comparing all texts.

    rows that fit  →  score without the text  →  contenders: rows that the text could lift among the first
                   →  cosines of these alone  →  totals  →  order

The text is worth from nothing to its whole share, so the score of every row has a lowest and a highest value before any
vector is read. A row whose highest lies below the lowest of so many others as are asked for cannot be among the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.matching.domain.columns.scoring import Scorer
from services.matching.domain.columns.selection import among_first, best_first
from services.matching.domain.columns.storage import Array
from services.matching.domain.pipeline import TOP

Cosines = Callable[[Array], Array]
"""float64 cosines of the person's text with these rows, NaN where one of the texts is not encoded."""
_ROUNDING = 1e-8
"""More than rounding and the order in which parts are added make of a total."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows in the order of the list, with their totals, and their cosines as `Cosines` gave them."""

    rows: Array
    totals: Array
    cosines: Array


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows that fit, ready to be ordered.

    besides     float64 by row: the score without the text
    contenders  places of the rows of which the first `longest` are taken, ten at least, as the top is looked at whole
    """

    scorer: Scorer
    rows: Array
    besides: Array
    contenders: Array
    longest: int

    def ordered(self, cosines: Cosines) -> Ordered:
        """The first `longest` rows."""
        more = len(self.contenders) < len(self.rows)
        rows, besides = self.rows.take(self.contenders), self.besides.take(self.contenders)
        found = first_of(self.scorer, rows, besides, self.longest, cosines, more=more)
        if found is None:
            near = cosines(self.rows)
            totals = self.scorer.with_text(self.besides, near)
            chosen = best_first(self.scorer.found.view, self.rows, totals, self.longest)
            found = Ordered(self.rows.take(chosen), totals.take(chosen), near.take(chosen))
        return found


def first_of(
    scorer: Scorer, rows: Array, besides: Array, longest: int, cosines: Cosines, *, more: bool
) -> Ordered | None:
    """The first of these rows; `more`: there are others that fit less well. None where some of those come into the top,
    because one organisation has so many of these."""
    near = cosines(rows)
    totals = scorer.with_text(besides, near)
    chosen = among_first(scorer.found.view, rows, totals, longest, more=more)
    return None if chosen is None else Ordered(rows.take(chosen), totals.take(chosen), near.take(chosen))


def ranking_of(scorer: Scorer, rows: Array, longest: int) -> Ranking:
    """Score these rows without their texts."""
    besides = scorer.without_text(rows)
    return Ranking(scorer, rows, besides, _contenders(besides, scorer.shares["text"], longest), longest)


def _contenders(besides: Array, text: float, longest: int) -> Array:
    most = max(longest, TOP)
    if len(besides) <= most:
        return np.arange(len(besides))
    least = np.partition(besides, len(besides) - most)[len(besides) - most]
    return np.flatnonzero(besides >= least - text - _ROUNDING)
