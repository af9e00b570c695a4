"""The fake and the PostgreSQL unit of work keep one contract about people who are willing and lists of candidates."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.candidates import PostgresCandidateUnitOfWork
from services.matching.adapters.postgres.housekeeping import forget_records
from services.matching.application.willing import CandidateList
from services.matching.domain.retention import Kept, period
from shared.kernel.ids import new_id
from shared.runtime.postgres import Pool
from tests.builders.matching import NOW
from tests.builders.matching_candidates import WILLING
from tests.contract.matching.candidates_contract import DAY, CandidatesContract, Open, a_list, an_ask, keep
from tests.contract.matching.samples import a_profile
from tests.contract.matching.waiting import until_waiting
from tests.fakes.matching_candidates import FakeCandidateUnitOfWork


class TestFakeCandidates(CandidatesContract):
    """The fake."""

    @pytest.fixture
    def open_uow(self) -> Open:
        """Units of work over one state."""
        unit = FakeCandidateUnitOfWork()
        return lambda: unit


class TestPostgresCandidates(CandidatesContract):
    """PostgreSQL, as the role that serves."""

    @pytest.fixture
    def open_uow(self, pool: Pool) -> Callable[[], PostgresCandidateUnitOfWork]:
        """Units of work over one pool."""
        return lambda: PostgresCandidateUnitOfWork(pool)

    async def test_a_served_list_cannot_be_changed(self, pool: Pool) -> None:
        """The serving role may update or empty neither a list nor its entries."""
        for statement in (
            "update candidate_list set body = '{}'",
            "update candidate_list_entry set body = ''",
            "truncate candidate_list cascade",
            "truncate candidate_list_entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.connection() as connection:
                    await connection.execute(statement)

    async def test_a_list_ends_when_its_time_is_over(self, open_uow: Open, pool: Pool) -> None:
        """As long as decisions are kept, with all its people; no longer."""
        profile_id = new_id()
        await keep(open_uow, profile_id)
        made, end = a_list(profile_id), NOW + period(Kept.CANDIDATE_LISTS, NOW.date())
        assert period(Kept.CANDIDATE_LISTS, NOW.date()) == period(Kept.DECISIONS, NOW.date())
        async with open_uow() as uow:
            await uow.candidate_lists.add(made)
            await uow.commit()
        await forget_records(pool, end - timedelta(days=1))
        async with open_uow() as uow:
            assert await uow.candidate_lists.get(made.id) == made
        await forget_records(pool, end + timedelta(days=1))
        async with pool.connection() as connection:
            for table in ("candidate_list where id = %s", "candidate_list_entry where list_id = %s"):
                found = await connection.execute(f"select from {table}", (made.id,))
                assert await found.fetchone() is None

    async def test_a_change_of_mind_waits_for_a_list_that_is_being_recorded(self, open_uow: Open, pool: Pool) -> None:
        """So nobody is recorded, and shown, after having said no: the no comes after the list, or before it."""
        profile_id = new_id()
        await keep(open_uow, profile_id)
        async with open_uow() as recording:
            assert await recording.candidate_lists.add(a_list(profile_id)) == {profile_id}
            paused = replace(WILLING, matching_paused=True)
            changing = asyncio.create_task(keep(open_uow, profile_id, choices=paused, version=2))
            await until_waiting(pool, changing)
            await recording.commit()
        await changing
        async with open_uow() as uow:
            assert await uow.candidate_lists.add(a_list(profile_id)) == frozenset()

    async def test_an_erasure_that_comes_first_leaves_the_person_out(self, open_uow: Open, pool: Pool) -> None:
        """A list that is being recorded waits for it, and keeps the others."""
        gone, stays = new_id(), new_id()
        await keep(open_uow, gone, stays)
        made = a_list(gone, stays)

        async def record() -> frozenset[str]:
            async with open_uow() as uow:
                kept = await uow.candidate_lists.add(made)
                await uow.commit()
            return kept

        async with open_uow() as erasing:
            await erasing.profiles.delete(gone)
            recording = asyncio.create_task(record())
            await until_waiting(pool, recording)
            await erasing.commit()
        assert await recording == {stays}
        async with open_uow() as uow:
            assert await uow.candidate_lists.get(made.id) == replace(made, people=made.people[1:])

    async def test_an_erasure_that_comes_second_takes_the_person_out(self, open_uow: Open, pool: Pool) -> None:
        """It waits until the list is on record, and then nothing of them is left in it."""
        gone, stays = new_id(), new_id()
        await keep(open_uow, gone, stays)
        made = a_list(gone, stays)

        async def erase() -> None:
            async with open_uow() as uow:
                await uow.profiles.delete(gone)
                await uow.commit()

        async with open_uow() as recording:
            assert await recording.candidate_lists.add(made) == {gone, stays}
            erasing = asyncio.create_task(erase())
            await until_waiting(pool, erasing)
            await recording.commit()
        await erasing
        async with open_uow() as uow:
            assert await uow.candidate_lists.get(made.id) == replace(made, people=made.people[1:])

    async def test_lists_and_erasures_of_the_same_people_at_once(self, open_uow: Open, pool: Pool) -> None:
        """Six lists while their people are erased: none fails, and who is gone is in none of them."""
        ids = [new_id() for _ in range(20)]
        await keep(open_uow, *ids)
        lists = [a_list(*ids) for _ in range(6)]

        async def record(made: CandidateList) -> None:
            async with open_uow() as uow:
                await uow.candidate_lists.add(made)
                await uow.commit()

        async def erase(profile_id: str) -> None:
            async with open_uow() as uow:
                await uow.profiles.delete(profile_id)
                await uow.commit()

        await asyncio.gather(*map(record, lists), *map(erase, ids[:6]))
        async with open_uow() as uow:
            for made in lists:
                kept = await uow.candidate_lists.get(made.id)
                assert kept is not None
                assert [each.profile_id for each in kept.people] == ids[6:]

    async def test_requests_are_forgotten(self, open_uow: Open, pool: Pool) -> None:
        """After the time for which one can be repeated."""
        ask, end = an_ask(), NOW + period(Kept.CANDIDATE_ASKS, NOW.date())
        async with open_uow() as uow:
            await uow.candidate_asks.take(ask, NOW - DAY, 1)
            await uow.commit()
        found = []
        for now in (end - DAY, end + DAY):
            await forget_records(pool, now)
            async with pool.connection() as connection:
                rows = await connection.execute("select from candidate_ask where reader = %s", (ask.reader,))
                found.append(len(await rows.fetchall()))
        assert found == [1, 0]

    async def test_the_willing_are_found_by_an_index(self, pool: Pool) -> None:
        """Where few of many are willing, nobody else is looked at."""
        async with PostgresUnitOfWork(pool) as uow:
            for _ in range(300):
                await uow.profiles.put(a_profile())
            await uow.commit()
        async with pool.connection() as connection:
            await connection.execute("set local enable_seqscan = off")
            plan = await connection.execute("explain select id from profile where willing order by id")
            assert "profile_willing" in "".join(row[0] for row in await plan.fetchall())
