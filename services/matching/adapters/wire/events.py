"""Domain events as records for the outbox. They carry ids and versions, nothing else."""

from google.protobuf.message import Message
from polku.matching.v1 import bulk_service_pb2 as work_pb
from polku.matching.v1 import matching_events_pb2 as pb

from services.matching.domain.events import (
    ContestOpened,
    ContestResolved,
    DecisionRecorded,
    Event,
    ListsRequested,
    OpeningIndexed,
    ProfileIndexed,
)
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.kernel.names import resource_name

WORK_PREFIX = "polku.work.matching."
"""Of subjects of work; see shared.runtime.bus.work_stream_of."""

Told = OpeningIndexed | ProfileIndexed | DecisionRecorded | ContestOpened | ContestResolved


def event_to_record(event: Event) -> EventRecord:
    """The event with a fresh id and its subject, such as "polku.matching.opening.indexed.v1.<id>"."""
    if isinstance(event, ListsRequested):
        return _work(event)
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


def _work(event: ListsRequested) -> EventRecord:
    """An item of work: it goes to the stream of the workers, each message to one of them."""
    message = work_pb.PrepareLists(item=event.item_id)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"{WORK_PREFIX}lists.{event.item_id}",
        aggregate_id=event.item_id,
        aggregate_version=1,
        occurred_at=event.occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _parts(event: Told) -> tuple[Message, str, str, str, int]:
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
        case ContestOpened(contest_id):
            contest = resource_name("contests", contest_id)
            return pb.ContestOpened(contest=contest), "contest", "opened", contest_id, 1
        case ContestResolved(contest_id):
            contest = resource_name("contests", contest_id)
            return pb.ContestResolved(contest=contest), "contest", "resolved", contest_id, 2
