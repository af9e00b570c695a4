"""Taking in openings, profiles and vectors: newest version only, store before memory, nothing left of what is gone."""

from dataclasses import replace

import pytest

from services.matching.application.intake import (
    A_PERSON_WAITS,
    BULK,
    CHANGED,
    NEW,
    DropOpening,
    DropProfile,
    TakeOpening,
    TakeProfile,
    drop_opening,
    drop_profile,
    renew_opening,
    take_opening,
    take_profile,
)
from services.matching.application.people import load_person
from services.matching.application.ports import Owner
from services.matching.domain.events import OpeningIndexed, ProfileIndexed
from services.matching.domain.values import Concept, Purpose
from services.matching.domain.work import EverydayLimits, Goals
from shared.kernel.errors import PermissionDenied, Unavailable
from shared.kernel.principal import Principal
from tests.builders.matching import NOW, PROFILE_ID, opening_id, profile
from tests.builders.matching_intake import ID, KEY, OPENING, cosine, encode, index, new_world
from tests.builders.matching_vocabulary import CLEANER
from tests.builders.matching_world import SEEKER, World
from tests.fakes.matching import FakeAccessGate, FakeLiveOpenings

# -- openings ------------------------------------------------------------------------------------------------------


async def test_a_published_opening_is_kept_listed_and_queued() -> None:
    """It is in memory at once; its text waits for the encoder."""
    world = new_world()
    assert await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert world.uow.state.openings[ID].snapshot == OPENING
    assert world.live.view().row(ID) is not None
    task = world.uow.state.tasks[KEY]
    assert (task.text, task.priority, task.digest) == ("Siivooja", NEW, world.uow.state.openings[ID].digest)


async def test_old_news_has_no_effect() -> None:
    """The same event again, and an older version after a newer one, change nothing."""
    world = new_world()
    newer = replace(OPENING, version=3)
    assert await take_opening(TakeOpening("e3", newer), world.uow, world.engine, NOW)
    for event, snapshot in (("e3", newer), ("e2", replace(OPENING, version=2))):
        assert not await take_opening(TakeOpening(event, snapshot), world.uow, world.engine, NOW)
    assert not await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    assert world.uow.state.openings[ID].snapshot.version == 3
    assert world.uow.state.tasks[KEY].priority == CHANGED


async def test_memory_changes_only_after_the_commit() -> None:
    """The store is down: nothing is listed, and the same event is taken when it comes again."""
    world = new_world()
    world.uow.failing = True
    with pytest.raises(Unavailable):
        await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    assert world.live.view().row(ID) is None
    world.uow.failing = False
    assert await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)


async def test_a_change_that_leaves_the_text_alone_needs_no_encoding() -> None:
    """New hours keep the vector, and the opening counts as indexed with its new version."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await encode(world, *KEY)
    changed = replace(OPENING, version=2, min_hours_per_week=20.0)
    await take_opening(TakeOpening("e2", changed), world.uow, world.engine, NOW)
    assert world.uow.state.tasks == {}
    assert world.uow.state.events == [OpeningIndexed(ID, 2, NOW)]


async def test_a_closed_opening_is_gone_everywhere_and_may_come_back() -> None:
    """Store, vector, tasks, memory and index; a later version opens it again."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    await encode(world, *KEY)
    await index(world)
    assert await drop_opening(DropOpening("e2", ID, 2), world.uow, world.engine)
    state = world.uow.state
    assert (state.openings, state.vectors, state.tasks, world.live.view().row(ID)) == ({}, {}, {}, None)
    assert cosine(world) is None
    assert await take_opening(TakeOpening("e3", replace(OPENING, version=3)), world.uow, world.engine, NOW)
    assert world.live.view().row(ID) is not None


# -- profiles ------------------------------------------------------------------------------------------------------

PERSON = profile(goals=Goals((Concept(CLEANER, "siivooja"),)))
PERSON_KEY = (Owner.PROFILE, PROFILE_ID)


async def test_a_changed_profile_is_fetched_kept_and_queued_first() -> None:
    """A person waits for the result, so the text goes before all openings."""
    world = new_world()
    world.source.profiles[PROFILE_ID] = PERSON
    assert await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    assert world.uow.state.profiles[PROFILE_ID].snapshot == PERSON
    assert world.uow.state.tasks[PERSON_KEY].priority == A_PERSON_WAITS
    assert not await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    await encode(world, *PERSON_KEY)
    assert await index(world) == 1
    assert world.uow.state.events == [ProfileIndexed(PROFILE_ID, 1, NOW)]


async def test_a_person_who_takes_all_text_back_is_not_ranked_by_it_any_more() -> None:
    """Nothing that was made of the text is kept, and no list waits for a new vector."""
    world = new_world()
    world.source.profiles[PROFILE_ID] = PERSON
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    await encode(world, Owner.PROFILE, PROFILE_ID)
    assert (await load_person(world.engine, world.uow, PROFILE_ID)).vector is not None
    world.source.profiles[PROFILE_ID] = replace(profile(), version=2)
    await take_profile(TakeProfile("e2", PROFILE_ID, 2), world.uow, world.engine, NOW)
    assert (Owner.PROFILE, PROFILE_ID) not in world.uow.state.vectors
    person = await load_person(world.engine, world.uow, PROFILE_ID)
    assert person.vector is None
    assert not person.waiting


async def test_a_profile_without_a_text_needs_no_encoding() -> None:
    """Limits alone: matched with its content from now on, nothing to encode."""
    world = new_world()
    world.source.profiles[PROFILE_ID] = profile(limits=EverydayLimits(max_hours_per_week=20.0))
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)
    assert (world.uow.state.tasks, world.uow.state.events) == ({}, [ProfileIndexed(PROFILE_ID, 1, NOW)])


async def test_a_newer_fetch_is_not_undone_by_a_later_event() -> None:
    """An event may fetch a version ahead of its own; the version kept never goes back."""
    world = new_world()
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
    await encode(world, *PERSON_KEY)
    await world.ask()
    world.source.profiles.clear()
    if by == "event":
        await take_profile(TakeProfile("e2", PROFILE_ID, 2), world.uow, world.engine, NOW)
    else:
        await drop_profile(DropProfile("e2", PROFILE_ID, 2), world.uow)
    state = world.uow.state
    assert (state.profiles, state.tasks, state.vectors, state.decisions) == ({}, {}, {}, {})


async def test_nothing_is_recorded_of_someone_who_goes_meanwhile() -> None:
    """A list that was being made when its person was erased is neither kept nor given."""
    world = World(PERSON, (OPENING,))
    world.source.profiles[PROFILE_ID] = PERSON
    await take_profile(TakeProfile("e1", PROFILE_ID, 1), world.uow, world.engine, NOW)

    class GoesMeanwhile(FakeAccessGate):
        """The person is erased while they are asked for."""

        async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
            await drop_profile(DropProfile("e2", PROFILE_ID, 2), world.uow)

    world.gate = GoesMeanwhile({SEEKER.subject})
    with pytest.raises(PermissionDenied):
        await world.ask()
    assert (world.uow.state.decisions, world.uow.state.records.inputs) == ({}, {})


# -- start ---------------------------------------------------------------------------------------------------------


async def test_an_opening_that_is_up_to_date_is_taken_as_it_is() -> None:
    """At start nothing is linked or queued anew without need."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    stored = world.uow.state.openings[ID]
    world.uow.failing = True
    found = await renew_opening(stored, world.uow, world.engine)
    assert (found.snapshot.id, found.signals) == (opening_id(1), stored.signals)


async def test_another_model_or_vocabulary_queues_the_text_in_bulk() -> None:
    """After a change of model the text is encoded again, behind everything else."""
    world = new_world()
    await take_opening(TakeOpening("e1", OPENING), world.uow, world.engine, NOW)
    stored = world.uow.state.openings[ID]
    world.live = FakeLiveOpenings(model="newer")
    await renew_opening(stored, world.uow, world.engine)
    assert world.uow.state.tasks[KEY].priority == BULK
    older = replace(stored, signals=replace(stored.signals, vocabulary="esco-older"))
    found = await renew_opening(older, world.uow, world.engine)
    assert found.signals.vocabulary == "esco-small"
