"""When and where: travel, hours, shifts, weekly windows, dates, seats.

    person × timings, places  →  what each timing and each place breaks  →  looked up for occasions

A rule about hours, shifts or the way is worked out for all timings or places; only what differs from occasion to
occasion (weekly times with the way added, dates, seats) is compared occasion by occasion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.matching.domain.columns.occasions import SEATS_UNKNOWN, SHIFT_BITS, At, OccasionTables, TimingTables
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.values import Answer, OpeningKind, Shift
from services.matching.domain.weekly import WEEK, Spans
from shared.vocabulary.relations import EARTH_RADIUS_KM

ALWAYS = 10 * WEEK
"""Minutes of travel that fit beside times that are not stated: any."""
TOO_FAR, UNFIT = np.uint16(2), np.uint16(1)
_FARTHEST, _ANY = 15_000, 16_000
"""Minutes: no weekly times leave as much room (less than a week and a half), and any way fits within the latter."""
_HOMES = 32
"""Homes of which distances are kept beside a view."""
_FITS = 4
"""Least `limit` of weekly times that fit without the way."""

_SHIFT_RULES = {Shift.EVENING: "shift.evening", Shift.NIGHT: "shift.night", Shift.WEEKEND: "shift.weekend"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A person beside the timings and places of a view.

    minutes    float64 by place: one way by the quickest mode; 0 where nothing has to be travelled, NaN where not known
    by_timing  rule in force → bool by timing: where it is not met. Rules broken nowhere are missing
    way        uint16 by place: 4 · (minutes + 1), and TOO_FAR where the person would not go so far
    limit      uint16 by timing: 4 · (minutes of way that fit beside the weekly times + 1) + 2, and UNFIT where one of
               `by_timing` is not met; weekly times with the way do not fit where way > limit
    available  ordinal of the day before which the person cannot start; 0 where that is no later than today
    """

    person: Person
    tables: OccasionTables
    minutes: Array
    by_timing: dict[str, Array]
    way: Array
    limit: Array
    available: int

    def broken(self, way: Array, limit: Array) -> Iterator[tuple[str, Array]]:
        """Rules about weekly times and the way, with bool by occasion, from `way` and `limit` of the occasions."""
        yield "windows.weekly", way > limit
        yield "place.travel", (way & TOO_FAR) != 0

    def too_early(self, timing: Array, start: Array) -> Array:
        """bool by occasion: it begins before the person can. Only where `available` is set."""
        timed = self.tables.timings.kind != OpeningKind.SERVICE
        early: Array = (start > 0) & (start < self.available) & timed.take(timing)
        return early

    def failures(self, at: At) -> Iterator[tuple[str, Array]]:
        """Rules in force with bool by occasion: where they are not met; `eligibility.schedule` says what each means."""
        for rule, failed in self.by_timing.items():
            yield rule, failed.take(at.timing)
        yield from self.broken(self.way.take(at.place), self.limit.take(at.timing))
        rules = self.person.query.rules
        if self.available:
            yield "dates.start", self.too_early(at.timing, at.start)
        if "training.seats" in rules:
            yield "training.seats", at.seats == 0
        if "training.begun" in rules:
            yield "training.begun", (at.begins > 0) & (at.begins < self.person.today)

    def unknowns(self, at: At) -> Iterator[tuple[str, Array]]:
        """Rules in force with bool by occasion: where too little is known."""
        for rule, unknown in self._unknown_timings():
            yield rule, unknown.take(at.timing)
        for rule, unknown in self._unknown_occasions(at):
            if rule in self.person.query.rules:
                yield rule, unknown

    def uncertainty(self, at: At) -> Array:
        """int64 by occasion: of how many rules too little is known."""
        whole = np.zeros(len(self.tables.timings.kind), np.int64)
        for _, unknown in self._unknown_timings():
            whole += unknown
        count: Array = whole.take(at.timing)
        for rule, unknown in self._unknown_occasions(at):
            if rule in self.person.query.rules:
                count += unknown
        return count

    def _unknown_timings(self) -> Iterator[tuple[str, Array]]:
        """Rules in force about hours and shifts, by timing."""
        limits, timings = self.person.query.profile.work.limits, self.tables.timings
        timed = timings.kind != OpeningKind.SERVICE
        rules = (
            ("hours.most", timed & _hours_unknown(timings, limits.max_hours_per_week)),
            *_shifts(self.person, timings, Answer.UNKNOWN),
        )
        return ((rule, unknown) for rule, unknown in rules if rule in self.person.query.rules)

    def _unknown_occasions(self, at: At) -> Iterator[tuple[str, Array]]:
        limits, timings = self.person.query.profile.work.limits, self.tables.timings
        timed = timings.kind != OpeningKind.SERVICE
        yield "windows.weekly", self._windows_unknown(at, timed)
        if limits.available_from is None:
            yield "dates.start", timed.take(at.timing) & (at.start > 0)
        yield "training.seats", at.seats == SEATS_UNKNOWN
        yield "place.travel", _travel_unknown(self.tables, self.minutes, limits.max_travel_minutes).take(at.place)

    def _windows_unknown(self, at: At, timed: Array) -> Array:
        """Times are stated, and the person's are not known, or they fit and the way is not known."""
        timings = self.tables.timings
        stated: Array = timed & (timings.span_lists.lengths > 0)[timings.spans]
        if not self.person.query.windows:
            return stated.take(at.timing)
        fits = stated & (self.limit >= _FITS)
        unknown: Array = fits.take(at.timing) & np.isnan(self.minutes).take(at.place)
        return unknown


def schedule_of(person: Person, tables: OccasionTables) -> Schedule:
    """Lay a person out beside these occasions."""
    rules, limits = person.query.rules, person.query.profile.work.limits
    minutes = travel_minutes(person, tables)
    found = (*_hours(person, tables.timings), *_shifts(person, tables.timings, Answer.NO))
    by_timing = {rule: failed for rule, failed in found if rule in rules and failed.any()}
    available = limits.available_from.toordinal() if limits.available_from and "dates.start" in rules else 0
    return Schedule(
        person=person,
        tables=tables,
        minutes=minutes,
        by_timing=by_timing,
        way=_way(person, tables, minutes),
        limit=_limit(person, tables.timings, by_timing),
        available=available if available > person.today else 0,
    )


def travel_minutes(person: Person, tables: OccasionTables) -> Array:
    """float64 by place: minutes one way by the quickest mode, 0 for work from home, NaN where not known."""
    query = person.query
    if query.home is None or not query.modes:
        return np.where(tables.fully_remote, 0.0, np.nan)
    nearest = _nearest_km(query.home.latitude, query.home.longitude, tables)
    first, *others = query.modes
    minutes = first.fixed + first.minutes_per_km * nearest
    for mode in others:
        np.minimum(minutes, mode.fixed + mode.minutes_per_km * nearest, out=minutes)
    minutes[tables.fully_remote] = 0.0
    return minutes


def slack(windows: Spans, spans: Lists) -> Array:
    """By set of weekly times: how many minutes may be added at both ends of each with all still within the windows.

    Negative where the times alone do not fit; ALWAYS for a set of no times. `windows` come from `weekly.merged`.
    """
    starts, ends = (column.astype(np.int64)[:, np.newaxis] for column in spans.items)
    low, high = np.array([low for low, _ in windows]), np.array([high for _, high in windows])
    if any(end - start >= 2 * WEEK for start, end in windows):  # laid out twice: the whole week round
        return np.full(len(spans), ALWAYS)
    fits = np.full(len(starts), -ALWAYS)
    for shift in (0, WEEK):
        inside = np.minimum(starts + shift - low, high - (ends + shift))
        fits = np.maximum(fits, inside.max(axis=1, initial=-ALWAYS))
    return spans.reduced(fits, np.minimum, empty=ALWAYS)


def _limit(person: Person, timings: TimingTables, by_timing: dict[str, Array]) -> Array:
    """Schedule.limit. A service is used within its opening hours."""
    if person.query.windows and "windows.weekly" in person.query.rules:
        room = np.clip(slack(person.query.windows, timings.span_lists), -1, _ANY).take(timings.spans)
        room[timings.kind == OpeningKind.SERVICE] = _ANY
    else:
        room = np.full(len(timings.kind), _ANY)
    limit = 4 * (room + 1) + 2
    for failed in by_timing.values():
        limit |= failed
    return limit.astype(np.uint16)


def _way(person: Person, tables: OccasionTables, minutes: Array) -> Array:
    """Schedule.way. A way that is not known is none; where some place is not known, it may be a nearer one."""
    whole = np.rint(minutes)
    way = 4 * (np.fmin(np.fmax(whole, 0), _FARTHEST).astype(np.uint16) + np.uint16(1))
    most = person.query.profile.work.limits.max_travel_minutes
    if most is not None and "place.travel" in person.query.rules:
        way |= TOO_FAR * ((whole > most) & ~tables.fully_remote & ~tables.unplaced)
    return way


def _nearest_km(latitude: float, longitude: float, tables: OccasionTables) -> Array:
    """float64 by place: the distance of its nearest point, NaN where it has none.

    Kept for a few homes, as many people's is the centre of the same district.
    """
    home = latitude, longitude
    nearest = tables.from_homes.get(home)
    if nearest is None:
        km = _distances_km(latitude, longitude, tables)
        nearest = tables.place_points.reduced(km, np.minimum, empty=np.nan)
        if len(tables.from_homes) < _HOMES:
            tables.from_homes[home] = nearest
    return nearest


def _distances_km(latitude: float, longitude: float, tables: OccasionTables) -> Array:
    """Great-circle distances of the points, as `relations.distance_km`."""
    one, (other, cosine) = np.radians(latitude), tables.latitudes
    across = np.radians(tables.longitudes - longitude) / 2
    chord = np.sin((other - one) / 2) ** 2 + np.cos(one) * cosine * np.sin(across) ** 2
    km: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return km


def _hours(person: Person, timings: TimingTables) -> Iterator[tuple[str, Array]]:
    """NaN, where hours are not stated, compares as False."""
    limits = person.query.profile.work.limits
    if limits.max_hours_per_week is not None:
        yield "hours.most", (timings.min_hours > limits.max_hours_per_week) & (timings.kind != OpeningKind.SERVICE)
    if limits.min_hours_per_week is not None:
        yield "hours.fewest", (_longest(timings) < limits.min_hours_per_week) & (timings.kind == OpeningKind.VACANCY)


def _shifts(person: Person, timings: TimingTables, answer: Answer) -> Iterator[tuple[str, Array]]:
    """Where a shift is asked for on which the person has given this answer."""
    limits = person.query.profile.work.limits
    answers = {Shift.EVENING: limits.evenings, Shift.NIGHT: limits.nights, Shift.WEEKEND: limits.weekends}
    for shift, rule in _SHIFT_RULES.items():
        if answers[shift] is answer:
            yield rule, ((timings.shifts & SHIFT_BITS[shift]) != 0) & (timings.kind != OpeningKind.SERVICE)


def _travel_unknown(tables: OccasionTables, minutes: Array, most: int | None) -> Array:
    """By place."""
    if most is None:
        return ~tables.fully_remote
    return ~tables.fully_remote & (np.isnan(minutes) | ((np.rint(minutes) > most) & tables.unplaced))


def _hours_unknown(timings: TimingTables, most: float | None) -> Array:
    longest = _longest(timings)
    return ~np.isnan(longest) if most is None else np.isnan(timings.min_hours) & (longest > most)


def _longest(timings: TimingTables) -> Array:
    return np.where(np.isnan(timings.max_hours), timings.min_hours, timings.max_hours)
