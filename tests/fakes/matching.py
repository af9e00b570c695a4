"""In-memory ports of matching: the same promises as the real ones, without a store, a bus or a model."""

import math
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import numpy as np

from services.matching.application.ports import (
    EmbeddingTask,
    Owner,
    StoredOpening,
    StoredProfile,
    StoredVector,
    Told,
    Vector,
)
from services.matching.application.records import MadeWith
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Catalogue, View
from services.matching.domain.columns.storage import Array
from services.matching.domain.events import DecisionRecorded, Event
from services.matching.domain.matches import Decision
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Purpose
from shared.kernel.errors import PermissionDenied, Unavailable
from shared.kernel.principal import Principal
from tests.fakes.matching_bulk import Bulk, FakeBulkRuns, FakePreparedLists
from tests.fakes.matching_intake import FakeEvents, FakeInbox, FakeTasks, FakeVectors, Key
from tests.fakes.matching_records import FakeAnswers, FakeContests, FakeDecisions, FakeFeedback, Records

MODEL = "small-model"


def vector(*values: float, model: str = MODEL) -> Vector:
    """A unit vector in the direction of the values."""
    length = math.sqrt(sum(value * value for value in values))
    return Vector(model, struct.pack(f"<{len(values)}f", *(value / length for value in values)))


@dataclass
class State:
    """What lasts: the tables of the store."""

    openings: dict[str, StoredOpening] = field(default_factory=dict)
    profiles: dict[str, StoredProfile] = field(default_factory=dict)
    vectors: dict[Key, StoredVector] = field(default_factory=dict)
    indexed: dict[Key, StoredVector] = field(default_factory=dict)
    tasks: dict[Key, EmbeddingTask] = field(default_factory=dict)
    records: Records = field(default_factory=Records)
    taken: dict[Key, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    bulk: Bulk = field(default_factory=Bulk)

    @property
    def decisions(self) -> dict[str, Decision]:
        """The lists that were served."""
        return self.records.decisions


class FakeOpenings:
    """Published openings."""

    def __init__(self, state: State) -> None:
        self._rows = state.openings

    async def get(self, opening_id: str) -> StoredOpening | None:
        return self._rows.get(opening_id)

    async def put(self, opening: StoredOpening) -> None:
        self._rows[opening.snapshot.id] = opening

    async def close(self, opening_id: str) -> None:
        self._rows.pop(opening_id, None)


class FakeProfiles:
    """Profiles."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, profile_id: str) -> StoredProfile | None:
        return self._state.profiles.get(profile_id)

    async def person(self, profile_id: str) -> Told:
        vector = self._state.vectors.get((Owner.PROFILE, profile_id))
        return self._state.profiles.get(profile_id), vector, self._state.records.current(profile_id)

    async def versions(self, profile_ids: Collection[str]) -> Mapping[str, int]:
        kept = self._state.profiles
        return {profile_id: kept[profile_id].snapshot.version for profile_id in profile_ids if profile_id in kept}

    async def put(self, profile: StoredProfile) -> None:
        kept = self._state.profiles.get(profile.snapshot.id)
        if kept is None or kept.snapshot.version <= profile.snapshot.version:
            self._state.profiles[profile.snapshot.id] = profile
        self._state.bulk.lists.pop(profile.snapshot.id, None)

    async def hold(self, profile_id: str) -> None:
        if (Owner.PROFILE, profile_id) in self._state.taken and profile_id not in self._state.profiles:
            raise PermissionDenied()

    async def delete(self, profile_id: str) -> None:
        key = (Owner.PROFILE, profile_id)
        self._state.profiles.pop(profile_id, None)
        self._state.vectors.pop(key, None)
        self._state.tasks.pop(key, None)
        self._state.records.forget(profile_id)
        self._state.bulk.lists.pop(profile_id, None)


class FakeUnitOfWork:
    """Transactions over a state: what is not committed is gone at the end of each `async with`.

    `failing` makes every commit raise Unavailable, as a store that is down does.
    """

    def __init__(self) -> None:
        self.state = State()
        self.failing = False
        self._enter(self.state)

    def _enter(self, state: State) -> None:
        self._working = state
        self.openings = FakeOpenings(state)
        self.profiles = FakeProfiles(state)
        self.vectors = FakeVectors(state.vectors, state.indexed, {**state.openings, **state.profiles}.get)
        self.tasks = FakeTasks(state.tasks)
        self.decisions = FakeDecisions(state.records)
        self.feedback = FakeFeedback(state.records)
        self.contests = FakeContests(state.records)
        self.answers = FakeAnswers(state.records)
        self.runs = FakeBulkRuns(state.bulk, state.profiles)
        self.prepared = FakePreparedLists(state.bulk, state.profiles)
        self.inbox = FakeInbox(state.taken)
        self.events = FakeEvents(state.events)

    async def __aenter__(self) -> Self:
        self._enter(deepcopy(self.state))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enter(self.state)

    async def commit(self) -> None:
        if self.failing:
            raise Unavailable("STORAGE_UNAVAILABLE", "The store cannot be reached. Try again in a moment.")
        self.state = self._working

    async def person(self, profile_id: str) -> Told:
        return await FakeProfiles(self.state).person(profile_id)

    async def record(self, decision: Decision, made_with: MadeWith) -> None:
        async with self as uow:
            await uow.profiles.hold(decision.profile_id)
            await uow.decisions.add(decision, made_with)
            await uow.events.append(DecisionRecorded(decision.id, decision.create_time))
            await uow.commit()


@dataclass(frozen=True)
class FakeLiveView:
    """Openings at one moment."""

    columns: View
    candidates: tuple[Candidate, ...]
    vectors: Mapping[str, Vector]
    model: str

    def row(self, opening_id: str) -> int | None:
        for row, candidate in enumerate(self.candidates):
            if candidate.id == opening_id and self.columns.alive[row]:
                return row
        return None

    def candidate(self, row: int) -> Candidate:
        return self.candidates[row]

    def cosines(self, vector: Vector, rows: Array) -> Array:
        asked = read_vector(vector, self.model)
        return np.array([self._cosine(asked, self.candidates[row].id) for row in rows], np.float64)

    def unread(self, rows: Array) -> int:
        return sum(self.candidates[row].id not in self.vectors for row in rows)

    def cosines_of_all(self, vectors: Sequence[Vector]) -> Array:
        rows = np.arange(len(self.candidates))
        return np.array([self.cosines(each, rows) for each in vectors], np.float32).reshape(len(vectors), len(rows))

    def _cosine(self, asked: Array, opening_id: str) -> float:
        held = self.vectors.get(opening_id)
        return float("nan") if held is None else float(asked @ read_vector(held, self.model))


class FakeLiveOpenings:
    """Openings in memory: a catalogue that is written anew for each change, one row for each opening."""

    def __init__(self, candidates: Iterable[Candidate] = (), model: str = MODEL) -> None:
        self.loaded = True
        self.model = model
        self.current_at: datetime | None = None
        self._held: dict[str, tuple[Candidate, str]] = {}
        self._vectors: dict[str, tuple[str, Vector]] = {}
        self._generation = 0
        for candidate in candidates:
            self.put(candidate, "")

    def stale(self, now: datetime) -> bool:
        return self.current_at is not None and now - self.current_at > timedelta(days=1)

    def view(self) -> FakeLiveView:
        catalogue = Catalogue()
        candidates = tuple(
            replace(held, snapshot=replace(held.snapshot, descriptions=())) for held, _ in self._held.values()
        )
        for candidate in candidates:
            catalogue.append(candidate)
        columns = replace(catalogue.publish(), generation=self._generation)
        vectors = {opening_id: vector for opening_id, (_, vector) in self._vectors.items()}
        return FakeLiveView(columns, candidates, vectors, self.model)

    def put(self, candidate: Candidate, digest: str) -> None:
        held = self._held.get(candidate.id)
        if held is not None and held[0].snapshot.version > candidate.snapshot.version:
            return
        self._held[candidate.id] = candidate, digest
        if candidate.id in self._vectors and self._vectors[candidate.id][0] != digest:
            del self._vectors[candidate.id]
        self._generation += 1

    def put_vector(self, opening_id: str, digest: str, vector: Vector) -> None:
        read_vector(vector, self.model)
        if opening_id in self._held and self._held[opening_id][1] == digest:
            self._vectors[opening_id] = digest, vector
            self._generation += 1

    def remove(self, opening_id: str) -> None:
        if self._held.pop(opening_id, None) is not None:
            self._vectors.pop(opening_id, None)
            self._generation += 1


def read_vector(vector: Vector, model: str) -> Array:
    """The numbers of a vector of this model."""
    if vector.model != model:
        raise ValueError(f"The vector is of model {vector.model}, the openings hold {model}.")
    return np.frombuffer(vector.values, dtype="<f4")


@dataclass
class FakeAccessGate:
    """Lets the named subjects in; `asked` is the record of who was let in for what."""

    allowed: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, Purpose, str]] = field(default_factory=list)

    async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
        if caller.subject not in self.allowed:
            raise PermissionDenied("PROFILE_NOT_ACCESSIBLE", "The profile does not exist, or you may not see it.")
        self.asked.append((caller.subject, profile_id, purpose, method))


@dataclass
class FakeProfileSource:
    """Profiles as the profiles service has them."""

    profiles: dict[str, ProfileSnapshot] = field(default_factory=dict)

    async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
        return self.profiles.get(profile_id)
