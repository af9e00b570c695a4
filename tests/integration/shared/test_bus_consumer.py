"""Consuming through a real NATS with the permissions of production."""

import asyncio
import signal
import time
from collections import defaultdict
from datetime import timedelta

import pytest

from shared.kernel.errors import InvalidArgument, PolkuError, Unavailable
from shared.runtime.bus import (
    ConsumerSpec,
    Publisher,
    declare,
    stream_of,
)
from tests.integration.shared.bus_harness import Recorder, connected, consuming, pending, settled
from tests.integration.shared.samples import event, eventually
from tests.servers import NatsServer

BROKEN = {
    "no headers": {},
    "not CloudEvents": {"ce-specversion": "0.3"},
    "version 2^63": {"ce-sequence": str(2**63)},
    "version 0": {"ce-sequence": "0"},
    "version in other digits": {"ce-sequence": "\u0661"},
    "no id": {"ce-id": ""},
    "no time": {"ce-time": "yesterday"},
    "local time": {"ce-time": "2026-11-24T10:00:00"},
    "no aggregate": {"ce-subject": ""},
}


async def test_event_arrives_as_it_was_published(streams: NatsServer) -> None:
    """An event keeps its id, type, version, time, payload and trace, and is handled within 300 ms."""
    recorder = Recorder()
    async with consuming(streams, recorder) as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        await publisher.publish(event())
        await eventually(lambda: len(recorder.handled) == 1, "the first event")
        sent = event(version=2**63 - 1)
        started = time.monotonic()
        await publisher.publish(sent)
        await eventually(lambda: len(recorder.handled) == 2, "the event")
        assert time.monotonic() - started < 0.3
    assert recorder.handled[1] == sent
    await settled(streams)


async def test_versions_of_one_aggregate_are_handled_in_order(streams: NatsServer) -> None:
    """Several aggregates are handled at once, the versions of one strictly one after the other."""
    recorder = Recorder()
    recorder.duration = 0.02
    aggregates = [event().aggregate_id for _ in range(6)]
    async with consuming(streams, recorder, concurrency=4) as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        for version in range(1, 11):
            for aggregate in aggregates:
                await publisher.publish(event(aggregate, version))
        await eventually(lambda: len(recorder.handled) == 60, "handling all")
    by_aggregate = defaultdict(list)
    for record in recorder.handled:
        by_aggregate[record.aggregate_id].append(record.aggregate_version)
    assert all(versions == list(range(1, 11)) for versions in by_aggregate.values())
    assert (recorder.most_running, recorder.most_per_aggregate) == (4, 1)
    await settled(streams)


@pytest.mark.parametrize("failure", [Unavailable("X", "x"), ConnectionError(), TimeoutError()])
async def test_passing_failure_is_tried_again(streams: NatsServer, failure: Exception) -> None:
    """A passing failure comes again after a delay and leaves no dead letter."""
    recorder, sent = Recorder(), event()
    recorder.failures[sent.id] = [failure, failure]
    async with consuming(streams, recorder) as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(sent)
        await eventually(lambda: recorder.handled == [sent], "the third try")
    assert (recorder.tries[sent.id], recorder.letters) == (3, [])
    await settled(streams)


@pytest.mark.parametrize(
    ("failure", "reason"), [(InvalidArgument("BAD_THING", "x"), "BAD_THING"), (KeyError("Aino"), "KeyError")]
)
async def test_permanent_failure_is_dead_lettered_at_once(streams: NatsServer, failure: Exception, reason: str) -> None:
    """A permanent failure is tried once and kept with its reason, never its text; others flow on."""
    recorder, poison, good = Recorder(), event(), event()
    recorder.failures[poison.id] = [failure] * 9
    async with consuming(streams, recorder) as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        await publisher.publish(poison)
        await publisher.publish(good)
        await eventually(lambda: recorder.handled == [good] and len(recorder.letters) == 1, "both outcomes")
    letter = recorder.letters[0]
    assert (letter.reason, letter.deliveries, letter.payload) == (reason, 1, poison.payload)
    assert recorder.tries[poison.id] == 1
    await settled(streams)


async def test_last_delivery_is_dead_lettered(streams: NatsServer) -> None:
    """A passing failure that does not pass is kept after the sixth try, and never lost in silence."""
    recorder, sent = Recorder(), event()
    recorder.failures[sent.id] = [Unavailable("STORAGE_UNAVAILABLE", "x")] * 99
    async with consuming(streams, recorder) as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(sent)
        await eventually(lambda: len(recorder.letters) == 1, "the dead letter")
    assert (recorder.tries[sent.id], recorder.letters[0].deliveries) == (6, 6)
    assert recorder.letters[0].reason == "STORAGE_UNAVAILABLE"
    await settled(streams)


@pytest.mark.parametrize("name", BROKEN)
async def test_undecodable_message_is_dead_lettered_at_once(streams: NatsServer, name: str) -> None:
    """A message that is no event of ours is kept as it came within 5 s, and the next ones flow on."""
    recorder, good = Recorder(), event()
    headers = {
        "ce-specversion": "1.0",
        "ce-id": good.id,
        "ce-type": "t",
        "ce-subject": "a",
        "ce-time": "2026-11-24T10:00:00Z",
        "ce-sequence": "1",
    }
    sent = {**headers, **BROKEN[name]} if BROKEN[name] else None
    async with consuming(streams, recorder) as writer:
        await writer.jetstream().publish("polku.profiles.x", b"\xff", headers=sent)
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(good)
        await eventually(lambda: recorder.handled == [good] and len(recorder.letters) == 1, "both outcomes", 5)
    assert (recorder.letters[0].reason, recorder.letters[0].payload) == ("UNDECODABLE", b"\xff")
    await settled(streams)


async def test_message_is_not_ended_before_its_dead_letter_is_kept(streams: NatsServer) -> None:
    """When the dead letter cannot be stored the message comes again, so it exists in one of the two places."""
    recorder, sent = Recorder(), event()
    recorder.failures[sent.id] = [KeyError()] * 9
    recorder.letter_failures = [Unavailable("STORAGE_UNAVAILABLE", "x")]
    async with consuming(streams, recorder) as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(sent)
        await eventually(lambda: len(recorder.letters) == 1, "the dead letter")
    assert recorder.letters[0].deliveries == 2
    await settled(streams)


async def test_message_that_kills_the_process_is_not_tried_for_ever(streams: NatsServer) -> None:
    """After six deliveries without an answer the message is kept as a dead letter without a seventh try."""
    sent, recorder = event(), Recorder()
    async with connected(streams, "profiles") as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(sent)
    async with connected(streams, "matching") as reader:
        subscription = await reader.jetstream().pull_subscribe_bind("matching-profiles", "POLKU_PROFILES")
        for _ in range(6):
            (message,) = await subscription.fetch(1, timeout=5)
            await message.nak()
    async with consuming(streams, recorder):
        await eventually(lambda: len(recorder.letters) == 1, "the dead letter")
    assert (recorder.letters[0].reason, recorder.tries[sent.id]) == ("DELIVERIES_EXHAUSTED", 0)


async def test_long_work_is_not_delivered_twice(streams: NatsServer) -> None:
    """Work that lasts longer than the acknowledgement wait says it goes on, also for messages that wait in line."""
    await declare(
        streams.owner_url, [], [ConsumerSpec("POLKU_PROFILES", "matching-profiles", ack_wait=timedelta(seconds=1))]
    )
    recorder, aggregate = Recorder(), event().aggregate_id
    recorder.duration = 1.5
    async with consuming(streams, recorder, ack_wait=1.0) as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        for version in (1, 2):
            await publisher.publish(event(aggregate, version))
        await eventually(lambda: len(recorder.handled) == 2, "the end of the work")
    assert list(recorder.tries.values()) == [1, 1]
    await settled(streams)


async def test_stop_finishes_what_was_fetched(streams: NatsServer) -> None:
    """A stop in the middle finishes and acknowledges the work in hand; nothing comes again."""
    recorder = Recorder()
    recorder.duration = 0.2
    async with consuming(streams, recorder) as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(event())
        await eventually(lambda: sum(recorder.running.values()) == 1, "the start of the work")
    assert len(recorder.handled) == 1
    assert await pending(streams) == (0, 0)


async def test_consumer_and_publisher_survive_a_killed_broker() -> None:
    """After kill -9 of the broker both go on by themselves; what was acknowledged is still there."""
    server, recorder = NatsServer(), Recorder()
    try:
        server.start()
        await declare(server.owner_url, [stream_of("profiles")], [ConsumerSpec("POLKU_PROFILES", "matching-profiles")])
        async with consuming(server, recorder) as writer:
            publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
            await publisher.publish(event())
            server.stop(signal.SIGKILL)
            with pytest.raises(Unavailable):
                await publisher.publish(event())
            await asyncio.to_thread(server.start)
            last = event()

            async def published() -> bool:
                try:
                    await publisher.publish(last)
                except PolkuError:
                    return False
                return True

            await eventually(published, "publishing after the restart")
            await eventually(lambda: last in recorder.handled, "consuming after the restart")
    finally:
        server.remove()
