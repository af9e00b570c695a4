"""Pool, transactions and LISTEN against a real PostgreSQL."""

import asyncio
import signal

import psycopg
import pytest

from shared.kernel.errors import Unavailable
from shared.runtime.env import SettingsRefused
from shared.runtime.postgres import Pool, listen, open_pool, transaction
from tests.integration.shared.samples import eventually
from tests.servers import Database, PostgresServer


@pytest.fixture
async def table(database: Database) -> str:
    """A table that the runtime role may write."""
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as connection:
        await connection.execute("create table thing (id int primary key)")
    return "thing"


async def _count(pool: Pool) -> int:
    async with transaction(pool) as connection:
        row = await (await connection.execute("select count(*) from thing")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("setting", ["synchronous_commit=off", "synchronous_commit=local"])
async def test_weak_commit_is_refused(database: Database, setting: str) -> None:
    """A pool whose commits could be lost in a power cut is not opened."""
    dsn = f"{database.runtime_dsn}?options=-c%20{setting.replace('=', '%3D')}"
    with pytest.raises(SettingsRefused, match="synchronous_commit"):
        await open_pool(dsn, application_name="test")


async def test_server_without_fsync_is_refused(postgres_server: PostgresServer) -> None:
    """A server with fsync off is refused."""
    server = PostgresServer(options=("fsync=off",))
    try:
        server.create()
        with pytest.raises(SettingsRefused, match="fsync"):
            await open_pool(server.superuser_dsn, application_name="test")
    finally:
        server.remove()


async def test_commit_and_rollback(pool: Pool, table: str) -> None:
    """The end of the block commits, an error in it rolls everything back."""
    async with transaction(pool) as connection:
        await connection.execute("insert into thing values (1)")
    with pytest.raises(RuntimeError):
        async with transaction(pool) as connection:
            await connection.execute("insert into thing values (2)")
            raise RuntimeError
    assert await _count(pool) == 1


async def test_constraint_violations_come_through(pool: Pool, table: str) -> None:
    """A constraint violation is the adapter's to translate, so it is not turned into Unavailable."""
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with transaction(pool) as connection:
            await connection.execute("insert into thing values (1), (1)")
    assert await _count(pool) == 0


async def test_cancelled_work_leaves_a_clean_pool(pool: Pool, table: str) -> None:
    """A call cancelled in the middle rolls back and gives its connection back: 30 of them use up nothing."""

    async def slow() -> None:
        async with transaction(pool) as connection:
            await connection.execute("insert into thing values (1)")
            await connection.execute("select pg_sleep(30)")

    for _ in range(30):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow(), 0.03)
    assert await _count(pool) == 0


async def test_commit_is_not_cut_short(database: Database, pool: Pool, table: str) -> None:
    """A cancellation that arrives during COMMIT is raised after the commit has its outcome."""
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
        await owner.execute(
            "create function slow() returns trigger language plpgsql as"
            " $$ begin perform pg_sleep(0.3); return null; end $$;"
            "create constraint trigger slow after insert on thing deferrable initially deferred"
            " for each row execute function slow()"
        )
    committing = asyncio.Event()

    async def change() -> None:
        async with transaction(pool) as connection:
            await connection.execute("insert into thing values (7)")
            committing.set()

    task = asyncio.create_task(change())
    await committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _count(pool) == 1


async def test_full_pool_is_unavailable(database: Database) -> None:
    """A pool whose connections are all lent answers UNAVAILABLE after 2 s and does not wait for ever."""
    pool = await open_pool(database.runtime_dsn, application_name="test", max_size=1)
    try:
        async with transaction(pool):
            with pytest.raises(Unavailable) as caught:
                async with transaction(pool):
                    pass
        assert caught.value.reason == "STORAGE_UNAVAILABLE"
    finally:
        await pool.close()


async def test_no_server_is_unavailable() -> None:
    """A lost server is UNAVAILABLE, and the pool recovers by itself when it is back, at once and without an error."""
    server = PostgresServer()
    try:
        await asyncio.to_thread(server.create)
        database = server.fresh_database()
        pool = await open_pool(database.runtime_dsn, application_name="test", max_size=4)
        stop, heard = asyncio.Event(), list[str]()
        listener = asyncio.create_task(listen(database.runtime_dsn, "things", heard.append, stop))
        await eventually(lambda: heard == [""], "the first sweep call")
        await asyncio.to_thread(server.stop, signal.SIGKILL)
        with pytest.raises(Unavailable):
            async with transaction(pool) as connection:
                await connection.execute("select 1")
        await asyncio.to_thread(server.start)

        async def works() -> bool:
            try:
                async with transaction(pool) as connection:
                    await connection.execute("select 1")
            except Unavailable:
                return False
            return True

        await eventually(works, "the recovery of the pool", 10)
        await eventually(lambda: heard == ["", ""], "the sweep call after reconnecting")
        stop.set()
        await asyncio.wait_for(listener, 5)
        await pool.close()
    finally:
        server.remove()


async def test_notices_arrive_and_stop_ends_the_listener(database: Database, pool: Pool) -> None:
    """A notice sent in a transaction arrives at its commit; `stop` ends the listener at once."""
    stop, heard = asyncio.Event(), list[str]()
    listener = asyncio.create_task(listen(database.runtime_dsn, "things", heard.append, stop))
    await eventually(lambda: heard == [""], "the first sweep call")
    async with transaction(pool) as connection:
        await connection.execute("select pg_notify('things', 'x')")
    await eventually(lambda: heard == ["", "x"], "the notice")
    stop.set()
    await asyncio.wait_for(listener, 1)


async def test_failure_in_the_listener_is_raised(database: Database) -> None:
    """An error of the callback ends the listener with that error: it is never lost."""

    def fail(_: str) -> None:
        raise RuntimeError("callback")

    with pytest.raises(RuntimeError, match="callback"):
        await asyncio.wait_for(listen(database.runtime_dsn, "things", fail, asyncio.Event()), 10)
