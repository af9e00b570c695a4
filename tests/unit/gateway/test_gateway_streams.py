"""Server-sent events, and the reading behind them, without a network."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import grpc.aio
import pytest
from polku.matching.v1.watch_pb2 import WatchMatchesRequest, WatchMatchesResponse

from services.gateway import event_stream
from services.gateway.clients import NOBODY
from services.gateway.event_stream import EventStream, event, mark
from services.gateway.health import Draining
from services.gateway.watching import Watch

PATIENCE = 5.0


class Call:
    """A stream of grpc, and the services that give it: answers what is put, then waits."""

    matching = SimpleNamespace(WatchMatches=None)

    def __init__(self, *messages: Any) -> None:
        self.messages = list(messages)
        self.cancelled = False

    def begin(self, *_: Any, **__: Any) -> "Call":
        """The call."""
        return self

    async def read(self) -> Any:
        """The next message."""
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)

    def cancel(self) -> None:
        """Remember."""
        self.cancelled = True

    async def watch(self, seconds: float = 60) -> Watch:
        """A watch of it."""
        return await Watch.begin(self, WatchMatchesRequest(), NOBODY, Draining(), seconds)  # type: ignore[arg-type]


def test_an_event_has_the_form_of_the_standard() -> None:
    """Fields in lines, an empty line at the end; data of several lines keeps them."""
    assert event("change", "a\nb", id="7") == b"id: 7\nevent: change\ndata: a\ndata: b\n\n"
    assert event("end", "{}") == b"event: end\ndata: {}\n\n"
    assert mark("8", retry_ms=3000) == b":\nretry: 3000\nid: 8\n\n"


async def test_silence_is_told_so_that_something_can_be_written() -> None:
    """None when no message came in time, and the message that comes later is not lost."""
    call = Call(WatchMatchesResponse(since="1"))
    watch = await call.watch()
    found = []
    async for message in watch.messages(heartbeat=0.01):
        found.append(message)
        if len(found) == 3:
            call.messages.append(WatchMatchesResponse(since="2"))
            break
    assert [message and message.since for message in found] == ["1", None, None]
    watch.close()
    watch.close()
    assert call.cancelled


async def test_the_end_of_the_token_ends_the_messages() -> None:
    """Also while nothing happens, and at once, not at the next heartbeat."""
    watch = await Call(WatchMatchesResponse(since="1")).watch(0.05)
    async with asyncio.timeout(PATIENCE):
        assert len([message async for message in watch.messages()]) == 1
    assert watch.expired
    watch.close()


async def test_matching_can_end_the_messages() -> None:
    """The end of matching's stream is the end, and no error."""
    watch = await Call(WatchMatchesResponse(since="1"), grpc.aio.EOF).watch()
    assert len([message async for message in watch.messages()]) == 1
    assert not watch.expired
    watch.close()


class Closing:
    """Frames, and whether they were let go of."""

    def __init__(self) -> None:
        self.closed = 0
        self.ended = False

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Frames without end."""
        try:
            while True:
                yield b":\n\n"
                await asyncio.sleep(0)
        finally:
            self.ended = True

    def close(self) -> None:
        """Count."""
        self.closed += 1


async def _never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def _gone() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def test_a_client_that_leaves_ends_the_stream() -> None:
    """Also one that leaves before anything was written: the source of the frames is closed."""
    source = Closing()

    async def send(message: Any) -> None:
        await asyncio.sleep(0)

    async with asyncio.timeout(PATIENCE):
        await EventStream(source.frames(), source.close)({"type": "http"}, _gone, send)
    assert source.closed == 1


async def test_a_client_that_does_not_read_is_let_go() -> None:
    """A write that finds no room for too long ends the stream."""
    source = Closing()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    stream = EventStream(source.frames(), source.close, slowest_write=0.05)
    async with asyncio.timeout(PATIENCE):
        await stream({"type": "http"}, _never, send)
    assert source.closed == 1
    assert source.ended


async def test_a_stream_is_not_kept_by_anybody() -> None:
    """Not stored by caches, not held back by proxies."""
    stream = EventStream(Closing().frames(), lambda: None)
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "content-length" not in stream.headers
    assert event_stream.SLOWEST_WRITE <= 20


@pytest.mark.parametrize("on", [True, False])
async def test_draining_is_waited_for(on: bool) -> None:
    """What waits for the end of the process is told of it."""
    draining = Draining()
    draining.on = on
    waiting = asyncio.ensure_future(draining.begun())
    draining.on = True
    async with asyncio.timeout(PATIENCE):
        await waiting
