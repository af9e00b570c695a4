"""Processes that look after what profiles keeps, and end: keys, the index of people, what was erased."""

import asyncio
from collections.abc import Mapping

from services.profiles.adapters.postgres.erasures import PURGED
from services.profiles.adapters.postgres.identities import reindex
from services.profiles.adapters.postgres.keys import rewrap
from services.profiles.settings import KeySettings
from shared.runtime.env import read_settings
from shared.runtime.erasures import purge_erased
from shared.runtime.log import get_logger
from shared.runtime.postgres import open_pool
from shared.runtime.process import PurgeSettings

SERVICE = "profiles"
_log = get_logger("profiles")


async def rewrap_keys(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Wrap every person's key by the current key of POLKU_PERSON_KEYS_FILE, so that an older one can leave the file."""
    settings = read_settings(KeySettings, environ)
    pool = await open_pool(settings.postgres_dsn, application_name=SERVICE)
    try:
        _log.info("person_keys.rewrapped", count=await rewrap(pool, settings.person_keys))
    finally:
        await pool.close()


async def reindex_people(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Write the index by which people are found anew, after its key in POLKU_PERSON_KEYS_FILE was changed."""
    settings = read_settings(KeySettings, environ)
    pool = await open_pool(settings.postgres_dsn, application_name=SERVICE)
    try:
        _log.info("people.reindexed", count=await reindex(pool, settings.person_keys))
    finally:
        await pool.close()


async def purge_people(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Make physically gone what erasures have deleted, from the files of tables and from the log of the database."""
    await purge_erased(read_settings(PurgeSettings, environ).owner_dsn, PURGED)
