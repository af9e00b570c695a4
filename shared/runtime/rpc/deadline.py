"""Deadlines: every unary call has one, at most 30 s, and passes what is left on to the calls that it makes."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import grpc
import grpc.aio

from shared.kernel.errors import InvalidArgument
from shared.runtime.rpc.handlers import Context, Continuation, Handler, is_infrastructure, wrapped

LONGEST = 30.0
# On the wire grpc rounds a timeout up to 0.1 s, and reuses a timeout that was sent before on the same connection where
# it is up to 3 % longer: a client's 30 s was seen to arrive as 31.0 s.
_ON_THE_WIRE = 1.1
_RESERVE = 0.05  # kept for our own answer
_ends_at: ContextVar[float | None] = ContextVar("polku_deadline", default=None)


def begin_deadline(context: Context) -> None:
    """Remember the deadline of the call that starts here."""
    remaining = context.time_remaining()
    _ends_at.set(None if remaining is None else time.monotonic() + remaining)


def time_left() -> float | None:
    """Return the seconds that a call made now may take (50 ms are kept back), None outside of a call."""
    ends_at = _ends_at.get()
    return None if ends_at is None else max(ends_at - time.monotonic() - _RESERVE, 0.001)


class DeadlineInterceptor(grpc.aio.ServerInterceptor):
    """Refuses unary calls without a deadline or with one above 30 s. Streams have limits of their own."""

    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        """Wrap a unary handler."""
        handler: Handler | None = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None or is_infrastructure(handler_call_details.method):
            return handler
        return wrapped(handler, _bounded)


@asynccontextmanager
async def _bounded(context: Context) -> AsyncIterator[None]:
    remaining = context.time_remaining()
    if remaining is None or remaining > LONGEST + _ON_THE_WIRE:
        raise InvalidArgument("DEADLINE_REQUIRED", f"Set a deadline of at most {LONGEST:.0f} seconds for this call.")
    yield
