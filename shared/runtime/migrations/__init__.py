"""Migrations: plain .sql files applied by yoyo as the owner role, with the grants of the runtime role."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import yoyo
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from shared.runtime.log import get_logger

MECHANISMS = Path(__file__).parent / "mechanisms"
"""Folder with the tables of outbox, inbox, stored answers and dead letters; always applied first."""
_LOCK = 0x504F4C4B55  # "POLKU"
_YOYO_TABLES = ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock")
_log = get_logger("migrations")


def migrate(owner_dsn: str, folders: Sequence[Path], runtime_role: str) -> int:
    """Apply what is missing, MECHANISMS first, then each folder in order (files by name). Return how many were applied.

    Tables and sequences that a migration makes can be read and written by `runtime_role` at once; a migration may
    `revoke` afterwards. Safe to run twice, at the same time, and after a migrator was killed: a session lock of
    PostgreSQL's own admits one migrator and vanishes with it. Raises psycopg errors, ValueError for ids used twice.
    """
    ordered = [MECHANISMS, *(folder for folder in folders if folder != MECHANISMS)]
    _refuse_repeated_ids(ordered)
    with _only_one(owner_dsn) as connection:
        backend = yoyo.get_backend(_yoyo_uri(owner_dsn))
        try:
            backend.break_lock()  # we hold the real lock: a row found here was left by a killed migrator
            backend.ensure_internal_schema_updated()
            _grant(connection, runtime_role)
            applied = 0
            for folder in ordered:
                with backend.lock():
                    pending = backend.to_apply(yoyo.read_migrations(str(folder)))
                    backend.apply_migrations(pending)
                    applied += len(pending)
        finally:
            backend.connection.close()
    _log.info("database.migrated", applied=applied, folders=len(ordered))
    return applied


@contextmanager
def _only_one(owner_dsn: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(owner_dsn, autocommit=True, connect_timeout=10) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        yield connection


def _grant(connection: "psycopg.Connection[tuple[object, ...]]", runtime_role: str) -> None:
    role = sql.Identifier(runtime_role)
    for statement in (
        "grant usage on schema public to {}",
        "alter default privileges in schema public grant select, insert, update, delete on tables to {}",
        "alter default privileges in schema public grant usage, select on sequences to {}",
    ):
        connection.execute(sql.SQL(statement).format(role))
    for table in _YOYO_TABLES:
        connection.execute(sql.SQL("revoke all on {} from {}").format(sql.Identifier(table), role))


def _refuse_repeated_ids(folders: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.sql")):
            if path.stem in seen:
                raise ValueError(
                    f"Two migrations are called {path.stem}: {seen[path.stem]} and {path}. Give one another name."
                )
            seen[path.stem] = path


def _yoyo_uri(dsn: str) -> str:
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    user, password = quote(parts.pop("user", ""), safe=""), quote(parts.pop("password", ""), safe="")
    host, port, database = parts.pop("host", ""), parts.pop("port", "5432"), parts.pop("dbname", "")
    return f"postgresql+psycopg://{user}:{password}@{host}:{port}/{database}?{urlencode(parts)}"
