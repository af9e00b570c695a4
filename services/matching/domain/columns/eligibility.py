"""Eligibility of all openings at once. What `eligibility.judge` says of one opening after another, this says of all.

Each rule is worked out for the facets it reads (few) and looked up for the openings (many). Only outcomes are kept
here: the verdicts with both values are made by `judge` for the openings that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.person import FOREVER, Person
from services.matching.domain.columns.schedule import chosen_occasions, failed_at, travel_minutes
from services.matching.domain.columns.storage import Array
from services.matching.domain.matches import ListFilter
from services.matching.domain.values import ACTIVITIES, CefrLevel, OpeningKind
from services.matching.domain.work import RightStatus

_LANGUAGE_RULES = (*(f"language.{activity}" for activity in ACTIVITIES), "language.level_not_stated")
_LICENCE_RULES = ("licence.held", "licence.by_law")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Outcomes for the n rows of a view.

    considered  bool[n]: alive, and let through by the filter
    blocks      uint8[n]: how many verdicts stand in the way
    by_rule     rule → bool[n]: where it stands in the way; rules that stand in no way are missing
    occasion    int64[n]: row of the occasion that suits best
    minutes     float64 by set of places: one way; 0 where nothing has to be travelled, NaN where it is not known
    """

    view: View
    considered: Array
    blocks: Array
    by_rule: dict[str, Array]
    occasion: Array
    minutes: Array

    @property
    def eligible(self) -> Array:
        """Rows of what fits, rising."""
        return np.flatnonzero(self.considered & (self.blocks == 0))

    @property
    def excluded(self) -> Array:
        """Rows of what does not, rising."""
        return np.flatnonzero(self.considered & (self.blocks != 0))

    def without(self, rows: Array) -> Eligibility:
        """The same with these rows not considered."""
        if not len(rows):
            return self
        considered = self.considered.copy()
        considered[rows] = False
        return replace(self, considered=considered)

    def count_rules(self) -> dict[str, int]:
        """How many openings each rule left out; one opening may count under several."""
        counts = {rule: int(np.count_nonzero(where & self.considered)) for rule, where in sorted(self.by_rule.items())}
        return {rule: count for rule, count in counts.items() if count}


def judge_view(person: Person, view: View) -> Eligibility:
    """Judge every row for a person.

    Look-ups by row are `take`: with numbers of 32 bits an index in brackets takes three times as long.
    """
    blocks = np.zeros(len(view), np.uint8)
    by_rule: dict[str, Array] = {}
    for rule, count in _blocked(person, view):
        if rule in person.query.rules and count.any():
            blocks += count
            by_rule[rule] = by_rule[rule] | (count != 0) if rule in by_rule else count != 0
    minutes = travel_minutes(person, view.occasions)
    occasion = chosen_occasions(person, view.occasions, minutes)
    for rule, failed in failed_at(person, view.occasions, minutes).items():
        by_rule[rule] = failed[occasion]
        blocks += by_rule[rule]
    return Eligibility(view, let_through(view, person.query.filter), blocks, by_rule, occasion, minutes)


def let_through(view: View, list_filter: ListFilter) -> Array:
    """bool[n]: alive, of the kind and in the municipality that are asked for."""
    passed = view.alive
    if list_filter.kind is not None:
        passed = passed & (view.kind == list_filter.kind)
    if list_filter.municipality:
        wanted = np.array([list_filter.municipality in each for each in view.municipality_sets], bool)
        passed = passed & wanted.take(view.municipalities)
    return passed


def _blocked(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    """How often each rule about the person and the opening as a whole stands in the way, for every row."""
    yield from _languages(person, view)
    yield from _right_to_work(person, view)
    yield from _licences(person, view)
    yield from _education(person, view)
    yield from _adds(person, view)
    if person.today > int(view.closing.min(initial=person.today)):
        yield "dates.closing", view.closing < person.today


# -- languages -----------------------------------------------------------------------------------------------------


def _languages(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    tables = view.demands
    languages, required = tables.language_atoms.items
    had, needed = person.levels[languages], tables.language_needs
    asked = needed > CefrLevel.NONE
    lacking = asked & (had != CefrLevel.UNKNOWN) & (had < needed) & required[:, np.newaxis]
    # A language without a level: only one that is not known at all leaves out.
    none_at_all = required & ~asked.any(axis=1) & (had == CefrLevel.NONE).all(axis=1)
    atoms = np.column_stack((lacking, none_at_all)).astype(np.uint8)
    yield from _looked_up(_LANGUAGE_RULES, tables.language_atoms.reduced(atoms, np.add), tables.language)


def _looked_up(rules: Sequence[str], counts: Array, facet: Array) -> Iterator[tuple[str, Array]]:
    """Each rule's count for every row, from uint8[facets, rules].

    One look-up in a table of bits serves all rules; a second is needed only where a rule counts more than once.
    """
    bits = ((counts > 0) << np.arange(len(rules), dtype=np.uint8)).sum(axis=1).astype(np.uint8).take(facet)
    for number, rule in enumerate(rules):
        if counts[:, number].max(initial=0) > 1:
            yield rule, counts[:, number].take(facet)
        elif counts[:, number].any():
            yield rule, (bits & (1 << number)) != 0


# -- right to work -------------------------------------------------------------------------------------------------


def _right_to_work(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    right = person.query.profile.work.right_to_work
    vacancy = view.kind == OpeningKind.VACANCY
    if right.status is RightStatus.NONE:
        yield "right_to_work.status", vacancy
    first = view.occasions.first[:-1]
    if right.status is RightStatus.LIMITED:
        if right.isco_sectors:
            yield (
                "right_to_work.sector",
                person.outside_sectors(view.demands.sectors).take(view.demands.sector) & vacancy,
            )
        if right.max_hours_per_week is not None:
            # NaN, where the fewest hours are not stated, compares as False.
            yield "right_to_work.hours", vacancy & (view.occasions.min_hours[first] > right.max_hours_per_week)
    if right.valid_until is not None and right.status in (RightStatus.UNLIMITED, RightStatus.LIMITED):
        start = np.maximum(view.occasions.start[first], person.today)
        yield "right_to_work.until", vacancy & (start > right.valid_until.toordinal())


# -- licences and education ----------------------------------------------------------------------------------------


def _licences(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    """A licence is missing from the day after its last one: for most people that is every day or none."""
    tables = view.demands
    codes, by_law = tables.licence_atoms.items
    last_day = person.licence_last_day[codes]
    never = last_day < 0
    dated = np.unique(codes[(last_day >= 0) & (last_day < FOREVER)])
    start = np.maximum(view.start, person.today) if len(dated) else view.start
    asked = np.column_stack((~by_law, by_law)).astype(np.uint8)
    missing = tables.licence_atoms.reduced(asked * never[:, np.newaxis], np.add)
    yield from _looked_up(_LICENCE_RULES, missing, tables.licence)
    for code in dated:
        named = tables.licence_atoms.reduced(asked * (codes == code)[:, np.newaxis], np.add)
        for rule, count in _looked_up(_LICENCE_RULES, named, tables.licence):
            yield rule, count * (start > person.licence_last_day[code])


def _education(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    tables = view.demands
    missing = person.missing_education(tables)
    yield from _looked_up(tuple(missing), np.column_stack(tuple(missing.values())), tables.education)
    if person.recognition_refused:
        yield "profession.recognition", tables.profession.take(tables.education)


# -- trainings -----------------------------------------------------------------------------------------------------


def _adds(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    tables = view.demands
    targets = tables.adds_levels
    had = person.levels[tables.adds_language]
    asked = targets > CefrLevel.NONE
    reached = (had != CefrLevel.UNKNOWN) & (had >= targets)
    nothing_new = (tables.adds_language >= 0) & asked.any(axis=1) & (reached | ~asked).all(axis=1)
    if nothing_new.any():
        yield "training.adds", nothing_new.take(tables.adds)
    (cards,) = tables.adds_cards.items
    lasting = person.licence_lasting[cards]
    held = tables.adds_cards.reduced(lasting, np.logical_and, empty=False).astype(bool)
    if held.any():
        yield "training.card", held.take(tables.adds)
