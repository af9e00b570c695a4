"""Rules about the person and an opening as a whole: languages, right to work, licences, education, what a course adds.

    person × facets  →  how often each facet breaks each rule (few numbers)  →  looked up for rows, counted by tallies

Where a rule also compares a day of the row, it is worked out for the rows themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.person import FOREVER, Person
from services.matching.domain.columns.storage import Array
from services.matching.domain.values import ACTIVITIES, CefrLevel, OpeningKind
from services.matching.domain.work import RightStatus

_LANGUAGE_RULES = (*(f"language.{activity}" for activity in ACTIVITIES), "language.level_not_stated")
_LICENCE_RULES = ("licence.held", "licence.by_law")


@dataclass(frozen=True, slots=True)
class FacetRules:
    """What one facet breaks.

    facet    its name among the tallies of a view
    numbers  int32 by row: the facet's number
    rules    rule in force → uint8 by facet number: how many verdicts stand in the way. Rules broken nowhere are missing
    """

    facet: str
    numbers: Array
    rules: dict[str, Array]

    def broken(self) -> Array:
        """bool by facet number: some rule is."""
        first, *others = self.rules.values()
        broken: Array = first != 0
        for count in others:
            broken |= count != 0
        return broken

    def counted(self, tally: Array) -> Iterator[tuple[str, int]]:
        """For each rule, the rows that break it, from the rows of each facet number."""
        for rule, count in self.rules.items():
            yield rule, int(tally[: len(count)] @ (count != 0))


def facet_rules(person: Person, view: View) -> list[FacetRules]:
    """The facets that break something."""
    demands = view.demands
    found = (
        FacetRules("language", demands.language, _languages(person, view)),
        FacetRules("licence", demands.licence, {} if _dated(person, view) else _licences(person, view)),
        FacetRules("education", demands.education, _education(person, view)),
        FacetRules("adds", demands.adds, _adds(person, view)),
    )
    return [each for each in (_in_force(person, facet) for facet in found) if each.rules]


def row_rules(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    """Rules in force with how often each stands in the way, bool or uint8 by row."""
    found = (*_right_to_work(person, view), *_dated_licences(person, view), *_closing(person, view))
    return ((rule, count) for rule, count in found if rule in person.query.rules and count.any())


def _in_force(person: Person, facet: FacetRules) -> FacetRules:
    rules = {rule: count for rule, count in facet.rules.items() if rule in person.query.rules and count.any()}
    return FacetRules(facet.facet, facet.numbers, rules)


def _languages(person: Person, view: View) -> dict[str, Array]:
    tables = view.demands
    languages, required = tables.language_atoms.items
    had, needed = person.levels[languages], tables.language_needs
    asked = needed > CefrLevel.NONE
    lacking = asked & (had != CefrLevel.UNKNOWN) & (had < needed) & required[:, np.newaxis]
    # A language without a level: only one that is not known at all leaves out.
    none_at_all = required & ~asked.any(axis=1) & (had == CefrLevel.NONE).all(axis=1)
    atoms = np.column_stack((lacking, none_at_all)).astype(np.uint8)
    counts = tables.language_atoms.reduced(atoms, np.add)
    return {rule: counts[:, number] for number, rule in enumerate(_LANGUAGE_RULES)}


def _right_to_work(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    right = person.query.profile.work.right_to_work
    if right.status not in (RightStatus.NONE, RightStatus.LIMITED) and right.valid_until is None:
        return
    vacancy, occasions = view.kind == OpeningKind.VACANCY, view.occasions
    if right.status is RightStatus.NONE:
        yield "right_to_work.status", vacancy
    if right.status is RightStatus.LIMITED:
        if right.isco_sectors:
            yield (
                "right_to_work.sector",
                person.outside_sectors(view.demands.sectors).take(view.demands.sector) & vacancy,
            )
        if right.max_hours_per_week is not None:
            # NaN, where the fewest hours are not stated, compares as False.
            more = occasions.timings.min_hours > right.max_hours_per_week
            yield "right_to_work.hours", vacancy & more.take(occasions.first_timing)
    if right.valid_until is not None and right.status in (RightStatus.UNLIMITED, RightStatus.LIMITED):
        start = np.maximum(occasions.start.take(occasions.first[:-1]), person.today)
        yield "right_to_work.until", vacancy & (start > right.valid_until.toordinal())


def _closing(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    closed = view.closing < person.today
    if closed.any():
        yield "dates.closing", closed


# -- licences and education ----------------------------------------------------------------------------------------


def _licences(person: Person, view: View) -> dict[str, Array]:
    """Missing for good. A licence is missing from the day after its last one: for most people always or never."""
    codes, _ = view.demands.licence_atoms.items
    return _missing(view, person.licence_last_day[codes] < 0)


def _missing(view: View, atoms: Array) -> dict[str, Array]:
    """Rule → uint8 by licence facet: how many of these atoms it asks for."""
    _, by_law = view.demands.licence_atoms.items
    asked = np.column_stack((~by_law & atoms, by_law & atoms)).astype(np.uint8)
    counts = view.demands.licence_atoms.reduced(asked, np.add)
    return {rule: counts[:, number] for number, rule in enumerate(_LICENCE_RULES)}


def _dated(person: Person, view: View) -> list[int]:
    """Numbers of the licences that some opening asks for and that end on some day."""
    last_day = person.licence_last_day
    dated = np.flatnonzero((last_day >= 0) & (last_day < FOREVER))
    return [number for number in dated.tolist() if (view.demands.licence_atoms.items[0] == number).any()]


def _dated_licences(person: Person, view: View) -> Iterator[tuple[str, Array]]:
    """All rules about licences by row, where one of them ends: it is missing where the opening starts later."""
    dated, tables = _dated(person, view), view.demands
    if not dated:
        return
    counts = {rule: count.take(tables.licence) for rule, count in _licences(person, view).items()}
    start = np.maximum(view.start, person.today)
    for number in dated:
        late = start > person.licence_last_day[number]
        for rule, count in _missing(view, tables.licence_atoms.items[0] == number).items():
            counts[rule] += count.take(tables.licence) * late
    yield from counts.items()


def _education(person: Person, view: View) -> dict[str, Array]:
    found = person.missing_education(view.demands)
    if person.recognition_refused:
        found["profession.recognition"] = view.demands.profession.astype(np.uint8)
    return found


# -- trainings -----------------------------------------------------------------------------------------------------


def _adds(person: Person, view: View) -> dict[str, Array]:
    tables = view.demands
    targets = tables.adds_levels
    had = person.levels[tables.adds_language]
    asked = targets > CefrLevel.NONE
    reached = (had != CefrLevel.UNKNOWN) & (had >= targets)
    nothing_new = (tables.adds_language >= 0) & asked.any(axis=1) & (reached | ~asked).all(axis=1)
    (cards,) = tables.adds_cards.items
    held = tables.adds_cards.reduced(person.licence_lasting[cards], np.logical_and, empty=False)
    return {"training.adds": nothing_new.astype(np.uint8), "training.card": held.astype(np.uint8)}
