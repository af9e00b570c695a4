"""Connecting to NATS, and refusing a server that could lose what it has acknowledged."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from nats.aio.client import Client
from nats.errors import Error, NoServersError

from shared.kernel.errors import Unavailable
from shared.runtime.bus.streams import inbox_prefix
from shared.runtime.env import SettingsRefused
from shared.runtime.log import get_logger

_log = get_logger("bus")


async def connect(
    url: str, *, name: str, on_violation: Callable[[str], None] | None = None, patience: float = 30.0
) -> Client:
    """Return a connection that reconnects for ever; the caller drains it.

    url           nats://user:password@host:port; replies come to `_INBOX_<user>`, the one inbox the user may read
    on_violation  called with the server's sentence at each permission violation: a refusal otherwise looks like a
                  timeout. Count it and fail the readiness check.
    Raises Unavailable BROKER_UNAVAILABLE after `patience` seconds.
    """
    parts = urlsplit(url)
    user = unquote(parts.username or "")
    client = Client()
    reports = _Reports(client, name, on_violation)
    connecting = client.connect(
        # The client quotes the address in its own messages, so it gets one without the password.
        f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}",
        name=name,
        user=user,
        password=unquote(parts.password or ""),
        inbox_prefix=inbox_prefix(user).encode(),
        error_cb=reports.error,
        disconnected_cb=reports.lost,
        reconnected_cb=reports.restored,
        connect_timeout=2,
        reconnect_time_wait=0.2,  # type: ignore[arg-type]  # seconds; the library sleeps for it as it is
        max_reconnect_attempts=-1,
        ping_interval=5,
        max_outstanding_pings=2,
    )
    try:
        await asyncio.wait_for(connecting, patience)
    except (TimeoutError, NoServersError, Error, OSError) as error:
        await client.close()
        raise Unavailable(
            "BROKER_UNAVAILABLE",
            f"NATS gave no connection within {patience:.0f} s. Check that it runs, and the user and password.",
        ) from error
    return client


class _Reports:
    """What the client reports outside of calls."""

    def __init__(self, client: Client, name: str, on_violation: Callable[[str], None] | None) -> None:
        self._client = client
        self._name = name
        self._on_violation = on_violation

    async def error(self, error: Exception) -> None:
        if "violation" not in str(error).lower():
            # While the server is away each attempt fails: the loss itself was logged once.
            log = _log.warning if self._client.is_connected else _log.debug
            log("bus.error_reported", connection=self._name, kind=type(error).__name__)
            return
        # The sentence names subjects, which hold ids and no people.
        _log.error("permission.violated", connection=self._name, detail=str(error)[:200])
        if self._on_violation is not None:
            self._on_violation(str(error))

    async def lost(self) -> None:
        if not self._client.is_closed and not self._client.is_draining:
            _log.warning("bus.connection_lost", connection=self._name)

    async def restored(self) -> None:
        _log.info("bus.connection_restored", connection=self._name)


async def check_sync_always(monitor_url: str, *, patience: float = 10.0) -> None:
    """Check at the monitoring address that JetStream writes to disk before it acknowledges.

    With the default (flush every 2 minutes) a power cut loses acknowledged messages and even whole young streams.
    Raises SettingsRefused unless `sync_interval: always`, Unavailable where nothing answers within `patience` s.
    """
    give_up_at = time.monotonic() + patience
    while True:
        config = await asyncio.to_thread(_jetstream_config, monitor_url)
        if config is not None:
            break
        if time.monotonic() > give_up_at:
            raise Unavailable(
                "BROKER_UNAVAILABLE", "The monitoring address of NATS does not answer: check that it runs."
            )
        await asyncio.sleep(0.1)
    if config.get("sync_always") is not True:
        raise SettingsRefused(
            "NATS acknowledges messages before they are on disk: a power cut could lose them. "
            "Set jetstream { sync_interval: always } in its configuration, then start again."
        )


def _jetstream_config(monitor_url: str) -> dict[str, object] | None:
    if urlsplit(monitor_url).scheme not in ("http", "https"):
        raise SettingsRefused("The monitoring address of NATS must be an http or https URL.")
    try:
        with urllib.request.urlopen(f"{monitor_url.rstrip('/')}/jsz?config=true", timeout=2) as answer:  # noqa: S310
            report = json.load(answer)
    except (OSError, ValueError):
        return None
    config = report.get("config") or {}
    if not config:
        raise SettingsRefused("NATS runs without JetStream: set jetstream { ... } in its configuration.")
    return dict(config)
