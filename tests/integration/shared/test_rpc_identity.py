"""Who is calling, traces and the line of each call."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.kernel.errors import (
    Aborted,
    PermissionDenied,
    Unauthenticated,
)
from shared.kernel.principal import Principal, Role
from shared.runtime.rpc import (
    call_metadata,
    current_principal,
    require,
)
from shared.runtime.trace import continue_trace, current_trace_id, current_traceparent
from tests.integration.shared.grpc_sample import NAME
from tests.integration.shared.rpc_harness import SIGNER, USER, client, failure, raising, serving, user_token
from tests.integration.shared.samples import eventually


def _who(_: str) -> str:
    caller = current_principal()
    return f"{caller.role}|{caller.subject}|{caller.service}|{caller.publisher}"


def _service_token() -> str:
    """Signed when it is asked for: it lives for minutes, and the whole run takes longer."""
    return SIGNER.token(datetime.now(UTC))


async def _completed(log: Any) -> dict[str, Any]:
    await eventually(lambda: len(log("rpc.completed")) >= 1, "the line of the call")
    line: dict[str, Any] = log("rpc.completed")[0]
    return line


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (lambda: call_metadata(USER), "seeker|user-1||"),
        (lambda: call_metadata(USER, SIGNER), "seeker|user-1|gateway|"),
        (lambda: (("x-polku-service", _service_token()),), "service|service:gateway|gateway|"),
        (lambda: (("authorization", "PolkuKey kid1.secret-of-kid1-xyz"),), "publisher|key:kid1||pub-1"),
    ],
    ids=["user", "service for a user", "service", "partner key"],
)
async def test_caller_is_known(metadata: Callable[[], Any], expected: str) -> None:
    """A user, a service for a user, a service alone and a partner key are each recognised."""
    async with serving(_who) as server, client(server, None) as echo:
        assert await echo.call("Unary", "a", metadata=metadata()) == [expected]


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (lambda: (), "CREDENTIALS_MISSING"),
        (lambda: (("authorization", "Bearer garbage"),), "TOKEN_INVALID"),
        (lambda: (("authorization", f"Basic {USER.token}"),), "TOKEN_INVALID"),
        (lambda: (("authorization", USER.token),), "TOKEN_INVALID"),
        (lambda: (("authorization", f"Bearer {_service_token()}"),), "TOKEN_INVALID"),
        (lambda: (("x-polku-service", USER.token),), "TOKEN_INVALID"),
        (lambda: (("authorization", f"Bearer {USER.token}"), ("x-polku-service", "garbage")), "TOKEN_INVALID"),
        (lambda: (("authorization", f"Bearer {USER.token}"), ("authorization", "Bearer garbage")), "TOKEN_INVALID"),
        (lambda: (("authorization", "PolkuKey kid1.wrong-secret-0000"),), "TOKEN_INVALID"),
        (lambda: (("authorization", "PolkuKey ../x.secret-of-kid1-xyz"),), "TOKEN_INVALID"),
        (lambda: (("authorization", "PolkuKey "),), "TOKEN_INVALID"),
    ],
)
async def test_bad_credentials_are_refused(metadata: Callable[[], Any], reason: str) -> None:
    """Missing, malformed, doubled or swapped credentials are UNAUTHENTICATED and never half accepted."""
    async with serving(_who) as server, client(server, None) as echo:
        error = await failure(echo.call("Unary", "a", metadata=metadata()))
    assert (type(error), error.reason) == (Unauthenticated, reason)


async def test_public_method_needs_no_credentials() -> None:
    """A public method is served to an anonymous caller."""
    async with serving(_who) as server, client(server, None) as echo:
        assert await echo.call("Open", "a") == ["anonymous|||"]


async def test_role_is_required() -> None:
    """`require` lets the role through and answers others with the one PERMISSION_DENIED, anonymous UNAUTHENTICATED."""

    def behaviour(_: str) -> str:
        return require(Role.SEEKER, Role.COUNSELLOR).subject

    async with serving(behaviour) as server, client(server, None) as echo:
        assert await echo.call("Unary", "a", metadata=call_metadata(USER)) == ["user-1"]
        operator = Principal(Role.OPERATOR, "o", token=user_token("operator", "o"))
        error = await failure(echo.call("Unary", "a", metadata=call_metadata(operator)))
        anonymous = await failure(echo.call("Open", "a"))
    assert (type(error), error.reason) == (PermissionDenied, "ACCESS_DENIED")
    assert type(anonymous) is Unauthenticated


async def test_one_line_a_call(log: Any) -> None:
    """Each call leaves one line with method, code, reason, duration, role, calling service and trace id."""
    continue_trace("")
    async with serving(raising(Aborted("ETAG_STALE", "m"))) as server, client(server) as echo:
        await failure(echo.call("Unary", "a", metadata=call_metadata(USER, SIGNER)))
        line = await _completed(log)
    assert len(log("rpc.completed")) == 1
    assert line["duration_ms"] >= 0
    expected = {
        "method": f"/{NAME}/Unary",
        "code": "ABORTED",
        "reason": "ETAG_STALE",
        "role": "seeker",
        "calling_service": "gateway",
        "trace_id": current_trace_id(),
    }
    assert {key: line[key] for key in expected} == expected
    assert USER.token not in json.dumps(line)


async def test_cancelled_call_is_logged(log: Any) -> None:
    """A call that the client gave up is logged as CANCELLED."""
    started = asyncio.Event()

    async def wait(_: str) -> str:
        started.set()
        await asyncio.Event().wait()
        return ""

    async with serving(wait) as server, client(server) as echo:
        call = asyncio.create_task(echo.call("Unary", "a"))
        await started.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await _completed(log))["code"] == "CANCELLED"


async def test_trace_is_passed_on() -> None:
    """The callee continues the trace of the caller with a span of its own; a malformed one starts a new trace."""
    async with serving(lambda _: current_traceparent()) as server, client(server) as echo:
        mine = continue_trace("")
        (theirs,) = await echo.call("Unary", "a")
        (fresh,) = await echo.call("Unary", "a", metadata=(("traceparent", "00-zz"),))
    assert theirs[3:35] == mine[3:35]
    assert theirs[36:52] != mine[36:52]
    assert fresh[3:35] != mine[3:35]
