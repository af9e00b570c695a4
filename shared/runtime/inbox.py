"""The inbox: remembers per consumer and aggregate the newest version taken, in the transaction of its effect."""

from enum import StrEnum

from shared.runtime.postgres import Connection


class Accepted(StrEnum):
    """Whether to apply an event. DUPLICATE and STALE are acknowledged without effect."""

    NEW = "new"
    DUPLICATE = "duplicate"
    STALE = "stale"


async def accept(connection: Connection, consumer: str, aggregate_id: str, version: int, event_id: str) -> Accepted:
    """Say whether `version` is newer than what `consumer` has taken, and remember it in this transaction.

    A twin at the same time waits for this transaction to end.
    """
    taken = await connection.execute(
        "insert into inbox (consumer, aggregate_id, version, event_id) values (%s, %s, %s, %s)"
        " on conflict (consumer, aggregate_id) do update"
        " set version = excluded.version, event_id = excluded.event_id, accepted_at = now()"
        " where inbox.version < excluded.version returning true",
        (consumer, aggregate_id, version, event_id),
    )
    if await taken.fetchone():
        return Accepted.NEW
    known = await connection.execute(
        "select event_id = %s from inbox where consumer = %s and aggregate_id = %s", (event_id, consumer, aggregate_id)
    )
    row = await known.fetchone()
    return Accepted.DUPLICATE if row and row[0] else Accepted.STALE
