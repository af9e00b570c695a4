"""Connections, a recording handler and a running consumer."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from nats.aio.client import Client

from shared.kernel.events import EventRecord
from shared.runtime.bus import (
    Consumer,
    connect,
)
from shared.runtime.dead_letters import DeadLetter
from tests.integration.shared.samples import eventually
from tests.servers import NatsServer


@asynccontextmanager
async def connected(server: NatsServer, user: str, **more: Any) -> AsyncIterator[Client]:
    """Connect as a user."""
    connection = await connect(server.url(user), name=user, **more)
    try:
        yield connection
    finally:
        await connection.close()


class Recorder:
    """Handles events and keeps dead letters; `failures` are raised first per event id."""

    def __init__(self) -> None:
        self.handled: list[EventRecord] = []
        self.letters: list[DeadLetter] = []
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        self.letter_failures: list[Exception] = []
        self.tries: dict[str, int] = defaultdict(int)
        self.duration = 0.0
        self.running: dict[str, int] = defaultdict(int)
        self.most_running = 0
        self.most_per_aggregate = 0

    async def handle(self, record: EventRecord) -> None:
        self.tries[record.id] += 1
        self.running[record.aggregate_id] += 1
        self.most_running = max(self.most_running, sum(self.running.values()))
        self.most_per_aggregate = max(self.most_per_aggregate, self.running[record.aggregate_id])
        try:
            await asyncio.sleep(self.duration)
            if self.failures[record.id]:
                raise self.failures[record.id].pop(0)
            self.handled.append(record)
        finally:
            self.running[record.aggregate_id] -= 1

    async def keep(self, letter: DeadLetter) -> None:
        if self.letter_failures:
            raise self.letter_failures.pop(0)
        self.letters.append(letter)


@asynccontextmanager
async def consuming(server: NatsServer, recorder: Recorder, **more: Any) -> AsyncIterator[Client]:
    """Run a consumer with short delays, and give a connection of the publisher."""
    stop = asyncio.Event()
    options = {"delays": (0.05,), **more}
    async with connected(server, "matching") as reader, connected(server, "profiles") as writer:
        consumer = Consumer(reader, "POLKU_PROFILES", "matching-profiles", recorder.handle, recorder.keep, **options)
        task = asyncio.create_task(consumer.run(stop))
        try:
            yield writer
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)


async def pending(server: NatsServer) -> tuple[int, int]:
    """Return how many messages are not acknowledged and how many not delivered."""
    async with connected(server, "matching") as connection:
        info = await connection.jetstream().consumer_info("POLKU_PROFILES", "matching-profiles")
    return info.num_ack_pending or 0, info.num_pending or 0


async def settled(server: NatsServer) -> None:
    """Wait until no message is pending or unacknowledged."""

    async def none_left() -> bool:
        return await pending(server) == (0, 0)

    await eventually(none_left, "settling every message")
