"""Making deleted rows physically gone: from the tables' files, and from the write-ahead log.

DELETE leaves the bytes in the table's file, VACUUM too; VACUUM FULL writes the table anew. The write-ahead log keeps
them until its segments are removed: a checkpoint after a switch to a new segment lets go of the old ones, which with
the server's setting wal_recycle = off are deleted and not renamed with their content. The owner role needs
pg_checkpoint and may execute pg_switch_wal() (deploy/postgres-init.sql).
"""

import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from shared.kernel.errors import Unavailable
from shared.runtime.env import SettingsRefused
from shared.runtime.log import get_logger

_log = get_logger("purge")


async def purge(owner_dsn: str, tables: Sequence[str]) -> None:
    """Write these tables anew, one after another (each is locked meanwhile), and let go of the log behind them.

    Raises SettingsRefused where the server recycles its log or the role may not do this, Unavailable PURGE_BUSY where a
    table was in use for more than five seconds, psycopg.OperationalError.
    """
    connection = await psycopg.AsyncConnection.connect(owner_dsn, autocommit=True)
    async with connection:
        await _check(connection)
        began = time.monotonic()
        # Whoever waits for a table keeps others from it: rather let go, and come again the next time.
        await connection.execute("set lock_timeout = '5s'")
        try:
            for table in tables:
                await connection.execute(sql.SQL("vacuum (full, analyze) {}").format(sql.Identifier(table)))
        except psycopg.errors.LockNotAvailable:
            message = "A table was in use for longer than a purge waits. Nothing was noted as purged; run it again."
            raise Unavailable("PURGE_BUSY", message) from None
        await connection.execute("checkpoint")
        await connection.execute("select pg_switch_wal()")
        # The first checkpoint's own record lies in the segment that was just closed; the second lets go of that too.
        await connection.execute("checkpoint")
        _log.info("tables.purged", tables=len(tables), seconds=round(time.monotonic() - began, 1))


async def _check(connection: psycopg.AsyncConnection) -> None:
    query = (
        "select current_setting('wal_recycle'), pg_has_role('pg_checkpoint', 'usage'),"
        " has_function_privilege('pg_switch_wal()', 'execute')"
    )
    row = await (await connection.execute(query)).fetchone()
    recycles, may_checkpoint, may_switch = row or ("on", False, False)
    if recycles != "off":
        raise SettingsRefused("PostgreSQL must run with wal_recycle = off, or deleted rows stay in its old log files.")
    if not (may_checkpoint and may_switch):
        raise SettingsRefused(
            "The owner role needs pg_checkpoint and execute on pg_switch_wal(): see deploy/postgres-init.sql."
        )
