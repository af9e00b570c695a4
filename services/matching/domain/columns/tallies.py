"""How many rows have each number of a facet: kept up with every change, so that what a rule leaves out is counted over
the few numbers of a facet instead of over all rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.matching.domain.columns.demands import DemandTables
from services.matching.domain.columns.occasions import OccasionTables
from services.matching.domain.columns.storage import Array

_NOTHING = np.zeros(0, np.int64)


def tallied(
    before: Mapping[str, Array], demands: DemandTables, occasions: OccasionTables, born: Array, gone: Array
) -> dict[str, Array]:
    """`View.tallies` after `before`: with the rows `born`, without the rows `gone`."""
    staged = np.concatenate((born, gone))
    staged = staged[np.isin(staged, occasions.staged)]
    facets = {
        "language": (demands.language, len(demands.language_atoms)),
        "licence": (demands.licence, len(demands.licence_atoms)),
        "education": (demands.education, len(demands.education_level)),
        "adds": (demands.adds, len(demands.adds_language)),
    }
    tallies = {
        facet: _after(before.get(facet, _NOTHING), numbers, width, born, gone)
        for facet, (numbers, width) in facets.items()
    }
    plain = (rows[~np.isin(rows, staged)] for rows in (born, gone))
    earlier = before.get("timing", _NOTHING)
    return {**tallies, "timing": _after(earlier, occasions.first_timing, len(occasions.timings.kind), *plain)}


def _after(before: Array, numbers: Array, width: int, born: Array, gone: Array) -> Array:
    tally = np.bincount(numbers.take(born), minlength=width)
    tally[: len(before)] += before
    return tally - np.bincount(numbers.take(gone), minlength=width) if len(gone) else tally
