"""What the use cases need from the outside. Each port has a fake in tests/fakes/matching.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from services.matching.application.prepared import BulkRuns, PreparedLists
from services.matching.application.records import Answers, Contests, Decisions, FeedbackLog, MadeWith
from services.matching.domain.events import Event
from services.matching.domain.feedback import Feedback
from services.matching.domain.matches import Decision
from services.matching.domain.signals import OpeningSignals, ProfileSignals
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot


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
class ToIndex:
    """A stored vector; `version` is that of the opening or profile whose text it is of, None where there is none."""

    vector: StoredVector
    version: int | None


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


Told = tuple[StoredProfile | None, StoredVector | None, tuple[Feedback, ...]]


class Profiles(Protocol):
    """The profiles as last fetched."""

    async def person(self, profile_id: str) -> Told:
        """Profile, vector of its text, and the feedback that holds: read in one step, since every list needs them."""
        ...

    async def get(self, profile_id: str) -> StoredProfile | None:
        """The profile, or None."""
        ...

    async def versions(self, profile_ids: Collection[str]) -> Mapping[str, int]:
        """Id → version, of those profiles that are there."""
        ...

    async def put(self, profile: StoredProfile) -> None:
        """Keep the profile; one of an older version than the one kept is left aside."""
        ...

    async def hold(self, profile_id: str) -> None:
        """Keep the person from being deleted until the transaction ends, so that what it records goes with them.

        Raises PermissionDenied for one who was taken in and is gone.
        """
        ...

    async def delete(self, profile_id: str) -> None:
        """Delete all that is kept of the person: snapshot, vector, tasks, decisions and inputs, feedback, contests.

        Of each decision that it was, and when it was erased, stays on record, without a trace of whose it was.
        """
        ...


class Vectors(Protocol):
    """Vectors of openings and profiles: one each, the newest."""

    async def get(self, owner: Owner, owner_id: str) -> StoredVector | None:
        """The vector, or None."""
        ...

    async def put(self, *vectors: StoredVector) -> None:
        """Keep each vector in place of the one before it."""
        ...

    async def to_index(self, most: int) -> Sequence[ToIndex]:
        """Vectors that nobody has been told of, those that have waited longest first.

        Whoever asks has them until the transaction ends: another one at the same time gets none.
        """
        ...

    async def indexed(self, vectors: Sequence[StoredVector]) -> None:
        """They have been told of; one that a newer text has replaced meanwhile has not."""
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

    async def waiting(self, tasks: Sequence[EmbeddingTask]) -> Sequence[EmbeddingTask]:
        """Those of the tasks whose text still waits. They stay as they are until the transaction ends."""
        ...

    async def done(self, *tasks: EmbeddingTask) -> None:
        """Take the tasks out, but for one whose place a newer text has taken."""
        ...

    async def drop(self, owner: Owner, owner_id: str) -> None:
        """Take out what waits for this owner."""
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
    def feedback(self) -> FeedbackLog: ...

    @property
    def contests(self) -> Contests: ...

    @property
    def answers(self) -> Answers: ...

    @property
    def runs(self) -> BulkRuns: ...

    @property
    def prepared(self) -> PreparedLists: ...

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

    async def person(self, profile_id: str) -> Told:
        """What `profiles.person` reads; outside of transactions, in one step."""
        ...

    async def record(self, decision: Decision, made_with: MadeWith) -> None:
        """Keep a new decision, its inputs and its event, durably; a transaction of its own, in one step.

        Raises PermissionDenied where the person is gone by now, as `profiles.hold` does.
        """
        ...
