"""`python -m services.gateway serve` answers HTTP."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette

from services.gateway.app import Parts, build_app
from services.gateway.clients import Backends
from services.gateway.health import Draining
from services.gateway.openid import OpenIdSignIn, read_registration
from services.gateway.sessions import MemorySessions
from services.gateway.settings import Settings
from shared.runtime.auth import ServiceSigner, TokenVerifier, read_key
from shared.runtime.env import read_settings
from shared.runtime.issuers import keep_keys, read_issuers
from shared.runtime.lifecycle import Background, run
from shared.runtime.log import configure, get_logger
from shared.runtime.rpc.client import open_channel

DRAIN_SECONDS = 20
_log = get_logger("gateway")


class Server(uvicorn.Server):
    """uvicorn without signal handlers: this process has its own stop signal."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(stop: asyncio.Event) -> None:
    """Answer HTTP until `stop`, then finish what is being answered."""
    settings = read_settings(Settings, os.environ)
    configure("gateway", level=settings.log_level, format=settings.log_format)
    async with AsyncExitStack() as stack:
        backends = await _backends(settings, stack)
        verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
        registration = read_registration(settings.openid_file) if settings.openid_file else None
        parts = Parts(
            backends,
            verifier,
            MemorySessions(),
            clock=lambda: datetime.now(UTC),
            sign_in=OpenIdSignIn(registration, verifier) if registration else None,
            leads_to=registration.leads_to() if registration else "",
            cookie_secure=settings.cookie_secure,
            contact=settings.contact,
        )
        draining = Draining()
        background = await stack.enter_async_context(Background(stop))
        background.start("keys", keep_keys(verifier, stop))
        await _serve_until(stop, build_app(parts, draining), settings, draining)


async def _backends(settings: Settings, stack: AsyncExitStack) -> Backends:
    signer = ServiceSigner(read_key(settings.service_key_file), "gateway", settings.token_audience)
    addresses = {
        "profiles": settings.profiles_address,
        "openings": settings.openings_address,
        "matching": settings.matching_address,
    }
    channels = {name: open_channel(address, signer, tls=settings.tls) for name, address in addresses.items()}
    for channel in channels.values():
        stack.push_async_callback(channel.close)
    return Backends(channels)


async def _serve_until(stop: asyncio.Event, app: Starlette, settings: Settings, draining: Draining) -> None:
    server = Server(_config(app, settings.listen))
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    draining.on = True
    if not serving.done():
        # The load balancer sees /readyz turn to 503 and sends nobody new before the port closes.
        await asyncio.sleep(settings.drain_seconds)
        server.should_exit = True
    stopping.cancel()
    await serving
    _log.info("gateway.stopped")


def _config(app: Starlette, listen: str) -> uvicorn.Config:
    host, _, port = listen.rpartition(":")
    return uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Forwarded headers are not believed: anyone can send them (ASVS 5.0 4.1.3).
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        h11_max_incomplete_event_size=16 * 1024,
    )


def main(arguments: list[str]) -> None:
    """Run the command named by the arguments."""
    if arguments == ["serve"]:
        configure("gateway")  # until the settings are read: they may be what is wrong
        run(serve)
    else:
        raise SystemExit("usage: python -m services.gateway serve")


if __name__ == "__main__":
    main(sys.argv[1:])
