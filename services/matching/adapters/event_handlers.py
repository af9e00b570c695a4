"""Events of openings and profiles as use cases. What cannot be read here will never be: it goes to the dead letters."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from polku.openings.v1 import opening_events_pb2 as openings_pb
from polku.profiles.v1 import profile_events_pb2 as profiles_pb

from services.matching.adapters.memory import refresh_opening
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
ProfileEvent = (
    profiles_pb.ProfileCreated | profiles_pb.ProfileUpdated | profiles_pb.ProfileAssigned | profiles_pb.ProfileErased
)

_PROFILE_EVENTS: Mapping[str, type[ProfileEvent]] = {
    kind.DESCRIPTOR.full_name: kind
    # Who is assigned stays with profiles, but the version rises, and lists say which version they are of.
    # Of somebody who was erased profiles gives nothing out, and what is kept here goes.
    for kind in (
        profiles_pb.ProfileCreated,
        profiles_pb.ProfileUpdated,
        profiles_pb.ProfileAssigned,
        profiles_pb.ProfileErased,
    )
}

_ABOUT_OTHERS = {
    kind.DESCRIPTOR.full_name for kind in (profiles_pb.VacancyConsentAnswered, profiles_pb.VacancyConsentAsked)
}
"""Events of profiles that change nothing that matching keeps: it asks who has said yes when it shows candidates."""


def utc_now() -> datetime:
    """The clock of the running service."""
    return datetime.now(UTC)


class EventHandlers:
    """Applies one event and commits; a duplicate or stale one has no effect.

    Each stream has a method of its own: what its producer may say is what it says about its own aggregates. Both raise
    InvalidArgument for an event that cannot be read, Unavailable or Aborted for one to try again.
    """

    def __init__(self, open_uow: OpenUnitOfWork, engine: Engine, in_step: asyncio.Lock, now: Clock = utc_now) -> None:
        """`in_step` is held while an opening changes in the store and in memory: see `Memory`."""
        self._open_uow = open_uow
        self._engine = engine
        self._in_step = in_step
        self._now = now

    async def take_opening_event(self, record: EventRecord) -> None:
        """For the stream of openings."""
        async with self._in_step:
            if record.type == openings_pb.OpeningPublished.DESCRIPTOR.full_name:
                was_news = await self._published(record)
            elif record.type == openings_pb.OpeningClosed.DESCRIPTOR.full_name:
                was_news = await self._closed(record)
            else:
                raise _type_unknown()
            if not was_news:
                await refresh_opening(record.aggregate_id, self._open_uow(), self._engine)

    async def take_profile_event(self, record: EventRecord) -> None:
        """For the stream of profiles."""
        if record.type in _ABOUT_OTHERS:
            return
        kind = _PROFILE_EVENTS.get(record.type)
        if kind is None:
            raise _type_unknown()
        changed = _payload(record, kind)
        profile_id = parse_name("profiles", changed.profile)
        _check_identity(record, profile_id, changed.version)
        cmd = TakeProfile(record.id, profile_id, changed.version)
        await take_profile(cmd, self._open_uow(), self._engine, self._now())

    async def _published(self, record: EventRecord) -> bool:
        opening = _payload(record, openings_pb.OpeningPublished).opening
        try:
            snapshot = opening_from_wire(opening)
        except ValueError as error:
            raise _unreadable() from error
        _check_identity(record, snapshot.id, snapshot.version)
        return await take_opening(TakeOpening(record.id, snapshot), self._open_uow(), self._engine, self._now())

    async def _closed(self, record: EventRecord) -> bool:
        closed = _payload(record, openings_pb.OpeningClosed)
        opening_id = parse_name("openings", closed.opening)
        _check_identity(record, opening_id, closed.version)
        return await drop_opening(DropOpening(record.id, opening_id, closed.version), self._open_uow(), self._engine)


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


def _type_unknown() -> InvalidArgument:
    return InvalidArgument("EVENT_TYPE_UNKNOWN", "This consumer does not know events of this type.")
