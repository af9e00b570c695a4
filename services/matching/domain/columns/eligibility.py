"""Eligibility of all openings at once. What `eligibility.judge` says of one opening after another, this says of all.

    person × facets   →  what each facet breaks       `outcomes`, `schedule`: few numbers, worked out once
    rows              →  those that break nothing     the way and the weekly times for all rows, then the facets for
                                                      those that are left
    staged rows       →  their best occasion          courses that begin on certain days: few, one occasion by another

Only outcomes are kept here: the verdicts with both values are made by `judge` for the openings that are shown. What
lists do not read (which rule stands in the way of each row) is worked out when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.outcomes import FacetRules, facet_rules, row_rules
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.schedule import UNFIT, Schedule, schedule_of
from services.matching.domain.columns.storage import Array
from services.matching.domain.matches import ListFilter
from services.matching.domain.values import OpeningKind

NO_ROWS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged openings' best occasions, row by row of `OccasionTables.staged`.

    rows, occasions  int64
    failures         rule → bool: not met at that occasion
    fits             bool: no rule about when and where is broken
    moved            places among these of the openings whose best occasion is not their first
    """

    rows: Array
    occasions: Array
    failures: dict[str, Array]
    fits: Array
    moved: Array


@dataclass(frozen=True)
class Eligibility:
    """Outcomes for the n rows of a view.

    considered  bool[n]: alive, and let through by the filter
    eligible    int64: rows of what fits, rising
    facets      what each facet of the openings' demands breaks
    by_row      rule → bool or uint8 by row: what is worked out for rows, the person and the opening as a whole
    broken      rule → bool by row: what is worked out for rows, about when and where, at the best occasion
    """

    view: View
    schedule: Schedule
    considered: Array
    eligible: Array
    facets: list[FacetRules]
    by_row: dict[str, Array]
    broken: dict[str, Array]
    staged: Staged
    filtered: bool
    hidden: Array = field(default_factory=lambda: NO_ROWS)

    @property
    def minutes(self) -> Array:
        """float64 by place: one way; 0 where nothing has to be travelled, NaN where it is not known."""
        return self.schedule.minutes

    @property
    def excluded(self) -> Array:
        """Rows of what does not fit, rising."""
        left_out = self.considered.copy()
        left_out[self.eligible] = False
        return np.flatnonzero(left_out)

    @property
    def excluded_count(self) -> int:
        """How many do not fit."""
        return int(np.count_nonzero(self.considered)) - len(self.eligible)

    @cached_property
    def occasion(self) -> Array:
        """int64 by row: the occasion that suits best."""
        occasion = self.view.occasions.first[:-1].copy()
        occasion[self.staged.rows] = self.staged.occasions
        return occasion

    @cached_property
    def by_rule(self) -> dict[str, Array]:
        """Rule → bool by row: where it stands in the way; rules that stand in no way are missing."""
        found: dict[str, Array] = {}
        for rule, count in self._each():
            found[rule] = found[rule] | (count != 0) if rule in found else count != 0
        return found

    @cached_property
    def blocks(self) -> Array:
        """uint8 by row: how many verdicts stand in the way."""
        blocks = np.zeros(len(self.view), np.uint8)
        for _, count in self._each():
            blocks += count
        return blocks

    def timings_and_places(self, rows: Array) -> tuple[Array, Array]:
        """Timing and place of the best occasion of these rows."""
        occasions, staged = self.view.occasions, self.staged
        timing, place = occasions.first_timing.take(rows), occasions.first_place.take(rows)
        if len(staged.moved):
            moved = staged.rows.take(staged.moved)
            others = np.flatnonzero(self.view.kind.take(rows) != OpeningKind.VACANCY)  # which have one occasion
            which = np.searchsorted(moved, rows.take(others))
            here = np.flatnonzero(moved.take(which, mode="clip") == rows.take(others))
            best = staged.occasions.take(staged.moved.take(which.take(here)))
            timing[others[here]], place[others[here]] = occasions.timing.take(best), occasions.place.take(best)
        return timing, place

    def without(self, rows: Array) -> Eligibility:
        """The same with these rows not considered."""
        rows = rows[self.considered[rows]]
        if not len(rows):
            return self
        considered = self.considered.copy()
        considered[rows] = False
        eligible = self.eligible[considered.take(self.eligible)]
        return replace(self, considered=considered, eligible=eligible, hidden=np.concatenate((self.hidden, rows)))

    def count_rules(self) -> dict[str, int]:
        """How many openings each rule left out; one opening may count under several."""
        counts: Counter[str] = Counter()
        for facet in self.facets:
            counts.update(dict(facet.counted(self._tally(facet.facet, facet.numbers))))
        for rule, where in (*self.by_row.items(), *self.broken.items()):
            counts[rule] += int(np.count_nonzero((where != 0) & self.considered))
        occasions, staged = self.view.occasions, self.staged
        if self.schedule.by_timing:
            plain = self._tally("timing", occasions.first_timing)
            for rule, failed in self.schedule.by_timing.items():
                counts[rule] += int(plain[: len(failed)] @ failed)
        shown = self.considered.take(staged.rows)
        for rule, failed in staged.failures.items():
            if rule not in self.broken:
                counts[rule] += int(np.count_nonzero(failed & shown))
        return {rule: count for rule, count in sorted(counts.items()) if count}

    def _tally(self, facet: str, numbers: Array) -> Array:
        """How many considered rows have each number of a facet; of timings, those that are not staged."""
        tally = self.view.tallies[facet]
        if self.filtered:
            return self._tally_of(facet, numbers, np.flatnonzero(self.considered), len(tally))
        if len(self.hidden):
            return tally - self._tally_of(facet, numbers, self.hidden, len(tally))
        return tally

    def _tally_of(self, facet: str, numbers: Array, rows: Array, width: int) -> Array:
        if facet == "timing":
            rows = rows[~np.isin(rows, self.staged.rows)]
        return np.bincount(numbers.take(rows), minlength=width)

    def _each(self) -> Iterator[tuple[str, Array]]:
        """Every rule with how often it stands in the way of each row; a rule may come more than once."""
        for facet in self.facets:
            for rule, count in facet.rules.items():
                yield rule, count.take(facet.numbers)
        yield from self.by_row.items()
        yield from self.broken.items()
        timing, staged = self.view.occasions.first_timing, self.staged
        for rule in {**self.schedule.by_timing, **staged.failures}:
            if rule not in self.broken:
                failed = self.schedule.by_timing.get(rule)
                where = np.zeros(len(self.view), bool) if failed is None else failed.take(timing)
                where[staged.rows] = staged.failures.get(rule, False)
                if where.any():
                    yield rule, where


def judge_view(person: Person, view: View) -> Eligibility:
    """Judge every row for a person."""
    considered = let_through(view, person.query.filter)
    schedule = schedule_of(person, view.occasions)
    staged = _staged(schedule, view)
    facets, by_row = facet_rules(person, view), dict(row_rules(person, view))
    broken, suits = _compared(schedule, staged, view)
    suits &= considered
    for count in by_row.values():
        suits &= count == 0
    eligible = _unbroken(np.flatnonzero(suits), facets)
    filtered = person.query.filter.kind is not None or bool(person.query.filter.municipality)
    return Eligibility(view, schedule, considered, eligible, facets, by_row, broken, staged, filtered)


def let_through(view: View, list_filter: ListFilter) -> Array:
    """bool[n]: alive, of the kind and in the municipality that are asked for."""
    passed = view.alive
    if list_filter.kind is not None:
        passed = passed & (view.kind == list_filter.kind)
    if list_filter.municipality:
        wanted = np.array([list_filter.municipality in each for each in view.municipality_sets], bool)
        passed = passed & wanted.take(view.municipalities)
    return passed


def _unbroken(rows: Array, facets: list[FacetRules]) -> Array:
    """Those of the rows that break no rule of these facets."""
    if not facets:
        return rows
    first, *others = (facet.broken().take(facet.numbers.take(rows)) for facet in facets)
    for other in others:
        first |= other
    return rows.take(np.flatnonzero(~first))


def _compared(schedule: Schedule, staged: Staged, view: View) -> tuple[dict[str, Array], Array]:
    """Eligibility.broken, and bool by row: no rule about when and where is broken."""
    occasions = view.occasions
    way, limit = schedule.way.take(occasions.first_place), schedule.limit.take(occasions.first_timing)
    found = dict(schedule.broken(way, limit))
    suits = (limit & UNFIT) == 0
    if schedule.available:
        found["dates.start"] = schedule.too_early(occasions.first_timing, occasions.start.take(occasions.first[:-1]))
    for rule, where in found.items():
        suits &= ~where
        where[staged.rows] = staged.failures[rule]
    suits[staged.rows] = staged.fits
    return {rule: where for rule, where in found.items() if where.any()}, suits


def _staged(schedule: Schedule, view: View) -> Staged:
    """For each: the occasion with fewest obstacles, then fewest things unknown, then the first to begin."""
    found = view.occasions.of_staged
    failures = dict(schedule.failures(found.at))
    failed = np.zeros(len(found.rows), np.int64)
    for where in failures.values():
        failed += where
    key = ((failed << 8) + schedule.uncertainty(found.at) << 48) + found.turn
    best = np.minimum.reduceat(key, found.begin) & ((1 << 24) - 1) if len(key) else NO_ROWS
    chosen = {rule: where.take(best) for rule, where in failures.items()}
    rows, moved = view.occasions.staged, np.flatnonzero(best != found.begin)
    return Staged(rows, found.rows.take(best), chosen, failed.take(best) == 0, moved)
