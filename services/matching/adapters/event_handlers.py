"""Events of openings and profiles as use cases. What cannot be read here will never be: it goes to the dead letters."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from polku.openings.v1 import opening_events_pb2 as openings_pb
from polku.profiles.v1 import profile_events_pb2 as profiles_pb

from services.matching.adapters.wire.opening import opening_from_wire
from services.matching.application.engine import Engine
from services.matching.application.intake import (
    DropOpening,
    TakeOpening,
    TakeProfile,
    drop_opening,
    take_opening,
    take_profile,
)
from services.matching.application.ports import UnitOfWork
from shared.kernel.errors import InvalidArgument
from shared.kernel.events import EventRecord
from shared.kernel.names import parse_name

OpenUnitOfWork = Callable[[], UnitOfWork]
Clock = Callable[[], datetime]
Payload = TypeVar("Payload", bound=Message)


def utc_now() -> datetime:
    """The clock of the running service."""
    return datetime.now(UTC)


class EventHandlers:
    """Applies one event and commits; a duplicate or stale one has no effect."""

    def __init__(self, open_uow: OpenUnitOfWork, engine: Engine, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._engine = engine
        self._now = now
        self._by_type: dict[str, Callable[[EventRecord], Awaitable[object]]] = {
            openings_pb.OpeningPublished.DESCRIPTOR.full_name: self._opening_published,
            openings_pb.OpeningClosed.DESCRIPTOR.full_name: self._opening_closed,
            profiles_pb.ProfileCreated.DESCRIPTOR.full_name: self._profile_changed,
            profiles_pb.ProfileUpdated.DESCRIPTOR.full_name: self._profile_changed,
            # Who is assigned stays with profiles, but the version rises, and lists say which version they are of.
            profiles_pb.ProfileAssigned.DESCRIPTOR.full_name: self._profile_changed,
        }

    async def handle(self, record: EventRecord) -> None:
        """Raises InvalidArgument for an event that cannot be read, Unavailable for one to try again."""
        handler = self._by_type.get(record.type)
        if handler is None:
            raise InvalidArgument("EVENT_TYPE_UNKNOWN", "This consumer does not know events of this type.")
        await handler(record)

    async def _opening_published(self, record: EventRecord) -> None:
        opening = _payload(record, openings_pb.OpeningPublished).opening
        try:
            snapshot = opening_from_wire(opening)
        except ValueError as error:
            raise _unreadable() from error
        _check_identity(record, snapshot.id, snapshot.version)
        await take_opening(TakeOpening(record.id, snapshot), self._open_uow(), self._engine, self._now())

    async def _opening_closed(self, record: EventRecord) -> None:
        closed = _payload(record, openings_pb.OpeningClosed)
        opening_id = parse_name("openings", closed.opening)
        _check_identity(record, opening_id, closed.version)
        await drop_opening(DropOpening(record.id, opening_id, closed.version), self._open_uow(), self._engine)

    async def _profile_changed(self, record: EventRecord) -> None:
        cmd = TakeProfile(record.id, record.aggregate_id, record.aggregate_version)
        await take_profile(cmd, self._open_uow(), self._engine, self._now())


def _payload(record: EventRecord, kind: type[Payload]) -> Payload:
    try:
        return kind.FromString(record.payload)
    except DecodeError as error:
        raise _unreadable() from error


def _check_identity(record: EventRecord, aggregate_id: str, version: int) -> None:
    # The version guard goes by the envelope; content of another version under it would never be put right.
    if (record.aggregate_id, record.aggregate_version) != (aggregate_id, version):
        raise InvalidArgument("EVENT_MISLABELLED", "The event's envelope names another id or version than its content.")


def _unreadable() -> InvalidArgument:
    return InvalidArgument("EVENT_UNREADABLE", "The event's content cannot be read.")
