"""Domain events as records for the outbox. They carry ids and versions, nothing else."""

from google.protobuf.message import Message
from polku.matching.v1 import matching_events_pb2 as pb

from services.matching.domain.events import DecisionRecorded, Event, OpeningIndexed, ProfileIndexed
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.kernel.names import resource_name


def event_to_record(event: Event) -> EventRecord:
    """The event with a fresh id and its subject, such as "polku.matching.opening.indexed.v1.<id>"."""
    message, noun, verb, aggregate_id, version = _parts(event)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"polku.matching.{noun}.{verb}.v1.{aggregate_id}",
        aggregate_id=aggregate_id,
        aggregate_version=version,
        occurred_at=event.occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _parts(event: Event) -> tuple[Message, str, str, str, int]:
    match event:
        case OpeningIndexed(opening_id, version):
            opening = resource_name("openings", opening_id)
            return pb.OpeningIndexed(opening=opening, version=version), "opening", "indexed", opening_id, version
        case ProfileIndexed(profile_id, version):
            profile = resource_name("profiles", profile_id)
            return pb.ProfileIndexed(profile=profile, version=version), "profile", "indexed", profile_id, version
        case DecisionRecorded(decision_id):
            decision = resource_name("decisions", decision_id)
            return pb.DecisionRecorded(decision=decision), "decision", "recorded", decision_id, 1
