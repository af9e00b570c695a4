"""What clears an obstacle away: the changes that its openings ask for, and which of its openings each change satisfies.

Openings that ask for the same are one key, so that a change is tried on few keys and counted for many openings.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from services.matching.domain.changes import LANGUAGE, TRAVEL_STEPS, WINDOW_STEPS, Change, longer_windows
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.languages_cleared import language_table
from services.matching.domain.columns.obstacles import Cases, Obstacle
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.qualifications_cleared import education_table, licence_table
from services.matching.domain.columns.schedule import slack
from services.matching.domain.columns.storage import Array
from services.matching.domain.columns.tables import Table, keyed, numbered
from services.matching.domain.weekly import merged, spans_of


def table_of(person: Person, found: Eligibility, cases: Cases, obstacle: Obstacle) -> Table:
    """The table of an obstacle, over all cases that have it."""
    chosen = np.flatnonzero((cases.mask & np.uint32(1 << cases.bits[obstacle])) != 0)
    kind, subject = obstacle
    if kind == LANGUAGE:
        return language_table(person, found, cases, chosen, subject)
    if kind == "licence":
        return licence_table(person, found, cases, chosen)
    if kind == "education":
        return education_table(person, found, cases, chosen)
    if kind == "windows.weekly":
        return _windows(person, found, cases, chosen)
    return _limit(person, found, cases, chosen, kind)


def _limit(person: Person, found: Eligibility, cases: Cases, chosen: Array, rule: str) -> Table:
    """A limit of the person's own that is one value: the value that each opening asks for satisfies it."""
    if rule.startswith("shift."):
        return keyed(cases, chosen, np.zeros(len(chosen), np.int64), [Change(rule, "", "yes")], np.ones((1, 1), bool))
    occasions, at = found.view.occasions, cases.occasion[chosen]
    if rule == "place.travel":
        return _travel(person, cases, chosen, np.rint(found.minutes[occasions.place[at]]).astype(np.int64))
    if rule == "dates.start":
        needs, key = numbered(np.maximum(occasions.start[at], person.today))
        changes = [Change(rule, "", date.fromordinal(int(need)).isoformat()) for need in needs]
        return keyed(
            cases, chosen, key, changes, needs[np.newaxis, :] >= needs[:, np.newaxis], np.eye(len(needs), dtype=bool)
        )
    timing = occasions.timing[at]
    fewest, most = occasions.timings.min_hours[timing], occasions.timings.max_hours[timing]
    if rule == "hours.most":
        needs, key = np.unique(fewest, return_inverse=True)
    else:
        needs, key = np.unique(np.where(np.isnan(most), fewest, most), return_inverse=True)
    told = [f"{need:g}" for need in needs]
    reached = np.array([float(text) for text in told])[:, np.newaxis]
    clears = needs <= reached if rule == "hours.most" else needs >= reached
    return keyed(cases, chosen, key, [Change(rule, "", text) for text in told], clears, np.eye(len(needs), dtype=bool))


def _travel(person: Person, cases: Cases, chosen: Array, minutes: Array) -> Table:
    most = person.query.profile.work.limits.max_travel_minutes or 0
    needs, key = numbered(minutes - most)
    steps = np.array(TRAVEL_STEPS)[:, np.newaxis]
    return keyed(cases, chosen, key, [Change("place.travel", "", str(step)) for step in TRAVEL_STEPS], needs <= steps)


def _windows(person: Person, found: Eligibility, cases: Cases, chosen: Array) -> Table:
    occasions, at = found.view.occasions, cases.occasion[chosen]
    minutes = found.minutes[occasions.place[at]]
    added = np.rint(np.where(np.isnan(minutes), 0.0, minutes))
    timings = occasions.timings
    sets, place = numbered(timings.spans[occasions.timing[at]])
    spans = timings.span_lists.of(sets)
    rooms = []
    for step in WINDOW_STEPS:
        windows = merged(spans_of(longer_windows(person.query.profile.work.limits.windows, step)))
        rooms.append(slack(windows, spans)[place])
    changes = [Change("windows.weekly", "", str(step)) for step in WINDOW_STEPS]
    return keyed(cases, chosen, np.arange(len(chosen)), changes, added <= np.array(rooms))
