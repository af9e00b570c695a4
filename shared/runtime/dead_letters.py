"""Dead letters: messages that a consumer gave up on, kept with their reason until somebody decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.types.json import Jsonb

from shared.runtime.postgres import Connection


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message that could not be applied.

    consumer, stream, sequence  where it stands; together its identity
    headers, payload            as received, for requeueing
    reason                      kernel reason, "UNDECODABLE", or the type of the exception
    deliveries                  how often it was tried
    """

    consumer: str
    stream: str
    sequence: int
    subject: str
    headers: Mapping[str, str]
    payload: bytes = field(repr=False)
    reason: str
    deliveries: int


async def keep(connection: Connection, letter: DeadLetter) -> None:
    """Store a dead letter; storing it again changes nothing."""
    await connection.execute(
        "insert into dead_letter (consumer, stream, sequence, subject, headers, payload, reason, deliveries)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            letter.consumer,
            letter.stream,
            letter.sequence,
            letter.subject,
            Jsonb(dict(letter.headers)),
            letter.payload,
            letter.reason,
            letter.deliveries,
        ),
    )
