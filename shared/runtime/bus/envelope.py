"""CloudEvents 1.0, NATS binding in binary mode: attributes in headers, the proto message as the body."""

from collections.abc import Mapping
from datetime import UTC, datetime

from shared.kernel.events import EventRecord
from shared.kernel.ids import is_id

_HIGHEST_VERSION = 2**63 - 1  # what a bigint holds


class Undecodable(Exception):
    """The headers are not those of an event. It names the header, never its value."""


def headers_of(record: EventRecord, source: str) -> dict[str, str]:
    """Return the headers of an event; `source` is "polku/<service>"."""
    headers = {
        "Nats-Msg-Id": record.id,
        "ce-specversion": "1.0",
        "ce-id": record.id,
        "ce-type": record.type,
        "ce-source": source,
        "ce-subject": record.aggregate_id,
        "ce-time": record.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce-sequence": str(record.aggregate_version),
        "content-type": "application/protobuf",
    }
    if record.traceparent:
        headers["traceparent"] = record.traceparent
    return headers


def record_of(subject: str, headers: Mapping[str, str], payload: bytes) -> EventRecord:
    """Return the event of a received message. Raises Undecodable."""
    if headers.get("ce-specversion") != "1.0":
        raise Undecodable("ce-specversion is missing or not 1.0")
    return EventRecord(
        id=_event_id(headers),
        type=_text(headers, "ce-type"),
        subject=subject,
        aggregate_id=_text(headers, "ce-subject"),
        aggregate_version=_version(headers),
        occurred_at=_instant(headers),
        payload=payload,
        traceparent=headers.get("traceparent", ""),
    )


def _text(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not 0 < len(value) <= 200 or "\x00" in value:
        raise Undecodable(f"{name} is missing or malformed")
    return value


def _event_id(headers: Mapping[str, str]) -> str:
    value = _text(headers, "ce-id")
    if not is_id(value):
        raise Undecodable("ce-id is not an id")
    return value


def _version(headers: Mapping[str, str]) -> int:
    text = _text(headers, "ce-sequence")
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not 0 < int(text) <= _HIGHEST_VERSION:
        raise Undecodable("ce-sequence is not a version from 1 to 2^63 - 1")
    return int(text)


def _instant(headers: Mapping[str, str]) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(headers, "ce-time"))
    except ValueError:
        raise Undecodable("ce-time is not an instant") from None
    if instant.tzinfo is None:
        raise Undecodable("ce-time has no offset from UTC")
    return instant.astimezone(UTC)
