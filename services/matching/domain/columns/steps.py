"""The changes that would open openings, over all live openings: single ones, and pairs where one is not enough.

How many openings a change opens is counted, not estimated: every opening that it could open is judged with it. An
opening with exactly one obstacle is a case for a single change; one with two, or with two licences missing, for a
pair.

Missing skills are no obstacles: that a skill is in no profile does not say that the person lacks it, so no list leaves
an opening out for it and there is nothing to open. A skill that would raise a score is named as a gap beside its match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.matching.domain.changes import LANGUAGE, LICENCE, Change
from services.matching.domain.columns.clearing import table_of
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.languages_cleared import still_adds
from services.matching.domain.columns.obstacles import Cases, Obstacle, cases_of
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.qualifications_cleared import cleared_by_licences, licence_pairs
from services.matching.domain.columns.storage import Array
from services.matching.domain.columns.tables import Table

MOST_OF_ONE_RULE = 3
"""So many steps of one rule and subject at most."""
MOST_PAIRS = 5
MOST_PAIRS_OF_ONE = 2
"""So many pairs of the same two obstacles at most."""
_MOST_COMBINATIONS = 12
_TRIED_PAIRS = 2 * MOST_PAIRS

Likely = tuple[tuple[Change, Change], int]
Realistic = Callable[[tuple[Change, Change]], bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """What one change, or two together, would open.

    rows    int64: the rows that become eligible, each once
    beyond  how many of them no single one of the changes opens; of a single change all
    """

    changes: tuple[Change, ...]
    rows: Array
    beyond: int


@dataclass(slots=True)
class Steps:
    """Works the steps of one person out; holds what the changes have in common."""

    person: Person
    found: Eligibility
    _cases: Cases = field(init=False)
    _tables: dict[Obstacle, Table] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._cases = cases_of(self.person, self.found)

    def singles(self) -> list[Opened]:
        """Every change that opens something and more than a smaller one, a few of each rule and subject."""
        steps = []
        for obstacle in self._cases.bits:
            alone = self._cases.having(obstacle)
            if alone.any():
                table = self._table(obstacle)
                counts = self._counted(table, alone)
                for place in staircase(table.changes, counts):
                    steps.append(self._single(obstacle, place, alone))
        return steps

    def pairs(self, realistic: Realistic) -> list[Opened]:
        """The few pairs of changes that open most of what neither opens alone, both realistic together."""
        tried = sorted((one for one in self._likely_pairs() if realistic(one[0])), key=lambda one: (-one[1], one[0]))
        opened = [self._pair(pair) for pair, _ in tried[:_TRIED_PAIRS]]
        return _best_pairs(one for one in opened if one is not None)

    # -- one change ------------------------------------------------------------------------------------------------

    def _table(self, obstacle: Obstacle) -> Table:
        if obstacle not in self._tables:
            self._tables[obstacle] = table_of(self.person, self.found, self._cases, obstacle)
        return self._tables[obstacle]

    def _counted(self, table: Table, alone: Array) -> Array:
        """int64 by change: distinct rows that it opens among these cases; 0 where none of them asks for it."""
        cases = self._cases
        once, again = np.flatnonzero(alone & ~cases.several), np.flatnonzero(alone & cases.several)
        sizes = np.bincount(table.key[once], minlength=table.clears.shape[1])
        counts: Array = table.clears @ sizes
        if len(again):
            # The occasions of one opening lie side by side.
            starts = np.flatnonzero(np.concatenate(([True], np.diff(cases.row[again]) != 0)))
            cleared = table.clears[:, table.key[again]]
            counts = counts + np.logical_or.reduceat(cleared, starts, axis=1).sum(axis=1)
        sizes[table.key[again]] = 1
        asked = (table.asks & (sizes > 0)).any(axis=1)
        return np.where(asked, counts, 0)

    def _single(self, obstacle: Obstacle, place: int, alone: Array) -> Opened:
        table = self._table(obstacle)
        rows = self._rows_opened(table, place, np.flatnonzero(alone))
        return Opened((table.changes[place],), rows, len(rows))

    def _rows_opened(self, table: Table, place: int, cases: Array) -> Array:
        return self._distinct(cases[table.clears[place][table.key[cases]]])

    def _distinct(self, cases: Array) -> Array:
        rows: Array = self._cases.row[cases]
        return np.flatnonzero(self._marked(rows)) if self._cases.several[cases].any() else rows

    def _marked(self, rows: Array) -> Array:
        marks = np.zeros(len(self.found.view), bool)
        marks[rows] = True
        return marks

    # -- two changes -----------------------------------------------------------------------------------------------

    def _likely_pairs(self) -> Iterator[Likely]:
        """Pairs with how many cases ask for just these two, of the commonest combinations of obstacles."""
        by_bit = {bit: obstacle for obstacle, bit in self._cases.bits.items()}
        masks, sizes = np.unique(self._cases.mask, return_counts=True)
        both = np.bitwise_count(masks) == 2
        commonest = sorted(zip(sizes[both].tolist(), masks[both].tolist(), strict=True), reverse=True)
        for _, mask in commonest[:_MOST_COMBINATIONS]:
            one, other = (by_bit[bit] for bit in range(32) if mask >> bit & 1)
            yield from self._of_obstacles(one, other, np.flatnonzero(self._cases.mask == np.uint32(mask)))
        alone = np.flatnonzero(self._cases.having(("licence", "")))
        if len(alone):
            for first, second, size in licence_pairs(self.person, self.found, self._cases, alone):
                yield (first, second), size

    def _of_obstacles(self, one: Obstacle, other: Obstacle, cases: Array) -> Iterator[Likely]:
        tables = self._table(one), self._table(other)
        chosen = [self._worth_pairing(table, cases) for table in tables]
        cleared = [table.clears[places][:, table.key[cases]] for table, places in zip(tables, chosen, strict=True)]
        together = cleared[0].astype(np.float32) @ cleared[1].astype(np.float32).T
        for (row, column), count in np.ndenumerate(together):
            if count:
                yield (tables[0].changes[chosen[0][row]], tables[1].changes[chosen[1][column]]), int(count)

    def _worth_pairing(self, table: Table, cases: Array) -> list[int]:
        sizes = np.bincount(table.key[cases], minlength=table.clears.shape[1])
        asked = (table.asks & (sizes > 0)).any(axis=1)
        return staircase(table.changes, np.where(asked, table.clears @ sizes, 0))

    def _pair(self, pair: tuple[Change, Change]) -> Opened | None:
        """The pair with all that it opens; None where single steps open as much."""
        obstacles = list(dict.fromkeys(change.obstacle for change in pair))
        bits = sum(1 << self._cases.bits[one] for one in obstacles)
        cases = np.flatnonzero((self._cases.mask & ~np.uint32(bits)) == 0)
        opened = np.ones(len(cases), bool)
        for obstacle in obstacles:
            opened &= self._cleared(obstacle, [change for change in pair if change.obstacle == obstacle], cases)
        opened &= self._still_adds(list(pair), cases)
        rows = self._distinct(cases[opened])
        singly = [self._opened_by(change) for change in pair]
        beyond = int(np.count_nonzero(~self._marked(np.concatenate(singly))[rows]))
        enough = beyond > 0 and len(rows) > max(len(each) for each in singly)
        return Opened(pair, rows, beyond) if enough else None

    def _cleared(self, obstacle: Obstacle, changes: list[Change], cases: Array) -> Array:
        """bool by case: the obstacle is not there, or these changes clear it away."""
        cleared: Array = (self._cases.mask[cases] & np.uint32(1 << self._cases.bits[obstacle])) == 0
        there = ~cleared
        if len(changes) > 1:
            cleared[there] = cleared_by_licences(self.person, self.found, self._cases.row[cases[there]], changes)
        else:
            table = self._table(obstacle)
            cleared[there] = table.clears[table.changes.index(changes[0])][table.key[cases[there]]]
        return cleared

    def _still_adds(self, changes: list[Change], cases: Array) -> Array:
        tables = self.found.view.demands
        changing = [one for one in changes if one.rule == LICENCE or one.rule.startswith(LANGUAGE)]
        adds = tables.adds[self._cases.row[cases]]
        if not changing or not adds.any():
            return np.ones(len(cases), bool)
        present = np.flatnonzero(np.bincount(adds))
        open_again = np.ones(len(present) and int(present[-1]) + 1, bool)
        open_again[present] = still_adds(self.person, tables, changing, present)
        result: Array = open_again[adds]
        return result

    def _opened_by(self, change: Change) -> Array:
        table = self._table(change.obstacle)
        alone = np.flatnonzero(self._cases.having(change.obstacle))
        return self._rows_opened(table, table.changes.index(change), alone)


def staircase(changes: Sequence[Change], counts: Array) -> list[int]:
    """Places of the changes worth naming: each opens more than any smaller one, and of one rule and subject three.

    Of more than three: the one that opens most, and the smallest that open a third and two thirds as much, so that days
    or hours that lie next to each other do not crowd out the rest.
    """
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda place: _size(changes[place]))
    most: dict[tuple[str, str], int] = {}
    kept: dict[tuple[str, str], list[int]] = {}
    for place in order:
        change, count = changes[place], int(counts[place])
        about = change.rule, change.subject
        within = (best for known, best in most.items() if _takes_in(about, known))
        if count > max(within, default=0):
            most[about] = count
            kept.setdefault(about, []).append(place)
    return [place for places in kept.values() for place in _spread(places, counts)]


def _size(change: Change) -> tuple[float, bool]:
    return change.effort, change.rule == LANGUAGE


def _takes_in(about: tuple[str, str], known: tuple[str, str]) -> bool:
    """Whether changes of the first kind do what smaller ones of the second do: a whole language, each activity."""
    return about == known or (about[0] == LANGUAGE and known[0].startswith(LANGUAGE) and about[1] == known[1])


def _spread(places: list[int], counts: Array) -> list[int]:
    if len(places) <= MOST_OF_ONE_RULE:
        return places
    whole = counts[places[-1]]
    steps = range(1, MOST_OF_ONE_RULE + 1)
    wanted = [next(p for p in places if counts[p] * MOST_OF_ONE_RULE >= whole * share) for share in steps]
    filled = [*dict.fromkeys(wanted), *reversed(places)]
    return list(dict.fromkeys(filled))[:MOST_OF_ONE_RULE]


def _best_pairs(opened: Iterable[Opened]) -> list[Opened]:
    """Most beyond single changes first; none that opens no more than a smaller pair; few of the same obstacles."""
    best: list[Opened] = []
    for one in sorted(opened, key=lambda pair: (-pair.beyond, sum(c.effort for c in pair.changes), pair.changes)):
        about = {change.obstacle for change in one.changes}
        alike = [other for other in best if {change.obstacle for change in other.changes} == about]
        if len(alike) < MOST_PAIRS_OF_ONE and not any(_within(other, one) for other in alike):
            best.append(one)
    return best[:MOST_PAIRS]


def _within(smaller: Opened, larger: Opened) -> bool:
    return smaller.beyond >= larger.beyond and all(
        any(change.within(other) for other in larger.changes) for change in smaller.changes
    )


def newest(found: Eligibility, rows: Array, most: int) -> list[int]:
    """The newest of these rows, then by id; `most` at most."""
    view = found.view
    if len(rows) > most:
        published = view.newness[rows]
        rows = rows[published >= np.partition(published, len(rows) - most)[len(rows) - most]]
    order = np.lexsort((view.low[rows], view.high[rows], -view.newness[rows]))
    return [int(row) for row in rows[order[:most]]]
