"""The life of the matching processes: start, refusals to start, kills at bad moments, a slow encoder, and the stop."""

import asyncio
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from grpc_health.v1 import health_pb2

from deploy.embedded.model.build import ensure_model
from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.application.ports import EmbeddingTask, Owner, StoredVector
from services.matching.domain.embedding_input import digest
from shared.kernel.ids import new_id
from shared.runtime.postgres import open_pool
from tests.integration.matching.calls import City, a_vacancy, eventually, text_values
from tests.integration.matching.conftest import city_of
from tests.integration.matching.process import ROOT, MatchingProcess
from tests.servers import Database, NatsServer, PostgresServer


@pytest.fixture(scope="module")
async def town(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city whose matching process the tests start, stop and kill; nobody encodes."""
    async with city_of(postgres_server, broker, tmp_path_factory.mktemp("matching")) as made:
        yield made


@pytest.fixture
def bare(database: Database, nats_server: NatsServer, tmp_path: Path) -> MatchingProcess:
    """A process with settings and nothing prepared."""
    return MatchingProcess(tmp_path, database, nats_server)


def test_all_missing_settings_are_named_at_once(bare: MatchingProcess) -> None:
    """Without settings each process ends with code 2 and names every variable that it needs."""
    given = {name: bare.environment()[name] for name in ("PATH", "PYTHONPATH")}
    needed = {
        "serve": (
            "POLKU_LISTEN",
            "POLKU_POSTGRES_DSN",
            "POLKU_NATS_URL",
            "POLKU_NATS_MONITOR_URL",
            "POLKU_PROFILES_ADDRESS",
            "POLKU_TOKEN_ISSUERS_FILE",
            "POLKU_SERVICE_KEY_FILE",
            "POLKU_PAGE_TOKEN_SECRET",
            "POLKU_MODEL_DIR",
        ),
        "encode": ("POLKU_LISTEN", "POLKU_POSTGRES_DSN", "POLKU_MODEL_DIR", "POLKU_TOKEN_ISSUERS_FILE"),
        "work": ("POLKU_LISTEN", "POLKU_POSTGRES_DSN", "POLKU_NATS_URL", "POLKU_MODEL_DIR"),
        "migrate": ("POLKU_OWNER_DSN", "POLKU_RUNTIME_ROLE", "POLKU_NATS_OWNER_URL"),
    }
    with ThreadPoolExecutor() as threads:
        runs = dict(zip(needed, threads.map(lambda command: bare.run(command, given), needed), strict=True))
    for command, names in needed.items():
        assert runs[command].returncode == 2
        assert [name for name in names if name not in runs[command].stderr] == []


def test_a_short_secret_is_refused_and_not_shown(bare: MatchingProcess) -> None:
    """A page token secret that could be guessed is none; the refusal names the variable and not its value."""
    bare.changes = {"POLKU_PAGE_TOKEN_SECRET": "very-secret"}
    refused = bare.run("serve")
    assert refused.returncode == 2
    assert "POLKU_PAGE_TOKEN_SECRET" in refused.stderr
    assert "very-secret" not in refused.stderr


def test_a_commit_that_could_be_lost_is_refused(bare: MatchingProcess, postgres_server: PostgresServer) -> None:
    """With synchronous_commit off for the database neither serving nor encoding starts."""
    with psycopg.connect(postgres_server.superuser_dsn, autocommit=True) as connection:
        name = psycopg.sql.Identifier(bare.database.name)
        connection.execute(psycopg.sql.SQL("alter database {} set synchronous_commit = off").format(name))
    for command in ("serve", "encode"):
        done = bare.run(command)
        assert done.returncode == 2
        assert "synchronous_commit" in done.stderr


def test_a_broker_that_acknowledges_early_is_refused(bare: MatchingProcess) -> None:
    """With a sync_interval other than always the process does not start."""
    bare.nats = NatsServer(sync="2m")
    try:
        bare.nats.start()
        done = bare.run("serve")
    finally:
        bare.nats.remove()
    assert done.returncode == 2
    assert "sync_interval" in done.stderr


async def test_a_kill_between_publication_and_closing_loses_nothing(town: City) -> None:
    """Killed, and told meanwhile of one more and one less: after the restart the list is exactly what is on offer."""
    await town.process.start()
    seeker = await town.person()
    stays, leaves, comes = (a_vacancy(title) for title in ("Siivooja", "Kokki", "Puutarhuri"))
    for opening in (stays, leaves):
        await town.publish(opening)
        await town.taken(opening.name, 1)
    town.process.kill()

    await town.publish(comes)
    await town.close(leaves, 2)
    await town.process.start()
    await town.settled()
    assert set(await seeker.listed()) == {stays.name, comes.name}


async def test_a_kill_with_events_in_hand_loses_nothing_and_doubles_nothing(town: City) -> None:
    """Killed while events come in: what it had in hand comes again within seconds, and all ends as the events say."""
    seeker = await town.person()
    before = set(await seeker.listed())
    openings = [a_vacancy(f"Siivooja {number}") for number in range(40)]
    for opening in openings:
        await town.publish(opening)
    for opening in openings[:20]:
        await town.close(opening, 2)
    town.process.kill()
    await town.process.start()
    await town.settled()
    on_offer = before | {opening.name for opening in openings[20:]}
    assert set(await seeker.listed()) == on_offer
    assert town.one("select count(*) from opening") == len(on_offer)
    assert town.one("select count(*) from dead_letter") == 0


async def test_without_an_encoder_lists_go_on(town: City) -> None:
    """Openings are listed as soon as their events come; texts are unknown, the list says so, and gets better later."""
    seeker, opening = await town.person("siivooja"), a_vacancy("siivooja")
    await town.publish(opening)
    await town.taken(opening.name, 1)
    answer = await seeker.ask()
    assert opening.name in {match.opening.name for match in answer.matches}
    assert (answer.pending, text_values(answer.matches)) == (True, {})
    async with town.process.encoding():
        await town.indexed()
    answer = await seeker.ask()
    assert (answer.pending, set(text_values(answer.matches))) == (
        False,
        {match.opening.name for match in answer.matches},
    )


async def test_a_restart_gives_the_same_list(town: City) -> None:
    """After a kill, order and texts' cosines are the same: the index that was built anew equals the one before."""
    seeker = await town.person("siivooja hotelli")
    async with town.process.encoding():
        for number in range(6):
            await town.publish(a_vacancy(f"Siivooja hotelli {number}"))
        await town.settled()
        await town.indexed()
    before = await seeker.ask()
    town.process.kill()
    await town.process.start()
    after = await seeker.ask()
    assert len(text_values(before.matches)) >= 6
    assert text_values(after.matches) == text_values(before.matches)
    assert [match.opening.name for match in after.matches] == [match.opening.name for match in before.matches]
    assert not after.pending


async def test_a_stop_and_a_second_migration_keep_everything(town: City) -> None:
    """SIGTERM while events come: what was taken is told, what was not is taken by the next process; the code is 0."""
    seeker = await town.person("hoivakodin keittiössä tiskaaminen")
    openings = [a_vacancy(f"Erikoinensana {number}") for number in range(20)]
    for opening in openings[:10]:
        await town.publish(opening)
    stopping = asyncio.create_task(town.process.stop())
    for opening in openings[10:]:
        await town.publish(opening)
    assert await stopping == 0
    assert town.one("select count(*) from outbox where sent_at is null") == 0
    await town.process.migrate()
    await town.process.start()
    await town.settled()
    assert {opening.name for opening in openings} <= set(await seeker.listed())
    assert "task.died" not in town.process.log
    for secret in ("tiskaaminen", "Erikoinensana", seeker.subject):
        assert secret not in town.process.log


async def test_migrate_says_what_it_waits_for(bare: MatchingProcess) -> None:
    """Without the producers' streams it waits, and a stop ends it with code 1 and the reason."""
    bare.nats = NatsServer()
    try:
        bare.nats.start()
        bare.spawn("migrate")

        async def is_migrated() -> bool:
            return "database.migrated" in bare.log

        await eventually(is_migrated, "the migration")
        code = await asyncio.to_thread(bare.stop_now, signal.SIGTERM)
    finally:
        bare.remove()
        bare.nats.remove()
    assert code == 1
    assert "STREAM_MISSING" in bare.log


async def test_the_real_encoder_reads_across_languages(town: City) -> None:
    """The encoder's process with the real model: a text in Ukrainian lies nearest to the Finnish job of its kind."""
    folder = ensure_model(ROOT / "var", lambda line: None)
    process = MatchingProcess(town.process.folder, town.process.database, town.process.nats, town.process.keys)
    process.changes = {"POLKU_MODEL_DIR": str(folder)}
    model = read_folder(folder).model_id()
    told = "Я прибирала номери в готелі, мила підлогу і міняла постіль."
    texts = {new_id(): text for text in ("Hotellisiivooja", "Ohjelmistokehittäjä", "Kuorma-autonkuljettaja")}
    tasks = [EmbeddingTask(Owner.OPENING, owner, digest(model, text), text, 1) for owner, text in texts.items()]
    person = EmbeddingTask(Owner.PROFILE, new_id(), digest(model, told), told, 0)
    pool = await open_pool(town.process.database.runtime_dsn, application_name="test")
    async with PostgresUnitOfWork(pool) as uow:
        for task in (*tasks, person):
            await uow.tasks.add(task)
        await uow.commit()
    process.spawn("encode")
    try:
        await eventually(lambda: _all_stored(town, [task.id for task in (*tasks, person)]), "the encoding", 40.0)
        assert await asyncio.to_thread(process.health) == health_pb2.HealthCheckResponse.SERVING
        assert await process.stop() == 0
        async with PostgresUnitOfWork(pool) as uow:
            query = await uow.vectors.get(Owner.PROFILE, person.id)
            found = {text: await uow.vectors.get(Owner.OPENING, owner) for owner, text in texts.items()}
    finally:
        process.remove()
        await pool.close()
    assert query is not None
    cosines = {text: _floats(vector) @ _floats(query) for text, vector in found.items() if vector is not None}
    assert max(cosines, key=lambda text: float(cosines[text])) == "Hotellisiivooja"
    assert process.log.count("прибирала") == 0


async def _all_stored(town: City, owners: list[str]) -> bool:
    return bool(town.one("select count(*) from vector where owner_id = any(%s)", owners) == len(owners))


def _floats(vector: StoredVector) -> npt.NDArray[np.float32]:
    return np.frombuffer(vector.vector.values, "<f4")
