"""The live openings as columns: what rules and scores compare, laid out for comparing all of them at once.

A row is written once and never changes. A newer version of an opening, or its vector when that comes, is a new row, and
the old row is no longer alive. Readers take a `View`: it stays as it is while writers go on, and costs no lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.demands import Demands, DemandTables
from services.matching.domain.columns.distinct import NONE, Distinct, KeyTable
from services.matching.domain.columns.gives import Gives, GiveTables
from services.matching.domain.columns.occasions import Occasions, OccasionTables
from services.matching.domain.columns.storage import Array, Column, Facets, Parts, Table
from services.matching.domain.columns.tallies import tallied
from services.matching.domain.columns.work import Work, WorkTables
from services.matching.domain.scoring.everyday import hourly_pay

NEVER = date.max.toordinal()
"""Stands for a last day that is not set."""
_LOW = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class View:
    """All rows at one moment, n of them.

    alive           bool[n]: False where the row has been replaced or its opening withdrawn
    high, low       uint64[n]: the opening's id as one number of 128 bits
    version         int64[n]: the opening's version
    kind            uint8[n]: OpeningKind
    newness         float64[n]: seconds of the publication since 1970
    closing         int32[n]: ordinal of the last day to apply, NEVER where there is none
    start           int32[n]: ordinal of the first day, 0 where there is none
    pay             int32[n]: number of the pay; `hourly` is float64 by this number: euros an hour, NaN where it cannot
                    be told
    organisation    int32[n]: number of the employer's or provider's name, 0 for none
    municipalities  int32[n]: number of the set of municipalities
    tallies         facet → int64 by its number: how many rows that are alive have it. Facets are "language", "licence",
                    "education", "adds", and "timing", for which staged rows are not counted
    generation      rises with every change
    """

    generation: int
    alive: Array
    high: Array
    low: Array
    version: Array
    kind: Array
    newness: Array
    closing: Array
    start: Array
    pay: Array
    hourly: Array
    organisation: Array
    municipalities: Array
    municipality_sets: Sequence[frozenset[str]]
    tallies: Mapping[str, Array]
    demands: DemandTables
    work: WorkTables
    occasions: OccasionTables
    gives: GiveTables

    def __len__(self) -> int:
        return len(self.alive)

    def id(self, row: int) -> str:
        """The bare id of a row's opening."""
        return self.ids(np.array([row]))[0]

    def ids(self, rows: Array) -> list[str]:
        """The bare ids of rows."""
        numbers = np.stack((self.high.take(rows), self.low.take(rows)), axis=1).astype(">u8").tobytes().hex()
        each = (numbers[start : start + 32] for start in range(0, len(numbers), 32))
        return [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in each]


class Catalogue(Table):
    """Writes the columns. One writer at a time; readers need no lock."""

    def __init__(self) -> None:
        self._alive = np.zeros(0, bool)
        self._tallies: dict[str, Array] = {}
        self._ids = KeyTable()
        self._version, self._kind = Column(np.int64), Column(np.uint8)
        self._newness, self._pay, self._pays = Column(np.float64), Column(np.int32), Distinct(Column(np.float64))
        self._closing, self._start = Column(np.int32), Column(np.int32)
        self._organisation, self._municipalities = Column(np.int32), Column(np.int32)
        self._organisations: Facets[str] = Facets()
        self._organisations.number("")
        self._municipality_sets: Facets[frozenset[str]] = Facets(frozenset[str])
        self._demands, self._work, self._occasions = Demands(), Work(), Occasions()
        self._gives = Gives()
        self._generation = 0

    def __len__(self) -> int:
        return len(self._kind)

    def append(self, candidate: Candidate) -> int:
        """Write a row and give its number. It is alive from the next `publish` on."""
        snapshot = candidate.snapshot
        number = UUID(candidate.id).int
        self._ids.add(number & _LOW, number >> 64)
        self._version.append(snapshot.version)
        self._kind.append(snapshot.kind)
        self._newness.append(candidate.newness)
        self._closing.append(NEVER if snapshot.closing_date is None else snapshot.closing_date.toordinal())
        self._start.append(0 if snapshot.start_date is None else snapshot.start_date.toordinal())
        hourly = hourly_pay(snapshot.pay) if snapshot.pay is not None else None
        self._pay.append(self._pays.number(np.nan if hourly is None else hourly))
        self._organisation.append(self._organisations.number(snapshot.organisation.strip().casefold()))
        self._municipalities.append(self._municipality_sets.number(municipalities_of(candidate)))
        self._demands.append(candidate)
        self._work.append(candidate)
        self._occasions.append(candidate)
        self._gives.append(candidate)
        return len(self._kind) - 1

    def row(self, opening_id: str) -> int:
        """The newest row of an opening, alive or not, published or not; −1 where it never had one."""
        try:
            number = UUID(opening_id).int
        except ValueError:
            return NONE
        return self._ids.find(number & _LOW, number >> 64)

    def version(self, row: int) -> int:
        """The version of the opening in a row."""
        return int(self._version.item(row))

    def kept(self, rows: Array) -> Catalogue:
        """These rows alone, at most one of each opening, with what they refer to.

        Facets with names, such as occupations, are shared: their numbers mean the same in both, whichever grows.
        """
        kept = Catalogue()
        for name, part in vars(self).items():
            if isinstance(part, Column | Demands | Work | Occasions | Gives | KeyTable):
                setattr(kept, name, part.kept(rows))
            elif isinstance(part, Facets):
                setattr(kept, name, part)
        kept._pays, (kept._pay,) = self._pays.kept(self._pay.view()[rows])
        return kept

    def load(self, name: str, saved: Parts) -> None:
        """See Part. All rows are alive."""
        super().load(name, saved)
        if any(len(part) != len(self) for part in vars(self).values() if isinstance(part, Column | KeyTable)):
            raise ValueError(f"The rows of {name} are not whole.")

    def go_on_from(self, generation: int) -> None:
        """Count generations from here at least: this catalogue takes the place of one that has come so far."""
        self._generation = max(generation, self._generation)

    def publish(self, dead: Sequence[int] = ()) -> View:
        """A view with all rows written so far, without those that are dead now."""
        before, alive = self._alive, np.ones(len(self), bool)
        alive[: len(before)] = before
        alive[list(dead)] = False
        demands, occasions = self._demands.view(), self._occasions.view()
        born = len(before) + np.flatnonzero(alive[len(before) :])
        gone = np.array(sorted({row for row in dead if row < len(before) and before[row]}), np.int64)
        self._tallies = tallied(self._tallies, demands, occasions, born, gone)
        self._alive = alive
        self._generation += 1
        return View(
            generation=self._generation,
            alive=alive,
            high=self._ids.high.view(),
            low=self._ids.low.view(),
            version=self._version.view(),
            kind=self._kind.view(),
            newness=self._newness.view(),
            closing=self._closing.view(),
            start=self._start.view(),
            pay=self._pay.view(),
            hourly=self._pays.view()[0],
            organisation=self._organisation.view(),
            municipalities=self._municipalities.view(),
            municipality_sets=self._municipality_sets.listed,
            tallies=self._tallies,
            demands=demands,
            work=self._work.view(),
            occasions=occasions,
            gives=self._gives.view(),
        )


def municipalities_of(candidate: Candidate) -> frozenset[str]:
    """The municipalities in which an opening can be found, its instances' too."""
    instances = [occasion.instance for occasion in candidate.occasions if occasion.instance is not None]
    places = [*candidate.snapshot.places, *(instance.place for instance in instances if instance.place is not None)]
    return frozenset(place.municipality for place in places if place.municipality)
