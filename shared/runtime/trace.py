"""W3C trace context (https://www.w3.org/TR/trace-context/) of the current call or message."""

import re
import secrets
from contextvars import ContextVar

_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("polku_traceparent", default="")


def continue_trace(traceparent: str) -> str:
    """Make a child of `traceparent` the current context, or a new trace where it is missing or malformed."""
    found = _FORM.fullmatch(traceparent)
    trace = found.group(1) if found and int(found.group(1), 16) and int(found.group(2), 16) else secrets.token_hex(16)
    current = f"00-{trace}-{secrets.token_hex(8)}-01"
    _current.set(current)
    return current


def current_traceparent() -> str:
    """Return the current traceparent, empty outside of calls and messages."""
    return _current.get()


def current_trace_id() -> str:
    """Return the 32 hexadecimal characters of the current trace id, empty outside of calls and messages."""
    return _current.get()[3:35]
