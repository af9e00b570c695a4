"""What clears a language away: a level in all four CEFR activities, or in the one that stands in the way."""

from __future__ import annotations

import numpy as np

from services.matching.domain.changes import LANGUAGE, Change
from services.matching.domain.columns.demands import DemandTables
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.obstacles import Cases, lacking
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.columns.tables import Table, keyed, numbered
from services.matching.domain.query import primary
from services.matching.domain.values import ACTIVITIES, CefrLevel


def language_table(person: Person, found: Eligibility, cases: Cases, chosen: Array, subject: str) -> Table:
    """The changes of one language. Keys are a language facet with what a training adds: a course may lead nowhere new
    once the level is reached."""
    tables = found.view.demands
    rows = cases.row[chosen]
    width = int(tables.adds[rows].max(initial=0)) + 1
    keys, key = numbered(tables.language[rows].astype(np.int64) * width + tables.adds[rows])
    number = tables.languages.find(subject)
    atoms = _Atoms.of(tables, keys // width, -1 if number is None else number)
    before = atoms.blocked(person, person.levels[number])
    changes, asks = _changes(subject, before, atoms)
    clears = np.zeros((len(changes), len(keys)), bool)
    for place, change in enumerate(changes):
        rules = atoms.blocked(person, raised(person, number, change))
        clears[place] = ~atoms.lists.reduced(rules, np.logical_or).any(axis=1)
    adds, at = numbered(keys % width)
    if len(adds) > 1 or adds[0]:
        clears &= np.array([still_adds(person, tables, [change], adds) for change in changes])[:, at]
    return keyed(cases, chosen, key, changes, clears, asks)


class _Atoms:
    """What facets ask of one language."""

    def __init__(self, lists: Lists, needs: Array, required: Array) -> None:
        self.lists, self.needs, self.required = lists, needs, required

    @classmethod
    def of(cls, tables: DemandTables, facets: Array, number: int) -> _Atoms:
        """The atoms of these facets that are about one language."""
        rows = Lists(tables.language_atoms.starts, (np.arange(len(tables.language_needs)),)).of(facets)
        (atoms,) = rows.items
        numbers, required = tables.language_atoms.items
        kept = numbers[atoms] == number
        counts = rows.reduced(kept.astype(np.int64), np.add)
        lists = Lists(np.concatenate(([0], np.cumsum(counts))), ())
        return cls(lists, tables.language_needs[atoms[kept]], required[atoms[kept]])

    def blocked(self, person: Person, levels: Array) -> Array:
        """bool[a, 5], see `lacking`, for someone with these levels."""
        return lacking(person, self.needs, np.broadcast_to(levels, self.needs.shape), self.required)


def _changes(subject: str, before: Array, atoms: _Atoms) -> tuple[list[Change], Array]:
    """For each facet: the highest level that it lacks in the language, and in one activity where it lacks only that."""
    below = before[:, : len(ACTIVITIES)]
    highest = atoms.lists.reduced(np.where(below, atoms.needs, 0).max(axis=1, initial=0), np.maximum)
    rules = atoms.lists.reduced(before, np.logical_or, empty=False)
    alone = rules.sum(axis=1) == 1
    asked: dict[Change, list[int]] = {}
    for key, level in enumerate(highest):
        if level:
            name = CefrLevel(int(level)).name
            asked.setdefault(Change(LANGUAGE, subject, name), []).append(key)
            if alone[key]:
                activity = ACTIVITIES[int(rules[key].argmax())]
                asked.setdefault(Change(f"{LANGUAGE}.{activity}", subject, name), []).append(key)
    changes = sorted(asked)
    asks = np.zeros((len(changes), len(highest)), bool)
    for place, change in enumerate(changes):
        asks[place, asked[change]] = True
    return changes, asks


def raised(person: Person, number: int | None, change: Change) -> Array:
    """int8[4]: the person's levels after the change."""
    activity = change.rule.partition(".")[2]
    level = [int(CefrLevel[change.required]) if activity in ("", name) else 0 for name in ACTIVITIES]
    levels: Array = np.maximum(person.levels[-1 if number is None else number], np.array(level, np.int8))
    return levels


def still_adds(person: Person, tables: DemandTables, changes: list[Change], adds: Array) -> Array:
    """bool by facet of what a training adds: it still leads further once these changes are made.

    A course in a language up to a level that is reached adds nothing, nor one for cards only that are all held.
    """
    levels, lasting = person.levels.copy(), person.licence_lasting.copy()
    for change in changes:
        if change.rule.startswith(LANGUAGE):
            number = tables.languages.find(primary(change.subject))
            if number is not None and number < len(levels) - 1:
                levels[number] = np.maximum(levels[number], raised(person, number, change))
        else:
            lasting[covered(person, tables, change.subject)] = True
    targets = tables.adds_levels[adds]
    had = levels[tables.adds_language[adds]]
    asked = targets > CefrLevel.NONE
    reached = (had != CefrLevel.UNKNOWN) & (had >= targets)
    nothing_new = (tables.adds_language[adds] >= 0) & asked.any(axis=1) & (reached | ~asked).all(axis=1)
    cards = tables.adds_cards.of(adds)
    held = cards.reduced(lasting[cards.items[0]], np.logical_and, empty=False).astype(bool)
    closed = np.zeros(len(adds), bool)
    if "training.adds" in person.query.rules:
        closed |= nothing_new
    if "training.card" in person.query.rules:
        closed |= held
    return ~closed


def covered(person: Person, tables: DemandTables, code: str) -> list[int]:
    """Numbers of the licences that one licence speaks for, its own included."""
    row = person.query.vocabulary.licence(code)
    codes = {code, *(row.includes if row is not None else ())}
    numbers = (tables.licences.find(each) for each in codes)
    return [number for number in numbers if number is not None and number < len(person.licence_lasting) - 1]
