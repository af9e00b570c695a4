"""Columns of when and where: one row for each occasion, the occasions of an opening side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matching.domain.candidates import Candidate, Occasion
from services.matching.domain.columns.distinct import Distinct
from services.matching.domain.columns.storage import Array, Column, ListColumn, Lists, Table
from services.matching.domain.values import OpeningKind, Remote, Shift

SHIFT_BITS = {Shift.EVENING: 1, Shift.NIGHT: 2, Shift.WEEKEND: 4}
SEATS_NOT_ASKED, SEATS_UNKNOWN = -2, -1


@dataclass(frozen=True, slots=True)
class OccasionTables:
    """Columns by occasion.

    first                 int64[n + 1] by opening: its first occasion; they lie side by side
    several               rows of the openings that have more than one occasion
    kind                  uint8: OpeningKind of the opening
    min_hours, max_hours  float64, a week's; NaN where not stated
    shifts                uint8: SHIFT_BITS
    start, end            int32: ordinals of the first and last day, 0 where there is none
    seats                 int32: seats left, SEATS_UNKNOWN, or SEATS_NOT_ASKED where nothing counts them
    begins                int32: ordinal of an instance's first day, 0 where there is none
    spans                 number of the weekly times; `span_lists` has them: start, end (minutes of the week)
    place                 number of the set of places; `place_points` lists their points; `unplaced`, `fully_remote`
    points                float64[p, 2]: latitude, longitude, in the order of these lists
    """

    first: Array
    several: Array
    kind: Array
    min_hours: Array
    max_hours: Array
    shifts: Array
    start: Array
    end: Array
    seats: Array
    begins: Array
    spans: Array
    span_lists: Lists
    place: Array
    place_points: Lists
    unplaced: Array
    fully_remote: Array
    points: Array


class Occasions(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._first, self._several = Column(np.int64), Column(np.int64)
        self._first.append(0)
        self._kind, self._shifts = Column(np.uint8), Column(np.uint8)
        self._min_hours, self._max_hours = Column(np.float64), Column(np.float64)
        self._start, self._end = Column(np.int32), Column(np.int32)
        self._seats, self._begins = Column(np.int32), Column(np.int32)
        self._spans, self._place = Column(np.int32), Column(np.int32)
        self._span_sets = Distinct(ListColumn(Column(np.int32), Column(np.int32)))
        self._place_sets = Distinct(ListColumn(Column(np.float64, 2)), Column(bool), Column(bool))

    def append(self, candidate: Candidate) -> None:
        """Write the occasions of one opening."""
        if len(candidate.occasions) > 1:
            self._several.append(len(self._first) - 1)
        for occasion in candidate.occasions:
            self._append(candidate.snapshot.kind, occasion)
        self._first.append(len(self._kind))

    def view(self) -> OccasionTables:
        """The rows so far."""
        (spans,) = self._span_sets.view()
        places, unplaced, fully_remote = self._place_sets.view()
        (points,) = places.items
        return OccasionTables(
            first=self._first.view(),
            several=self._several.view(),
            kind=self._kind.view(),
            min_hours=self._min_hours.view(),
            max_hours=self._max_hours.view(),
            shifts=self._shifts.view(),
            start=self._start.view(),
            end=self._end.view(),
            seats=self._seats.view(),
            begins=self._begins.view(),
            spans=self._spans.view(),
            span_lists=spans,
            place=self._place.view(),
            place_points=Lists(places.starts, ()),
            unplaced=unplaced,
            fully_remote=fully_remote,
            points=points,
        )

    def _append(self, kind: OpeningKind, occasion: Occasion) -> None:
        self._kind.append(kind)
        self._min_hours.append(np.nan if occasion.min_hours is None else occasion.min_hours)
        self._max_hours.append(np.nan if occasion.max_hours is None else occasion.max_hours)
        self._shifts.append(sum({SHIFT_BITS[shift] for shift, _ in occasion.shifts}))
        self._start.append(_ordinal(occasion.start))
        self._end.append(_ordinal(occasion.end))
        instance = occasion.instance
        self._seats.append(_seats(occasion))
        self._begins.append(0 if instance is None else _ordinal(instance.start_date))
        starts, ends = [start for start, _ in occasion.spans], [end for _, end in occasion.spans]
        self._spans.append(self._span_sets.number((starts, ends)))
        points = [(point.latitude, point.longitude) for point in occasion.points]
        remote = occasion.remote is Remote.FULLY
        self._place.append(self._place_sets.number((points,), occasion.unplaced, remote))

    def kept(self, openings: Array) -> Occasions:
        """The occasions of these openings alone, with what they refer to."""
        kept = Occasions()
        first = self._first.view()
        lists = Lists(first, (np.arange(first[-1]),)).of(openings)
        (rows,) = lists.items
        kept._first.extend(lists.starts[1:])
        kept._several.extend(np.flatnonzero(lists.lengths > 1))
        for name in ("_kind", "_shifts", "_min_hours", "_max_hours", "_start", "_end", "_seats", "_begins"):
            setattr(kept, name, getattr(self, name).kept(rows))
        kept._span_sets, (kept._spans,) = self._span_sets.kept(self._spans.view()[rows])
        kept._place_sets, (kept._place,) = self._place_sets.kept(self._place.view()[rows])
        return kept


def _seats(occasion: Occasion) -> int:
    instance = occasion.instance
    if instance is None:
        return SEATS_NOT_ASKED
    if instance.seats_left is not None:
        return instance.seats_left
    return SEATS_NOT_ASKED if instance.seats is None else SEATS_UNKNOWN


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()
