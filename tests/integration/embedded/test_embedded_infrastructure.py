"""PostgreSQL and NATS of the embedded stack for real: durable, isolated, restarted, repaired."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import nats.errors
import psycopg
import pytest

from deploy.embedded import postgres_place
from deploy.embedded.credentials import DATABASES
from deploy.embedded.discard import discard
from deploy.embedded.errors import StackError
from deploy.embedded.postgres_install import binaries, unprivileged
from deploy.embedded.processes import working_in
from deploy.embedded.stack import EmbeddedStack
from shared.runtime.bus import StreamSpec, check_sync_always, connect, declare, stream_of

ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root's databases lie in a system folder")


def stack_of(var_dir: Path, system_dir: Path) -> EmbeddedStack:
    """PostgreSQL and NATS alone."""
    return EmbeddedStack(var_dir, services=(), system_dir=system_dir)


def query(dsn: str, statement: str) -> list[tuple[object, ...]]:
    """One statement in a connection of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def is_there(*paths: Path) -> list[Path]:
    """Those of the paths that exist."""
    return [path for path in paths if path.exists()]


def short(service: str) -> StreamSpec:
    """The stream of a service, small."""
    spec = stream_of(service)
    return StreamSpec(spec.name, spec.subjects, max_bytes=1 << 20)


async def publish(stack: EmbeddedStack, user: str, subject: str) -> int:
    """Publishes one message as a user; the stream's sequence number."""
    connection = await connect(stack.nats.url(user), name=user)
    try:
        return (await connection.jetstream(timeout=2).publish(subject, b"event")).seq
    finally:
        await connection.close()


async def test_acknowledged_data_survive_kill_9_of_both_servers(var_dir: Path, system_dir: Path) -> None:
    """After kill -9 the supervisor brings both back with everything that they had acknowledged."""
    async with stack_of(var_dir, system_dir) as stack:
        query(stack.postgres.dsn("profiles", "owner"), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        await declare(stack.nats.owner_url, [short("profiles")])
        assert await publish(stack, "profiles", "polku.profiles.profile.created.v1.1") == 1
        for part in ("postgres", "nats"):
            hit = await stack.kill(part)
            await stack.wait_ready(part)
            assert stack.supervisor.pid(part) != hit
            assert stack.supervisor.restarts(part) == 1
        assert query(stack.postgres.dsn("profiles", "owner"), "SELECT count(*) FROM kept") == [(1000,)]
        assert await publish(stack, "profiles", "polku.profiles.profile.created.v1.2") == 2


async def test_second_run_finds_the_data_on_the_same_ports(var_dir: Path, system_dir: Path) -> None:
    """A stop and a start keep rows, streams, ports and passwords."""
    async with stack_of(var_dir, system_dir) as stack:
        first = dict(stack.around.ports)
        dsn = stack.postgres.dsn("openings", "owner")
        query(dsn, "CREATE TABLE kept AS SELECT 1 AS n")
        await declare(stack.nats.owner_url, [short("openings")])
        await publish(stack, "openings", "polku.openings.vacancy.published.v1.1")
    async with stack_of(var_dir, system_dir) as stack:
        assert stack.around.ports == first
        assert query(dsn, "SELECT n FROM kept") == [(1,)]
        assert await publish(stack, "openings", "polku.openings.vacancy.published.v1.2") == 2
        assert set(stack.memory()) == {"postgres", "nats", "supervisor"}
        assert all(size > 1_000_000 for size in stack.memory().values())


async def test_cluster_is_durable_and_each_database_is_its_services_alone(var_dir: Path, system_dir: Path) -> None:
    """Checksums, fsync, scram and C.UTF-8; no role reaches another database; the runtime role makes no tables."""
    async with stack_of(var_dir, system_dir) as stack:
        shown = {
            name: query(stack.postgres.superuser_dsn(), f"SHOW {name}")[0][0]
            for name in ("data_checksums", "fsync", "synchronous_commit", "password_encryption", "listen_addresses")
        }
        assert shown == {
            "data_checksums": "on",
            "fsync": "on",
            "synchronous_commit": "on",
            "password_encryption": "scram-sha-256",
            "listen_addresses": "127.0.0.1",
        }
        locales = query(stack.postgres.superuser_dsn(), "SELECT datlocprovider, datlocale FROM pg_database")
        assert set(locales) == {("b", "C.UTF-8")}
        for kind in ("owner", "runtime"):
            for other in ("openings", "matching", "postgres"):
                dsn = stack.postgres.dsn("profiles", kind).removesuffix("profiles") + other
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    query(dsn, "SELECT 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(stack.postgres.dsn("profiles"), "CREATE TABLE mine (n int)")
        wrong = stack.postgres.dsn("profiles").replace(stack.postgres.passwords["profiles_runtime"], "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            query(wrong, "SELECT 1")


async def test_nats_acknowledges_only_what_is_on_the_disk(var_dir: Path, system_dir: Path) -> None:
    """The services' own start-up check accepts this server."""
    async with stack_of(var_dir, system_dir) as stack:
        await check_sync_always(stack.nats.monitor_url)


async def test_nats_user_can_do_its_own_work_and_nothing_else(var_dir: Path, system_dir: Path) -> None:
    """Each service publishes its own events; speaking as another, changing or reading streams is refused."""
    async with stack_of(var_dir, system_dir) as stack:
        await declare(stack.nats.owner_url, [short(service) for service in DATABASES])
        violations: list[str] = []
        connection = await connect(stack.nats.url("openings"), name="openings", on_violation=violations.append)
        jetstream = connection.jetstream(timeout=0.5)
        try:
            assert (await jetstream.publish("polku.openings.vacancy.published.v1.1", b"")).stream == "POLKU_OPENINGS"
            assert (await jetstream.stream_info("POLKU_OPENINGS")).state.messages == 1
            refused = {
                "polku.profiles.profile.created.v1.1": jetstream.publish("polku.profiles.profile.created.v1.1", b""),
                "$JS.API.STREAM.DELETE.POLKU_OPENINGS": jetstream.delete_stream("POLKU_OPENINGS"),
                "$JS.API.STREAM.PURGE.POLKU_OPENINGS": jetstream.purge_stream("POLKU_OPENINGS"),
                "$JS.API.STREAM.MSG.GET.POLKU_OPENINGS": jetstream.get_msg("POLKU_OPENINGS", 1),
                "$JS.API.CONSUMER": jetstream.add_consumer("POLKU_PROFILES", durable_name="spy"),
            }
            for subject, attempt in refused.items():
                with pytest.raises(nats.errors.TimeoutError):
                    await attempt
                assert any(subject.lower() in violation.lower() for violation in violations), subject
            await connection.subscribe("polku.profiles.>")
            await connection.subscribe("_INBOX_matching.>")
            await connection.flush()
            assert len([violation for violation in violations if "subscription" in violation.lower()]) == 2
        finally:
            await connection.close()


@pytest.mark.parametrize("login", [{"user": "owner", "pass": "wrong"}, {}])
async def test_nats_refuses_strangers(var_dir: Path, system_dir: Path, login: dict[str, str]) -> None:
    """Neither a wrong password nor no name at all gets a connection."""
    async with stack_of(var_dir, system_dir) as stack:
        reader, writer = await asyncio.open_connection("127.0.0.1", stack.nats.port)
        assert (await reader.readline()).startswith(b"INFO ")
        writer.write(f"CONNECT {json.dumps({'verbose': False, **login})}\r\nPING\r\n".encode())
        assert await reader.readline() == b"-ERR 'Authorization Violation'\r\n"
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_lost_secrets_are_said_at_once(var_dir: Path, system_dir: Path) -> None:
    """Without secrets.json the databases cannot be opened: the start says so and says the way out."""
    async with stack_of(var_dir, system_dir) as stack:
        secrets = stack.var.secrets
    secrets.unlink()
    with pytest.raises(StackError, match="put it back, or delete"):
        async with stack_of(var_dir, system_dir):
            pytest.fail("it started")


@ONLY_ROOT
async def test_deleted_var_folder_takes_its_databases_with_it(var_dir: Path, system_dir: Path) -> None:
    """Deleting var/ is starting afresh: what an earlier one left in the system folder is not found again."""
    async with stack_of(var_dir, system_dir) as stack:
        query(stack.postgres.dsn("profiles", "owner"), "CREATE TABLE old AS SELECT 1 AS n")
    shutil.rmtree(var_dir)
    async with stack_of(var_dir, system_dir) as stack:
        assert query(stack.postgres.dsn("profiles", "owner"), "SELECT to_regclass('old')") == [(None,)]


async def test_discard_deletes_everything_and_refuses_while_running(var_dir: Path, system_dir: Path) -> None:
    """The folder and the databases go, wherever they lie; never under a running stack."""
    async with stack_of(var_dir, system_dir) as stack:
        data = postgres_place.own_data(stack.var)
        with pytest.raises(StackError, match="is running"):
            await discard(var_dir)
        assert data.exists()
    await discard(var_dir)
    assert not working_in(data)
    assert not is_there(data.parent, var_dir)
    await discard(var_dir)


async def test_stack_without_keeping_leaves_no_databases(var_dir: Path, system_dir: Path) -> None:
    """keep_data=False, for tests, deletes the databases at the stop."""
    async with EmbeddedStack(var_dir, services=(), system_dir=system_dir, keep_data=False) as stack:
        data = postgres_place.own_data(stack.var)
        assert data.exists()
    assert not is_there(data)


@ONLY_ROOT
def test_damaged_copy_of_the_binaries_is_made_anew(system_dir: Path) -> None:
    """A copy that lacks a byte or a file, as after a power cut, is replaced; a whole one is left alone."""
    folder = binaries(system_dir, unprivileged())
    whole = (folder / "postgres").read_bytes()
    (folder / "postgres").write_bytes(whole[:-1])
    (folder / "initdb").unlink()
    assert binaries(system_dir, unprivileged()) == folder
    assert (folder / "postgres").read_bytes() == whole
    assert (folder / "initdb").stat().st_mode & 0o777 == 0o755
    before = (folder / "initdb").stat().st_ino
    binaries(system_dir, unprivileged())
    assert (folder / "initdb").stat().st_ino == before
    assert not list(system_dir.glob(".copy-*"))
