"""PostgreSQL: the pool, transactions whose COMMIT is never cut short, and LISTEN."""

import asyncio
import select
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from shared.kernel.errors import Unavailable
from shared.runtime.env import SettingsRefused
from shared.runtime.log import get_logger

T = TypeVar("T")
Connection: TypeAlias = AsyncConnection[TupleRow]
Pool: TypeAlias = AsyncConnectionPool[AsyncConnection[TupleRow]]

_PATIENCE = 30.0
_SAFE_COMMIT = frozenset({"on", "remote_apply"})
# A peer that vanished without a word is noticed within 30 s instead of the system's two hours.
_LIVENESS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
_log = get_logger("postgres")


async def open_pool(dsn: str, *, application_name: str, min_size: int = 1, max_size: int = 8) -> Pool:
    """Return an open pool; the caller closes it. A server that is still starting is waited for, 30 s at most.

    Raises SettingsRefused where `dsn` is no connection string or the server could forget a commit that it has confirmed
    (synchronous_commit other than on or remote_apply, fsync off), Unavailable STORAGE_UNAVAILABLE where it cannot be
    reached.
    """
    await _refuse_weak_durability(dsn)
    pool: Pool = AsyncConnectionPool(
        dsn,
        connection_class=AsyncConnection[TupleRow],
        kwargs={"application_name": application_name, **_LIVENESS},
        min_size=min_size,
        max_size=max_size,
        # A dead connection is replaced before it is lent, so a restart of the server costs callers no error.
        check=_check,
        timeout=2.0,
        # The pause between attempts doubles until this; a short limit keeps recovery within seconds.
        reconnect_timeout=4.0,
        open=False,
    )
    await pool.open()
    return pool


async def _check(connection: Connection) -> None:
    """Raise OperationalError where a connection that was idle is dead.

    A server that ends says so or closes its side: then there is something to read. To ask it each time would be a
    round trip before each transaction.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(connection)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection inside one transaction: COMMIT at the end, ROLLBACK on any error.

    COMMIT and the return of the connection are shielded: a call whose deadline passes during them ends only after
    the outcome is decided. Raises Unavailable STORAGE_UNAVAILABLE for a lost server, a full pool and a lost race that
    may be retried (deadlock, serialisation); constraint violations come through as psycopg errors for the adapter.
    """
    with translated_errors():
        connection = await pool.getconn()
        try:
            # The pool's check switches autocommit on and back: a call that is cancelled in between leaves it on, and
            # the next transaction on this connection would commit each statement by itself.
            await connection.set_autocommit(False)
            yield connection
        except BaseException:
            with suppress(psycopg.Error):
                await shielded(connection.rollback())
            raise
        else:
            await shielded(connection.commit())
        finally:
            await shielded(pool.putconn(connection))


@asynccontextmanager
async def single_statements(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection on which each statement is a transaction of its own: one trip to the server, not three.

    Raises as `transaction` does. A statement that writes belongs into `shielded`: it may be committed by the time the
    caller is cancelled.
    """
    with translated_errors():
        connection = await pool.getconn()
        try:
            await connection.set_autocommit(True)
            yield connection
        finally:
            await shielded(pool.putconn(connection))


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn a passing failure of PostgreSQL or of the pool into Unavailable STORAGE_UNAVAILABLE."""
    try:
        yield
    except psycopg.OperationalError as error:  # PoolTimeout and PoolClosed are among them
        raise _unavailable() from error


async def shielded(work: Coroutine[Any, Any, T], give_up: Callable[[], Awaitable[None]] | None = None) -> T:
    """Run `work` to its end even if the caller is cancelled meanwhile; the cancellation is raised after it.

    `give_up` asks the work to end early then, as `AsyncConnection.cancel_safe` does: it is done whole or not at all.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            if cancelled is None and give_up is not None:
                await shielded(_without_failing(give_up()))
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as forgotten
        raise cancelled
    return task.result()


async def _without_failing(asked: Awaitable[None]) -> None:
    """Asking is all that can be done: where it fails, the work comes to its own end."""
    with suppress(psycopg.Error):
        await asked


async def listen(
    dsn: str, channel: str, on_notify: Callable[[str], Awaitable[None] | None], stop: asyncio.Event
) -> None:
    """Call `on_notify(payload)` for each NOTIFY on `channel` until `stop` is set, reconnecting for ever.

    After each (re)connection it is called once with "", since notices in between are lost: sweep on that.
    """
    listener = asyncio.create_task(_listen_for_ever(dsn, channel, on_notify))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({listener, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if listener.done():
            listener.result()
    finally:
        for task in (listener, stopped):
            task.cancel()
        await asyncio.gather(listener, stopped, return_exceptions=True)


async def _listen_for_ever(dsn: str, channel: str, on_notify: Callable[[str], Awaitable[None] | None]) -> None:
    pause = 0.1
    while True:
        try:
            async with await AsyncConnection.connect(
                dsn, autocommit=True, application_name=f"listen {channel}", **_LIVENESS
            ) as connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                pause = 0.1
                await _tell(on_notify, "")
                async for notice in connection.notifies():
                    await _tell(on_notify, notice.payload)
        except psycopg.OperationalError as error:
            _log.warning("listener.connection_lost", channel=channel, sqlstate=error.sqlstate or "", retry_s=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 2.0)


async def _tell(on_notify: Callable[[str], Awaitable[None] | None], payload: str) -> None:
    answer = on_notify(payload)
    if answer is not None:
        await answer


def _refuse_malformed(dsn: str) -> None:
    try:
        conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # The parser's own words quote the string, and so the password in it.
        raise SettingsRefused(
            "The address of PostgreSQL is neither a URL (postgresql://user:password@host:port/database) nor a "
            "connection string (host=… dbname=…): correct POLKU_POSTGRES_DSN."
        ) from None


async def _refuse_weak_durability(dsn: str) -> None:
    async with await _first_connection(dsn) as connection:
        for name, safe in (("synchronous_commit", _SAFE_COMMIT), ("fsync", frozenset({"on"}))):
            row = await (await connection.execute("select current_setting(%s)", (name,))).fetchone()
            value = row[0] if row else ""
            if value not in safe:
                raise SettingsRefused(
                    f"PostgreSQL has {name} = {value}: a commit that it confirmed could be lost in a power cut. "
                    f"Set {name} = on for this server, database and role, then start again."
                )


async def _first_connection(dsn: str) -> Connection:
    _refuse_malformed(dsn)  # at once, instead of being tried for 30 s
    give_up_at = time.monotonic() + _PATIENCE
    while True:
        try:
            return await AsyncConnection.connect(dsn, autocommit=True, **_LIVENESS)
        except psycopg.OperationalError as error:
            if time.monotonic() > give_up_at:
                raise _unavailable() from error
        await asyncio.sleep(0.2)


def _unavailable() -> Unavailable:
    return Unavailable("STORAGE_UNAVAILABLE", "The database cannot be reached just now. Try again shortly.")
