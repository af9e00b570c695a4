"""What is purged is in no file of the server any more."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shared.kernel.errors import Unavailable
from shared.runtime.env import SettingsRefused
from shared.runtime.erasures import purge_erased
from shared.runtime.purge import purge
from tests.servers import Database, PostgresServer

ERASURE = "create table erasure (profile_id uuid primary key, erase_time timestamptz, purge_time timestamptz)"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of its own, which does not recycle its log."""
    started = PostgresServer(options=("wal_recycle=off",))
    try:
        started.create()
        yield started
    finally:
        started.remove()


@pytest.fixture
def database(server: PostgresServer) -> Database:
    """A database whose owner may purge, with a table."""
    made = server.fresh_database()
    with psycopg.connect(made.owner_dsn, autocommit=True) as owner:
        owner.execute("create table thing (id int primary key, content bytea not null)")
        role = owner.info.user
    with psycopg.connect(server.dsn("postgres", made.name), autocommit=True) as superuser:
        superuser.execute(f"grant pg_checkpoint to {role}")
        superuser.execute(f"grant execute on function pg_switch_wal() to {role}")
    return made


def found_in(folder: Path, canary: bytes) -> set[str]:
    """Files below the folder in which the bytes stand."""
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and canary in path.read_bytes()
    }


async def test_purged_rows_are_nowhere(server: PostgresServer, database: Database) -> None:
    """A canary is in the table's file and in the log, also after DELETE and VACUUM; after the purge it is in none."""
    canary = secrets.token_bytes(1500)  # does not compress, and fits into a page
    data = server.folder / "data"
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute("insert into thing values (1, %b), (2, %b)", (canary, secrets.token_bytes(1500)))
        owner.execute("checkpoint")
        before = await asyncio.to_thread(found_in, data, canary)
        owner.execute("delete from thing where id = 1")
        owner.execute("vacuum thing")
        owner.execute("checkpoint")
        left = await asyncio.to_thread(found_in, data, canary)
    assert {path.split("/")[0] for path in before} == {"base", "pg_wal"}
    assert left, "nothing was left to purge"
    await purge(database.owner_dsn, ["thing"])
    assert await asyncio.to_thread(found_in, data, canary) == set()
    with psycopg.connect(database.owner_dsn) as owner:
        assert owner.execute("select id from thing").fetchall() == [(2,)]


async def test_a_server_that_keeps_its_log_is_refused(database: Database, server: PostgresServer) -> None:
    """Where purging would leave the bytes, it says so and does nothing."""
    owner = psycopg.conninfo.conninfo_to_dict(database.owner_dsn)["user"]
    with psycopg.connect(server.dsn("postgres", database.name), autocommit=True) as superuser:
        superuser.execute(f"revoke pg_checkpoint from {owner}")
    with pytest.raises(SettingsRefused, match="pg_checkpoint"):
        await purge(database.owner_dsn, ["thing"])
    server.stop()
    server.options = ()
    server.start()
    with pytest.raises(SettingsRefused, match="wal_recycle"):
        await purge(database.owner_dsn, ["thing"])


async def test_an_erasure_counts_as_purged_once_no_older_transaction_can_see_it(
    server: PostgresServer, database: Database
) -> None:
    """While an older transaction sees the rows they stay, and the erasure waits; the next purge ends both."""
    canary = secrets.token_bytes(1500)
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute(
            "create table erasure (profile_id uuid primary key, erase_time timestamptz, purge_time timestamptz)"
        )
        owner.execute("insert into thing values (1, %b)", (canary,))
        with psycopg.connect(database.owner_dsn) as older:
            older.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            older.execute("select 1")  # sees what is there now, and holds no table
            owner.execute("delete from thing")
            owner.execute("insert into erasure values (gen_random_uuid(), now(), null)")
            assert await purge_erased(database.owner_dsn, ["thing"]) == 0
            assert await asyncio.to_thread(found_in, server.folder / "data" / "base", canary)
        assert owner.execute("select count(*) from erasure where purge_time is null").fetchone() == (1,)
        owner.execute("update erasure set erase_time = now() - interval '16 minutes'")
        assert await purge_erased(database.owner_dsn, ["thing"]) == 1
        assert await purge_erased(database.owner_dsn, ["thing"]) == 0
    assert await asyncio.to_thread(found_in, server.folder / "data", canary) == set()


async def test_an_erasure_that_comes_during_a_purge_waits_for_the_next(database: Database) -> None:
    """It began before, and is there only afterwards: what was rewritten before it may still hold its rows."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner, psycopg.connect(database.owner_dsn) as late:
        owner.execute(
            "create table erasure (profile_id uuid primary key, erase_time timestamptz, purge_time timestamptz)"
        )
        late.execute("insert into erasure values (gen_random_uuid(), now() - interval '1 hour', null)")
        owner.execute("insert into erasure values (gen_random_uuid(), now() - interval '1 hour', null)")
        assert await purge_erased(database.owner_dsn, ["thing"]) == 1
        late.commit()
        assert owner.execute("select count(*) from erasure where purge_time is null").fetchone() == (1,)


async def test_a_table_in_use_is_left_alone(database: Database) -> None:
    """Rather than keep everybody from it, the purge lets go after five seconds; the erasure waits for the next."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner, psycopg.connect(database.owner_dsn) as reader:
        owner.execute(ERASURE)
        owner.execute("insert into erasure values (gen_random_uuid(), now() - interval '1 hour', null)")
        reader.execute("select 1 from thing")
        with pytest.raises(Unavailable, match="PURGE_BUSY"):
            await purge_erased(database.owner_dsn, ["thing"])
        assert owner.execute("select count(*) from erasure where purge_time is null").fetchone() == (1,)
