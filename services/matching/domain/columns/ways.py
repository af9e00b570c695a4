"""Ways to a change: the trainings and services that give it and that the person can enter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matching.domain.changes import EDUCATION, LANGUAGE, LICENCE, RECOGNITION, Change
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.gives import Given
from services.matching.domain.columns.storage import Array
from services.matching.domain.offers import Theme
from services.matching.domain.query import Query
from services.matching.domain.values import ACTIVITIES, CefrLevel

_THEMES: Mapping[str, Theme] = {
    RECOGNITION: Theme.EDUCATION_GUIDANCE,
    EDUCATION: Theme.EDUCATION_GUIDANCE,
    "windows.weekly": Theme.FAMILY,
    "shift.evening": Theme.FAMILY,
    "shift.night": Theme.FAMILY,
    "shift.weekend": Theme.FAMILY,
}
"""What kind of service helps with a change that no course gives."""
_FIELD = (EDUCATION,)
UNDATED = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Way:
    """A row that gives a change, and the ordinal of its first day, UNDATED where it has none."""

    row: int
    start: int


class Ways:
    """Finds ways for one person. What openings give is looked through once, and by what it is about after that."""

    def __init__(self, query: Query, found: Eligibility) -> None:
        self._query, self._found = query, found
        gives = found.view.gives
        rows = found.eligible
        self._rows: Array = rows[gives.gives[rows] != 0]
        self._about: dict[object, list[tuple[int, Given]]] = {}
        kinds = gives.kinds.listed
        for number in np.flatnonzero(np.bincount(gives.gives[self._rows], minlength=1)).tolist():
            for about in _abouts(kinds[number]):
                self._about.setdefault(about, []).append((number, kinds[number]))

    def of(self, change: Change, most: int) -> tuple[Way, ...]:
        """The earliest to begin, then the nearest; `most` at most."""
        numbers = self._giving(change)
        if not numbers:
            return ()
        view = self._found.view
        rows = view.gives.rows_of(numbers, self._rows)
        occasions = view.occasions
        occasion = self._found.occasion[rows]
        start = np.where(occasions.start[occasion] > 0, occasions.start[occasion], UNDATED)
        rows, start, occasion = _earliest(rows, start, occasion, most)
        minutes = self._found.minutes[occasions.place[occasion]]
        order = np.lexsort((view.low[rows], view.high[rows], np.where(np.isnan(minutes), np.inf, minutes), start))
        return tuple(Way(int(rows[place]), int(start[place])) for place in order[:most])

    def _giving(self, change: Change) -> list[int]:
        if change.rule.startswith(LANGUAGE):
            taught = self._about.get((LANGUAGE, change.subject), ())
            return [number for number, given in taught if _reaches(given, change)]
        if change.rule == LICENCE:
            covers = self._query.vocabulary.licence_covers
            codes = [about for about in self._about if isinstance(about, str) and covers(about, change.subject)]
            return [number for code in codes for number, _ in self._about[code]]
        numbers = [number for number, _ in self._about.get(_THEMES.get(change.rule), ())]
        if change.rule == EDUCATION and change.subject:
            fields = self._about.get(_FIELD, ())
            numbers += [number for number, given in fields if given.field.startswith(change.subject)]
        return numbers


def _abouts(given: Given) -> Iterator[object]:
    """By what `Ways` looks a kind of gift up: a language, a licence's code, a theme, or a field of education."""
    yield from given.licences
    yield from given.themes
    if given.language:
        yield LANGUAGE, given.language
    if given.field:
        yield _FIELD


def _earliest(rows: Array, start: Array, occasion: Array, most: int) -> tuple[Array, Array, Array]:
    """Those among which the earliest lie, so that few have to be ordered."""
    if len(rows) <= most:
        return rows, start, occasion
    early = start <= np.partition(start, most - 1)[most - 1]
    return rows[early], start[early], occasion[early]


def _reaches(given: Given, change: Change) -> bool:
    activity = change.rule.partition(".")[2]
    levels = [level for name, level in zip(ACTIVITIES, given.levels, strict=True) if activity in ("", name)]
    stated = [level for level in levels if level > CefrLevel.UNKNOWN]
    return bool(stated) and min(stated) >= CefrLevel[change.required]
