"""Purging what erasures have left behind, for services with a table `erasure` (profile_id, erase_time, purge_time)."""

from collections.abc import Sequence
from datetime import timedelta

import psycopg

from shared.runtime.log import get_logger
from shared.runtime.purge import purge

_log = get_logger("purge")


SETTLED = timedelta(minutes=15)
"""An erasure this old at the beginning of a purge counts as purged by it. A younger one is purged, and once more the
next time: a transaction that was open before it may still see its rows, and VACUUM FULL keeps what somebody can see."""


async def purge_erased(owner_dsn: str, tables: Sequence[str], settled: timedelta = SETTLED) -> int:
    """Purge these tables where somebody was erased and that is not settled yet. Return for how many it is now.

    Only those whose erasure was there when it began are noted. Raises as `purge`.
    """
    async with await psycopg.AsyncConnection.connect(owner_dsn, autocommit=True) as connection:
        found = await connection.execute(
            "select profile_id, erase_time <= now() - %s from erasure where purge_time is null", (settled,)
        )
        waiting = await found.fetchall()
        if not waiting:
            return 0
        await purge(owner_dsn, tables)
        done = [profile_id for profile_id, is_settled in waiting if is_settled]
        await connection.execute("update erasure set purge_time = now() where profile_id = any(%s)", (done,))
    _log.info("erasures.purged", waiting=len(waiting), settled=len(done))
    return len(done)
