"""Liveness and readiness, for a load balancer or a supervisor."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.gateway.clients import Backends
from services.gateway.request_log import record_of


class Draining:
    """Whether the process is on its way out: not ready any more, still answering."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def on(self) -> bool:
        """Whether it is."""
        return self._begun.is_set()

    @on.setter
    def on(self, value: bool) -> None:
        (self._begun.set if value else self._begun.clear)()

    async def begun(self) -> None:
        """Wait until it is: what would go on without end, ends then."""
        await self._begun.wait()


@dataclass(frozen=True, slots=True)
class Health:
    """`/healthz` says that the process runs; `/readyz` also that every service behind it serves."""

    backends: Backends
    draining: Draining

    def routes(self) -> list[Route]:
        """The two routes."""
        return [Route("/healthz", self.live, methods=["GET"]), Route("/readyz", self.ready, methods=["GET"])]

    async def live(self, request: Request) -> Response:
        """Answer 200 as long as the process answers at all."""
        record_of(request.scope).route = "/healthz"
        return JSONResponse({"status": "alive"})

    async def ready(self, request: Request) -> Response:
        """Answer 200 when every service serves, else 503 with the state of each."""
        record_of(request.scope).route = "/readyz"
        states = await self.backends.states()
        ready = not self.draining.on and all(state == "SERVING" for state in states.values())
        status = "draining" if self.draining.on else "ready" if ready else "not ready"
        return JSONResponse({"status": status, "services": states}, 200 if ready else 503)
