"""What the use cases need from the outside. Each port has a fake in tests/fakes/matching.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from services.matching.domain.candidates import Candidate
from services.matching.domain.events import Event
from services.matching.domain.matches import Decision, Match
from services.matching.domain.signals import OpeningSignals, ProfileSignals
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.principal import Principal


class Owner(StrEnum):
    """Whose text a vector is made from."""

    OPENING = "opening"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class StoredOpening:
    """A published opening. `digest` is that of the text to encode, see `embedding_input.digest`; "" where none."""

    snapshot: OpeningSnapshot
    signals: OpeningSignals
    digest: str


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile; `digest` as in StoredOpening."""

    snapshot: ProfileSnapshot
    signals: ProfileSignals
    digest: str


@dataclass(frozen=True, slots=True)
class Vector:
    """A unit vector: float32, little-endian, as bytes. `model` is the id of model and engine that made it."""

    model: str
    values: bytes


@dataclass(frozen=True, slots=True)
class StoredVector:
    """The vector of an owner's text; `digest` is that of the text from which it was made."""

    owner: Owner
    id: str
    digest: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class EmbeddingTask:
    """A text that waits for the encoder. Lower priorities go first: 0 a person waits, 1 new, 2 changed, 3 bulk."""

    owner: Owner
    id: str
    digest: str
    text: str
    priority: int


class Openings(Protocol):
    """The published openings, and the versions of those that were closed."""

    async def get(self, opening_id: str) -> StoredOpening | None:
        """The opening as published, or None where it is unknown or closed."""
        ...

    async def put(self, opening: StoredOpening) -> None:
        """Keep the opening in place of an older version."""
        ...

    async def close(self, opening_id: str) -> None:
        """Keep the opening no more. Nothing happens where it is unknown."""
        ...


class Profiles(Protocol):
    """The profiles as last fetched."""

    async def get(self, profile_id: str) -> StoredProfile | None:
        """The profile, or None."""
        ...

    async def put(self, profile: StoredProfile) -> None:
        """Keep the profile; one of an older version than the one kept is left aside."""
        ...

    async def delete(self, profile_id: str) -> None:
        """Delete all that is kept of the person: snapshot, signals, vector, tasks, decisions."""
        ...


class Vectors(Protocol):
    """Vectors of openings and profiles: one each, the newest."""

    async def get(self, owner: Owner, owner_id: str) -> StoredVector | None:
        """The vector, or None."""
        ...

    async def put(self, vector: StoredVector) -> None:
        """Keep the vector in place of the one before it."""
        ...

    async def delete(self, owner: Owner, owner_id: str) -> None:
        """Keep no vector of this owner."""
        ...


class Tasks(Protocol):
    """Texts that wait for the encoder: one of each owner at most."""

    async def add(self, task: EmbeddingTask) -> None:
        """Queue the text in place of an older one of the same owner; the encoder is woken by the commit."""
        ...

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        """The task that waits, or None."""
        ...

    async def done(self, task: EmbeddingTask) -> None:
        """Take the task out, unless a newer text has taken its place."""
        ...

    async def drop(self, owner: Owner, owner_id: str) -> None:
        """Take out what waits for this owner."""
        ...


class Decisions(Protocol):
    """The lists that were served. They only ever grow."""

    async def add(self, decision: Decision) -> None:
        """Keep a new decision, whole."""
        ...

    async def get(self, decision_id: str) -> Decision | None:
        """The decision with all items served so far, or None."""
        ...

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        """Keep further items of a list; an item whose rank is kept already is left as it was."""
        ...


class Inbox(Protocol):
    """Which version of each opening and profile was last taken from the bus."""

    async def accept(self, owner: Owner, owner_id: str, version: int, event_id: str) -> bool:
        """Say whether this version is newer than the last one taken, and remember it in this transaction."""
        ...


class Events(Protocol):
    """The events that leave with the commit."""

    async def append(self, *events: Event) -> None:
        """Keep events for publishing."""
        ...


class UnitOfWork(Protocol):
    """Work in transactions: each `async with` is one, a second one may follow. What is not committed is undone.

    Raises Unavailable STORAGE_UNAVAILABLE where the store cannot be reached.
    """

    @property
    def openings(self) -> Openings: ...

    @property
    def profiles(self) -> Profiles: ...

    @property
    def vectors(self) -> Vectors: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def decisions(self) -> Decisions: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def events(self) -> Events: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def commit(self) -> None:
        """Make everything last, durably. Nothing may be done in this transaction afterwards."""
        ...


class LiveOpenings(Protocol):
    """The published openings in memory, filled from the store at start and kept current by the consumers.

    Methods are synchronous and may be called from any thread; a reader sees a version of each opening, never a mix.
    """

    @property
    def loaded(self) -> bool:
        """False until everything in the store has been read."""
        ...

    def get(self, opening_id: str) -> Candidate | None:
        """The opening, or None."""
        ...

    def all(self, kind: OpeningKind | None = None) -> Sequence[Candidate]:
        """All openings, or those of one kind, as they are now, in any order."""
        ...

    def put(self, candidate: Candidate) -> None:
        """Take an opening in; one of an older version than the one held is left aside."""
        ...

    def remove(self, opening_id: str) -> None:
        """Take an opening out. Nothing happens where it is not in."""
        ...


class VectorIndex(Protocol):
    """The vectors of live openings in memory. Synchronous; may be called from any thread."""

    @property
    def ready(self) -> bool:
        """False until every stored vector is in."""
        ...

    @property
    def generation(self) -> int:
        """Rises with every change."""
        ...

    @property
    def model(self) -> str:
        """Id of the model, engine and centring whose vectors are held; vectors of others are refused (ValueError)."""
        ...

    def upsert(self, opening_id: str, vector: Vector) -> None:
        """Hold this vector for the opening, in place of another."""
        ...

    def remove(self, opening_id: str) -> None:
        """Hold no vector for the opening. Nothing happens where there is none."""
        ...

    def similarities(self, vector: Vector, opening_ids: Iterable[str]) -> Mapping[str, float]:
        """Cosines of the centred vectors, −1 to 1, exact, for those of `opening_ids` that have a vector."""
        ...


class AccessGate(Protocol):
    """The profiles service's word on who may read a person's data."""

    async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
        """Return where it is allowed; the access is then on record. Raises PermissionDenied or Unavailable."""
        ...


class ProfileSource(Protocol):
    """The profiles service as the source of profiles."""

    async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
        """The current profile, or None where there is none any more. Raises Unavailable."""
        ...
