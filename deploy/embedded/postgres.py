"""PostgreSQL 18 of the embedded stack: one cluster, a database with two roles for each service."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

import psycopg
from psycopg import sql

from deploy.embedded.credentials import DATABASES
from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, log_tail
from deploy.embedded.parts import Part, StopStep, run_once
from deploy.embedded.postgres_place import Place
from deploy.embedded.probes import PATIENCE, Probe
from deploy.embedded.processes import end_working_in

HOST = "127.0.0.1"
SUPERUSER = "postgres"
SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    # No socket files: their paths are limited to 107 bytes, and a checkout may lie deeper than that.
    "unix_socket_directories": "",
    # Durability, spelled out: what Polku has answered "done" to survives a power cut.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    # One city's demo beside an embedding model on a small machine.
    "shared_buffers": "32MB",
    "max_connections": "60",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "256MB",
    # Old log segments are deleted, not renamed with what stands in them: whoever is erased must not stay there.
    "wal_recycle": "off",
    "jit": "off",
    "max_parallel_workers": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement and the detail of an error can carry a person's data: neither reaches the log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
STOP = (StopStep(Signals.SIGINT, 20.0), StopStep(Signals.SIGQUIT, 5.0))
"""Fast shutdown: ends sessions, writes a checkpoint. Then immediate: recovery follows at the next start."""


@dataclass(frozen=True)
class PostgresAccess:
    """How to reach the cluster."""

    port: int
    superuser_password: str
    passwords: Mapping[str, str]

    def __repr__(self) -> str:
        return f"PostgresAccess(port={self.port})"

    def dsn(self, database: str, kind: str = "runtime") -> str:
        """The DSN of a database's `runtime` or `owner` role."""
        role = f"{database}_{kind}"
        return f"postgresql://{role}:{self.passwords[role]}@{HOST}:{self.port}/{database}"

    def superuser_dsn(self, database: str = "postgres") -> str:
        """The DSN of the superuser: for the supervisor and for tests."""
        return f"postgresql://{SUPERUSER}:{self.superuser_password}@{HOST}:{self.port}/{database}"


def server_options(port: int) -> tuple[str, ...]:
    """The settings as arguments of `postgres`: they win over postgresql.conf and ALTER SYSTEM."""
    settings = {"port": str(port), **SETTINGS}
    return tuple(argument for name, value in settings.items() for argument in ("-c", f"{name}={value}"))


async def create_cluster(place: Place, password: str, log: Path) -> None:
    """initdb beside the data folder, then a rename: a start that was killed leaves no half-made cluster behind."""
    fresh = place.data.with_name("data.new")
    await end_working_in(fresh)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=place.data.parent, prefix=".password.") as secret:
        secret.write(password + "\n")
        secret.flush()
        if place.account:
            for path in (fresh, Path(secret.name)):
                os.chown(path, place.account.uid, place.account.gid)
        command = (
            str(place.binaries / "initdb"), "--pgdata", str(fresh), "--username", SUPERUSER, "--pwfile", secret.name,
            "--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--data-checksums", "--encoding=UTF8",
            # The built-in provider sorts the same whatever C library the next start finds.
            "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip
        await run_once("initdb", command, environment(), log, account=place.account, cwd=Path("/"))
    fresh.rename(place.data)


def environment() -> dict[str, str]:
    """What PostgreSQL's programs get to see of the environment: nothing of the user's."""
    return {"LANG": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


def part(place: Place, access: PostgresAccess, var: VarFolder) -> Part:
    """The server as a part."""
    return Part(
        name="postgres",
        command=(str(place.binaries / "postgres"), "-D", str(place.data), *server_options(access.port)),
        ready=_answers(access, var.log("postgres")),
        log=var.log("postgres"),
        environment=environment(),
        cwd=Path("/"),
        account=place.account,
        stop=STOP,
        # Immediate shutdown: the postmaster takes its children with it, which SIGKILL would leave to notice.
        on_orphan=Signals.SIGQUIT,
        prepare=lambda: clear(place.data),
    )


def _answers(access: PostgresAccess, log: Path) -> Probe:
    async def probe() -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(
                access.superuser_dsn(), connect_timeout=int(PATIENCE), autocommit=True
            ) as connection:
                await connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StackError(
                    f"PostgreSQL refuses the password in secrets.json: put the file back that made this cluster, "
                    f"or delete the var folder to start afresh. {log_tail(log, 2)}"
                ) from error
            return False
        return True

    return probe


async def clear(data: Path) -> None:
    """Ends processes that still work in this data folder, and removes their lock file.

    Only whoever holds the supervisor's lock may call this: then they are leftovers of a postmaster that was killed.
    Removing `postmaster.pid` is right only after that; its number may by now belong to a process that has nothing to
    do with PostgreSQL, for which PostgreSQL would refuse to start.
    """
    await end_working_in(data)
    (data / "postmaster.pid").unlink(missing_ok=True)


async def declare_databases(access: PostgresAccess) -> None:
    """Makes roles and databases that are missing, and sets the passwords to those of secrets.json."""
    async with await psycopg.AsyncConnection.connect(access.superuser_dsn(), autocommit=True) as connection:
        await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for role, password in access.passwords.items():
            await _declare_role(connection, role, password)
        for database in DATABASES:
            await _declare_database(connection, database)
            await _allow_purging(access, database)


async def _declare_role(connection: psycopg.AsyncConnection[tuple[object, ...]], role: str, password: str) -> None:
    known = await (await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))).fetchone()
    # Hashed here: the password itself is never part of a statement.
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    await connection.execute(
        sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {verifier}").format(
            verb=sql.SQL("ALTER" if known else "CREATE"), role=sql.Identifier(role), verifier=sql.Literal(verifier)
        )
    )


async def _declare_database(connection: psycopg.AsyncConnection[tuple[object, ...]], database: str) -> None:
    name, owner, runtime = (sql.Identifier(database + suffix) for suffix in ("", "_owner", "_runtime"))
    known = await (await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))).fetchone()
    if not known:
        await connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    # Nobody else's role may even connect: services meet over events and calls, never in a database.
    await connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    await connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, runtime))
    await connection.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(owner))


async def _allow_purging(access: PostgresAccess, database: str) -> None:
    """The owner may let go of the write-ahead log behind what it has purged; functions belong to their database."""
    owner = sql.Identifier(f"{database}_owner")
    async with await psycopg.AsyncConnection.connect(access.superuser_dsn(database), autocommit=True) as connection:
        await connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {}").format(owner))
