"""Health, readiness, reflection and the end of a server."""

import asyncio
import time
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shared.kernel.errors import (
    DeadlineExceeded,
    Unavailable,
)
from shared.runtime.rpc import (
    RpcServer,
    build_server,
    watch_readiness,
)
from tests.integration.shared.grpc_sample import NAME
from tests.integration.shared.rpc_harness import client, failure, serving
from tests.integration.shared.samples import eventually


async def _health(server: RpcServer, name: str) -> int:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
    status: int = answer.status
    return status


SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


async def test_liveness_is_not_readiness() -> None:
    """A started server is alive; it is ready while every check passes within 200 ms, and again after a failure."""
    broken: set[str] = set()

    async def check_storage() -> bool:
        if "raises" in broken:
            raise ConnectionError
        if "hangs" in broken:
            await asyncio.Event().wait()
        return "false" not in broken

    async def is_now(status: int) -> bool:
        return bool(await _health(server, NAME) == status)

    async with serving(str) as server:
        assert (await _health(server, ""), await _health(server, NAME)) == (SERVING, NOT_SERVING)
        stop = asyncio.Event()
        watch = asyncio.create_task(watch_readiness(server, {"storage": check_storage}, stop, interval=0.02))
        await eventually(lambda: is_now(SERVING), "readiness")
        for way in ("raises", "hangs", "false"):
            broken.add(way)
            await eventually(lambda: is_now(NOT_SERVING), f"unreadiness when the check {way}")
            assert await _health(server, "") == SERVING
            broken.clear()
            await eventually(lambda: is_now(SERVING), "readiness again")
        stop.set()
        await asyncio.wait_for(watch, 5)


async def test_health_watch_streams_and_unknown_service_is_not_found() -> None:
    """Watch reports changes through the guard; an unknown service is NOT_FOUND."""
    async with serving(str) as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        watch = stub.Watch(health_pb2.HealthCheckRequest(service=NAME))
        assert (await watch.read()).status == NOT_SERVING
        await server.set_ready(True)
        assert (await watch.read()).status == SERVING
        watch.cancel()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=5)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_is_an_option() -> None:
    """Reflection lists the services where it is switched on, and does not exist otherwise."""
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    async def services(server: RpcServer) -> list[str]:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
            request = reflection_pb2.ServerReflectionRequest(list_services="")
            async for answer in stub.ServerReflectionInfo(iter([request]), timeout=5):
                return [found.name for found in answer.list_services_response.service]
        return []

    async with serving(str, reflection=True) as server:
        assert NAME in await services(server)
    async with serving(str) as server:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await services(server)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_drain_finishes_calls_in_flight() -> None:
    """A drain says NOT_SERVING, finishes the calls in flight, refuses new ones, and ends as soon as it is idle."""
    go_on, running = asyncio.Event(), list[str]()

    async def wait(text: str) -> str:
        running.append(text)
        await go_on.wait()
        return text

    async with serving(wait) as server, client(server) as echo:
        await server.set_ready(True)
        calls = [asyncio.create_task(echo.call("Unary", str(number))) for number in range(3)]
        await eventually(lambda: len(running) == 3, "three calls in flight")
        drain = asyncio.create_task(server.drain(delay=0.5, grace=10))

        async def leaving() -> bool:
            return bool(await _health(server, NAME) == NOT_SERVING)

        await eventually(leaving, "the change of health")
        assert not drain.done()
        go_on.set()
        assert sorted(answer for (answer,) in await asyncio.gather(*calls)) == ["0", "1", "2"]
        started = time.monotonic()
        await asyncio.wait_for(drain, 5)
        assert time.monotonic() - started < 2
        assert type(await failure(echo.call("Unary", "late", timeout=1.0))) in (Unavailable, DeadlineExceeded)


async def test_second_server_on_the_port_fails() -> None:
    """Two servers cannot share a port: the second fails to start instead of taking half of the calls."""
    async with serving(str) as server:
        second = build_server(listen=f"127.0.0.1:{server.port}", interceptors=[])
        with pytest.raises(RuntimeError):
            await second.start()
        await second.stop()
