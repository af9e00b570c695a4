"""Domain events as records for the outbox. They carry the public state of an opening, never its contact persons."""

from dataclasses import replace
from datetime import datetime

from google.protobuf.message import Message
from polku.openings.v1 import opening_events_pb2 as pb
from polku.openings.v1 import opening_pb2

from services.openings.adapters.wire.opening import COLLECTION, opening_to_wire
from services.openings.domain.opening import Event, OpeningClosed, OpeningPublished
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.kernel.names import resource_name

_VERBS: dict[type[Event], str] = {OpeningPublished: "published", OpeningClosed: "closed"}


def event_to_record(event: Event, occurred_at: datetime) -> EventRecord:
    """The event with a fresh id and its subject, such as "polku.openings.opening.published.v1.<id>"."""
    message = _message(event)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"polku.openings.opening.{_VERBS[type(event)]}.v1.{event.opening_id}",
        aggregate_id=event.opening_id,
        aggregate_version=event.version,
        occurred_at=occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _message(event: Event) -> Message:
    match event:
        case OpeningPublished(opening):
            return pb.OpeningPublished(opening=opening_to_wire(replace(opening, contacts=())))
        case OpeningClosed():
            return pb.OpeningClosed(
                opening=resource_name(COLLECTION, event.opening_id),
                version=event.version,
                state=opening_pb2.Opening.State.ValueType(event.state),
            )
