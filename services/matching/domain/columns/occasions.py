"""Columns of when and where: one row for each occasion, the occasions of an opening side by side.

What many occasions have in common is laid down once and numbered: a *timing* is hours, shifts and weekly times, a
*place* is a set of points. Rules are worked out for timings and places (few) and looked up for occasions (many).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from services.matching.domain.candidates import Candidate, Occasion
from services.matching.domain.columns.distinct import Distinct
from services.matching.domain.columns.storage import Array, Column, ListColumn, Lists, Table
from services.matching.domain.values import OpeningKind, Remote, Shift

SHIFT_BITS = {Shift.EVENING: 1, Shift.NIGHT: 2, Shift.WEEKEND: 4}
SEATS_NOT_ASKED, SEATS_UNKNOWN = -2, -1


@dataclass(frozen=True, slots=True)
class TimingTables:
    """Columns by timing.

    kind                  uint8: OpeningKind of the openings
    min_hours, max_hours  float64, a week's; NaN where not stated
    shifts                uint8: SHIFT_BITS
    spans                 number of the weekly times; `span_lists` has them: start, end (minutes of the week)
    """

    kind: Array
    min_hours: Array
    max_hours: Array
    shifts: Array
    spans: Array
    span_lists: Lists


@dataclass(frozen=True, slots=True)
class At:
    """Occasions that are compared, column by column; for what the columns are see OccasionTables."""

    timing: Array
    place: Array
    start: Array
    seats: Array
    begins: Array

    def __len__(self) -> int:
        return len(self.timing)


@dataclass(frozen=True, slots=True)
class OfStaged:
    """All occasions of the staged openings, side by side.

    rows   numbers of the occasions
    begin  by opening: where its occasions begin among these
    at     their columns
    turn   int64: the first day, then the place among these; a day that is not known comes last
    """

    rows: Array
    begin: Array
    at: At
    turn: Array


@dataclass(frozen=True)
class OccasionTables:
    """Columns by occasion, but for the first four.

    first           int64[n + 1] by opening: its first occasion; they lie side by side
    first_timing    int64[n] by opening: the timing of its first occasion
    first_place     int64[n] by opening: the place of its first occasion. Both are looked up for all rows: numpy takes a
                    third longer with numbers of 32 bits, which it lays out anew as 64
    staged          rows of the openings that take place at certain times: training instances, or several occasions.
                    All others have one occasion, and no seats or first day of a course are compared for them
    timing          number of the timing, see TimingTables
    place           number of the set of places; `place_points` lists their points; `unplaced`, `fully_remote`
    start           int32: ordinal of the first day, 0 where there is none
    seats           int32: seats left, SEATS_UNKNOWN, or SEATS_NOT_ASKED where nothing counts them
    begins          int32: ordinal of an instance's first day, 0 where there is none
    points          float64[p, 2]: latitude, longitude, in the order of these lists
    from_homes      what `schedule` keeps: home → float64 by place
    """

    first: Array
    first_timing: Array
    first_place: Array
    staged: Array
    timing: Array
    timings: TimingTables
    place: Array
    place_points: Lists
    unplaced: Array
    fully_remote: Array
    points: Array
    start: Array
    seats: Array
    begins: Array
    from_homes: dict[tuple[float, float], Array] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def latitudes(self) -> tuple[Array, Array]:
        """Of the points, in radians, and their cosines."""
        radians = np.radians(self.points[:, 0])
        return radians, np.cos(radians)

    @cached_property
    def longitudes(self) -> Array:
        """Of the points, in degrees, side by side."""
        return np.ascontiguousarray(self.points[:, 1])

    @cached_property
    def of_staged(self) -> OfStaged:
        """The occasions of the staged openings."""
        starts = self.first.take(self.staged)
        lengths = self.first.take(self.staged + 1) - starts
        begin = np.cumsum(lengths) - lengths
        rows = np.arange(lengths.sum()) + np.repeat(starts - begin, lengths)
        at = self.at(rows)
        start = np.where(at.start > 0, at.start, np.int64(1 << 23))
        return OfStaged(rows, begin, at, (start << 24) + np.arange(len(rows)))

    def at(self, occasions: Array) -> At:
        """The columns of these occasions."""
        columns = (self.timing, self.place, self.start, self.seats, self.begins)
        return At(*(column.take(occasions) for column in columns))


class Occasions(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._first, self._staged = Column(np.int64), Column(np.int64)
        self._first.append(0)
        self._first_timing, self._first_place = Column(np.int64), Column(np.int64)
        self._timing, self._place = Column(np.int32), Column(np.int32)
        self._start, self._seats, self._begins = Column(np.int32), Column(np.int32), Column(np.int32)
        self._span_sets = Distinct(ListColumn(Column(np.int32), Column(np.int32)))
        self._timings = Distinct(
            Column(np.uint8), Column(np.float64), Column(np.float64), Column(np.uint8), Column(np.int32)
        )
        self._place_sets = Distinct(ListColumn(Column(np.float64, 2)), Column(bool), Column(bool))

    def append(self, candidate: Candidate) -> None:
        """Write the occasions of one opening."""
        occasions, row = candidate.occasions, len(self._first_timing)
        if len(occasions) > 1 or any(occasion.instance is not None for occasion in occasions):
            self._staged.append(row)
        first = len(self._timing)
        for occasion in occasions:
            self._append(candidate.snapshot.kind, occasion)
        self._first_timing.append(self._timing.item(first))
        self._first_place.append(self._place.item(first))
        self._first.append(len(self._timing))

    def view(self) -> OccasionTables:
        """The rows so far."""
        (spans,) = self._span_sets.view()
        kind, min_hours, max_hours, shifts, span_sets = self._timings.view()
        places, unplaced, fully_remote = self._place_sets.view()
        (points,) = places.items
        return OccasionTables(
            first=self._first.view(),
            first_timing=self._first_timing.view(),
            first_place=self._first_place.view(),
            staged=self._staged.view(),
            timing=self._timing.view(),
            timings=TimingTables(kind, min_hours, max_hours, shifts, span_sets, spans),
            place=self._place.view(),
            place_points=Lists(places.starts, ()),
            unplaced=unplaced,
            fully_remote=fully_remote,
            points=points,
            start=self._start.view(),
            seats=self._seats.view(),
            begins=self._begins.view(),
        )

    def _append(self, kind: OpeningKind, occasion: Occasion) -> None:
        starts, ends = [start for start, _ in occasion.spans], [end for _, end in occasion.spans]
        spans = self._span_sets.number((starts, ends))
        shifts = sum({SHIFT_BITS[shift] for shift, _ in occasion.shifts})
        hours = (np.nan if each is None else each for each in (occasion.min_hours, occasion.max_hours))
        self._timing.append(self._timings.number(kind, *hours, shifts, spans))
        points = [(point.latitude, point.longitude) for point in occasion.points]
        remote = occasion.remote is Remote.FULLY
        self._place.append(self._place_sets.number((points,), occasion.unplaced, remote))
        self._start.append(_ordinal(occasion.start))
        self._seats.append(_seats(occasion))
        self._begins.append(0 if occasion.instance is None else _ordinal(occasion.instance.start_date))

    def kept(self, openings: Array) -> Occasions:
        """The occasions of these openings alone, with what they refer to."""
        kept = Occasions()
        first = self._first.view()
        lists = Lists(first, (np.arange(first[-1]),)).of(openings)
        (rows,) = lists.items
        kept._first.extend(lists.starts[1:])
        staged = np.zeros(len(self._first_timing), bool)
        staged[self._staged.view()] = True
        kept._staged.extend(np.flatnonzero(staged[openings]))
        for name in ("_start", "_seats", "_begins"):
            setattr(kept, name, getattr(self, name).kept(rows))
        kept._timings, (kept._timing, kept._first_timing) = self._timings.kept(
            self._timing.view()[rows], self._first_timing.view()[openings]
        )
        kept._place_sets, (kept._place, kept._first_place) = self._place_sets.kept(
            self._place.view()[rows], self._first_place.view()[openings]
        )
        *_, spans = kept._timings.view()
        kept._span_sets, (spans_anew,) = self._span_sets.kept(spans)
        kept._timings = kept._timings.with_last(spans_anew)
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
