"""The processes about the access log: checking its seal, and shortening it once entries have been kept long enough."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import AsyncConnection

from services.profiles.adapters.head_signing import HeadSigner, keys_of_service, read_heads
from services.profiles.adapters.postgres.access_seals import Sealer
from services.profiles.adapters.postgres.log_verification import Verified, shorten, verify
from services.profiles.domain.access_log import Head
from shared.kernel.errors import FailedPrecondition
from shared.runtime.auth import read_key
from shared.runtime.env import existing_path, read_settings, setting
from shared.runtime.log import get_logger
from shared.runtime.postgres import Pool, translated_errors

SERVICE = "profiles"
SHOWN = 20
_log = get_logger("access_log")


@dataclass(frozen=True)
class VerifySettings:
    """Settings of `verify-log`. The heads file holds what GET /v1/access-log/heads answered at some time."""

    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)
    heads: tuple[Head, ...] = setting("POLKU_ACCESS_HEADS_FILE", default=(), parse=read_heads)


@dataclass(frozen=True)
class ShortenSettings:
    """Settings of `shorten-log`."""

    owner_dsn: str = setting("POLKU_OWNER_DSN", secret=True)
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)


def sealer(pool: Pool, service_key_file: Path | None) -> Sealer:
    """The step of `serve` that seals what is written. Without a key heads are not signed."""
    return Sealer(pool, HeadSigner(read_key(service_key_file)) if service_key_file is not None else None)


async def verify_log(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Check the seal of the access log; ends with code 1 and names each place where it is broken."""
    settings = read_settings(VerifySettings, environ)
    keys = keys_of_service(settings.token_issuers_file, SERVICE)
    with translated_errors():
        async with await AsyncConnection.connect(settings.postgres_dsn, application_name="verify-log") as connection:
            found = await verify(connection, keys, datetime.now(UTC), settings.heads)
    sys.stdout.write("\n".join(_report(found, signed=bool(keys))) + "\n")
    if found.faults:
        message = f"The access log is broken at {len(found.faults)} places. The first: {found.faults[0]}"
        raise FailedPrecondition("ACCESS_LOG_BROKEN", message)


async def shorten_log(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Delete entries of the access log that are older than five years, up to a signed head."""
    settings = read_settings(ShortenSettings, environ)
    keys = keys_of_service(settings.token_issuers_file, SERVICE)
    with translated_errors():
        async with await AsyncConnection.connect(settings.owner_dsn, application_name="shorten-log") as connection:
            count = await shorten(connection, keys, datetime.now(UTC))
    _log.info("access_log.shortened", count=count)


def _report(found: Verified, *, signed: bool) -> Sequence[str]:
    newest = f"up to position {found.newest.position}, {found.newest.digest.hex()}" if found.newest else "none yet"
    signatures = "signed and in the chain" if signed else "in the chain, signatures not checked: no key is known"
    return [
        *(str(fault) for fault in found.faults[:SHOWN]),
        *([f"… and {len(found.faults) - SHOWN} more"] if len(found.faults) > SHOWN else []),
        f"sealed entries checked: {found.entries} ({newest}); waiting for their seal: {found.waiting}",
        f"heads: {found.heads} {signatures}",
        "BROKEN" if found.faults else "whole",
    ]
