"""When and where, for all occasions at once: travel, hours, shifts, weekly windows, dates, seats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from services.matching.domain.columns.occasions import SEATS_UNKNOWN, SHIFT_BITS, OccasionTables
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.values import Answer, OpeningKind, Shift
from services.matching.domain.weekly import WEEK, Spans
from shared.vocabulary.relations import EARTH_RADIUS_KM

ALWAYS = 10 * WEEK
"""Minutes of travel that fit beside times that are not stated: any."""

_SHIFT_RULES = {Shift.EVENING: "shift.evening", Shift.NIGHT: "shift.night", Shift.WEEKEND: "shift.weekend"}


def travel_minutes(person: Person, tables: OccasionTables) -> Array:
    """float64 by set of places: minutes one way by the quickest mode, 0 for work from home, NaN where not known."""
    query = person.query
    minutes = np.full(len(tables.unplaced), np.nan)
    if query.home is not None and query.modes:
        km = _distances_km(query.home.latitude, query.home.longitude, tables.points)
        nearest = tables.place_points.reduced(km, np.minimum, empty=np.nan)
        minutes = np.min([mode.fixed + mode.minutes_per_km * nearest for mode in query.modes], axis=0)
    return np.where(tables.fully_remote, 0.0, minutes)


def failed_at(person: Person, tables: OccasionTables, minutes: Array) -> dict[str, Array]:
    """Rule → bool by occasion: where it is not met. Rules that are not broken anywhere are missing."""
    return {rule: failed for rule, failed in _failures(person, tables, minutes) if failed.any()}


def chosen_occasions(person: Person, tables: OccasionTables, minutes: Array) -> Array:
    """int64 by opening: the occasion with fewest obstacles, then fewest things unknown, then the first to begin."""
    first = tables.first[:-1]
    if not len(tables.several):
        return first
    occasions = Lists(tables.first, (np.arange(len(tables.kind)),)).of(tables.several)
    (rows,) = occasions.items
    few = _at(tables, rows)
    failed, unknown = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for _, not_met in _failures(person, few, minutes):
        failed += not_met
    for _, not_known in _unknowns(person, few, minutes):
        unknown += not_known
    start = np.where(few.start > 0, few.start, 1 << 23)
    place = np.arange(len(rows))
    key = (((failed << 8) + unknown << 24) + start << 24) + place
    best = np.minimum.reduceat(key, occasions.starts[:-1]) & ((1 << 24) - 1)
    chosen = first.copy()
    chosen[tables.several] = rows[best]
    return chosen


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


def _room(person: Person, tables: OccasionTables) -> Array:
    """`slack` of the person's windows as int32; worked out once for a person beside a view."""
    room = person.rooms.get("weekly")
    if room is None or len(room) != len(tables.span_lists):
        room = person.rooms["weekly"] = slack(person.query.windows, tables.span_lists).astype(np.int32)
    return room


def _distances_km(latitude: float, longitude: float, points: Array) -> Array:
    """Great-circle distances, as `relations.distance_km`."""
    one, other = np.radians(latitude), np.radians(points[:, 0])
    across = np.radians(points[:, 1] - longitude) / 2
    chord = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin(across) ** 2
    km: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return km


def _at(tables: OccasionTables, rows: Array) -> OccasionTables:
    names = ("kind", "min_hours", "max_hours", "shifts", "start", "end", "seats", "begins", "spans", "place")
    return replace(tables, **{name: getattr(tables, name)[rows] for name in names})


# -- what is not met -----------------------------------------------------------------------------------------------


def _failures(person: Person, tables: OccasionTables, minutes: Array) -> Iterator[tuple[str, Array]]:
    """Rules in force with where they are not met. See `eligibility.schedule` for what each means."""
    rules = (
        *_hours(person, tables),
        *_shifts(person, tables, Answer.NO),
        *_dates(person, tables),
        *_windows(person, tables, minutes),
        *_travel(person, tables, minutes),
    )
    return ((rule, failed) for rule, failed in rules if rule in person.query.rules)


def _hours(person: Person, tables: OccasionTables) -> Iterator[tuple[str, Array]]:
    """NaN, where hours are not stated, compares as False."""
    limits = person.query.profile.work.limits
    if limits.max_hours_per_week is not None:
        yield "hours.most", (tables.min_hours > limits.max_hours_per_week) & (tables.kind != OpeningKind.SERVICE)
    if limits.min_hours_per_week is not None:
        yield "hours.fewest", (_longest(tables) < limits.min_hours_per_week) & (tables.kind == OpeningKind.VACANCY)


def _shifts(person: Person, tables: OccasionTables, answer: Answer) -> Iterator[tuple[str, Array]]:
    """Where a shift is asked for on which the person has given this answer."""
    limits = person.query.profile.work.limits
    answers = {Shift.EVENING: limits.evenings, Shift.NIGHT: limits.nights, Shift.WEEKEND: limits.weekends}
    for shift, rule in _SHIFT_RULES.items():
        if answers[shift] is answer:
            yield rule, ((tables.shifts & SHIFT_BITS[shift]) != 0) & (tables.kind != OpeningKind.SERVICE)


def _dates(person: Person, tables: OccasionTables) -> Iterator[tuple[str, Array]]:
    available = person.query.profile.work.limits.available_from
    if available is not None and available.toordinal() > person.today:
        too_early = (tables.start > 0) & (tables.start < available.toordinal())
        yield "dates.start", too_early & (tables.kind != OpeningKind.SERVICE)
    yield "training.seats", tables.seats == 0
    yield "training.begun", (tables.begins > 0) & (tables.begins < person.today)


def _windows(person: Person, tables: OccasionTables, minutes: Array) -> Iterator[tuple[str, Array]]:
    if person.query.windows:
        room = _room(person, tables)
        added = np.rint(np.where(np.isnan(minutes), 0.0, minutes)).astype(np.int32)
        yield (
            "windows.weekly",
            (added.take(tables.place) > room.take(tables.spans)) & (tables.kind != OpeningKind.SERVICE),
        )


def _travel(person: Person, tables: OccasionTables, minutes: Array) -> Iterator[tuple[str, Array]]:
    most = person.query.profile.work.limits.max_travel_minutes
    if most is not None:
        too_far = (np.rint(minutes) > most) & ~tables.fully_remote & ~tables.unplaced
        yield "place.travel", too_far.take(tables.place)


# -- what is not known ---------------------------------------------------------------------------------------------


def unknown_at(person: Person, tables: OccasionTables, minutes: Array, occasions: Array) -> Iterator[tuple[str, Array]]:
    """Rules in force with bool by occasion asked for: where too little is known."""
    return _unknowns(person, _at(tables, occasions), minutes)


def _unknowns(person: Person, tables: OccasionTables, minutes: Array) -> Iterator[tuple[str, Array]]:
    """Rules in force with where too little is known."""
    limits = person.query.profile.work.limits
    timed = tables.kind != OpeningKind.SERVICE
    rules = (
        ("hours.most", timed & _hours_unknown(tables, limits.max_hours_per_week)),
        *_shifts(person, tables, Answer.UNKNOWN),
        ("windows.weekly", timed & _windows_unknown(person, tables, minutes)),
        ("dates.start", timed & (tables.start > 0) & (limits.available_from is None)),
        ("training.seats", tables.seats == SEATS_UNKNOWN),
        ("place.travel", _travel_unknown(tables, minutes, limits.max_travel_minutes)[tables.place]),
    )
    return ((rule, unknown) for rule, unknown in rules if rule in person.query.rules)


def _hours_unknown(tables: OccasionTables, most: float | None) -> Array:
    longest = _longest(tables)
    return ~np.isnan(longest) if most is None else np.isnan(tables.min_hours) & (longest > most)


def _windows_unknown(person: Person, tables: OccasionTables, minutes: Array) -> Array:
    """Times are stated, and the person's are not known, or they fit and the way is not known."""
    stated = (tables.span_lists.lengths > 0)[tables.spans]
    if not person.query.windows:
        return stated
    fits = (_room(person, tables) >= 0)[tables.spans]
    return stated & fits & np.isnan(minutes)[tables.place]


def _travel_unknown(tables: OccasionTables, minutes: Array, most: int | None) -> Array:
    """By set of places."""
    if most is None:
        return ~tables.fully_remote
    return ~tables.fully_remote & (np.isnan(minutes) | ((np.rint(minutes) > most) & tables.unplaced))


def _longest(tables: OccasionTables) -> Array:
    return np.where(np.isnan(tables.max_hours), tables.min_hours, tables.max_hours)
