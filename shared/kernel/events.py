"""An event as it lies in the outbox and travels on the bus."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event of one version of one aggregate. It holds no personal data.

    id                 uuid7, the same on every redelivery
    type               full name of the proto message in `payload`
    subject            "polku.<service>.<noun>.<past-verb>.v1.<aggregate id>"
    aggregate_id       bare id
    aggregate_version  1, 2, 3 … ; one event per version
    occurred_at        aware instant, UTC
    payload            serialised proto message, at most 48 kB
    traceparent        W3C trace context; empty: the outbox fills in that of the current call
    """

    id: str
    type: str
    subject: str
    aggregate_id: str
    aggregate_version: int
    occurred_at: datetime
    payload: bytes
    traceparent: str = ""
