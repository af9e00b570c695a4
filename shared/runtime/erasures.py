"""Purging what erasures have left behind: for every service that keeps a table `erasure` (erase_time, purge_time)."""

from collections.abc import Sequence

import psycopg

from shared.runtime.log import get_logger
from shared.runtime.purge import purge

_log = get_logger("purge")


async def purge_erased(owner_dsn: str, tables: Sequence[str]) -> int:
    """Purge these tables where somebody was erased since the last time, and note it. Return how many were.

    Raises as `purge`. What is erased while it runs is left to the next time.
    """
    async with await psycopg.AsyncConnection.connect(owner_dsn, autocommit=True) as connection:
        found = await connection.execute("select now(), count(*) from erasure where purge_time is null")
        row = await found.fetchone()
        began, waiting = row if row else (None, 0)
        if not waiting:
            return 0
        await purge(owner_dsn, tables)
        await connection.execute(
            "update erasure set purge_time = now() where purge_time is null and erase_time <= %s", (began,)
        )
    _log.info("erasures.purged", count=waiting)
    return int(waiting)
