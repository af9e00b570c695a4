"""The life of the openings process: start, refusals to start, loss of the broker, kill and drain."""

import asyncio
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import nats
import psycopg
import pytest
from grpc_health.v1 import health_pb2

from tests.integration.openings.calls import (
    Partner,
    a_vacancy,
    events_of,
    eventually,
    listed,
    new_partner,
    publish,
    refusal,
)
from tests.integration.openings.process import OpeningsProcess
from tests.servers import Database, NatsServer, PostgresServer, until

NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
def process(database: Database, nats_server: NatsServer, tmp_path: Path) -> Iterator[OpeningsProcess]:
    """A process of the test's own, with tables and stream, not started."""
    made = OpeningsProcess(tmp_path, database, nats_server)
    made.migrate()
    yield made
    made.remove()


@pytest.fixture
def with_own_nats(database: Database, tmp_path: Path) -> Iterator[OpeningsProcess]:
    """A process beside a NATS that the test may stop, not started."""
    server = NatsServer()
    made = OpeningsProcess(tmp_path, database, server)
    try:
        server.start()
        made.migrate()
        yield made
    finally:
        made.remove()
        server.remove()


async def publish_some(process: OpeningsProcess, partner: Partner, *numbers: int) -> list[str]:
    """Publish jobs; their names."""
    async with grpc.aio.insecure_channel(process.address) as channel:
        answers = [await publish(channel, partner, a_vacancy(partner, f"job-{number}")) for number in numbers]
    return [answer.opening.name for answer in answers]


async def told(process: OpeningsProcess) -> list[str]:
    """Ids in the subjects of the stream."""
    connection = await nats.connect(process.nats.owner_url)
    try:
        info = await connection.jetstream().stream_info("POLKU_OPENINGS", subjects_filter="polku.openings.>")
    finally:
        await connection.close()
    return [subject.rsplit(".", 1)[1] for subject in info.state.subjects or {}]


def test_all_missing_settings_are_named_at_once(process: OpeningsProcess) -> None:
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
        "POLKU_PARTNER_KEY_PEPPER",
    ):
        assert name in serve.stderr
    for name in ("POLKU_OWNER_DSN", "POLKU_RUNTIME_ROLE", "POLKU_NATS_OWNER_URL"):
        assert name in migrate.stderr


def test_a_short_pepper_is_refused_and_not_shown(process: OpeningsProcess) -> None:
    """A pepper that could be guessed is no pepper; the refusal names the variable and not its value."""
    process.changes = {"POLKU_PARTNER_KEY_PEPPER": "very-secret"}
    refused = process.run("serve")
    assert refused.returncode == 2
    assert "POLKU_PARTNER_KEY_PEPPER" in refused.stderr
    assert "very-secret" not in refused.stderr


def test_a_commit_that_could_be_lost_is_refused(process: OpeningsProcess, postgres_server: PostgresServer) -> None:
    """With synchronous_commit off for the database the process does not start."""
    with psycopg.connect(postgres_server.superuser_dsn, autocommit=True) as connection:
        name = psycopg.sql.Identifier(process.database.name)
        connection.execute(psycopg.sql.SQL("alter database {} set synchronous_commit = off").format(name))
    done = process.run("serve")
    assert done.returncode == 2
    assert "synchronous_commit" in done.stderr


def test_a_broker_that_acknowledges_early_is_refused(database: Database, tmp_path: Path) -> None:
    """With a sync_interval other than always the process does not start."""
    server = NatsServer(sync="2m")
    server.start()
    try:
        process = OpeningsProcess(tmp_path, database, server)
        process.migrate()
        done = process.run("serve")
    finally:
        server.remove()
    assert done.returncode == 2
    assert "sync_interval" in done.stderr


async def test_migrating_again_keeps_what_is_there(process: OpeningsProcess) -> None:
    """A second migrate succeeds; the stream is on disk, bounded, refuses when full and cannot be purged."""
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        partner = await new_partner(channel, process)
    await publish_some(process, partner, 1)
    process.stop()
    process.migrate()
    with psycopg.connect(process.database.owner_dsn) as connection:
        assert connection.execute("select count(*) from opening").fetchone() == (1,)
    client = await nats.connect(process.nats.owner_url)
    try:
        config = (await client.jetstream().stream_info("POLKU_OPENINGS")).config
    finally:
        await client.close()
    assert (config.storage, config.discard, config.duplicate_window) == ("file", "new", 7200.0)
    assert config.subjects == ["polku.openings.>"]
    assert config.deny_purge
    assert (config.max_bytes or 0) > 0
    assert config.max_msg_size == 64 * 1024


async def test_a_lost_broker_delays_events_and_loses_none(with_own_nats: OpeningsProcess) -> None:
    """Without NATS openings are still published; their events leave when it is back, though the process was killed."""
    process = with_own_nats
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        partner = await new_partner(channel, process)
    process.nats.stop(signal.SIGKILL)
    names = await publish_some(process, partner, *range(20))
    until(lambda: not process.is_ready(), "the loss of readiness")
    process.stop(signal.SIGKILL)
    process.nats.start()
    process.start()
    ids = {name.removeprefix("openings/") for name in names}

    async def all_told() -> bool:
        return ids <= set(await told(process))

    await eventually(all_told, "20 events")


async def test_killing_the_relay_again_and_again_loses_nothing_and_doubles_nothing(process: OpeningsProcess) -> None:
    """Every accepted opening is told once in the stream, though the process is killed while events leave."""
    names: list[str] = []
    partner: Partner | None = None
    for number in range(4):
        process.start()
        async with grpc.aio.insecure_channel(process.address) as channel:
            partner = partner or await new_partner(channel, process)
        names += await publish_some(process, partner, *range(number * 10, number * 10 + 10))
        process.stop(signal.SIGKILL)
    process.start()
    ids = {name.removeprefix("openings/") for name in names}

    async def all_told() -> bool:
        return ids <= set(await told(process))

    await eventually(all_told, "40 events")
    counts = [len(await events_of(process, name)) for name in names[::10]]
    assert counts == [1] * len(counts)


async def test_what_fell_due_while_nobody_was_there_is_done_at_the_start(process: OpeningsProcess) -> None:
    """An opening whose time came while the process was down is published when it is up again."""
    process.start()
    opening_at = datetime.now(UTC) + timedelta(seconds=1.5)
    async with grpc.aio.insecure_channel(process.address) as channel:
        partner = await new_partner(channel, process)
        opening = a_vacancy(partner)
        opening.publish_time.FromDatetime(opening_at)
        await publish(channel, partner, opening)
    process.stop(signal.SIGKILL)
    until(lambda: datetime.now(UTC) > opening_at, "the time of publication")
    process.start()

    async def is_public() -> bool:
        async with grpc.aio.insecure_channel(process.address) as channel:
            return bool((await listed(channel, process.user("seeker-1", "seeker"))).openings)

    await eventually(is_public, "the publication")


async def test_a_stopped_process_finishes_its_calls(process: OpeningsProcess) -> None:
    """SIGTERM: NOT_SERVING is said, a call under way is answered, its event leaves, the exit code is 0."""
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        partner = await new_partner(channel, process)
        await publish(channel, partner, a_vacancy(partner))
        with psycopg.connect(process.database.owner_dsn) as holder:
            holder.execute("select 1 from opening for update")
            call = asyncio.create_task(publish(channel, partner, a_vacancy(partner, title="Kokki")))
            # In threads, so that the call goes on meanwhile.
            await asyncio.to_thread(until_waiting, process.database)
            process.signal(signal.SIGTERM)
            await asyncio.to_thread(until, lambda: process.health() == NOT_SERVING, "the end of readiness")
        answer = await call
    assert await asyncio.to_thread(process.wait) == 0
    assert answer.opening.version == 2
    assert len(await events_of(process, answer.opening.name)) == 2


def until_waiting(database: Database) -> None:
    """Wait until a statement waits for a lock."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        query = "select count(*) from pg_locks where not granted"
        until(lambda: connection.execute(query).fetchone() != (0,), "the waiting call")


async def test_one_canonical_line_per_call_and_no_texts(process: OpeningsProcess) -> None:
    """The log has method, code, reason, role and duration of each call, and no words of the opening."""
    process.start()
    async with grpc.aio.insecure_channel(process.address) as channel:
        partner = await new_partner(channel, process)
        await publish(channel, partner, a_vacancy(partner, title="Erikoinensana"))
        await refusal(publish(channel, partner, a_vacancy(partner, title="Erikoinensana\x00")))
    begin = time.monotonic()
    process.stop()
    assert time.monotonic() - begin < 10
    lines = [line for line in process.log.splitlines() if "rpc.completed" in line and "PublishOpening" in line]
    assert len(lines) == 2
    assert '"reason": "TITLE_CONTROL_CHARACTER"' in lines[1]
    assert '"role": "publisher"' in lines[0]
    assert "Erikoinensana" not in process.log
