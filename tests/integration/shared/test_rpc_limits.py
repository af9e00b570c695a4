"""Deadlines, retries, load and sizes over a real connection."""

import asyncio

import grpc
import grpc.aio
import pytest

from shared.kernel.errors import (
    Aborted,
    DeadlineExceeded,
    Internal,
    PolkuError,
    ResourceExhausted,
    Unavailable,
)
from shared.runtime.rpc import (
    call_metadata,
    open_channel,
    time_left,
)
from tests.integration.shared.grpc_sample import Echo
from tests.integration.shared.rpc_harness import SIGNER, USER, client, failure, serving
from tests.integration.shared.samples import eventually


@pytest.mark.parametrize("timeout", [None, 35.0, 3600.0])
async def test_unary_call_needs_a_deadline(timeout: float | None) -> None:
    """A unary call without a deadline, or with one above 30 s, is refused; with 30 s it is served."""
    async with serving(str) as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        metadata = call_metadata(USER, SIGNER)
        error = await failure(Echo(channel).call("Unary", "a", timeout=timeout, metadata=metadata))
        assert await Echo(channel).call("Unary", "a", timeout=30.0, metadata=metadata) == ["a"]
        assert await Echo(channel).call("Both", "a", timeout=None, metadata=metadata) == ["a"]
    assert error.reason == "DEADLINE_REQUIRED"


async def test_thirty_seconds_are_served_after_any_other_timeout() -> None:
    """A call with 30 s is served although grpc may send an earlier, up to 3 % longer timeout in its place."""
    async with serving(str) as server:
        for earlier in (30.3, 30.6, 30.9, 31.0):
            async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                metadata = call_metadata(USER, SIGNER)
                await Echo(channel).call("Unary", "a", timeout=earlier, metadata=metadata)
                assert await Echo(channel).call("Unary", "a", timeout=30.0, metadata=metadata) == ["a"]


async def test_deadline_ends_the_work_and_is_passed_on() -> None:
    """A handler is cancelled at the deadline; a call that it makes gets what is left, less 50 ms."""
    cancelled, left = asyncio.Event(), list[float | None]()

    async def slow(_: str) -> str:
        left.append(time_left())
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return ""

    async with serving(slow) as server, client(server) as echo:
        error = await failure(echo.call("Unary", "a", timeout=0.3))
        assert isinstance(error, DeadlineExceeded)
        await asyncio.wait_for(cancelled.wait(), 5)
    assert left[0] is not None
    assert 0.0 < left[0] < 0.26  # gRPC rounds a deadline up a little
    assert time_left() is None


async def test_nested_call_takes_the_remaining_time() -> None:
    """A service that calls another one in a call passes its own deadline on."""
    seen: list[float | None] = []

    def inner(_: str) -> str:
        seen.append(time_left())
        return "inner"

    async with serving(inner) as second, client(second) as nested:

        async def outer(_: str) -> str:
            return (await nested.call("Unary", "x", timeout=None))[0]

        async with serving(outer) as first, client(first) as echo:
            assert await echo.call("Unary", "a", timeout=1.0) == ["inner"]
    assert seen[0] is not None
    assert seen[0] <= 0.95


async def test_client_sets_a_deadline_by_itself() -> None:
    """A unary call without a timeout gets that of the channel."""
    async with serving(lambda _: asyncio.sleep(60)) as server, client(server, timeout=0.2) as echo:
        error = await failure(echo.call("Unary", "a", timeout=None))
    assert isinstance(error, DeadlineExceeded)


async def test_calls_beyond_the_limit_are_shed() -> None:
    """Of 12 calls at once with a limit of 4, four are served and eight get RESOURCE_EXHAUSTED at once."""
    go_on, running = asyncio.Event(), list[str]()

    async def wait(text: str) -> str:
        running.append(text)
        await go_on.wait()
        return text

    async with serving(wait, max_concurrent_rpcs=4) as server, client(server) as echo:
        calls = [asyncio.create_task(echo.call("Unary", str(number))) for number in range(12)]
        await eventually(lambda: sum(call.done() for call in calls) == 8, "shedding eight calls")
        assert len(running) == 4
        go_on.set()
        results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [result for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert {error.code() for error in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert len(refused) == 8


async def test_large_requests_and_metadata_are_refused() -> None:
    """A request above 64 kB and metadata above 8 kB are RESOURCE_EXHAUSTED; just below they pass."""
    async with serving(lambda text: str(len(text))) as server, client(server) as echo:
        assert await echo.call("Unary", "x" * 65_000) == ["65000"]
        large = await failure(echo.call("Unary", "x" * 66_000))
        heavy = await failure(echo.call("Unary", "a", metadata=(("x-filler", "x" * 9_000),)))
    assert (type(large), type(heavy)) == (ResourceExhausted, ResourceExhausted)


async def test_unavailable_is_retried_and_nothing_else() -> None:
    """The client repeats UNAVAILABLE, at most 4 tries in all; other codes come back at once."""
    tries: list[str] = []
    kinds: dict[str, PolkuError] = {"u": Unavailable("X", "x"), "i": Internal("X", "x"), "a": Aborted("X", "x")}

    def behaviour(text: str) -> str:
        tries.append(text)
        if text == "twice" and tries.count(text) < 3:
            raise Unavailable("X", "x")
        if text in kinds:
            raise kinds[text]
        return text

    async with serving(behaviour) as server, client(server) as echo:
        assert await echo.call("Unary", "twice") == ["twice"]
        for text in kinds:
            assert type(await failure(echo.call("Unary", text))) is type(kinds[text])
    assert {text: tries.count(text) for text in ("twice", "u", "i", "a")} == {"twice": 3, "u": 4, "i": 1, "a": 1}


async def test_no_server_is_unavailable_without_its_address() -> None:
    """An unreachable service is Unavailable; the text of grpc, which holds addresses, is not passed on."""
    async with open_channel("127.0.0.1:1") as channel:
        error = await failure(Echo(channel).call("Unary", "a", timeout=2.0))
    assert type(error) in (Unavailable, DeadlineExceeded)
    assert "127.0.0.1" not in str(error)
