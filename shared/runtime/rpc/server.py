"""The gRPC server: limits, health, reflection, and a stop that finishes what it has begun."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import keep_keys
from shared.runtime.log import get_logger
from shared.runtime.tls import Tls

Check = Callable[[], Awaitable[bool]]
"""True where the dependency is usable now."""
Register = Callable[[Any, grpc.aio.Server], None]
"""`add_<Service>Servicer_to_server` of the generated code."""

_CHECK_SECONDS = 0.2
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_log = get_logger("server")


class RpcServer:
    """A server with health: "" is liveness, each service's own name is readiness (see `set_ready`)."""

    def __init__(
        self,
        server: grpc.aio.Server,
        listen: str,
        *,
        use_reflection: bool,
        verifier: TokenVerifier | None = None,
        tls: Tls | None = None,
    ) -> None:
        self.server = server
        self.port = 0
        self._verifier = verifier
        self._tls = tls
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._listen = listen
        self._use_reflection = use_reflection
        self._health = health.aio.HealthServicer()
        self._names: list[str] = []
        self._health_names: list[str] = []
        self._ready: bool | None = None

    def add(self, register: Register, servicer: object, name: str) -> None:
        """Add a servicer under its full name ("polku.profiles.v1.ProfileService"), before `start`."""
        register(servicer, self.server)
        self._names.append(name)
        self._health_names.append(name)

    async def start(self) -> None:
        """Listen and answer; `port` is then the bound port. Not ready until `set_ready(True)`. Raises RuntimeError."""
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self.server)
        await self.set_ready(False)
        if self._use_reflection:
            reflection.enable_server_reflection(
                (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME), self.server
            )
        if self._tls is None:
            self.port = self.server.add_insecure_port(self._listen)
        else:
            self.port = self.server.add_secure_port(self._listen, self._tls.server_credentials())
        await self.server.start()
        if self._verifier is not None:
            self._keeper = asyncio.create_task(keep_keys(self._verifier, self._stopping), name="keys")
        _log.info("server.started", port=self.port, services=self._names)

    async def set_ready(self, ready: bool) -> None:
        """Set the readiness of all services."""
        if ready == self._ready:
            return
        self._ready = ready
        for name in self._health_names:
            await self._health.set(name, _SERVING if ready else _NOT_SERVING)
        _log.info("readiness.changed", ready=ready)

    async def drain(self, *, delay: float = 2.0, grace: float = 20.0) -> None:
        """Say NOT_SERVING, go on for `delay` s while callers turn away, then finish calls for at most `grace` s."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(delay)
        await self.server.stop(grace)
        await self._end_keeper()
        _log.info("server.drained")

    async def stop(self) -> None:
        """Stop at once; open calls are cancelled."""
        await self.server.stop(None)
        await self._end_keeper()

    async def _end_keeper(self) -> None:
        self._stopping.set()
        if self._keeper is not None:
            await self._keeper


def build_server(
    *,
    listen: str,
    interceptors: Sequence[grpc.aio.ServerInterceptor],
    max_concurrent_rpcs: int = 64,
    max_receive_bytes: int = 64 * 1024,
    reflection: bool = False,
    verifier: TokenVerifier | None = None,
    tls: Tls | None = None,
) -> RpcServer:
    """Return a server that is not started. `listen` is host:port, port 0 takes a free one.

    verifier  its issuers' keys are kept up to date while the server answers
    tls       without it connections are in the clear: for loopback, or a network that encrypts by itself

    Calls beyond `max_concurrent_rpcs` and requests beyond `max_receive_bytes` get RESOURCE_EXHAUSTED from grpc itself,
    as does metadata beyond 8 kB.
    """
    server = grpc.aio.server(
        interceptors=list(interceptors),
        maximum_concurrent_rpcs=max_concurrent_rpcs,
        options=[
            ("grpc.max_receive_message_length", max_receive_bytes),
            ("grpc.max_metadata_size", 8 * 1024),
            ("grpc.absolute_max_metadata_size", 8 * 1024),
            # Two processes on one port would share the calls between them: the second must fail instead.
            ("grpc.so_reuseport", 0),
            ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
            ("grpc.keepalive_permit_without_calls", 1),
        ],
    )
    return RpcServer(server, listen, use_reflection=reflection, verifier=verifier, tls=tls)


async def watch_readiness(
    server: RpcServer, checks: Mapping[str, Check], stop: asyncio.Event, *, interval: float = 1.0
) -> None:
    """Keep the readiness of `server` equal to all checks together until `stop` is set; a check has 200 ms."""
    failing_before: list[str] = []
    while not stop.is_set():
        results = await asyncio.gather(*(_passes(check) for check in checks.values()))
        failing = [name for name, passed in zip(checks, results, strict=True) if not passed]
        if failing != failing_before:
            _log.warning("readiness.checked", failing=failing)
            failing_before = failing
        await server.set_ready(not failing)
        try:
            await asyncio.wait_for(stop.wait(), interval)
        except TimeoutError:
            continue


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except Exception:
        return False  # whatever went wrong in it, the dependency is not usable
