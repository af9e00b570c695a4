"""Lists for all people: items, what is made, who is left out, and how a prepared list is served."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from services.matching.adapters.bulk_schedule import is_due
from services.matching.application import bulk
from services.matching.application.bulk import (
    ListPreparedMatches,
    StartBulkRun,
    get_bulk_run,
    list_prepared_matches,
    prepare_lists,
    start_bulk_run,
)
from services.matching.application.lists import ListMatches, list_matches
from services.matching.application.people import stored_profile
from services.matching.application.ports import Owner, StoredVector
from services.matching.domain.events import ListsRequested
from services.matching.domain.replay import replay
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, NotFound
from tests.builders.matching import NOW, PROFILE_ID, candidate, opening_id, vacancy, vocabulary
from tests.builders.matching_world import PERSON, SEEKER, World
from tests.fakes.matching import MODEL, vector


def crowd(number: int) -> World:
    """A world with so many people and five vacancies, all with vectors."""
    world = World(openings=tuple(vacancy(place) for place in range(1, 6)))
    world.uow.state.profiles.clear()
    for place in range(number):
        add(world, replace(PERSON, id=f"01960000-0000-7000-8000-0000000{place:05x}"), place)
    for place in range(1, 6):
        world.live.put_vector(opening_id(place), "", vector(1.0, place / 5))
    return world


def add(world: World, person: ProfileSnapshot, place: int = 0) -> None:
    """Another person, whose text is encoded."""
    stored = stored_profile(person, vocabulary(), MODEL)
    world.uow.state.profiles[person.id] = stored
    made = StoredVector(Owner.PROFILE, person.id, stored.digest, vector(1.0, -place / 10))
    world.uow.state.vectors[Owner.PROFILE, person.id] = made


def requested(world: World) -> list[str]:
    """Items of work that were sent."""
    return [event.item_id for event in world.uow.state.events if isinstance(event, ListsRequested)]


async def run(world: World) -> None:
    """A whole run."""
    await start_bulk_run(StartBulkRun(), world.uow, NOW)
    for item_id in requested(world):
        await prepare_lists(item_id, world.uow, world.engine, NOW)


async def test_a_run_covers_everybody_once() -> None:
    """Items hold a hundred people at most, each person is in one of them, and each item is sent as work."""
    world = crowd(2 * bulk.PEOPLE + 1)
    started = await start_bulk_run(StartBulkRun(), world.uow, NOW)
    items = sorted(world.uow.state.bulk.items.values(), key=lambda item: item.number)
    assert [item.people for item in items] == [bulk.PEOPLE, bulk.PEOPLE, 1]
    assert sorted(requested(world)) == sorted(item.id for item in items)
    assert (started.items, started.people) == (3, 201)


async def test_a_prepared_list_is_the_list_that_would_be_served() -> None:
    """Made as products of matrices, it has the order, totals and cosines of the list of one person."""
    world = crowd(20)
    await run(world)
    for profile_id, prepared in world.uow.state.bulk.lists.items():
        cmd = ListMatches(SEEKER, profile_id, Purpose.OWN_DATA)
        served = await list_matches(cmd, world.uow, world.engine, NOW, lambda page: page)
        assert prepared.shortlist == world.uow.state.decisions[served.decision_id].shortlist
        assert prepared.eligible_count == served.eligible_count == 5
    assert len(world.uow.state.bulk.lists) == 20


async def test_who_is_paused_or_has_opted_out_gets_no_list() -> None:
    """Their items are done without them."""
    world = crowd(1)
    add(world, replace(PERSON, id=opening_id(1001), choices=replace(PERSON.choices, matching_paused=True)))
    add(world, replace(PERSON, id=opening_id(1002), choices=replace(PERSON.choices, ranking_opt_out=True)))
    await run(world)
    assert len(world.uow.state.bulk.lists) == 1
    (only,) = world.uow.state.bulk.runs
    progress = await get_bulk_run(only, world.uow)
    assert (progress.people_done, progress.prepared, progress.finished) == (3, 1, True)


async def test_an_item_is_done_once() -> None:
    """Delivered again, it changes nothing."""
    world = crowd(3)
    await run(world)
    before = dict(world.uow.state.bulk.lists)
    assert await prepare_lists(requested(world)[0], world.uow, world.engine, NOW + timedelta(hours=1)) is None
    assert world.uow.state.bulk.lists == before


async def test_an_unknown_item_is_no_work() -> None:
    """A message whose run is gone is taken and does nothing."""
    world = crowd(1)
    assert await prepare_lists(opening_id(1), world.uow, world.engine, NOW) is None


async def test_a_run_under_way_is_not_started_twice() -> None:
    """Starting again answers the run that is under way; after its end, or a day, another one starts."""
    world = crowd(1)
    first = await start_bulk_run(StartBulkRun(), world.uow, NOW)
    assert (await start_bulk_run(StartBulkRun(), world.uow, NOW)).run == first.run
    later = await start_bulk_run(StartBulkRun(), world.uow, NOW + timedelta(hours=25))
    assert later.run != first.run


async def test_the_schedule_starts_one_run_a_day() -> None:
    """Whichever process comes second gets the first one's run, though it has ended by then."""
    world = crowd(1)
    day = date(2026, 11, 24)
    first = await start_bulk_run(StartBulkRun(day), world.uow, NOW)
    await prepare_lists(requested(world)[0], world.uow, world.engine, NOW)
    assert (await start_bulk_run(StartBulkRun(day), world.uow, NOW)).run == first.run
    assert (await start_bulk_run(StartBulkRun(date(2026, 11, 25)), world.uow, NOW)).run != first.run


async def served(world: World, now: datetime = NOW) -> object:
    """The prepared list as the seeker asks for it."""
    cmd = ListPreparedMatches(SEEKER, PROFILE_ID, Purpose.OWN_DATA)
    return await list_prepared_matches(cmd, world.uow, world.engine, now)


@pytest.fixture
async def prepared() -> World:
    """One person with a prepared list."""
    world = crowd(0)
    add(world, PERSON)
    await run(world)
    return world


async def test_a_prepared_list_is_recorded_when_it_is_served(prepared: World) -> None:
    """The record can be worked out again; what has closed meanwhile is not in it."""
    assert prepared.uow.state.decisions == {}
    prepared.live.remove(opening_id(2))
    await served(prepared, NOW + timedelta(hours=3))
    (decision,) = prepared.uow.state.decisions.values()
    assert {place.opening_id for place in decision.shortlist} == {opening_id(number) for number in (1, 3, 4, 5)}
    async with prepared.uow as uow:
        inputs = await uow.decisions.inputs(decision, range(len(decision.shortlist)))
    assert replay(decision, inputs, vocabulary()).identical


async def test_a_list_of_another_version_of_the_profile_is_not_served(prepared: World) -> None:
    """A changed person asks for the list itself."""
    prepared.change(replace(PERSON, version=PERSON.version + 1))
    with pytest.raises(FailedPrecondition, match="LIST_OUTDATED"):
        await served(prepared)


async def test_a_newer_profile_deletes_the_list(prepared: World) -> None:
    """Taking in another version leaves nothing that was made of the one before; so does erasure."""
    async with prepared.uow as uow:
        await uow.profiles.put(stored_profile(replace(PERSON, version=PERSON.version + 1), vocabulary(), MODEL))
        await uow.commit()
    with pytest.raises(NotFound, match="LIST_NOT_PREPARED"):
        await served(prepared)


async def test_what_was_prepared_of_an_older_profile_is_left_aside(prepared: World) -> None:
    """A profile that changes while its list is made keeps no list of the version before."""
    (list_of_then,) = prepared.uow.state.bulk.lists.values()
    prepared.change(replace(PERSON, version=PERSON.version + 1))
    async with prepared.uow as uow:
        assert await uow.prepared.put([list_of_then]) == 0


def test_all_cosines_at_once_are_those_of_one_after_another() -> None:
    """A product of matrices gives what single products give, NaN where an opening has no vector."""
    world = crowd(0)
    world.live.put(candidate(vacancy(6)), "")
    view = world.live.view()
    asked = [vector(1.0, 0.3), vector(0.2, 1.0)]
    found = view.cosines_of_all(asked)
    for number, each in enumerate(asked):
        np.testing.assert_allclose(found[number], view.cosines(each, np.arange(6)), atol=1e-6)
    assert np.isnan(found[:, 5]).all()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 24, 0, 29, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 1, 29, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 1, 30, tzinfo=UTC), False),
        (datetime(2026, 6, 24, 23, 30, tzinfo=UTC), True),
    ],
)
def test_a_run_is_due_for_an_hour_by_the_clock_of_helsinki(now: datetime, *, due: bool) -> None:
    """02:30 is 00:30 UTC in winter and 23:30 UTC in summer."""
    assert is_due(time(2, 30), now) is due
