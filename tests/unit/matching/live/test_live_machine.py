"""The openings in memory against a plain dict, after any row of changes, compactions, savings and loadings."""

from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.matching.adapters.live import Generations, LiveOpeningsInMemory
from services.matching.application.ports import Vector
from services.matching.domain.candidates import Candidate
from tests.builders.matching import candidate, opening_id, service, training, vacancy, vocabulary
from tests.fakes.matching import MODEL, vector

DIMENSION = 4
KINDS = (vacancy, training, service)
EAST = vector(1, 0, 0, 0)
numbers = st.integers(1, 6)
digests = st.sampled_from(("one", "other"))


class LiveMachine(RuleBasedStateMachine):
    """`held` is what should be in: candidate, digest of its text, vector."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.live = LiveOpeningsInMemory(MODEL, DIMENSION, vocabulary())
        self.held: dict[str, tuple[Candidate, str, Vector | None]] = {}

    def teardown(self) -> None:
        """Leave no folder behind."""
        rmtree(self.folder)

    @rule(number=numbers, version=st.integers(1, 4), pay=st.integers(0, 3), digest=digests)
    def put(self, number: int, version: int, pay: int, digest: str) -> None:
        """An opening comes, maybe late."""
        snapshot = KINDS[number % 3](number, experience_months=pay)
        given = candidate(replace(snapshot, version=version))
        before = self.held.get(given.id)
        if before is None or before[0].snapshot.version <= version:
            kept = before[2] if before is not None and before[1] == digest else None
            self.held[given.id] = given, digest, kept
        self.live.put(given, digest)

    @rule(number=numbers, digest=digests, angle=st.integers(0, 3))
    def put_vector(self, number: int, digest: str, angle: int) -> None:
        """A vector comes, maybe of another text or of no opening."""
        given, before = vector(1, angle, 0, 1), self.held.get(opening_id(number))
        if before is not None and before[1] == digest:
            self.held[opening_id(number)] = before[0], digest, given
        self.live.put_vector(opening_id(number), digest, given)

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        """An opening goes, if it is in."""
        self.held.pop(opening_id(number), None)
        self.live.remove(opening_id(number))

    @rule()
    def compact(self) -> None:
        """The openings are written anew."""
        self.live.compact()
        assert self.live.view().dead == 0

    @rule()
    def restart(self) -> None:
        """The openings are saved, and another process loads them."""
        Generations(self.folder, self.live, vocabulary()).save()
        self.live = LiveOpeningsInMemory(MODEL, DIMENSION, vocabulary())
        assert Generations(self.folder, self.live, vocabulary()).load()

    @invariant()
    def holds_what_it_should(self) -> None:
        """Ids, contents and cosines."""
        view = self.live.view()
        assert {view.columns.id(row) for row in view.alive} == self.held.keys()
        for each, (given, _, told) in self.held.items():
            row = view.row(each)
            assert row is not None
            assert view.candidate(row) == given
            assert view.columns.version[row] == given.snapshot.version
            (cosine,) = view.cosines(EAST, np.array([row]))
            if told is None:
                assert np.isnan(cosine)
            else:
                assert abs(cosine - np.frombuffer(told.values, "<f4")[0]) < 1e-6


TestLiveMachine = LiveMachine.TestCase
TestLiveMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, database=None)
