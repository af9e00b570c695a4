"""One log line for each request: route template, status, duration, role. No query, no id of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.incidents import internal
from services.gateway.problems import problem
from shared.runtime.log import get_logger
from shared.runtime.trace import continue_trace, current_trace_id

_log = get_logger("gateway")
UNMATCHED = "unmatched"


@dataclass(slots=True)
class RequestRecord:
    """What the line will say; the endpoint fills it."""

    route: str = UNMATCHED
    role: str = "anonymous"
    reason: str = ""
    status: int = 0


def record_of(scope: Scope) -> RequestRecord:
    """Return the record of a request."""
    record: RequestRecord = scope.setdefault("polku.record", RequestRecord())
    return record


class RequestLog:
    """ASGI middleware that starts or continues the trace and writes the line when the answer is out."""

    def __init__(self, app: ASGIApp, timer: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = self._timer()
        record = record_of(scope)
        continue_trace(_traceparent(scope))

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception as error:
            # Endpoints answer for themselves; this is the last net, so that no server's own text goes out.
            failure = internal(error, record.route)
            record.reason = failure.reason
            if record.status == 0:
                await problem(failure)(scope, receive, observed)
        finally:
            self._write(scope, record, self._timer() - started)

    def _write(self, scope: Scope, record: RequestRecord, seconds: float) -> None:
        _log.info(
            "request.answered",
            method=scope["method"],
            route=record.route,
            status=record.status,
            duration_ms=round(seconds * 1000, 1),
            role=str(record.role),
            trace_id=current_trace_id(),
            **({"reason": record.reason} if record.reason else {}),
        )


def _traceparent(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")
