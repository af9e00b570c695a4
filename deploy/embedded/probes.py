"""One look at whether a server answers. A probe never raises: not answering is an answer."""

import asyncio
import http.client
from collections.abc import Awaitable, Callable

Probe = Callable[[], Awaitable[bool]]
PATIENCE = 2.0
"""Seconds that one look may take."""


def http_ok(port: int, path: str) -> Probe:
    """True when GET of the path on this port of 127.0.0.1 answers 200."""

    def look() -> bool:
        # http.client, unlike most, never goes through a proxy of the environment.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    async def probe() -> bool:
        return await asyncio.to_thread(look)

    return probe


def grpc_serving(address: str, service: str = "") -> Probe:
    """True when grpc.health.v1.Health/Check says SERVING of the service; "" is the server's being alive."""

    async def probe() -> bool:
        # Imported here: the supervisor of PostgreSQL and NATS alone does without gRPC's 30 MB.
        import grpc
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        async with grpc.aio.insecure_channel(address, options=(("grpc.enable_http_proxy", 0),)) as channel:
            try:
                stub = health_pb2_grpc.HealthStub(channel)
                answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
            except grpc.aio.AioRpcError:
                return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    return probe
