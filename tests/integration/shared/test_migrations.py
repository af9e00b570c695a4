"""migrate() against a real PostgreSQL."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from shared.runtime.migrations import migrate
from tests.servers import Database


def _folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.sql").write_text(text)
    return tmp_path


def test_second_run_applies_nothing(database: Database, tmp_path: Path) -> None:
    """Running migrate again applies nothing and changes nothing."""
    folder = _folder(tmp_path, m1="create table thing (id int primary key)")
    assert migrate(database.owner_dsn, [folder], database.runtime_role) == 1
    assert migrate(database.owner_dsn, [folder], database.runtime_role) == 0


def test_runtime_role_gets_rows_but_no_tables(database: Database, tmp_path: Path) -> None:
    """The runtime role reads and writes new tables, cannot create any, and does not see the migration log."""
    folder = _folder(tmp_path, m1="create table thing (id bigserial primary key, word text)")
    migrate(database.owner_dsn, [folder], database.runtime_role)
    with psycopg.connect(database.runtime_dsn, autocommit=True) as connection:
        connection.execute("insert into thing (word) values ('a')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table other (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from _yoyo_migration")


def test_a_migration_may_narrow_the_grants(database: Database, tmp_path: Path) -> None:
    """A revoke in a migration holds, also after migrate has run again: append-only tables stay append-only."""
    text = "create table log (id int); revoke update, delete on log from test_runtime;"
    folder = _folder(tmp_path, m1=text)
    for _ in range(2):
        migrate(database.owner_dsn, [folder], database.runtime_role)
    with psycopg.connect(database.runtime_dsn, autocommit=True) as connection:
        connection.execute("insert into log values (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from log")


async def test_migrators_at_the_same_time_apply_once(database: Database, tmp_path: Path) -> None:
    """Four migrators at once apply each migration exactly once, and none fails."""
    folder = _folder(tmp_path, m1="create table a (id int)", m2="create table b (id int)")
    runs = [asyncio.to_thread(migrate, database.owner_dsn, [folder], database.runtime_role) for _ in range(4)]
    assert sorted(await asyncio.gather(*runs)) == [0, 0, 0, 2]


def test_lock_row_of_a_killed_migrator_does_not_block(database: Database, tmp_path: Path) -> None:
    """A lock row that a killed migrator left behind does not stop the next one."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        connection.execute("insert into yoyo_lock (locked, ctime, pid) values (1, now(), 4242)")
    folder = _folder(tmp_path, m1="create table a (id int)")
    assert migrate(database.owner_dsn, [folder], database.runtime_role) == 1


def test_failing_migration_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    """A migration that fails half-way is rolled back as a whole and applied again after its repair."""
    folder = _folder(tmp_path, m1="create table a (id int); select nothing_here();")
    with pytest.raises(psycopg.errors.UndefinedFunction):
        migrate(database.owner_dsn, [folder], database.runtime_role)
    _folder(tmp_path, m1="create table a (id int)")
    assert migrate(database.owner_dsn, [folder], database.runtime_role) == 1


def test_one_name_twice_is_refused(database: Database, tmp_path: Path) -> None:
    """Two migrations of one name in different folders are refused: the second would never run."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        _folder(folder, m1="select 1")
    with pytest.raises(ValueError, match="m1"):
        migrate(database.owner_dsn, [first, second], database.runtime_role)
