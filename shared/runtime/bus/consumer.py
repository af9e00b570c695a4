"""Consuming: pull, apply, commit, then acknowledge; nothing is ever dropped in silence."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError

from shared.kernel.errors import Aborted, DeadlineExceeded, PolkuError, ResourceExhausted, Unavailable
from shared.kernel.events import EventRecord
from shared.runtime.bus.envelope import Undecodable, record_of
from shared.runtime.dead_letters import DeadLetter
from shared.runtime.log import get_logger
from shared.runtime.trace import continue_trace, current_trace_id

Handle = Callable[[EventRecord], Awaitable[None]]
"""Applies one event and commits. It returns for a duplicate or stale event too."""
KeepDeadLetter = Callable[[DeadLetter], Awaitable[None]]
"""Stores one dead letter and commits."""

PASSING = (Unavailable, DeadlineExceeded, Aborted, ResourceExhausted, OSError)
"""Failures that are tried again (TimeoutError and ConnectionError are OSErrors); all others are permanent."""
DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Seconds before the second, third … delivery."""
_log = get_logger("consumer")


class Consumer:
    """Feeds the events of one durable to `handle`: in order per aggregate, several aggregates at once.

    An event is acknowledged after `handle` returned. A passing failure is delivered again after 1 s, 5 s, 30 s, 2 and
    10 min; a permanent failure, an undecodable message and the sixth failure go to `dead_letter` and are terminated.
    A message that killed the process six times is dead-lettered without being tried once more.
    """

    def __init__(
        self,
        connection: Client,
        stream: str,
        durable: str,
        handle: Handle,
        dead_letter: KeepDeadLetter,
        *,
        concurrency: int = 8,
        max_deliver: int = 6,
        ack_wait: float = 30.0,
        delays: tuple[float, ...] = DELAYS,
    ) -> None:
        self._connection = connection
        self._stream = stream
        self._durable = durable
        self._handle = handle
        self._dead_letter = dead_letter
        self._concurrency = concurrency
        self._max_deliver = max_deliver
        self._tick = ack_wait / 3
        self._delays = delays
        self._gate = asyncio.Semaphore(concurrency)
        self._lanes: dict[str, deque[Msg]] = {}
        self._held: dict[int, Msg] = {}  # by identity: a message cannot be hashed
        self._room = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; what was fetched is finished first."""
        subscription = await self._connection.jetstream().pull_subscribe_bind(self._durable, self._stream)
        async with asyncio.TaskGroup() as lanes:
            keeper = lanes.create_task(self._keep_alive())
            while not stop.is_set():
                for message in await self._fetch(subscription):
                    self._queue(lanes, message)
                await self._wait_for_room()
            while self._lanes:
                await self._wait_for_room(0)
            keeper.cancel()
        with suppress(nats.errors.Error):
            await subscription.unsubscribe()

    async def _fetch(self, subscription: JetStreamContext.PullSubscription) -> list[Msg]:
        try:
            return await subscription.fetch(self._concurrency * 4, timeout=1)
        except nats.errors.TimeoutError:
            return []
        except (nats.errors.Error, APIError, OSError) as error:
            _log.warning("messages.fetch_failed", consumer=self._durable, kind=type(error).__name__)
            await asyncio.sleep(0.5)  # the client reconnects by itself
            return []

    async def _wait_for_room(self, limit: int | None = None) -> None:
        limit = self._concurrency * 4 if limit is None else limit
        while len(self._held) > limit:
            self._room.clear()
            await self._room.wait()

    def _queue(self, lanes: asyncio.TaskGroup, message: Msg) -> None:
        self._held[id(message)] = message
        aggregate = (message.headers or {}).get("ce-subject", "")
        if aggregate in self._lanes:
            self._lanes[aggregate].append(message)
        else:
            self._lanes[aggregate] = deque([message])
            lanes.create_task(self._drive(aggregate))

    async def _drive(self, aggregate: str) -> None:
        queue = self._lanes[aggregate]
        while queue:
            message = queue.popleft()
            async with self._gate:
                await self._settle(message)
            del self._held[id(message)]
            if not queue:
                del self._lanes[aggregate]
            self._room.set()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            for message in tuple(self._held.values()):
                with suppress(nats.errors.Error):
                    await message.in_progress()

    async def _settle(self, message: Msg) -> None:
        """Apply one message and answer the server; a lost answer only means one more delivery."""
        started = time.perf_counter()
        headers, deliveries = message.headers or {}, message.metadata.num_delivered
        continue_trace(headers.get("traceparent", ""))
        outcome, reason = await self._apply(message, deliveries)
        with suppress(nats.errors.Error):
            await self._answer(message, outcome, deliveries)
        log = _log.info if outcome == "acknowledged" else _log.warning if outcome == "delayed" else _log.error
        log(
            "message.settled",
            consumer=self._durable,
            type=headers.get("ce-type", "")[:200],
            event_id=headers.get("ce-id", "")[:40],
            sequence=message.metadata.sequence.stream,
            deliveries=deliveries,
            outcome=outcome,
            reason=reason,
            duration_ms=round((time.perf_counter() - started) * 1000, 2),
            trace_id=current_trace_id(),
        )

    async def _apply(self, message: Msg, deliveries: int) -> tuple[str, str]:
        if deliveries > self._max_deliver:
            return await self._give_up(message, deliveries, "DELIVERIES_EXHAUSTED")
        try:
            await self._handle(record_of(message.subject, message.headers or {}, message.data))
        except Undecodable:
            return await self._give_up(message, deliveries, "UNDECODABLE")
        except PASSING as error:
            reason = _reason(error)
            if deliveries == self._max_deliver:
                return await self._give_up(message, deliveries, reason)
            return "delayed", reason
        except Exception as error:
            _log.error("message.handling_failed", consumer=self._durable, exc_info=error)
            return await self._give_up(message, deliveries, _reason(error))
        return "acknowledged", ""

    async def _give_up(self, message: Msg, deliveries: int, reason: str) -> tuple[str, str]:
        letter = DeadLetter(
            consumer=self._durable,
            stream=self._stream,
            sequence=message.metadata.sequence.stream,
            subject=message.subject,
            headers=dict(message.headers or {}),
            payload=message.data,
            reason=reason,
            deliveries=deliveries,
        )
        try:
            await self._dead_letter(letter)
        except Exception as error:
            # Not kept, so not terminated: the message comes again.
            _log.error("dead_letter.keeping_failed", consumer=self._durable, exc_info=error)
            return "delayed", reason
        return "dead_lettered", reason

    async def _answer(self, message: Msg, outcome: str, deliveries: int) -> None:
        if outcome == "acknowledged":
            await message.ack()
        elif outcome == "dead_lettered":
            await message.term()
        else:
            await message.nak(delay=self._delays[min(deliveries, len(self._delays)) - 1])


def _reason(error: BaseException) -> str:
    return error.reason if isinstance(error, PolkuError) else type(error).__name__
