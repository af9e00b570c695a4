"""When and where, for all occasions at once: travel, hours, shifts, weekly windows, dates, seats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from services.matching.domain.columns.occasions import SEATS_NOT_ASKED, SEATS_UNKNOWN, SHIFT_BITS, OccasionTables
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.values import Answer, OpeningKind, Shift
from services.matching.domain.weekly import WEEK, Spans
from shared.vocabulary.relations import EARTH_RADIUS_KM

ALWAYS = 10 * WEEK
"""Minutes of travel that fit beside times that are not stated: any."""

_SHIFT_RULES = {Shift.EVENING: "shift.evening", Shift.NIGHT: "shift.night", Shift.WEEKEND: "shift.weekend"}


def travel_minutes(person: Person, tables: OccasionTables) -> Array:
    """float64 by occasion: minutes one way by the quickest mode, 0 if all is done from home, NaN where not known."""
    return _minutes_by_place(person, tables)[tables.place]


def failed_at(person: Person, tables: OccasionTables, minutes: Array) -> dict[str, Array]:
    """Rule → bool by occasion: where it is not met. Rules that are not broken anywhere are missing."""
    return {rule: failed for rule, failed, _ in _rules(person, tables, minutes) if failed.any()}


def chosen_occasions(person: Person, tables: OccasionTables, minutes: Array) -> Array:
    """int64 by opening: the occasion with fewest obstacles, then fewest things unknown, then the first to begin."""
    first = tables.first[:-1]
    if not len(tables.several):
        return first
    occasions = Lists(tables.first, ()).of(tables.several)
    rows = np.concatenate([np.arange(tables.first[row], tables.first[row + 1]) for row in tables.several])
    few = _at(tables, rows)
    failed, unknown = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for _, not_met, not_known in _rules(person, few, minutes[rows]):
        failed += not_met
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
    fits = np.full(len(starts), -ALWAYS)
    for shift in (0, WEEK):
        inside = np.minimum(starts + shift - low, high - (ends + shift))
        fits = np.maximum(fits, inside.max(axis=1, initial=-ALWAYS))
    return spans.reduced(fits, np.minimum, empty=ALWAYS)


def _minutes_by_place(person: Person, tables: OccasionTables) -> Array:
    query = person.query
    minutes = np.full(len(tables.unplaced), np.nan)
    if query.home is not None and query.modes:
        km = _distances_km(query.home.latitude, query.home.longitude, tables.points)
        (points,) = tables.place_points.items
        nearest = tables.place_points.reduced(km[points], np.minimum, empty=np.nan)
        minutes = np.min([mode.fixed + mode.minutes_per_km * nearest for mode in query.modes], axis=0)
    return np.where(tables.fully_remote, 0.0, minutes)


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


def _rules(person: Person, tables: OccasionTables, minutes: Array) -> Iterator[tuple[str, Array, Array]]:
    """Each rule in force with where it is not met and where it is unknown. See `eligibility.schedule`."""
    rules = (*_hours(person, tables), *_shifts(person, tables), *_dates(person, tables))
    for rule, not_met, unknown in (*rules, _windows(person, tables, minutes), _travel(person, tables, minutes)):
        if rule in person.query.rules:
            yield rule, not_met, unknown


def _hours(person: Person, tables: OccasionTables) -> Iterator[tuple[str, Array, Array]]:
    limits = person.query.profile.work.limits
    timed = tables.kind != OpeningKind.SERVICE
    fewest = tables.min_hours
    longest = np.where(np.isnan(tables.max_hours), fewest, tables.max_hours)
    stated = timed & ~np.isnan(longest)
    most, least = limits.max_hours_per_week, limits.min_hours_per_week
    none = np.zeros(len(timed), bool)
    if most is None:
        yield "hours.most", none, stated
    else:
        yield "hours.most", timed & (fewest > most), stated & np.isnan(fewest) & (longest > most)
    if least is not None:
        yield "hours.fewest", (tables.kind == OpeningKind.VACANCY) & (longest < least), none


def _shifts(person: Person, tables: OccasionTables) -> Iterator[tuple[str, Array, Array]]:
    limits = person.query.profile.work.limits
    answers = {Shift.EVENING: limits.evenings, Shift.NIGHT: limits.nights, Shift.WEEKEND: limits.weekends}
    timed = tables.kind != OpeningKind.SERVICE
    none = np.zeros(len(timed), bool)
    for shift, rule in _SHIFT_RULES.items():
        if answers[shift] is not Answer.YES:
            asked = timed & ((tables.shifts & SHIFT_BITS[shift]) != 0)
            yield (rule, asked, none) if answers[shift] is Answer.NO else (rule, none, asked)


def _windows(person: Person, tables: OccasionTables, minutes: Array) -> tuple[str, Array, Array]:
    timed = (tables.kind != OpeningKind.SERVICE) & (tables.span_lists.lengths > 0)[tables.spans]
    known = ~np.isnan(minutes)
    if not person.query.windows:
        return "windows.weekly", np.zeros(len(timed), bool), timed
    room = slack(person.query.windows, tables.span_lists)[tables.spans]
    outside = timed & (np.rint(np.where(known, minutes, 0.0)) > room)
    return "windows.weekly", outside, timed & ~known & ~outside


def _dates(person: Person, tables: OccasionTables) -> Iterator[tuple[str, Array, Array]]:
    available = person.query.profile.work.limits.available_from
    dated = (tables.kind != OpeningKind.SERVICE) & (tables.start > 0)
    none = np.zeros(len(dated), bool)
    if available is None:
        yield "dates.start", none, dated
    else:
        too_early = np.maximum(tables.start, person.today) < available.toordinal()
        yield "dates.start", dated & too_early, none
    counted = tables.seats > SEATS_NOT_ASKED
    yield "training.seats", counted & (tables.seats == 0), tables.seats == SEATS_UNKNOWN
    yield "training.begun", (tables.begins > 0) & (tables.begins < person.today), none


def _travel(person: Person, tables: OccasionTables, minutes: Array) -> tuple[str, Array, Array]:
    most = person.query.profile.work.limits.max_travel_minutes
    away = ~tables.fully_remote[tables.place]
    known = ~np.isnan(minutes)
    if most is None:
        return "place.travel", np.zeros(len(away), bool), away
    too_far = away & (np.rint(minutes) > most)
    unplaced = tables.unplaced[tables.place]
    return "place.travel", too_far & ~unplaced, (away & ~known) | (too_far & unplaced)
