"""In-memory ports of matching: the same promises as the real ones, without a store, a bus or a model."""

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from services.matching.application.ports import (
    EmbeddingTask,
    Owner,
    StoredOpening,
    StoredProfile,
    StoredVector,
    Vector,
)
from services.matching.domain.candidates import Candidate
from services.matching.domain.events import Event
from services.matching.domain.matches import Decision, Match
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.errors import PermissionDenied, Unavailable
from shared.kernel.principal import Principal

MODEL = "small-model"
Key = tuple[Owner, str]


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
    tasks: dict[Key, EmbeddingTask] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    taken: dict[Key, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


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

    async def put(self, profile: StoredProfile) -> None:
        kept = self._state.profiles.get(profile.snapshot.id)
        if kept is None or kept.snapshot.version <= profile.snapshot.version:
            self._state.profiles[profile.snapshot.id] = profile

    async def delete(self, profile_id: str) -> None:
        key = (Owner.PROFILE, profile_id)
        self._state.profiles.pop(profile_id, None)
        self._state.vectors.pop(key, None)
        self._state.tasks.pop(key, None)
        for decision in list(self._state.decisions.values()):
            if decision.profile_id == profile_id:
                del self._state.decisions[decision.id]


class FakeVectors:
    """Vectors."""

    def __init__(self, state: State) -> None:
        self._rows = state.vectors

    async def get(self, owner: Owner, owner_id: str) -> StoredVector | None:
        return self._rows.get((owner, owner_id))

    async def put(self, vector: StoredVector) -> None:
        self._rows[vector.owner, vector.id] = vector

    async def delete(self, owner: Owner, owner_id: str) -> None:
        self._rows.pop((owner, owner_id), None)


class FakeTasks:
    """Texts that wait."""

    def __init__(self, state: State) -> None:
        self._rows = state.tasks

    async def add(self, task: EmbeddingTask) -> None:
        self._rows[task.owner, task.id] = task

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        return self._rows.get((owner, owner_id))

    async def done(self, task: EmbeddingTask) -> None:
        waiting = self._rows.get((task.owner, task.id))
        if waiting is not None and waiting.digest == task.digest:
            del self._rows[task.owner, task.id]

    async def drop(self, owner: Owner, owner_id: str) -> None:
        self._rows.pop((owner, owner_id), None)


class FakeDecisions:
    """Lists that were served."""

    def __init__(self, state: State) -> None:
        self._rows = state.decisions

    async def add(self, decision: Decision) -> None:
        self._rows[decision.id] = decision

    async def get(self, decision_id: str) -> Decision | None:
        return self._rows.get(decision_id)

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        decision = self._rows[decision_id]
        by_rank = {match.rank: match for match in (*matches, *decision.matches)}
        self._rows[decision_id] = replace(decision, matches=tuple(by_rank[rank] for rank in sorted(by_rank)))


class FakeInbox:
    """Versions taken."""

    def __init__(self, state: State) -> None:
        self._taken = state.taken

    async def accept(self, owner: Owner, owner_id: str, version: int, event_id: str) -> bool:
        if version <= self._taken.get((owner, owner_id), 0):
            return False
        self._taken[owner, owner_id] = version
        return True


class FakeEvents:
    """Events that leave with the commit."""

    def __init__(self, state: State) -> None:
        self._events = state.events

    async def append(self, *events: Event) -> None:
        self._events.extend(events)


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
        self.vectors = FakeVectors(state)
        self.tasks = FakeTasks(state)
        self.decisions = FakeDecisions(state)
        self.inbox = FakeInbox(state)
        self.events = FakeEvents(state)

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


class FakeLiveOpenings:
    """Openings in memory."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self.loaded = True
        self._held = {candidate.id: candidate for candidate in candidates}

    def get(self, opening_id: str) -> Candidate | None:
        return self._held.get(opening_id)

    def all(self, kind: OpeningKind | None = None) -> Sequence[Candidate]:
        return [one for one in self._held.values() if kind in (None, one.snapshot.kind)]

    def put(self, candidate: Candidate) -> None:
        held = self._held.get(candidate.id)
        if held is None or held.snapshot.version <= candidate.snapshot.version:
            self._held[candidate.id] = candidate

    def remove(self, opening_id: str) -> None:
        self._held.pop(opening_id, None)


class FakeVectorIndex:
    """Vectors in memory; cosines by hand, not centred."""

    def __init__(self, model: str = MODEL) -> None:
        self.ready = True
        self.generation = 0
        self.model = model
        self._held: dict[str, tuple[float, ...]] = {}

    def upsert(self, opening_id: str, vector: Vector) -> None:
        self._held[opening_id] = self._read(vector)
        self.generation += 1

    def remove(self, opening_id: str) -> None:
        if self._held.pop(opening_id, None) is not None:
            self.generation += 1

    def similarities(self, vector: Vector, opening_ids: Iterable[str]) -> Mapping[str, float]:
        asked = self._read(vector)
        return {
            one: sum(left * right for left, right in zip(asked, self._held[one], strict=True))
            for one in opening_ids
            if one in self._held
        }

    def _read(self, vector: Vector) -> tuple[float, ...]:
        if vector.model != self.model:
            raise ValueError(f"The index holds vectors of {self.model}, not of {vector.model}.")
        return struct.unpack(f"<{len(vector.values) // 4}f", vector.values)


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
