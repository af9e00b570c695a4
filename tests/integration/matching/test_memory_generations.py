"""A start from a saved generation: only what differs from the store is read, and the store is what counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.matching.__main__ import MIGRATIONS
from services.matching.adapters.keeping import Keeper
from services.matching.adapters.live import Generations
from services.matching.adapters.memory import Memory
from shared.runtime.migrations import migrate
from shared.runtime.postgres import open_pool
from tests.builders.matching import vocabulary
from tests.fakes.matching import FakeProfileSource
from tests.integration.matching.calls import a_vacancy, bare_id
from tests.integration.matching.world import World
from tests.servers import Database


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """A world of the test's own, filled with nothing."""
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    pool = await open_pool(database.runtime_dsn, application_name="memory")
    made = World(pool, database.runtime_dsn, FakeProfileSource())
    await made.fill()
    yield made
    await pool.close()


def _generations(world: World, folder: Path) -> Generations:
    return Generations(folder, world.live, vocabulary())


def _damage(folder: Path) -> None:
    (made,) = folder.iterdir()
    (made / "columns").write_bytes(b"")


def _memory(world: World) -> Memory:
    return Memory(world.pool, world.engine, world.live, world.uow)


async def test_a_start_reads_only_what_changed_since_the_generation(world: World, tmp_path: Path) -> None:
    """Changed, closed, published and encoded while the process was away: memory is what the store holds."""
    openings = [a_vacancy(f"Siivooja numero {number}") for number in range(5)]
    for opening in openings:
        await world.take(opening)
    await world.encode()
    await world.follower.sweep()
    await _memory(world).compare()
    _generations(world, tmp_path).save()
    await world.take(a_vacancy("Kokki hotelli", 2, opening_id=bare_id(openings[0].name)))
    await world.drop(openings[1], 2)
    await world.take(a_vacancy("Siivooja uusi"))
    await world.encode()
    await world.follower.sweep()
    before = world.compare()

    world.restart()
    assert _generations(world, tmp_path).load()
    assert not world.live.loaded
    assert await _memory(world).compare() == 3
    assert world.live.loaded
    assert world.compare() == before
    assert await _memory(world).compare() == 0


async def test_a_damaged_generation_is_made_up_for_by_the_store(world: World, tmp_path: Path) -> None:
    """Row 36 of the bad inputs: never silently empty."""
    await world.take(a_vacancy())
    await _memory(world).compare()
    _generations(world, tmp_path).save()
    _damage(tmp_path)
    world.restart()
    await _memory(world).fill(_generations(world, tmp_path))
    assert len(world.live) == 1
    assert world.live.loaded


async def test_memory_that_has_gone_astray_is_put_right(world: World) -> None:
    """A vector and an opening that memory lost, and one that it has and the store does not."""
    kept, gone = a_vacancy("Siivooja kokki"), a_vacancy("Siivooja hotelli")
    for opening in (kept, gone):
        await world.take(opening)
    await world.encode()
    before = world.live.versions()
    await _memory(world).compare()
    assert world.live.versions() != before
    right = sorted(world.live.versions())
    world.live.remove(bare_id(kept.name))
    assert await _memory(world).compare() == 1
    assert sorted(world.live.versions()) == right
    async with world.pool.connection() as connection:
        await connection.execute("delete from opening where id = %s", (bare_id(gone.name),))
    assert await _memory(world).compare() == 1
    assert world.live.view().row(bare_id(gone.name)) is None


async def test_the_keeper_saves_at_the_end(world: World, tmp_path: Path) -> None:
    """What came since the start is in the generation that the next start reads."""
    await world.take(a_vacancy())
    stop = asyncio.Event()
    stop.set()
    await Keeper(world.live, _memory(world), _generations(world, tmp_path)).run(stop)
    world.restart()
    assert _generations(world, tmp_path).load()
    assert len(world.live) == 1
