"""Logs: one JSON object a line, no personal data, no texts of exceptions."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.kernel.errors import InvalidArgument
from shared.runtime.log import REFUSED_KEYS, PersonalDataRefused, configure, get_logger


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logs go into this stream; the settings of before come back afterwards."""
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    yield io.StringIO()
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_json_object_a_line(stream: io.StringIO) -> None:
    """A line holds service, component, level, event, UTC time and the fields."""
    configure("profiles", stream=stream)
    get_logger("api").info("profile.created", profile_id="p1", count=2)
    (line,) = _lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "service": "profiles",
        "component": "api",
        "level": "info",
        "event": "profile.created",
        "profile_id": "p1",
        "count": 2,
    }


def test_level_filters(stream: io.StringIO) -> None:
    """Lines below the level are not written."""
    configure("profiles", level="warning", stream=stream)
    get_logger("api").info("profile.created")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("key", [*sorted(REFUSED_KEYS), "contact_email", "Phone", "page_token"])
def test_personal_data_is_dropped_and_reported(stream: io.StringIO, key: str) -> None:
    """The value of a refused key is not written; an error names the key and the event."""
    configure("profiles", stream=stream)
    get_logger("api").info("profile.created", profile_id="p1", **{key: "Aino"})
    reported, line = _lines(stream)
    assert (reported["event"], reported["key"]) == ("log.personal_data_refused", key)
    assert (reported["level"], reported["refused_event"]) == ("error", "profile.created")
    assert key not in line
    assert "Aino" not in stream.getvalue()


def test_nested_personal_data_is_dropped(stream: io.StringIO) -> None:
    """Refused keys are found inside mappings and lists too."""
    configure("profiles", stream=stream)
    get_logger("api").info("x.done", detail={"people": [{"email": "a@b.example", "id": 1}]})
    assert "a@b.example" not in stream.getvalue()
    assert _lines(stream)[1]["detail"] == {"people": [{"id": 1}]}


def test_strict_mode_raises(stream: io.StringIO) -> None:
    """In strict mode a refused key is an error of the caller."""
    configure("profiles", stream=stream, strict=True)
    with pytest.raises(PersonalDataRefused, match="email"):
        get_logger("api").info("profile.created", email="a@b.example")


def test_text_of_an_exception_is_not_written(stream: io.StringIO) -> None:
    """An exception is logged by type, place and kernel reason, with its causes, and never by its text."""
    configure("profiles", stream=stream)
    try:
        try:
            raise ValueError("Aino Virtanen")
        except ValueError as error:
            raise InvalidArgument("NAME_INVALID", "about Aino") from error
    except InvalidArgument:
        get_logger("api").exception("call.failed")
    assert "Aino" not in stream.getvalue()
    outer, inner = _lines(stream)[0]["exception"]
    assert (outer["type"], outer["reason"], inner["type"]) == ("InvalidArgument", "NAME_INVALID", "ValueError")
    assert "test_log.py" in outer["at"][0]


def test_exceptions_of_a_group_are_described(stream: io.StringIO) -> None:
    """A group tells the types inside it."""
    configure("profiles", stream=stream)
    get_logger("api").error("task.died", exc_info=ExceptionGroup("g", [KeyError("Aino")]))
    assert _lines(stream)[0]["exception"][0]["errors"][0][0]["type"] == "KeyError"
    assert "Aino" not in stream.getvalue()


@pytest.mark.parametrize("format", ["json", "console"])
def test_control_characters_cannot_forge_lines(stream: io.StringIO, format: str) -> None:
    """A value with line breaks, escape sequences or direction marks stays on its line, escaped."""
    configure("profiles", stream=stream, format=format)
    get_logger("api").info("x.done", value='a\n{"event":"forged"}\r\x1b[31m\u202e')
    assert len(stream.getvalue().splitlines()) == 1
    assert not set(stream.getvalue().rstrip("\n")) & set("\r\x1b\u202e")


def test_library_warnings_come_without_their_arguments(stream: io.StringIO) -> None:
    """A library's warning is passed on as its template, its arguments and already formatted texts are left out."""
    configure("profiles", stream=stream)
    logging.getLogger("some.library").warning("cannot parse %s", "Aino")
    logging.getLogger("some.library").warning("Aino was refused")
    assert [line["template"] for line in _lines(stream)] == ["cannot parse %s", ""]
    assert "Aino" not in stream.getvalue()


def test_unknown_level_is_refused() -> None:
    """A wrong level is an error at the start."""
    with pytest.raises(ValueError, match="level"):
        configure("profiles", level="loud")
