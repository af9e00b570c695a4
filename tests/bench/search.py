"""Polku's own search, in this process: the part of a list that other systems have too, and whether it finds all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.live import LiveOpeningsInMemory
from services.matching.adapters.weights import read_weights
from services.matching.application.comparing import COSINE_DECIMALS, Compared, compare, places_of, select
from services.matching.application.engine import Engine
from services.matching.application.people import Person, stored_profile
from services.matching.application.ports import Vector
from services.matching.domain.columns.storage import Array
from services.matching.domain.matches import NO_FILTER
from services.matching.domain.pipeline import match
from services.matching.domain.values import Answer
from shared.kernel.ids import new_id
from shared.kernel.paging import PageTokens
from tests.bench.floors import TOP
from tests.bench.measuring import Times, timed
from tests.bench.people import snapshot_of, wishes, work_profile
from tests.bench.world import World
from tests.fakes.matching import FakeAccessGate, FakeProfileSource

PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Recalled:
    """How much of the true first 100 by total a list has, where this share of the openings fits."""

    share: float
    recall: float
    same_order: bool


class Searching:
    """A world in the memory of this process, and the people of the bench."""

    def __init__(self, world: World, live: LiveOpeningsInMemory) -> None:
        vocabulary = world.vocabulary
        tokens = PageTokens(b"a secret for page tokens")
        gate, source = FakeAccessGate(), FakeProfileSource()
        self.engine = Engine(vocabulary, read_weights(), live, gate, source, tokens, read_efforts())
        self.people = [self._person(world, wish, number) for number, wish in enumerate(wishes(vocabulary, PEOPLE))]
        self.now = datetime.now(UTC)

    def fits(self, number: int) -> Array:
        """bool by row: what fits a person."""
        found = np.zeros(len(self.engine.live.view().columns), bool)
        found[self._compare(self.people[number % PEOPLE]).found.eligible] = True
        return found

    def vector(self, number: int) -> Array:
        """The vector of a person's text."""
        found = self.people[number % PEOPLE].vector
        assert found is not None
        return np.frombuffer(found.values, np.float32)

    def nearest(self, number: int, rows: Array) -> Array:
        """The rows of the nearest 100 among these."""
        vector = self.people[number % PEOPLE].vector
        assert vector is not None
        cosines = self.engine.live.view().cosines(vector, rows)
        if len(rows) <= TOP:
            return rows
        return rows[np.argpartition(-cosines, TOP)[:TOP]]

    def times(self, calls: int) -> tuple[Times, Times, Times]:
        """Of the search by a flag of each row (what peers are given), with judging instead, and of the whole list.

        The flag is what fits the first person; the queries are everyone's.
        """
        flags = self.fits(0)
        search = timed(lambda number: self.nearest(number, np.flatnonzero(flags)), calls)
        judged = timed(lambda number: self.nearest(number, self._compare(self._at(number)).found.eligible), calls)
        return search, judged, timed(lambda number: self._list(self._at(number)), calls)

    def recalls(self) -> list[Recalled]:
        """Lists of people whose limits let more and less through, against the reference, opening by opening."""
        return [self._recall(person) for person in _variants(self.people[0], self.engine)]

    def _list(self, person: Person) -> Compared:
        compared = self._compare(person)
        places_of(compared, select(compared, person, self.engine, 200))
        return compared

    def _recall(self, person: Person) -> Recalled:
        compared = self._compare(person)
        listed = [place.opening_id for place in places_of(compared, select(compared, person, self.engine, TOP))]
        live = compared.live
        rows = np.flatnonzero(live.columns.alive)
        assert person.vector is not None
        cosines = np.round(live.cosines(person.vector, rows), COSINE_DECIMALS).tolist()
        candidates = [live.candidate(row) for row in rows.tolist()]
        near = {each.id: cosine for each, cosine in zip(candidates, cosines, strict=True)}
        whole = match(compared.query, candidates, near, self.engine.weights).matches
        true = [ranked.judgement.candidate.id for ranked in whole[:TOP]]
        recall = len({*true} & {*listed}) / len(true) if true else 1.0
        return Recalled(len(whole) / len(rows), recall, true == listed)

    def _compare(self, person: Person) -> Compared:
        return compare(person.query(self.engine, self.now, NO_FILTER, "fi"), self.engine)

    def _at(self, number: int) -> Person:
        return self.people[number % PEOPLE]

    def _person(self, world: World, wish: str, number: int) -> Person:
        snapshot = snapshot_of(work_profile(wish, number, world.vocabulary), new_id())
        vector = Vector(world.model, world.vectors_near(wish, 1, number)[0].tobytes())
        return Person(stored_profile(snapshot, world.vocabulary, world.model), vector, False)


def _variants(person: Person, engine: Engine) -> Sequence[Person]:
    """The same person with limits from none at all to very narrow ones."""
    work = person.stored.snapshot.work
    limits = work.limits
    none = replace(limits, windows=(), max_travel_minutes=None, min_hours_per_week=None, max_hours_per_week=None)
    free = replace(none, nights=Answer.UNKNOWN)
    fluent = tuple(replace(each, levels=work.languages[1].levels) for each in work.languages)
    chosen = (
        replace(work, limits=free, languages=(), licences=()),
        replace(work, limits=none, languages=fluent),
        replace(work, limits=replace(limits, windows=())),
        work,
        replace(work, limits=replace(limits, max_travel_minutes=30)),
        replace(work, limits=replace(limits, max_travel_minutes=20, max_hours_per_week=25)),
        replace(work, limits=replace(limits, max_travel_minutes=14, max_hours_per_week=25)),
    )
    snapshots = [replace(person.stored.snapshot, work=each) for each in chosen]
    model = engine.live.model
    return [replace(person, stored=stored_profile(each, engine.vocabulary, model)) for each in snapshots]
