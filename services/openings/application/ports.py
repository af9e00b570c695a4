"""What the use cases need from the outside. Each port has a fake in tests/fakes/openings.py."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from services.openings.domain.codes import ItemWarning
from services.openings.domain.content import Kind
from services.openings.domain.opening import Change, Opening
from services.openings.domain.publisher import Publisher, PublisherKey


class Outcome(IntEnum):
    """What became of a published item; see `polku.openings.v1.PublishOpeningResponse.Outcome`."""

    CREATED = 1
    UPDATED = 2
    UNCHANGED = 3
    HELD_FOR_REVIEW = 4


@dataclass(frozen=True, slots=True)
class Published:
    """The answer to publishing an item."""

    opening: Opening
    outcome: Outcome
    warnings: tuple[ItemWarning, ...] = ()
    sanitised: bool = False


Answered = TypeVar("Answered", Published, Opening, Publisher)
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A mutation as its caller identified it.

    scope        the caller: publisher or subject; ids of different callers never meet
    request_id   UUID chosen by the caller
    method       full name of the method
    fingerprint  digest of the whole request
    """

    scope: str
    request_id: str
    method: str
    fingerprint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list that runs from the newest to the oldest: instant and id of the last entry seen."""

    time: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """Entries of a list, and the position of the last one where more follow."""

    entries: tuple[Entry, ...]
    next: Position | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which openings a list shows: None and "" mean any."""

    kind: Kind | None = None
    municipality: str = ""
    publisher: str = ""
    published_only: bool = True


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A fresh API key: its id, the secret to show once, and the hash to keep."""

    kid: str
    secret: str = field(repr=False)
    secret_hash: str = field(repr=False)


class Openings(Protocol):
    """The openings."""

    async def get(self, opening_id: str) -> Opening | None:
        """The opening, or None."""
        ...

    async def lock(self, publisher: str, external_id: str) -> Opening | None:
        """The opening under its publisher's key, or None; the key is held until the unit of work ends either way."""
        ...

    async def keep(self, change: Change, actor: str) -> None:
        """Keep a change with its transition and its events; `actor` is who made it: a key's or a user's id, or "clock".

        Raises Aborted OPENING_CHANGED where it is not the next version.
        """
        ...

    async def select(self, selection: Selection, after: Position | None, limit: int) -> Page[Opening]:
        """The newest changes first, `limit` at most, behind `after`."""
        ...

    async def lock_due(self, now: datetime, limit: int) -> tuple[Opening, ...]:
        """Openings whose due time has come, the longest due first; those that others hold are left to them."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest due time of all, None where there is none."""
        ...


class Publishers(Protocol):
    """The publishers and their keys."""

    async def add(self, publisher: Publisher) -> None:
        """Keep a new publisher. Raises AlreadyExists PUBLISHER_EXISTS; the work then ends."""
        ...

    async def lock(self, publisher_id: str) -> Publisher | None:
        """The publisher, held against other changes of its keys until the unit of work ends; or None."""
        ...

    async def keys(self, publisher_id: str) -> tuple[PublisherKey, ...]:
        """All its keys, live or not, oldest first."""
        ...

    async def key(self, kid: str) -> PublisherKey | None:
        """The key, or None."""
        ...

    async def add_key(self, key: PublisherKey) -> None:
        """Keep a new key."""
        ...

    async def end_key(self, key: PublisherKey) -> None:
        """Keep that a key has been revoked."""
        ...


class Answers(Protocol):
    """The answers to mutations, kept so that a repeated request gets the same one. They are kept without contacts."""

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        """Claim the request: None means go on, an answer means give it and change nothing.

        A twin at the same time waits for the first. Raises InvalidArgument REQUEST_ID_REUSED where the id came with
        another content.
        """
        ...

    async def keep(self, key: RequestKey, answer: Published | Opening | Publisher) -> None:
        """Keep the answer to a claimed request."""
        ...


class UnitOfWork(Protocol):
    """One transaction. What is not committed when it ends is undone."""

    @property
    def openings(self) -> Openings: ...

    @property
    def publishers(self) -> Publishers: ...

    @property
    def answers(self) -> Answers: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def commit(self) -> None:
        """Make everything last. Nothing may be done with the unit of work afterwards."""
        ...


class Secrets(Protocol):
    """Makes and checks the secrets of API keys."""

    def new(self) -> NewSecret:
        """A fresh key with 256 random bits of secret."""
        ...

    def fits(self, secret: str, secret_hash: str) -> bool:
        """Whether the hash is the secret's, in constant time; "" stands for the hash of an unknown key."""
        ...
