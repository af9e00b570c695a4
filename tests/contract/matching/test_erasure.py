"""A list that is recorded while its person is erased: whoever comes second waits, and nothing of the person is left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.application.intake import DropProfile, drop_profile
from services.matching.application.ports import Owner
from services.matching.domain.matches import Decision
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.runtime.postgres import Pool, transaction
from tests.contract.matching.samples import a_contest, a_decision, a_profile, a_word, made_with
from tests.contract.matching.waiting import until_waiting

_TRACES = """
select (select count(*) from decision where profile_id = %(id)s)
     + (select count(*) from decision_input where profile_id = %(id)s)
     + (select count(*) from feedback where profile_id = %(id)s)
     + (select count(*) from contest where profile_id = %(id)s)
"""


@pytest.fixture(params=["taken in", "not taken in yet"])
async def decision(request: pytest.FixtureRequest, pool: Pool) -> Decision:
    """A list to record, of a person whose news has come, and of one whose has not."""
    made = a_decision()
    if request.param == "taken in":
        async with PostgresUnitOfWork(pool) as uow:
            await uow.inbox.accept(Owner.PROFILE, made.profile_id, 1, new_id())
            await uow.profiles.put(a_profile(profile_id=made.profile_id))
            await uow.commit()
    return made


async def test_an_erasure_waits_for_a_list_that_is_being_recorded(decision: Decision, pool: Pool) -> None:
    """And then erases it; that it was erased stays known."""
    async with _stopped_at_its_row(decision, pool) as go_on:
        recording = asyncio.create_task(_record(decision, pool))
        await until_waiting(pool, recording)
        erasing = asyncio.create_task(_erase(decision, pool))
        await until_waiting(pool, recording, erasing, count=2)
        await go_on()
        await recording
        await erasing
    assert await _traces(decision, pool) == 0
    async with PostgresUnitOfWork(pool) as uow:
        assert await uow.decisions.erased(decision.id)


async def test_a_list_waits_for_an_erasure_and_is_not_recorded(decision: Decision, pool: Pool) -> None:
    """The caller is refused as for somebody who does not exist."""
    async with PostgresUnitOfWork(pool) as erasing:
        await erasing.inbox.accept(Owner.PROFILE, decision.profile_id, 2, new_id())
        await erasing.profiles.delete(decision.profile_id)
        recording = asyncio.create_task(_record(decision, pool))
        await until_waiting(pool, recording)
        await erasing.commit()
    with pytest.raises(PermissionDenied):
        await recording
    assert await _traces(decision, pool) == 0


async def test_an_erasure_waits_for_what_a_person_is_just_saying(decision: Decision, pool: Pool) -> None:
    """Feedback and contests go as lists do."""
    async with PostgresUnitOfWork(pool) as saying:
        await saying.profiles.hold(decision.profile_id)
        erasing = asyncio.create_task(_erase(decision, pool))
        await until_waiting(pool, erasing)
        await saying.feedback.say(a_word(decision.profile_id))
        await saying.contests.add(a_contest(decision.profile_id))
        await saying.commit()
    await erasing
    assert await _traces(decision, pool) == 0


async def test_lists_of_one_person_do_not_wait_for_each_other(decision: Decision, pool: Pool) -> None:
    """Those who record only hold the person; one that is stopped stops no other."""
    other = a_decision(profile_id=decision.profile_id)
    async with _stopped_at_its_row(decision, pool) as go_on:
        recording = asyncio.create_task(_record(decision, pool))
        await until_waiting(pool, recording)
        await asyncio.wait_for(_record(other, pool), 10)
        await go_on()
        await recording
    async with PostgresUnitOfWork(pool) as uow:
        assert await uow.decisions.get(other.id) is not None


async def _record(decision: Decision, pool: Pool) -> None:
    await PostgresUnitOfWork(pool).record(decision, made_with(decision))


async def _erase(decision: Decision, pool: Pool) -> None:
    await drop_profile(DropProfile(new_id(), decision.profile_id, 2), PostgresUnitOfWork(pool))


@asynccontextmanager
async def _stopped_at_its_row(decision: Decision, pool: Pool) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Somebody else is about to insert a row of the same id: whoever records the list waits until they give it up."""
    async with transaction(pool) as connection:
        await connection.execute(
            "insert into decision (id, profile_id, create_time, body) values (%s, %s, now(), '{}')",
            (decision.id, new_id()),
        )
        yield connection.rollback


async def _traces(decision: Decision, pool: Pool) -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute(_TRACES, {"id": decision.profile_id})).fetchone()
    return int(row[0]) if row else 0
