"""The life of the profiles process: start, refusals to start, loss of the broker, kill and drain."""

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import grpc
import nats
import psycopg
import pytest
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import create, creation, get
from tests.integration.profiles.process import PERSON_KEYS, Caller, ProfilesProcess
from tests.servers import Database, NatsServer, PostgresServer, until


@pytest.fixture
def process(database: Database, nats_server: NatsServer, folder: Path) -> Iterator[ProfilesProcess]:
    """A process of the test's own, with tables and stream, not started."""
    made = ProfilesProcess(folder, database, nats_server)
    made.migrate()
    yield made
    made.remove()


@pytest.fixture
def with_own_nats(database: Database, folder: Path) -> Iterator[ProfilesProcess]:
    """A process beside a NATS that the test may stop, not started."""
    server = NatsServer()
    made = ProfilesProcess(folder, database, server)
    try:
        server.start()
        made.migrate()
        yield made
    finally:
        made.remove()
        server.remove()


def seeker_of(process: ProfilesProcess) -> Caller:
    """A new seeker."""
    subject = f"seeker-{new_id()}"
    return Caller(subject, (("authorization", f"Bearer {process.issuer.user(subject, 'seeker')}"),))


def test_all_missing_settings_are_named_at_once(process: ProfilesProcess) -> None:
    """Without settings the process ends with code 2 and names every variable that it needs."""
    bare = {name: process.environment()[name] for name in ("PATH", "PYTHONPATH")}

    serve, migrate = process.run("serve", bare), process.run("migrate", bare)

    assert (serve.returncode, migrate.returncode) == (2, 2)
    for name in (
        "POLKU_LISTEN",
        "POLKU_POSTGRES_DSN",
        "POLKU_NATS_URL",
        "POLKU_NATS_MONITOR_URL",
        "POLKU_TOKEN_ISSUERS_FILE",
        "POLKU_PAGE_TOKEN_SECRET",
        "POLKU_PERSON_KEYS_FILE",
    ):
        assert name in serve.stderr
    for name in ("POLKU_OWNER_DSN", "POLKU_RUNTIME_ROLE", "POLKU_NATS_OWNER_URL"):
        assert name in migrate.stderr


def test_secrets_are_in_no_log(process: ProfilesProcess) -> None:
    """A secret that cannot be used is named by its variable and never shown, and neither is a DSN."""
    process.changes = {"POLKU_PAGE_TOKEN_SECRET": "very-secret", "POLKU_LISTEN": "nowhere"}
    refused = process.run("serve")
    process.changes = {"POLKU_POSTGRES_DSN": "dbname=very-secret sslmode"}
    failed = process.run("serve")

    assert (refused.returncode, failed.returncode) == (2, 2)
    assert "POLKU_POSTGRES_DSN" in failed.stderr
    assert "POLKU_PAGE_TOKEN_SECRET" in refused.stderr
    assert "POLKU_LISTEN" in refused.stderr
    assert "very-secret" not in refused.stderr + failed.stderr


async def test_migrating_again_keeps_what_is_there(process: ProfilesProcess) -> None:
    """A second migrate succeeds, and a profile from before is still there."""
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        await create(channel, seeker_of(process))
    process.stop()

    process.migrate()

    with psycopg.connect(process.database.owner_dsn) as connection:
        assert connection.execute("select count(*) from profile").fetchone() == (1,)


async def test_the_stream_loses_nothing_silently(process: ProfilesProcess) -> None:
    """The stream is on disk, refuses when full, knows ids for two hours and cannot be purged."""
    connection = await nats.connect(process.nats.owner_url)
    try:
        config = (await connection.jetstream().stream_info("POLKU_PROFILES")).config
    finally:
        await connection.close()

    assert (config.storage, config.discard, config.duplicate_window) == ("file", "new", 7200.0)
    assert config.subjects == ["polku.profiles.>"]
    assert config.deny_purge
    assert (config.max_bytes or 0) > 0
    assert config.max_age == 30 * 24 * 3600.0


def test_a_commit_that_could_be_lost_is_refused(process: ProfilesProcess, postgres_server: PostgresServer) -> None:
    """With synchronous_commit off for the role or database the process does not start."""
    with psycopg.connect(postgres_server.superuser_dsn, autocommit=True) as connection:
        name = psycopg.sql.Identifier(process.database.name)
        connection.execute(psycopg.sql.SQL("alter database {} set synchronous_commit = off").format(name))

    done = process.run("serve")

    assert done.returncode == 2
    assert "synchronous_commit" in done.stderr


def test_a_broker_that_acknowledges_early_is_refused(database: Database, folder: Path) -> None:
    """With a sync_interval other than always the process does not start."""
    server = NatsServer(sync="2m")
    server.start()
    try:
        process = ProfilesProcess(folder, database, server)
        process.migrate()

        done = process.run("serve")
    finally:
        server.remove()

    assert done.returncode == 2
    assert "sync_interval" in done.stderr


async def subjects(server: NatsServer) -> list[str]:
    """Subjects in the stream."""
    connection = await nats.connect(server.owner_url)
    try:
        info = await connection.jetstream().stream_info("POLKU_PROFILES", subjects_filter="polku.profiles.>")
    finally:
        await connection.close()
    return list(info.state.subjects or {})


async def test_a_lost_broker_delays_events_and_loses_none(with_own_nats: ProfilesProcess) -> None:
    """Without NATS profiles are still created; not ready is said; their events leave when it is back, kill or not."""
    process, own_nats = with_own_nats, with_own_nats.nats
    process.start()
    own_nats.stop(signal.SIGKILL)
    async with grpc.aio.insecure_channel(process.address) as channel:
        profile = await create(channel, seeker_of(process))
    until(lambda: not process.is_ready(), "the end of readiness")
    assert process.stop(signal.SIGKILL) == -signal.SIGKILL

    own_nats.start()
    process.start()

    subject = profile.name.replace("profiles/", "polku.profiles.profile.created.v1.")
    deadline = asyncio.get_running_loop().time() + 15
    while subject not in await subjects(own_nats):
        assert asyncio.get_running_loop().time() < deadline, "the event did not arrive"
    assert process.stop() == 0


async def test_a_stop_finishes_the_calls_it_has_begun(process: ProfilesProcess) -> None:
    """On SIGTERM a call that waits for a lock is still answered, its event is published, and the code is 0."""
    process.start()
    seeker = seeker_of(process)
    with psycopg.connect(process.database.owner_dsn) as blocker:
        blocker.execute("lock table profile in exclusive mode")
        async with grpc.aio.insecure_channel(process.address) as channel:
            stub = ProfileServiceStub(channel)
            call = stub.CreateProfile(creation(), metadata=seeker.metadata, timeout=20)
            waits = "select count(*) from pg_locks where not granted"
            with psycopg.connect(process.database.owner_dsn, autocommit=True) as watcher:
                deadline = asyncio.get_running_loop().time() + 10
                while watcher.execute(waits).fetchone() == (0,):
                    assert asyncio.get_running_loop().time() < deadline, "the call did not reach the database"
                    await asyncio.sleep(0.02)
            process.signal(signal.SIGTERM)
            until(lambda: "process.stop_requested" in process.log, "the stop")
            blocker.rollback()

            profile = (await call).profile

    assert process.wait() == 0
    with psycopg.connect(process.database.owner_dsn) as connection:
        unsent = connection.execute("select count(*) from outbox where sent_at is null").fetchone()
        assert connection.execute("select 'profiles/' || id from profile").fetchone() == (profile.name,)
    assert unsent == (0,)


async def test_the_key_of_keys_is_changed_without_losing_anybody(process: ProfilesProcess) -> None:
    """With a newer key beside the older one `rewrap` wraps everything anew; then the older one can leave the file."""
    seeker = seeker_of(process)
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        profile = await create(channel, seeker)
    process.stop()
    keys, newer = process.folder / "rotated.json", "B" * 42 + "A"
    process.changes = {"POLKU_PERSON_KEYS_FILE": str(keys)}

    keys.write_text(json.dumps({**PERSON_KEYS, "current": "2", "keys": {**PERSON_KEYS["keys"], "2": newer}}))
    rewrapped, again = process.run("rewrap"), process.run("rewrap")
    assert (rewrapped.returncode, again.returncode) == (0, 0), rewrapped.stderr
    assert '"count": 1' in rewrapped.stderr + rewrapped.stdout
    assert '"count": 0' in again.stderr + again.stdout
    keys.write_text(json.dumps({**PERSON_KEYS, "current": "2", "keys": {"2": newer}}))
    process.start()

    async with grpc.aio.insecure_channel(process.address) as channel:
        assert (await get(channel, seeker, profile.name)).work == profile.work
    assert newer not in rewrapped.stderr + rewrapped.stdout + process.log
