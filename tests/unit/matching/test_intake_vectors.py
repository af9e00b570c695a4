"""Taking in vectors: only those of what is stored by now are kept, and memory has them before anybody is told."""

from dataclasses import replace

import pytest

from services.matching.application.intake import (
    DropOpening,
    StoreVectors,
    TakeOpening,
    drop_opening,
    index_vectors,
    store_vectors,
    take_opening,
)
from services.matching.application.ports import Owner, StoredVector
from services.matching.domain.events import OpeningIndexed
from services.matching.domain.values import LocalizedText
from tests.builders.matching import NOW, opening_id
from tests.builders.matching_intake import ID, KEY, OPENING, cosine, encode, index, new_world
from tests.fakes.matching import vector


async def test_a_stored_vector_becomes_searchable() -> None:
    """The task is done, the index holds the vector, and the others are told."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert await encode(world, *KEY)
    assert world.uow.state.tasks == {}
    assert await index(world) == 1
    assert cosine(world) == pytest.approx(1.0)
    assert await index(world) == 0
    assert world.uow.state.events == [OpeningIndexed(ID, 1, NOW)]


async def test_several_vectors_are_stored_and_told_of_together() -> None:
    """One transaction for all of a portion; the one whose opening has gone meanwhile is left out."""
    world = new_world()
    tasks = []
    for number in (1, 2, 3):
        snapshot = replace(OPENING, id=opening_id(number))
        await take_opening(TakeOpening(f"e{number}", snapshot), world.uow, world.engine, NOW)
        tasks.append(world.uow.state.tasks[Owner.OPENING, snapshot.id])
    await drop_opening(DropOpening("e4", opening_id(2), 2), world.uow, world.engine)
    encoded = StoreVectors([(task, vector(1, 0)) for task in tasks])
    assert await store_vectors(encoded, world.uow) == 2
    assert world.uow.state.tasks == {}
    assert await index(world) == 2
    told = {event.opening_id for event in world.uow.state.events if isinstance(event, OpeningIndexed)}
    assert told == {opening_id(1), opening_id(3)}


async def test_a_vector_of_another_model_is_passed_over() -> None:
    """It is in nobody's memory, and so nobody is told that it is."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    task = world.uow.state.tasks[KEY]
    await store_vectors(StoreVectors([(task, vector(1, 0, model="another"))]), world.uow)
    found = await index_vectors(100, world.uow, world.engine, NOW)
    assert (found.found, found.openings, found.foreign) == (1, frozenset(), frozenset({ID}))
    assert world.uow.state.events == []
    assert await index(world) == 0


async def test_the_vector_of_an_older_text_is_ignored() -> None:
    """A text that changed while it was encoded: the old vector is neither stored nor indexed, the new task stays."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    old = world.uow.state.tasks[KEY]
    changed = replace(OPENING, version=2, titles=(LocalizedText("fi", "Kokki"),))
    await take_opening(TakeOpening("e2", changed), world.uow, world.engine, NOW)
    assert not await store_vectors(StoreVectors([(old, vector(0, 1))]), world.uow)
    assert world.uow.state.tasks[KEY].text == "Kokki"
    stale = StoredVector(Owner.OPENING, ID, old.digest, vector(0, 1))
    world.uow.state.vectors[KEY] = stale
    assert await index(world) == 1
    assert cosine(world) is None
    assert world.uow.state.events == []


async def test_the_vector_of_what_is_gone_is_not_kept() -> None:
    """An opening closed, or a person erased, while the text was being encoded leaves no vector behind."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    task = world.uow.state.tasks[KEY]
    await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    assert not await store_vectors(StoreVectors([(task, vector(1, 0))]), world.uow)
    assert world.uow.state.vectors == {}
    assert await index(world) == 0


async def test_an_opening_that_closes_while_it_is_indexed_does_not_stay_in_the_index() -> None:
    """What is not in memory by the end is taken out of the index again."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await encode(world, *KEY)
    world.live.remove(ID)
    await index(world)
    assert cosine(world) is None
