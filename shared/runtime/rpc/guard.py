"""The outermost interceptor: every failure becomes a status without internals, every call one log line."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio

from shared.kernel.errors import InvalidArgument, PolkuError, ResourceExhausted
from shared.runtime.log import get_logger
from shared.runtime.rpc.deadline import begin_deadline
from shared.runtime.rpc.handlers import Context, Continuation, Handler, header, is_infrastructure, wrapped
from shared.runtime.rpc.identity import begin_identity, current_principal
from shared.runtime.rpc.status import DETAILS_KEY, status_of
from shared.runtime.trace import continue_trace, current_trace_id

_log = get_logger("rpc")
USUAL_REQUEST = 64 * 1024
"""Bytes that a request may have where nothing else is said of its method."""
_MALFORMED = object()
_TOO_LARGE = object()
_OUR_FAULT = frozenset({"INTERNAL", "UNKNOWN"})
_WORTH_A_LOOK = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"})
_LONGEST_ABORT = 1.0  # seconds


class GuardInterceptor(grpc.aio.ServerInterceptor):
    """Maps malformed bytes, kernel errors and uncaught exceptions; bare grpc.aio sends exception texts to clients.

    `large_requests` are the methods, by full name ("/pkg.Service/Method"), whose requests may have more than 64 kB,
    with how many bytes: the server's own limit is one for all its methods.
    """

    def __init__(self, large_requests: Mapping[str, int] | None = None) -> None:
        self._large_requests = dict(large_requests or {})

    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        """Wrap the handler of a known method; an unknown one is answered UNIMPLEMENTED by grpc itself."""
        handler: Handler | None = await continuation(handler_call_details)
        if handler is None:
            return None
        method = handler_call_details.method
        serialise = handler.response_serializer or (lambda message: message)
        return wrapped(
            handler,
            lambda context: _guarded(method, context),
            request=_decoded,
            response=serialise,
            deserialise=_tolerant(
                handler.request_deserializer,
                self._large_requests.get(method, USUAL_REQUEST) if self._large_requests else 0,
            ),
            # Answers are serialised inside the guard; only what a handler wrote itself is still a message here.
            serialise=lambda answer: answer if isinstance(answer, bytes) else serialise(answer),
        )


@asynccontextmanager
async def _guarded(method: str, context: Context) -> AsyncIterator[None]:
    started = time.perf_counter()
    continue_trace("".join(header(context, "traceparent")[:1]))
    begin_identity()
    begin_deadline(context)
    outcome: dict[str, Any] = {"code": "OK"}
    try:
        yield
    except grpc.aio.AbortError:
        # Only a handler that is not ours (health, reflection) aborts by itself.
        outcome = {"code": _code_name(context)}
        raise
    except (asyncio.CancelledError, GeneratorExit):
        remaining = context.time_remaining()
        outcome = {"code": "DEADLINE_EXCEEDED" if remaining is not None and remaining <= 0 else "CANCELLED"}
        raise
    except PolkuError as error:
        outcome = {"code": error.code, "reason": error.reason}
        await _abort(context, error)
    except Exception as error:
        incident = secrets.token_hex(4)
        outcome = {"code": "INTERNAL", "reason": "INTERNAL", "incident": incident}
        _log.error("rpc.failed", method=method, incident=incident, trace_id=current_trace_id(), exc_info=error)
        await context.abort(grpc.StatusCode.INTERNAL, f"internal error, incident {incident}")
    finally:
        _log_call(method, outcome, time.perf_counter() - started)


async def _abort(context: Context, error: PolkuError) -> None:
    trailers: list[tuple[str, str | bytes]] = [(DETAILS_KEY, status_of(error).SerializeToString())]
    if error.retry_after is not None:
        trailers.append(("grpc-retry-pushback-ms", str(int(error.retry_after * 1000))))
    try:
        async with asyncio.timeout(_LONGEST_ABORT):
            await context.abort(grpc.StatusCode[error.code], error.message[:300], tuple(trailers))
    except TimeoutError:
        # The status waits behind messages that the reader does not take. It is on its way: the handler ends here.
        raise asyncio.CancelledError from None


def _log_call(method: str, outcome: dict[str, Any], seconds: float) -> None:
    code = outcome["code"]
    log = _log.error if code in _OUR_FAULT else _log.warning if code in _WORTH_A_LOOK else _log.info
    if is_infrastructure(method):
        log = _log.debug  # probes come every second
    caller = current_principal()
    log(
        "rpc.completed",
        method=method,
        code=code,
        reason=outcome.get("reason", ""),
        duration_ms=round(seconds * 1000, 2),
        role=caller.role.value,
        calling_service=caller.service,
        trace_id=current_trace_id(),
        **({"incident": outcome["incident"]} if "incident" in outcome else {}),
    )


def _tolerant(deserialise: Callable[[bytes], Any] | None, most: int) -> Callable[[bytes], Any]:
    """`most` 0: the server itself refuses what is too large."""

    def safe(payload: bytes) -> Any:
        if most and len(payload) > most:
            return _TOO_LARGE
        try:
            return deserialise(payload) if deserialise else payload
        except Exception:
            # Whatever a decoder raises, its text may quote the payload; the request is simply malformed.
            return _MALFORMED

    return safe


def _decoded(message: Any) -> Any:
    if message is _MALFORMED:
        raise InvalidArgument("MALFORMED_REQUEST", "malformed request")
    if message is _TOO_LARGE:
        raise ResourceExhausted("REQUEST_TOO_LARGE", "The request is larger than this method takes.")
    return message


def _code_name(context: Context) -> str:
    code: Any = context.code()
    if isinstance(code, grpc.StatusCode):
        return code.name
    return next((known.name for known in grpc.StatusCode if known.value[0] == code), "UNKNOWN")
