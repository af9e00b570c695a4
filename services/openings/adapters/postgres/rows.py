"""Rows and stored answers of openings, publishers and keys, both directions side by side."""

from dataclasses import replace
from typing import Any

from polku.openings.v1 import opening_pb2 as pb
from polku.openings.v1 import opening_service_pb2 as service_pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb

from services.openings.adapters.wire.opening import (
    contact_from_wire,
    contact_to_wire,
    content_from_wire,
    content_to_wire,
    opening_from_wire,
    opening_to_wire,
    published_from_wire,
    published_to_wire,
)
from services.openings.adapters.wire.publisher import publisher_from_wire, publisher_to_wire
from services.openings.application.ports import Answered, Published
from services.openings.domain.opening import Change, Opening, State
from services.openings.domain.publisher import Publisher, PublisherKey

OPENING_COLUMNS = (
    "id::text, publisher, external_id, version, state, content, contacts, create_time, update_time, publish_time"
)
KEY_COLUMNS = "kid, publisher, secret_hash, create_time, expire_time, revoke_time"


def opening_to_row(opening: Opening) -> dict[str, Any]:
    """An opening as column values."""
    contacts = pb.Opening(contacts=[contact_to_wire(contact) for contact in opening.contacts])
    return {
        "id": opening.id,
        "publisher": opening.publisher,
        "external_id": opening.external_id,
        "version": opening.version,
        "state": int(opening.state),
        "kind": int(opening.content.kind),
        "municipalities": list(opening.content.municipalities),
        "content": content_to_wire(opening.content).SerializeToString(deterministic=True),
        "contacts": contacts.SerializeToString(deterministic=True),
        "create_time": opening.create_time,
        "update_time": opening.update_time,
        "publish_time": opening.publish_time,
        "due_time": opening.due_time,
    }


def opening_from_row(row: tuple[Any, ...]) -> Opening:
    """An opening from the columns of `OPENING_COLUMNS`."""
    opening_id, publisher, external_id, version, state, content, contacts, created, updated, published = row
    return Opening(
        id=opening_id,
        publisher=publisher,
        external_id=external_id,
        version=version,
        state=State(state),
        content=content_from_wire(pb.Opening.FromString(content)),
        contacts=tuple(contact_from_wire(contact) for contact in pb.Opening.FromString(contacts).contacts),
        create_time=created,
        update_time=updated,
        publish_time=published,
    )


def transition_to_row(change: Change, actor: str) -> tuple[Any, ...]:
    """A transition as id, version, move, states before and after, time and actor."""
    opening = change.opening
    before = int(change.before) if change.before is not None else None
    return (opening.id, opening.version, change.move.value, before, int(opening.state), opening.update_time, actor)


def answer_to_bytes(answer: Published | Opening | Publisher) -> bytes:
    """The answer as a proto, without contact persons."""
    if isinstance(answer, Published):
        bare = replace(answer, opening=replace(answer.opening, contacts=()))
        return published_to_wire(bare).SerializeToString(deterministic=True)
    if isinstance(answer, Opening):
        return opening_to_wire(replace(answer, contacts=())).SerializeToString(deterministic=True)
    return publisher_to_wire(answer).SerializeToString(deterministic=True)


def answer_from_bytes(stored: bytes, kind: type[Answered]) -> Answered:
    """What `answer_to_bytes` was given, without contact persons."""
    answer: Any
    if kind is Published:
        answer = published_from_wire(service_pb.PublishOpeningResponse.FromString(stored))
    elif kind is Opening:
        answer = opening_from_wire(pb.Opening.FromString(stored))
    else:
        answer = publisher_from_wire(publisher_pb.Publisher.FromString(stored))
    found: Answered = answer
    return found


def answer_is_about(answer: Published | Opening | Publisher) -> str:
    """Id of what the answer is about."""
    return answer.opening.id if isinstance(answer, Published) else answer.id


def key_to_row(key: PublisherKey) -> tuple[Any, ...]:
    """A key as the values of `KEY_COLUMNS`."""
    return (key.kid, key.publisher, key.secret_hash, key.create_time, key.expire_time, key.revoke_time)


def key_from_row(row: tuple[Any, ...]) -> PublisherKey:
    """A key from the columns of `KEY_COLUMNS`."""
    return PublisherKey(*row)
