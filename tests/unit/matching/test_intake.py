"""Taking in openings, profiles and vectors: newest version only, store before memory, nothing left of what is gone."""

from dataclasses import replace

import numpy as np
import pytest

from services.matching.application.intake import (
    A_PERSON_WAITS,
    BULK,
    CHANGED,
    NEW,
    DropOpening,
    DropProfile,
    IndexVector,
    StoreVector,
    TakeOpening,
    TakeProfile,
    drop_opening,
    drop_profile,
    index_vector,
    renew_opening,
    store_vector,
    take_opening,
    take_profile,
)
from services.matching.application.people import load_person
from services.matching.application.ports import Owner, StoredVector
from services.matching.domain.events import OpeningIndexed, ProfileIndexed
from services.matching.domain.values import Concept, LocalizedText
from services.matching.domain.work import EverydayLimits, Goals
from shared.kernel.errors import Unavailable
from tests.builders.matching import NOW, PROFILE_ID, opening_id, profile, vacancy
from tests.builders.matching_vocabulary import CLEANER
from tests.builders.matching_world import World
from tests.fakes.matching import FakeLiveOpenings, vector

OPENING = vacancy(1, titles=(LocalizedText("fi", "Siivooja"),))
ID = OPENING.id
KEY = (Owner.OPENING, ID)


def _world() -> World:
    world = World()
    world.uow.state.profiles.clear()
    return world


def _cosine(world: World) -> float | None:
    """The opening's cosine with a text; None where it has no vector or is not in memory."""
    view = world.live.view()
    row = view.row(ID)
    if row is None:
        return None
    (cosine,) = view.cosines(vector(1, 0), np.array([row]))
    return None if np.isnan(cosine) else float(cosine)


async def _encode(world: World, owner: Owner, owner_id: str) -> bool:
    """What the encoder does with a task."""
    task = world.uow.state.tasks[owner, owner_id]
    return await store_vector(StoreVector(task, vector(1, 0)), world.uow)


# -- openings ------------------------------------------------------------------------------------------------------


async def test_a_published_opening_is_kept_listed_and_queued() -> None:
    """It is in memory at once; its text waits for the encoder."""
    world = _world()
    assert await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert world.uow.state.openings[ID].snapshot == OPENING
    assert world.live.view().row(ID) is not None
    task = world.uow.state.tasks[KEY]
    assert (task.text, task.priority, task.digest) == ("Siivooja", NEW, world.uow.state.openings[ID].digest)


async def test_old_news_has_no_effect() -> None:
    """The same event again, and an older version after a newer one, change nothing."""
    world = _world()
    newer = replace(OPENING, version=3)
    assert await take_opening(TakeOpening("e3", newer), world.uow, world.engine, NOW)
    for event, snapshot in (("e3", newer), ("e2", replace(OPENING, version=2))):
        assert not await take_opening(TakeOpening(event, snapshot), world.uow, world.engine, NOW)
    assert not await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    assert world.uow.state.openings[ID].snapshot.version == 3
    assert world.uow.state.tasks[KEY].priority == CHANGED


async def test_memory_changes_only_after_the_commit() -> None:
    """The store is down: nothing is listed, and the same event is taken when it comes again."""
    world = _world()
    world.uow.failing = True
    with pytest.raises(Unavailable):
        await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert world.live.view().row(ID) is None
    world.uow.failing = False
    assert await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)


async def test_a_change_that_leaves_the_text_alone_needs_no_encoding() -> None:
    """New hours keep the vector, and the opening counts as indexed with its new version."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await _encode(world, *KEY)
    changed = replace(OPENING, version=2, min_hours_per_week=20.0)
    await take_opening(TakeOpening("e2", changed), world.uow, world.engine, NOW)
    assert world.uow.state.tasks == {}
    assert world.uow.state.events == [OpeningIndexed(ID, 2, NOW)]


async def test_a_closed_opening_is_gone_everywhere_and_may_come_back() -> None:
    """Store, vector, tasks, memory and index; a later version opens it again."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await _encode(world, *KEY)
    await index_vector(IndexVector(*KEY), world.uow, world.engine, NOW)
    assert await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    state = world.uow.state
    assert (state.openings, state.vectors, state.tasks, world.live.view().row(ID)) == ({}, {}, {}, None)
    assert _cosine(world) is None
    assert await take_opening(TakeOpening("e3", replace(OPENING, version=3)), world.uow, world.engine, NOW)
    assert world.live.view().row(ID) is not None


# -- vectors -------------------------------------------------------------------------------------------------------


async def test_a_stored_vector_becomes_searchable() -> None:
    """The task is done, the index holds the vector, and the others are told."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert await _encode(world, *KEY)
    assert world.uow.state.tasks == {}
    assert await index_vector(IndexVector(*KEY), world.uow, world.engine, NOW)
    assert _cosine(world) == pytest.approx(1.0)
    assert world.uow.state.events == [OpeningIndexed(ID, 1, NOW)]


async def test_the_vector_of_an_older_text_is_ignored() -> None:
    """A text that changed while it was encoded: the old vector is neither stored nor indexed, the new task stays."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    old = world.uow.state.tasks[KEY]
    changed = replace(OPENING, version=2, titles=(LocalizedText("fi", "Kokki"),))
    await take_opening(TakeOpening("e2", changed), world.uow, world.engine, NOW)
    assert not await store_vector(StoreVector(old, vector(0, 1)), world.uow)
    assert world.uow.state.tasks[KEY].text == "Kokki"
    stale = StoredVector(Owner.OPENING, ID, old.digest, vector(0, 1))
    world.uow.state.vectors[KEY] = stale
    assert not await index_vector(IndexVector(*KEY), world.uow, world.engine, NOW)
    assert _cosine(world) is None


async def test_the_vector_of_what_is_gone_is_not_kept() -> None:
    """An opening closed, or a person erased, while the text was being encoded leaves no vector behind."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    task = world.uow.state.tasks[KEY]
    await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    assert not await store_vector(StoreVector(task, vector(1, 0)), world.uow)
    assert world.uow.state.vectors == {}
    assert not await index_vector(IndexVector(*KEY), world.uow, world.engine, NOW)


async def test_an_opening_that_closes_while_it_is_indexed_does_not_stay_in_the_index() -> None:
    """What is not in memory by the end is taken out of the index again."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await _encode(world, *KEY)
    world.live.remove(ID)
    await index_vector(IndexVector(*KEY), world.uow, world.engine, NOW)
    assert _cosine(world) is None


# -- profiles ------------------------------------------------------------------------------------------------------

PERSON = profile(goals=Goals((Concept(CLEANER, "siivooja"),)))
PERSON_KEY = (Owner.PROFILE, PROFILE_ID)


async def test_a_changed_profile_is_fetched_kept_and_queued_first() -> None:
    """A person waits for the result, so the text goes before all openings."""
    world = _world()
    world.source.profiles[PROFILE_ID] = PERSON
    assert await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    assert world.uow.state.profiles[PROFILE_ID].snapshot == PERSON
    assert world.uow.state.tasks[PERSON_KEY].priority == A_PERSON_WAITS
    assert not await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    await _encode(world, *PERSON_KEY)
    assert await index_vector(IndexVector(*PERSON_KEY), world.uow, world.engine, NOW)
    assert world.uow.state.events == [ProfileIndexed(PROFILE_ID, 1, NOW)]


async def test_a_person_who_takes_all_text_back_is_not_ranked_by_it_any_more() -> None:
    """Nothing that was made of the text is kept, and no list waits for a new vector."""
    world = _world()
    world.source.profiles[PROFILE_ID] = PERSON
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    await _encode(world, Owner.PROFILE, PROFILE_ID)
    assert (await load_person(world.engine, world.uow, PROFILE_ID)).vector is not None
    world.source.profiles[PROFILE_ID] = replace(profile(), version=2)
    await take_profile(TakeProfile("e2", PROFILE_ID, 2), world.uow, world.engine, NOW)
    assert (Owner.PROFILE, PROFILE_ID) not in world.uow.state.vectors
    person = await load_person(world.engine, world.uow, PROFILE_ID)
    assert person.vector is None
    assert not person.waiting


async def test_a_profile_without_a_text_needs_no_encoding() -> None:
    """Limits alone: matched with its content from now on, nothing to encode."""
    world = _world()
    world.source.profiles[PROFILE_ID] = profile(limits=EverydayLimits(max_hours_per_week=20.0))
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    assert (world.uow.state.tasks, world.uow.state.events) == ({}, [ProfileIndexed(PROFILE_ID, 1, NOW)])


async def test_a_newer_fetch_is_not_undone_by_a_later_event() -> None:
    """An event may fetch a version ahead of its own; the version kept never goes back."""
    world = _world()
    world.source.profiles[PROFILE_ID] = replace(PERSON, version=3)
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    world.source.profiles[PROFILE_ID] = replace(PERSON, version=2)
    await take_profile(TakeProfile("e2", PROFILE_ID, 2), world.uow, world.engine, NOW)
    assert world.uow.state.profiles[PROFILE_ID].snapshot.version == 3


@pytest.mark.parametrize("by", ["event", "order"])
async def test_nothing_is_left_of_someone_who_is_gone(by: str) -> None:
    """Snapshot, task, vector and the lists served are deleted."""
    world = World(PERSON, (OPENING,))
    world.source.profiles[PROFILE_ID] = PERSON
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    await _encode(world, *PERSON_KEY)
    await world.ask()
    world.source.profiles.clear()
    if by == "event":
        await take_profile(TakeProfile("e2", PROFILE_ID, 2), world.uow, world.engine, NOW)
    else:
        await drop_profile(DropProfile(PROFILE_ID), world.uow)
    state = world.uow.state
    assert (state.profiles, state.tasks, state.vectors, state.decisions) == ({}, {}, {}, {})


# -- start ---------------------------------------------------------------------------------------------------------


async def test_an_opening_that_is_up_to_date_is_taken_as_it_is() -> None:
    """At start nothing is linked or queued anew without need."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    stored = world.uow.state.openings[ID]
    world.uow.failing = True
    found = await renew_opening(stored, world.uow, world.engine)
    assert (found.snapshot.id, found.signals) == (opening_id(1), stored.signals)


async def test_another_model_or_vocabulary_queues_the_text_in_bulk() -> None:
    """After a change of model the text is encoded again, behind everything else."""
    world = _world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    stored = world.uow.state.openings[ID]
    world.live = FakeLiveOpenings(model="newer")
    await renew_opening(stored, world.uow, world.engine)
    assert world.uow.state.tasks[KEY].priority == BULK
    older = replace(stored, signals=replace(stored.signals, vocabulary="esco-older"))
    found = await renew_opening(older, world.uow, world.engine)
    assert found.signals.vocabulary == "esco-small"
