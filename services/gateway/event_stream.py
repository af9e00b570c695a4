"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

SLOWEST_WRITE = 20.0
"""Seconds that a client may take to make room for one event."""
HEARTBEAT = b":\n\n"
"""A comment, so that proxies and clients see that the stream lives."""


def event(name: str, data: str, *, id: str = "") -> bytes:
    """Return one event. `data` may have several lines; `name` and `id` have one."""
    lines = [*([f"id: {id}"] if id else []), f"event: {name}", *(f"data: {line}" for line in data.split("\n"))]
    return ("\n".join(lines) + "\n\n").encode()


def mark(id: str, *, retry_ms: int = 0) -> bytes:
    """Return what moves the client's last id on without telling it anything, and is a heartbeat as well."""
    retry = f"retry: {retry_ms}\n" if retry_ms else ""
    return f":\n{retry}id: {id}\n\n".encode()


class EventStream(StreamingResponse):
    """Sends frames until they end, or the client leaves or stops reading. Then `close` is called, in any case."""

    def __init__(
        self, frames: AsyncGenerator[bytes, None], close: Callable[[], None], *, slowest_write: float = SLOWEST_WRITE
    ) -> None:
        # Some proxies keep answers back until they are whole, unless told not to.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(frames, headers=headers, media_type="text/event-stream")
        self._frames = frames
        self._close = close
        self._slowest_write = slowest_write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        tasks = [asyncio.create_task(self._write(send)), asyncio.create_task(_left(receive))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._frames.aclose()
            self._close()

    async def _write(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        try:
            await self._sent(send, start)
            async for frame in self._frames:
                await self._sent(send, {"type": "http.response.body", "body": frame, "more_body": True})
            await self._sent(send, {"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            return  # who does not read is left alone: the server closes the connection

    async def _sent(self, send: Send, message: Message) -> None:
        async with asyncio.timeout(self._slowest_write):
            await send(message)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
