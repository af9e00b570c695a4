"""Logs: structlog, one JSON object a line (console form on a terminal), and no personal data.

Events are `noun.past_verb` with ids. The text of exceptions is never written, since drivers quote values in it: an
exception is logged as its type, the kernel reason or SQLSTATE where there is one, and the places in the code.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from shared.kernel.errors import PolkuError

# fmt: off
REFUSED_KEYS = frozenset(
    {
        "address", "authorization", "birth_date", "birthdate", "birthday", "cv", "date_of_birth", "display_name",
        "email", "family_name", "first_name", "full_name", "given_name", "hetu", "last_name", "message_text", "name",
        "nationality", "password", "pepper", "personal_id", "phone", "phone_number", "secret", "ssn", "street",
        "text", "token",
    }
)
# fmt: on
"""Keys that never reach a log. Write the id instead."""
_REFUSED_ENDINGS = ("_email", "_phone", "_password", "_secret", "_token", "_hetu", "_ssn", "_birth_date")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class PersonalDataRefused(ValueError):
    """A log call carried a key for personal data; raised in strict mode only (tests)."""


def configure(
    service: str, *, level: str = "info", format: str = "auto", stream: TextIO | None = None, strict: bool = False
) -> None:
    """Set up logging for the process.

    level   debug, info, warning or error
    format  json, console, or auto: console on a terminal, else json
    stream  standard error unless given
    strict  raise PersonalDataRefused instead of dropping the value
    """
    if level not in _LEVELS or format not in ("auto", "json", "console"):
        raise ValueError("The log level is debug, info, warning or error; the format is auto, json or console.")
    out = stream if stream is not None else sys.stderr
    console = format == "console" or (format == "auto" and out.isatty())
    structlog.configure(
        processors=_processors(service, console, strict),
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _catch_library_logs()


def get_logger(name: str) -> FilteringBoundLogger:
    """Return a logger that adds `component=name` to each line. It may be made before `configure`."""
    return cast(FilteringBoundLogger, structlog.get_logger(component=name))


def _processors(service: str, console: bool, strict: bool) -> list[Processor]:
    def add_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    render: list[Processor] = [structlog.processors.JSONRenderer()]
    if console:
        render = [_escape_controls, structlog.dev.ConsoleRenderer(colors=False)]
    return [
        structlog.contextvars.merge_contextvars,
        _Refuser(strict),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _describe_exception,
        *render,
    ]


class _Refuser:
    """Drops the values of refused keys, at any depth, and says so in a line of its own."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        refused: list[str] = []
        clean = cast(dict[str, Any], _without_refused(event, refused))
        for key in refused:
            if self._strict:
                raise PersonalDataRefused(f"The log event {event.get('event')!r} carries {key!r}: log an id instead.")
            structlog.get_logger("log").error("log.personal_data_refused", key=key, refused_event=event.get("event"))
        return clean


def _without_refused(value: Any, refused: list[str]) -> Any:
    if isinstance(value, Mapping):
        kept = {}
        for key, inner in value.items():
            if str(key).lower() in REFUSED_KEYS or str(key).lower().endswith(_REFUSED_ENDINGS):
                refused.append(str(key))
            else:
                kept[key] = _without_refused(inner, refused)
        return kept
    if isinstance(value, list | tuple):
        return [_without_refused(inner, refused) for inner in value]
    return value


def _describe_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> list[dict[str, Any]]:
    """Describe an exception and its causes without their texts: type, reason or SQLSTATE, places in the code."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        entry: dict[str, Any] = {"type": type(current).__qualname__, "at": _places(current.__traceback__)}
        if isinstance(current, PolkuError):
            entry["reason"] = current.reason
        if isinstance(current, BaseExceptionGroup):
            entry["errors"] = [describe(inner) for inner in current.exceptions[:5]]
        if sqlstate := getattr(current, "sqlstate", None):
            entry["sqlstate"] = sqlstate
        chain.append(entry)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def _escape_controls(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
    return event


class _LibraryHandler(logging.Handler):
    """Passes on warnings of libraries without their arguments: only the fixed part of the text is ours to trust."""

    def emit(self, record: logging.LogRecord) -> None:
        line = structlog.get_logger(component=record.name)
        fixed = record.msg if isinstance(record.msg, str) and record.args else ""
        exc_info = record.exc_info if record.exc_info and record.exc_info[1] else None
        place = f"{record.module}:{record.lineno}"
        line.log(record.levelno, "library.warning_raised", template=fixed, place=place, exc_info=exc_info)


def _catch_library_logs() -> None:
    root = logging.getLogger()
    for handler in [found for found in root.handlers if isinstance(found, _LibraryHandler)]:
        root.removeHandler(handler)
    root.addHandler(_LibraryHandler(level=logging.WARNING))
