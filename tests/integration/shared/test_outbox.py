"""Outbox and relay against a real PostgreSQL."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest

from shared.kernel.errors import Internal, ResourceExhausted, Unavailable
from shared.kernel.events import EventRecord
from shared.runtime.outbox import Publish, Relay, append, forget_sent, outbox_age_seconds
from shared.runtime.postgres import Pool, transaction
from shared.runtime.trace import continue_trace, current_traceparent
from tests.fakes.runtime import FakeStream
from tests.integration.shared.samples import event, eventually
from tests.servers import Database


async def _write(pool: Pool, *records: EventRecord) -> None:
    async with transaction(pool) as connection:
        await append(connection, records)


async def _unsent(pool: Pool) -> int:
    async with transaction(pool) as connection:
        row = await (await connection.execute("select count(*) from outbox where sent_at is null")).fetchone()
    assert row is not None
    return int(row[0])


@asynccontextmanager
async def _running(pool: Pool, database: Database, publish: Publish) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(Relay(pool, database.runtime_dsn, publish).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_event_is_published_soon_after_commit(pool: Pool, database: Database) -> None:
    """A committed event is published within 300 ms, woken by the notice, exactly as it was written."""
    stream, written = FakeStream(), event()
    async with _running(pool, database, stream.publish):
        await _write(pool, event())
        await eventually(lambda: len(stream.stored) == 1, "the first publish")
        started = time.monotonic()
        await _write(pool, written)
        await eventually(lambda: len(stream.stored) == 2, "the publish")
        assert time.monotonic() - started < 0.3
    assert stream.stored[1] == written
    assert await _unsent(pool) == 0


async def test_rolled_back_event_is_never_published(pool: Pool, database: Database) -> None:
    """An event of a transaction that failed does not exist."""
    with pytest.raises(RuntimeError):
        async with transaction(pool) as connection:
            await append(connection, [event()])
            raise RuntimeError
    stream = FakeStream()
    assert await Relay(pool, database.runtime_dsn, stream.publish).sweep() == 0
    assert stream.stored == []


async def test_second_event_of_one_version_is_refused(pool: Pool) -> None:
    """A second event of one version would be dropped by consumers, so it is refused here."""
    first = event(version=3)
    await _write(pool, first)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await _write(pool, event(first.aggregate_id, version=3))


async def test_trace_of_the_call_is_kept(pool: Pool, database: Database) -> None:
    """An event without a trace context gets that of the current call."""
    continue_trace("")
    expected = current_traceparent()
    await _write(pool, event())
    stream = FakeStream()
    await Relay(pool, database.runtime_dsn, stream.publish).sweep()
    assert stream.stored[0].traceparent == expected


async def test_concurrent_writers_lose_nothing(pool: Pool, database: Database) -> None:
    """Eight writers that commit out of order lose no event, and each aggregate's versions arrive in order."""
    stream = FakeStream()
    dice = random.Random(7)

    async def write(_: int) -> None:
        aggregate = event().aggregate_id
        for version in range(1, 41):
            async with transaction(pool) as connection:
                await append(connection, [event(aggregate, version)])
                await asyncio.sleep(dice.random() * 0.004)

    async with _running(pool, database, stream.publish):
        await asyncio.gather(*(write(number) for number in range(8)))
        await eventually(lambda: len(stream.stored) == 320, "publishing all")
    versions = defaultdict(list)
    for record in stream.stored:
        versions[record.aggregate_id].append(record.aggregate_version)
    assert all(found == list(range(1, 41)) for found in versions.values())
    assert stream.most_per_aggregate == 1


async def test_aggregates_go_in_parallel_but_bounded(pool: Pool, database: Database) -> None:
    """Up to 16 aggregates are published at once, never two versions of one."""
    await _write(pool, *[event() for _ in range(60)])
    shared = event().aggregate_id
    await _write(pool, *[event(shared, version) for version in range(1, 11)])
    stream = FakeStream()
    assert await Relay(pool, database.runtime_dsn, stream.publish).sweep() == 70
    assert (stream.most_in_flight, stream.most_per_aggregate) == (16, 1)


async def test_versions_appended_out_of_order_go_out_in_order(pool: Pool, database: Database) -> None:
    """The order is that of the versions."""
    aggregate = event().aggregate_id
    await _write(pool, event(aggregate, 2), event(aggregate, 1))
    stream = FakeStream()
    await Relay(pool, database.runtime_dsn, stream.publish).sweep()
    assert [record.aggregate_version for record in stream.stored] == [1, 2]


@pytest.mark.parametrize(
    "failure",
    [Unavailable("BROKER_TIMEOUT", "x"), ResourceExhausted("STREAM_FULL", "x"), Internal("WRONG_STREAM", "x")],
)
async def test_failed_event_stays_and_is_tried_again(
    pool: Pool, database: Database, failure: Unavailable | ResourceExhausted | Internal
) -> None:
    """A failure leaves the row unsent, holds back the later versions, and is tried again after a pause."""
    aggregate = event().aggregate_id
    await _write(pool, event(aggregate, 1), event(aggregate, 2))
    stream = FakeStream(failures=[failure])
    relay = Relay(pool, database.runtime_dsn, stream.publish)
    assert await relay.sweep() == 0
    assert await _unsent(pool) == 2
    assert await relay.sweep() == 0  # the aggregate pauses
    async with _running(pool, database, stream.publish):
        await eventually(lambda: len(stream.stored) == 2, "the second try")
    assert [record.aggregate_version for record in stream.stored] == [1, 2]


async def test_one_failing_aggregate_does_not_hold_up_others(pool: Pool, database: Database) -> None:
    """An event that can never be published keeps its row; all others go out."""
    poison = event()
    await _write(pool, poison, *[event() for _ in range(5)])
    stream = FakeStream()

    async def publish(record: EventRecord) -> None:
        if record.id == poison.id:
            raise Internal("WRONG_STREAM", "x")
        await stream.publish(record)

    async with _running(pool, database, publish):
        await eventually(lambda: len(stream.stored) == 5, "publishing the others")
    assert await _unsent(pool) == 1


async def test_batch_ends_early_when_the_broker_is_away(pool: Pool, database: Database) -> None:
    """With every publish failing, a sweep tries one round of 16 and not all 200 rows."""
    await _write(pool, *[event() for _ in range(100)])
    stream = FakeStream(failures=[Unavailable("BROKER_TIMEOUT", "x") for _ in range(100)])
    assert await Relay(pool, database.runtime_dsn, stream.publish).sweep() == 0
    assert 100 - len(stream.failures) <= 32
    assert await _unsent(pool) == 100


async def test_crash_between_publish_and_mark_repeats_the_same_id(pool: Pool, database: Database) -> None:
    """A relay that dies after the publish leaves the row unsent; the next one sends the same id again."""
    written = event()
    await _write(pool, written)
    published: list[str] = []
    reached = asyncio.Event()

    async def hang(record: EventRecord) -> None:
        published.append(record.id)
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Relay(pool, database.runtime_dsn, hang).sweep())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stream = FakeStream()
    assert await Relay(pool, database.runtime_dsn, stream.publish).sweep() == 1
    assert published == [stream.stored[0].id] == [written.id]


async def test_one_relay_leads(pool: Pool, database: Database) -> None:
    """While one relay holds a batch, another one sends nothing: order across relays stays."""
    await _write(pool, event())
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: EventRecord) -> None:
        reached.set()
        await go_on.wait()

    leading = asyncio.create_task(Relay(pool, database.runtime_dsn, slow).sweep())
    await reached.wait()
    await _write(pool, event())
    stream = FakeStream()
    assert await Relay(pool, database.runtime_dsn, stream.publish).sweep() == 0
    go_on.set()
    assert await leading == 1


async def test_age_grows_while_unsent(pool: Pool, database: Database) -> None:
    """The age is 0 with nothing unsent, else that of the oldest unsent event."""
    assert await outbox_age_seconds(pool) == 0.0
    await _write(pool, event())
    async with transaction(pool) as connection:
        await connection.execute("update outbox set created_at = now() - interval '70 seconds'")
    assert 70 <= await outbox_age_seconds(pool) < 80
    await Relay(pool, database.runtime_dsn, FakeStream().publish).sweep()
    assert await outbox_age_seconds(pool) == 0.0


async def test_cleaning_deletes_only_what_was_sent_long_ago(pool: Pool) -> None:
    """Only events sent before the limit are deleted; unsent ones stay however old they are."""
    old_unsent, old_sent, fresh_sent = event(), event(), event()
    await _write(pool, old_unsent, old_sent, fresh_sent)
    async with transaction(pool) as connection:
        await connection.execute("update outbox set created_at = now() - interval '90 days'")
        await connection.execute("update outbox set sent_at = now() - interval '8 days' where id = %s", (old_sent.id,))
        await connection.execute("update outbox set sent_at = now() where id = %s", (fresh_sent.id,))
    assert await forget_sent(pool, timedelta(days=7)) == 1
    async with transaction(pool) as connection:
        rows = await (await connection.execute("select id::text from outbox")).fetchall()
    assert {row[0] for row in rows} == {old_unsent.id, fresh_sent.id}
