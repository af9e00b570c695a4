"""What every service process has in common: its settings, its command line, and when it is ready."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nats.aio.client import Client

from shared.runtime import lifecycle, log
from shared.runtime.env import (
    existing_path,
    flag,
    host_port,
    one_of,
    random_secret,
    read_settings,
    setting,
    whole_number,
)
from shared.runtime.outbox import outbox_age_seconds
from shared.runtime.postgres import Pool, transaction
from shared.runtime.rpc.server import Check
from shared.runtime.tls import TlsSettings

OUTBOX_ALARM = 60.0
"""Seconds that an event may wait before callers should know that something is wrong."""

Process = Callable[[Mapping[str, str], asyncio.Event], Awaitable[None]]
"""(environment, stop) → runs until it is done or `stop` is set."""


@dataclass(frozen=True)
class ServeSettings(TlsSettings):
    """Settings of a service's `serve`. A service adds its own in a subclass."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    nats_url: str = setting("POLKU_NATS_URL", secret=True)
    nats_monitor_url: str = setting("POLKU_NATS_MONITOR_URL")
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)
    token_audience: str = setting("POLKU_TOKEN_AUDIENCE", default="polku")
    page_token_secret: str = setting("POLKU_PAGE_TOKEN_SECRET", parse=random_secret, secret=True)
    vocabulary_file: Path | None = setting("POLKU_VOCABULARY_FILE", default=None, parse=existing_path)
    max_concurrent_rpcs: int = setting("POLKU_MAX_CONCURRENT_RPCS", default=64, parse=whole_number)
    reflection: bool = setting("POLKU_REFLECTION", default=False, parse=flag)


@dataclass(frozen=True)
class MigrateSettings:
    """Settings of a service's `migrate`."""

    owner_dsn: str = setting("POLKU_OWNER_DSN", secret=True)
    runtime_role: str = setting("POLKU_RUNTIME_ROLE")
    nats_owner_url: str = setting("POLKU_NATS_OWNER_URL", secret=True)


@dataclass(frozen=True)
class PurgeSettings:
    """Settings of a service's `purge`."""

    owner_dsn: str = setting("POLKU_OWNER_DSN", secret=True)


@dataclass(frozen=True)
class LogSettings:
    """Settings of the log, read first so that everything else can be reported in it."""

    level: str = setting("POLKU_LOG_LEVEL", default="info", parse=one_of("debug", "info", "warning", "error"))
    format: str = setting("POLKU_LOG_FORMAT", default="auto", parse=one_of("auto", "json", "console"))


def run_process(
    service: str, processes: Mapping[str, Process], arguments: Sequence[str], environ: Mapping[str, str]
) -> None:
    """Run the process that the command line names; `--help` lists them.

    The exit code is 2 for settings that cannot be used, 1 for other failures.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}", description=f"The {service} service of Polku."
    )
    described = "; ".join(f"{name}: {(process.__doc__ or '').splitlines()[0]}" for name, process in processes.items())
    parser.add_argument("process", choices=tuple(processes), help=described)
    chosen = parser.parse_args(arguments).process

    async def run(stop: asyncio.Event) -> None:
        logs = read_settings(LogSettings, environ)
        log.configure(service, level=logs.level, format=logs.format)
        await processes[chosen](environ, stop)

    lifecycle.run(run)


def readiness(pool: Pool, connection: Client, violations: Sequence[str]) -> Mapping[str, Check]:
    """What must hold for a service to be ready: its database answers, NATS is connected, events leave in time.

    violations  what NATS has refused this service so far: its permissions are wrong
    """

    async def database_answers() -> bool:
        async with transaction(pool) as database:
            await database.execute("select 1")
        return True

    async def broker_is_connected() -> bool:
        return connection.is_connected and not violations

    async def events_leave() -> bool:
        return await outbox_age_seconds(pool) < OUTBOX_ALARM

    return {"database": database_answers, "broker": broker_is_connected, "outbox": events_leave}
