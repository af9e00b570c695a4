"""A list says how fresh it is: none while the openings are not there, and stale where they may lack what is newer."""

from datetime import timedelta

import pytest

from services.matching.adapters.live import LiveOpeningsInMemory
from services.matching.adapters.texts import load_texts
from services.matching.adapters.wire.matches import Wire
from services.matching.application.lists import ListMatches, MatchPage, list_matches
from services.matching.domain.values import Purpose
from shared.kernel.errors import Unavailable
from tests.builders.matching import NOW, PROFILE_ID, vacancy, vocabulary
from tests.builders.matching_world import SEEKER, World
from tests.fakes.matching import MODEL

DAY = timedelta(hours=24)


@pytest.fixture
def world() -> World:
    """Two openings, last compared with the store at NOW."""
    made = World(openings=(vacancy(1), vacancy(2)))
    made.live.current_at = NOW
    return made


async def _asked(world: World, age: timedelta, token: str = "") -> MatchPage:
    cmd = ListMatches(SEEKER, PROFILE_ID, Purpose.OWN_DATA, page_size=1, page_token=token)
    return await list_matches(cmd, world.uow, world.engine, NOW + age, lambda page: page)


@pytest.mark.parametrize(("age", "stale"), [(timedelta(0), False), (DAY, False), (DAY + timedelta(seconds=1), True)])
async def test_a_list_from_openings_of_more_than_a_day_ago_says_so(world: World, age: timedelta, stale: bool) -> None:
    """It is given all the same; every page of it is marked, also on the wire."""
    first = await _asked(world, age)
    second = await _asked(world, age, first.next_page_token)
    wire = Wire(load_texts(vocabulary()), "en")
    for page in (first, second):
        assert len(page.matches) == 1
        assert (page.stale, wire.match_page(page).stale) == (stale, stale)


async def test_a_list_is_fresh_again_once_the_openings_are_compared(world: World) -> None:
    """What turned stale does not stay so."""
    assert (await _asked(world, 2 * DAY)).stale
    world.live.current_at = NOW + 2 * DAY
    assert not (await _asked(world, 2 * DAY)).stale


async def test_there_is_no_list_before_the_openings_are_there(world: World) -> None:
    """An empty list would say that nothing fits."""
    world.live = LiveOpeningsInMemory(MODEL, 2, vocabulary())  # type: ignore[assignment]  # one that nobody has filled
    with pytest.raises(Unavailable) as refused:
        await _asked(world, timedelta(0))
    assert refused.value.reason == "OPENINGS_LOADING"
    assert world.uow.state.decisions == {}
