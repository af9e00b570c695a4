"""Matching's stream of changes, read on a caller's behalf.

One message is read at a time, and the next when it has gone out. So nothing piles up here: who reads slowly holds
matching's stream up, and matching ends it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import grpc.aio
from polku.matching.v1.watch_pb2 import WatchMatchesRequest, WatchMatchesResponse

from services.gateway.clients import READ_SECONDS, Backends, Caller
from services.gateway.health import Draining
from shared.kernel.errors import DeadlineExceeded
from shared.runtime.rpc.client import from_rpc_error

HEARTBEAT_SECONDS = 15.0
_LONGER = 5.0
"""The call's own deadline comes so much later than the end of the watch, which says what it was."""
_END = object()


class Watch:
    """A stream of WatchMatches that ends with the caller's token, and with this process."""

    def __init__(self, call: Any, draining: Draining, seconds: float) -> None:
        self._call = call
        self._ends_at = time.monotonic() + seconds
        self._stopping = asyncio.ensure_future(draining.begun())
        self._reading: asyncio.Future[Any] | None = None
        self._first: Any = None

    @classmethod
    async def begin(
        cls, backends: Backends, request: WatchMatchesRequest, caller: Caller, draining: Draining, seconds: float
    ) -> "Watch":
        """Begin a watch of at most so many seconds; its first message has come when this returns.

        Raises the PolkuError that matching answered, DeadlineExceeded where it did not answer.
        """
        call = backends.begin(backends.matching.WatchMatches, request, caller, seconds=seconds + _LONGER)
        watch = cls(call, draining, seconds)
        try:
            watch._first = await watch._next(READ_SECONDS)
            if watch._first is None:
                raise DeadlineExceeded("WATCH_NOT_BEGUN", "Watching did not begin in time. Try again in a moment.")
        except BaseException:
            watch.close()
            raise
        return watch

    @property
    def expired(self) -> bool:
        """Whether the caller's token has ended."""
        return time.monotonic() >= self._ends_at

    async def messages(self, heartbeat: float = HEARTBEAT_SECONDS) -> AsyncGenerator[WatchMatchesResponse | None, None]:
        """The messages; None where none has come for 15 seconds. Raises the PolkuError that ended the stream."""
        message = self._first
        while message is not _END:
            yield message
            message = await self._next(heartbeat)

    def close(self) -> None:
        """Let go of the stream. More than once is no harm."""
        self._call.cancel()
        self._stopping.cancel()
        reading, self._reading = self._reading, None
        if reading is not None and not reading.cancel() and not reading.cancelled():
            reading.exception()  # it ended by itself, and nobody will ask how

    async def _next(self, patience: float) -> Any:
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._call.read())
        seconds = max(0.0, min(patience, self._ends_at - time.monotonic()))
        awaited = {self._reading, self._stopping}
        await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if self._reading.done():
            reading, self._reading = self._reading, None
            return _message(reading)
        return _END if self._stopping.done() or self.expired else None


def _message(reading: asyncio.Future[Any]) -> Any:
    try:
        message = reading.result()
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error) from None
    return _END if message is grpc.aio.EOF else message
