"""Errors over a real connection: every failure is a status without internals."""

import json
from typing import Any

import grpc
import grpc.aio
import pytest

from shared.kernel.errors import (
    Aborted,
    FieldViolation,
    InvalidArgument,
    PermissionDenied,
)
from tests.integration.shared.grpc_sample import thing_class
from tests.integration.shared.rpc_harness import KINDS, client, failure, raising, serving
from tests.integration.shared.samples import eventually


async def _completed(log: Any) -> dict[str, Any]:
    await eventually(lambda: len(log("rpc.completed")) >= 1, "the line of the call")
    line: dict[str, Any] = log("rpc.completed")[0]
    return line


async def test_all_kinds_of_call_work() -> None:
    """Unary and streaming calls in both directions pass through every interceptor."""
    async with serving(str.upper) as server, client(server) as echo:
        assert await echo.call("Unary", "a") == ["A"]
        assert await echo.call("Down", "a b") == ["A", "B"]
        assert await echo.call("Up", "a", "b") == ["A B"]
        assert await echo.call("Both", "a", "b") == ["A", "B"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("payload", [b"\x0a\xff\xff", b"\x0a\x02\xff\xfe", b"\xff"])
async def test_malformed_bytes_are_an_invalid_argument(kind: str, payload: bytes) -> None:
    """Truncated bytes and bad UTF-8 are INVALID_ARGUMENT `malformed request` in every kind of call."""
    async with serving(str.upper) as server, client(server) as echo:
        error = await failure(echo.call(kind, payload))
    assert (type(error), error.message) == (InvalidArgument, "malformed request")


@pytest.mark.parametrize("kind", KINDS)
async def test_uncaught_exception_tells_nothing(kind: str, log: Any) -> None:
    """An uncaught exception is INTERNAL with an incident id; its text reaches neither client nor log."""
    async with serving(raising(RuntimeError("SECRET"))) as server, client(server) as echo:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await echo.call(kind, "a")
        line = await _completed(log)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == f"internal error, incident {line['incident']}"
    assert log("rpc.failed")[0]["exception"][0]["type"] == "RuntimeError"
    assert "SECRET" not in json.dumps([*log("rpc.failed"), line])


@pytest.mark.parametrize("kind", KINDS)
async def test_answer_that_cannot_be_sent_tells_nothing(kind: str) -> None:
    """A handler that returns something else than its message is INTERNAL as well."""
    async with serving(lambda _: {"SECRET": 1}) as server, client(server) as echo:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await echo.call(kind, "a")
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
async def test_kernel_error_arrives_whole(kind: str) -> None:
    """Reason, message, metadata, violations and the wait of a kernel error come back as the same error."""
    sent = InvalidArgument(
        "CODE_UNKNOWN",
        "Unknown occupation.",
        metadata={"etag": '"7"'},
        violations=(FieldViolation("a.b[1]", "CODE_UNKNOWN", "Use a known code.", value="X1", nearest="X2"),),
        retry_after=1.5,
    )
    async with serving(raising(sent)) as server, client(server) as echo:
        error = await failure(echo.call(kind, "a"))
    assert type(error) is InvalidArgument
    assert (error.reason, error.message, dict(error.metadata)) == (sent.reason, sent.message, dict(sent.metadata))
    assert (error.violations, error.retry_after) == (sent.violations, sent.retry_after)


async def test_at_most_twenty_violations_are_sent_and_they_fit() -> None:
    """Of 500 long violations the first 20 at most arrive, within the 8 kB that a client takes."""
    many = tuple(FieldViolation(f"items[{n}].title", "TOO_LONG", "x" * 250) for n in range(500))
    short = tuple(FieldViolation(f"f{n}", "R", "d") for n in range(500))
    for violations, expected in ((many, range(5, 21)), (short, range(20, 21))):
        error = InvalidArgument("FIELDS_INVALID", "m", violations=violations)
        async with serving(raising(error)) as server, client(server) as echo:
            got = await failure(echo.call("Unary", "a"))
        assert len(got.violations) in expected
        assert got.violations == violations[: len(got.violations)]


async def test_stale_etag_is_aborted() -> None:
    """Aborted arrives as ABORTED."""
    sent = Aborted("ETAG_STALE", "m", metadata={"etag": '"8"'})
    async with serving(raising(sent)) as server, client(server) as echo:
        error = await failure(echo.call("Unary", "a"))
    assert (type(error), error.metadata["etag"]) == (Aborted, '"8"')


async def test_missing_and_forbidden_are_the_same_bytes() -> None:
    """Nobody can tell a missing record from a forbidden one by the status."""
    seen = []
    for text in ("missing", "forbidden"):
        async with serving(raising(PermissionDenied())) as server, client(server) as echo:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await echo.call("Unary", text)
            seen.append((caught.value.code(), caught.value.details(), tuple(caught.value.trailing_metadata() or ())))
    assert seen[0] == seen[1]


async def test_fields_are_validated_without_quoting_them() -> None:
    """A broken rule gives the path, the rule and its message, and never the value."""
    thing: Any = thing_class()()
    for title in ("long enough", "ä¤"):
        thing.items.add(title=title)
    async with serving(str) as server, client(server) as echo:
        error = await failure(echo.call("Thing", thing.SerializeToString()))
        thing.items[1].title = "also long"
        assert await echo.call("Thing", thing.SerializeToString()) == ["valid"]
    assert error.reason == "FIELDS_INVALID"
    assert error.violations == (FieldViolation("items[1].title", "STRING_MIN_LEN", "must be at least 3 characters"),)
    assert "¤" not in error.message
