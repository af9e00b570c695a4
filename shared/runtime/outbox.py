"""The transactional outbox: events are rows of the same transaction, a relay publishes them afterwards."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString

from shared.kernel.errors import PolkuError, Unavailable
from shared.kernel.events import EventRecord
from shared.runtime.log import get_logger
from shared.runtime.postgres import Connection, Pool, listen, transaction
from shared.runtime.trace import current_traceparent

Publish = Callable[[EventRecord], Awaitable[None]]

_BATCH = 200
_IN_FLIGHT = 16
_SWEEP = 1.0
_CLEANING = 3600.0
_LONGEST_PAUSE = 5.0
_LEADER = 0x4F5554424F58  # "OUTBOX"
_COLUMNS = "id::text, type, subject, aggregate_id, aggregate_version, occurred_at, payload, traceparent"
_log = get_logger("outbox")


INSERT: LiteralString = (
    "insert into outbox (id, type, subject, aggregate_id, aggregate_version, occurred_at, payload, traceparent)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s)"
)
"""Takes `values_of` an event. By itself it wakes nobody: the relay finds the row at its next sweep, within a second."""


def values_of(record: EventRecord) -> tuple[object, ...]:
    """The columns of an event, with the trace of the current call where it has none."""
    return (
        record.id,
        record.type,
        record.subject,
        record.aggregate_id,
        record.aggregate_version,
        record.occurred_at,
        record.payload,
        record.traceparent or current_traceparent(),
    )


async def append(connection: Connection, records: Iterable[EventRecord]) -> None:
    """Write the events into the outbox of the current transaction and wake the relay at its COMMIT.

    Raises psycopg.errors.UniqueViolation for a second event of one version of one aggregate.
    """
    rows = [values_of(record) for record in records]
    if not rows:
        return
    async with connection.pipeline(), connection.cursor() as cursor:
        await cursor.executemany(INSERT, rows)
        await cursor.execute("select pg_notify('outbox', '')")


async def outbox_age_seconds(pool: Pool) -> float:
    """Return the age of the oldest unsent event in seconds, 0.0 where all are sent. Ready means below 60."""
    async with transaction(pool) as connection:
        row = await (
            await connection.execute(
                "select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8"
                " from outbox where sent_at is null"
            )
        ).fetchone()
    return float(row[0]) if row else 0.0


async def forget_sent(pool: Pool, older_than: timedelta = timedelta(days=7)) -> int:
    """Delete events that were sent longer ago than `older_than`, never unsent ones. Return how many."""
    async with transaction(pool) as connection:
        found = await connection.execute("delete from outbox where sent_at < now() - %s", (older_than,))
        return found.rowcount


@dataclass(slots=True)
class _Pause:
    failures: int = 0
    until: float = 0.0

    def lengthen(self) -> None:
        self.failures += 1
        self.until = time.monotonic() + min(0.1 * 2 ** min(self.failures, 10), _LONGEST_PAUSE)


class Relay:
    """Publishes unsent events: in order and one at a time per aggregate, up to 16 aggregates at once.

    An event counts as sent only after `publish` returned (the broker's acknowledgement) and the row was updated; a
    crash between the two publishes it again with the same id, which the broker and the consumers drop. A failure
    leaves the row unsent and pauses its aggregate, at most 5 s. One relay per database leads, others stand by.
    """

    def __init__(self, pool: Pool, dsn: str, publish: Publish) -> None:
        self._pool = pool
        self._dsn = dsn
        self._publish = publish
        self._wake = asyncio.Event()
        self._pauses: dict[str, _Pause] = defaultdict(_Pause)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set; the batch in hand is finished first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, "outbox", lambda _: self._wake.set(), stop))
            group.create_task(self._wake_at(stop))
            await self._relay(stop)

    async def _relay(self, stop: asyncio.Event) -> None:
        cleaned_at = float("-inf")
        while not stop.is_set():
            self._wake.clear()
            sent = await self._sweep_safely()
            if sent is not None and time.monotonic() - cleaned_at > _CLEANING:
                cleaned_at = time.monotonic()
                await self._forget_safely()
            if sent != _BATCH and not stop.is_set():
                await self._wait()

    async def sweep(self) -> int:
        """Publish one batch (at most 200) and return how many were sent. Raises Unavailable without a database."""
        async with transaction(self._pool) as connection:
            leads = await (await connection.execute("select pg_try_advisory_xact_lock(%s)", (_LEADER,))).fetchone()
            if not leads or not leads[0]:
                return 0
            records = await self._unsent(connection)
            sent = await self._publish_all(records)
            if sent:
                await connection.execute("update outbox set sent_at = now() where id = any(%s::uuid[])", (sent,))
        return len(sent)

    async def _unsent(self, connection: Connection) -> list[EventRecord]:
        now = time.monotonic()
        paused = [aggregate for aggregate, pause in self._pauses.items() if pause.until > now]
        rows = await connection.execute(
            f"select {_COLUMNS} from outbox where sent_at is null and aggregate_id <> all(%s)"  # noqa: S608 - constant
            " order by position for update skip locked limit %s",
            (paused, _BATCH),
        )
        return [EventRecord(*row) for row in await rows.fetchall()]

    async def _publish_all(self, records: list[EventRecord]) -> list[str]:
        by_aggregate: dict[str, list[EventRecord]] = defaultdict(list)
        for record in records:
            by_aggregate[record.aggregate_id].append(record)
        gate = asyncio.Semaphore(_IN_FLIGHT)
        sent: list[str] = []
        lost: list[str] = []

        async def send(aggregate: str, queue: list[EventRecord]) -> None:
            async with gate:
                # After a full round of failures the broker is away: leave the rest of the batch for the next sweep.
                if len(lost) < _IN_FLIGHT or sent:
                    await self._publish_in_order(aggregate, queue, sent, lost)

        await asyncio.gather(*(send(*item) for item in by_aggregate.items()))
        return sent

    async def _publish_in_order(
        self, aggregate: str, queue: list[EventRecord], sent: list[str], lost: list[str]
    ) -> None:
        for record in sorted(queue, key=lambda found: found.aggregate_version):
            try:
                await self._publish(record)
            except (PolkuError, OSError) as error:
                lost.append(record.id)
                self._pauses[aggregate].lengthen()
                reason = error.reason if isinstance(error, PolkuError) else type(error).__name__
                log = _log.warning if isinstance(error, Unavailable | OSError) else _log.error
                log("event.publish_failed", event_id=record.id, type=record.type, reason=reason)
                return
            sent.append(record.id)
            self._pauses.pop(aggregate, None)

    async def _sweep_safely(self) -> int | None:
        try:
            return await self.sweep()
        except Unavailable as error:
            _log.warning("outbox.sweep_failed", reason=error.reason)
            return None

    async def _forget_safely(self) -> None:
        try:
            _log.info("outbox.cleaned", forgotten=await forget_sent(self._pool))
        except Unavailable as error:
            _log.warning("outbox.cleaning_failed", reason=error.reason)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), _SWEEP)
        except TimeoutError:
            return  # the sweep each second finds what no notice announced

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
