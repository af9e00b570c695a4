"""A list and its record: the answer is made while the store works, and leaves when it is done."""

import asyncio

import pytest

from services.matching.application.lists import ListMatches, list_matches
from services.matching.application.records import MadeWith
from services.matching.domain.matches import Decision
from services.matching.domain.values import Purpose
from shared.kernel.errors import Unavailable
from tests.builders.matching import NOW, PROFILE_ID, vacancy
from tests.builders.matching_world import SEEKER, World
from tests.fakes.matching import FakeUnitOfWork


async def test_a_list_is_shown_while_it_is_stored_and_leaves_afterwards() -> None:
    """The answer is made meanwhile; it is not given while the store has not confirmed, nor where it does not."""

    class SlowStore(FakeUnitOfWork):
        """Confirms when it is told to."""

        def __init__(self) -> None:
            super().__init__()
            self.shown, self.confirmed = asyncio.Event(), asyncio.Event()

        async def record(self, decision: Decision, made_with: MadeWith) -> None:
            await asyncio.wait_for(self.shown.wait(), 5)
            await self.confirmed.wait()
            await super().record(decision, made_with)

    world = World(openings=(vacancy(1),), uow=(store := SlowStore()))
    for store.failing in (False, True):
        store.shown.clear()
        store.confirmed.clear()
        cmd = ListMatches(SEEKER, PROFILE_ID, Purpose.OWN_DATA)
        asking = asyncio.create_task(list_matches(cmd, store, world.engine, NOW, lambda _: store.shown.set()))
        await asyncio.wait_for(store.shown.wait(), 5)
        assert not asking.done()
        store.confirmed.set()
        if store.failing:
            with pytest.raises(Unavailable):
                await asking
        else:
            await asking
            assert len(store.state.decisions) == 1
