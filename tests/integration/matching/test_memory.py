"""Memory is a copy of the store: after lost answers and notices, races, restarts, another model or vocabulary."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import psycopg
import pytest

from services.matching.__main__ import MIGRATIONS
from services.matching.adapters.memory import renew_profiles
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.application.intake import TakeProfile, take_profile
from services.matching.application.ports import Owner
from services.matching.domain.embedding_input import digest
from services.matching.domain.work import Goals
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.runtime.migrations import migrate
from shared.runtime.postgres import open_pool
from tests.builders.matching import NOW, profile
from tests.fakes.matching import FakeProfileSource
from tests.integration.matching.calls import a_vacancy, bare_id, eventually
from tests.integration.matching.world import World
from tests.servers import Database


class LostAnswer(PostgresUnitOfWork):
    """Commits, and then says that the connection was lost."""

    async def commit(self) -> None:
        await super().commit()
        raise Unavailable("STORAGE_UNAVAILABLE", "The answer to the commit was lost.")


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """A world of the test's own, filled with nothing."""
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    pool = await open_pool(database.runtime_dsn, application_name="memory")
    made = World(pool, database.runtime_dsn, FakeProfileSource())
    await made.fill()
    yield made
    await pool.close()


async def test_a_fresh_index_equals_the_one_before(world: World) -> None:
    """After openings came, changed, closed and came back: a start reads what the running process had."""
    openings = [a_vacancy(f"Siivooja numero {number}") for number in range(12)]
    for opening in openings:
        await world.take(opening)
    await world.encode()
    await world.follower.sweep()
    for opening in openings[:4]:
        await world.take(a_vacancy("Kokki hotelli", 2, opening_id=bare_id(opening.name)))
    for opening in openings[4:7]:
        await world.drop(opening, 2)
    await world.take(a_vacancy("Siivooja hotelli", 3, opening_id=bare_id(openings[4].name)))
    await world.encode()
    await world.follower.sweep()
    before, live = world.compare(), world.openings()
    assert len(before) == len(world.compare()) == len(live) == 10

    world.restart()
    await world.fill()
    assert world.compare() == before
    assert world.openings() == live
    assert await world.follower.sweep() == 0


async def test_a_lost_answer_to_a_publication_loses_no_opening(world: World) -> None:
    """The event comes again, is a duplicate in the store, and memory takes it all the same."""
    opening, event_id = a_vacancy(), new_id()
    with pytest.raises(Unavailable):
        await world.take(opening, open_uow=lambda: LostAnswer(world.pool), event_id=event_id)
    assert world.openings().get(bare_id(opening.name)) is None
    await world.take(opening, event_id=event_id)
    assert world.openings().get(bare_id(opening.name)) is not None


async def test_a_lost_answer_to_a_closing_keeps_no_opening(world: World) -> None:
    """The closed opening leaves list and index when its event comes again."""
    opening, event_id = a_vacancy(), new_id()
    await world.take(opening)
    await world.encode()
    await world.follower.sweep()
    with pytest.raises(Unavailable):
        await world.drop(opening, 2, open_uow=lambda: LostAnswer(world.pool), event_id=event_id)
    assert world.openings().get(bare_id(opening.name)) is not None
    await world.drop(opening, 2, event_id=event_id)
    assert world.openings().get(bare_id(opening.name)) is None
    assert len(world.compare()) == 0


async def test_vectors_are_found_though_every_notice_is_lost(world: World) -> None:
    """The listener's connection is cut again and again: the sweep brings in what was stored meanwhile."""
    stop = asyncio.Event()
    following = asyncio.create_task(world.follower.run(stop))
    cut = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and application_name = 'listen stored'"
    )
    for number in range(3):
        await world.take(a_vacancy(f"Siivooja {number}"))
        await world.count(cut)
        await world.encode()

        async def is_in(expected: int = number + 1) -> bool:
            return len(world.compare()) == expected

        await eventually(is_in, "the indexing")

    async def are_told_of() -> bool:
        return await world.count("select count(*) from vector where not indexed") == 0

    await eventually(are_told_of, "the telling")
    stop.set()
    await following


async def test_a_vector_stored_while_nobody_followed_is_told_of(world: World) -> None:
    """Stored before a start: it is in the index at once, and the others are told once."""
    await world.take(a_vacancy())
    await world.encode()
    told = "select count(*) from outbox where type = 'polku.matching.v1.OpeningIndexed'"
    assert await world.count(told) == 0
    world.restart()
    await world.fill()
    assert len(world.compare()) == 1
    assert (await world.follower.sweep(), await world.follower.sweep()) == (1, 0)
    assert await world.count(told) == 1


async def test_a_vector_of_another_model_stops_nobody(world: World) -> None:
    """An encoder that was given another folder: its vectors stay out, the others come in, the follower goes on."""
    wrong, right = a_vacancy("Siivooja väärä"), a_vacancy("Siivooja oikea")
    await world.take(wrong)
    await world.encode(model="another-model@9/torch/raw")
    await world.take(right)
    await world.encode()
    assert await world.follower.sweep() == 2
    assert set(world.compare()) == {bare_id(right.name)}
    assert await world.follower.sweep() == 0


async def test_a_new_model_has_every_text_encoded_anew(world: World) -> None:
    """The openings are there at once, without vectors of the old model; each text is queued once, and then compared."""
    openings = [a_vacancy(f"Siivooja {number}") for number in range(5)]
    for opening in openings:
        await world.take(opening)
    await world.encode()
    await world.follower.sweep()
    other = "word-model@2/torch/raw"
    for _ in range(2):  # a start that is repeated queues nothing twice
        world.restart(other)
        await world.fill()
    assert len(world.openings()) == 5
    assert len(world.compare()) == 0
    assert await world.encode() == 5
    await world.follower.sweep()
    assert len(world.compare()) == 5
    assert await world.count("select count(*) from outbox where type = 'polku.matching.v1.OpeningIndexed'") == 5


async def test_a_new_vocabulary_links_every_opening_anew(world: World) -> None:
    """Signals of an older vocabulary are replaced at the start, in store and memory; unchanged texts are not queued."""
    opening = a_vacancy("Siivooja")
    await world.take(opening)
    await world.encode()
    async with world.uow() as uow:
        stored = await uow.openings.get(bare_id(opening.name))
        assert stored is not None
        await uow.openings.put(replace(stored, signals=replace(stored.signals, vocabulary="esco-old", occupations=())))
        await uow.commit()
    world.restart()
    await world.fill()
    held = world.openings().get(bare_id(opening.name))
    assert held is not None
    assert held.signals == stored.signals
    async with world.uow() as uow:
        assert await uow.openings.get(bare_id(opening.name)) == stored
    assert await world.encode() == 0


async def test_more_openings_than_a_portion_are_all_read(world: World) -> None:
    """Reading in portions leaves none out and reads none twice."""
    await world.take(a_vacancy("Siivooja"))
    await world.encode()
    async with world.pool.connection() as connection:
        for table, columns in (
            ("opening", "id, version, snapshot, signals, digest"),
            ("vector", "owner, owner_id, digest, model, numbers"),
        ):
            key = "id" if table == "opening" else "owner_id"
            # The id in the snapshot is that of the row.
            given = columns.replace(key, "fresh.id", 1).replace(
                "snapshot", "replace(snapshot::text, opening.id::text, fresh.id::text)::json"
            )
            await connection.execute(
                f"insert into {table} ({columns}) select {given} from {table},"  # noqa: S608 - constant  # type: ignore[arg-type]
                " (select ('01960000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id"
                " from generate_series(1, 650) as n) as fresh"
            )
    world.restart()
    await world.fill()
    assert len(world.openings()) == len(world.compare()) == 651


async def test_renewing_profiles_beside_running_consumers_loses_no_newer_text(world: World) -> None:
    """A profile that changes while it is renewed keeps its newer text queued, whoever comes first."""
    person = replace(profile(goals=Goals(text="siivous")), id=new_id())
    for round_number in range(1, 9):
        old = replace(person, version=2 * round_number - 1)
        new = replace(
            person, version=2 * round_number, work=replace(person.work, goals=Goals(text=f"työ {round_number}"))
        )
        await _take(world, old)
        world.restart(f"word-model@{round_number}/torch/raw")
        stop = asyncio.Event()
        await asyncio.gather(renew_profiles(world.pool, world.engine, stop), _take(world, new))
        waiting = await world.task(Owner.PROFILE, person.id)
        assert waiting is not None
        assert waiting.digest == digest(world.engine.live.model, f"työ {round_number}")


async def _take(world: World, snapshot: object) -> None:
    world.source.profiles[snapshot.id] = snapshot  # type: ignore[attr-defined,assignment]
    cmd = TakeProfile(new_id(), snapshot.id, snapshot.version)  # type: ignore[attr-defined]
    assert await take_profile(cmd, world.uow(), world.engine, NOW)


async def test_renewal_waits_for_a_store_that_is_away(world: World, database: Database) -> None:
    """A profile that could not be renewed is tried again until it is."""
    person = replace(profile(goals=Goals(text="siivous")), id=new_id())
    await _take(world, person)
    await world.encode()
    world.restart("word-model@2/torch/raw")
    with psycopg.connect(database.owner_dsn) as blocker:
        blocker.execute("select from profile for update")
        renewing = asyncio.create_task(renew_profiles(world.pool, world.engine, asyncio.Event()))

        async def is_waiting() -> bool:
            waiting = "select count(*) from pg_stat_activity where datname = current_database()"
            return await world.count(f"{waiting} and wait_event_type = 'Lock'") > 0

        await eventually(is_waiting, "the renewal")
        await world.count(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
    await asyncio.wait_for(renewing, 10)
    assert await world.task(Owner.PROFILE, person.id) is not None
