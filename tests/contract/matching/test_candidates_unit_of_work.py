"""The fake and the PostgreSQL unit of work keep one contract about people who are willing and lists of candidates."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import psycopg
import pytest

from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.candidates import PostgresCandidateUnitOfWork
from services.matching.adapters.postgres.housekeeping import forget_records
from services.matching.application.ports import Owner
from services.matching.application.willing import CandidateList, CandidateUnitOfWork, Listed
from services.matching.domain.aspects import Aspect, Standing, is_willing
from services.matching.domain.feedback import FeedbackKind
from services.matching.domain.matches import Versions
from services.matching.domain.retention import Kept, period
from services.matching.domain.values import Answer, Necessity, Purpose
from services.matching.domain.work import Choices
from shared.kernel.ids import new_id
from shared.runtime.postgres import Pool
from tests.builders.matching import NOW
from tests.builders.matching_candidates import WILLING
from tests.contract.matching.samples import a_profile, a_vector, a_word, some_matches
from tests.contract.matching.waiting import until_waiting
from tests.fakes.matching_candidates import FakeCandidateUnitOfWork

Open = Callable[[], CandidateUnitOfWork]
STANDINGS = (
    Standing(Aspect("language", "fi", "B1"), "met"),
    Standing(Aspect("licence", "hygiene-passport", necessity=Necessity.PREFERRED), "withheld"),
)


async def keep(open_uow: Open, *ids: str, choices: Choices = WILLING, version: int = 1) -> None:
    """Keep profiles with these choices."""
    async with open_uow() as uow:
        for profile_id in ids:
            stored = a_profile(version, profile_id=profile_id)
            await uow.profiles.put(replace(stored, snapshot=replace(stored.snapshot, choices=choices)))
        await uow.commit()


def a_list(*ids: str, version: int = 1) -> CandidateList:
    """A list of these people, of whom the first is named."""
    match = some_matches(1)[0]
    people = tuple(
        Listed(
            rank=rank,
            profile_id=profile_id,
            profile_version=version,
            handle=f"handle-{rank}",
            named=rank == 1,
            match=replace(match, rank=rank),
            cosine=0.25 if rank == 1 else None,
            standings=STANDINGS,
            total=0.5 if rank == 1 else None,
        )
        for rank, profile_id in enumerate(ids, start=1)
    )
    return CandidateList(
        id=new_id(),
        create_time=NOW,
        opening_id=new_id(),
        opening_version=3,
        reader="counsellor:c-1",
        purpose=Purpose.JOB_MATCHING,
        language="fi",
        versions=Versions("m", "w", "r", 7, 0, "v"),
        method="m1",
        anonymity="a1",
        willing=9,
        considered=8,
        eligible=7,
        people=people,
    )


class CandidatesContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_the_willing_are_those_of_the_rule(self, open_uow: Open) -> None:
        """Of everybody with every combination of choices, those whom `is_willing` names, by rising id."""
        expected, opening_id = [], new_id()
        for matching, requests, opt_out, paused in product(Answer, Answer, (True, False), (True, False)):
            choices = Choices(matching, requests, ranking_opt_out=opt_out, matching_paused=paused)
            profile_id = new_id()
            await keep(open_uow, profile_id, choices=choices)
            expected += [profile_id] if is_willing(choices) else []
        async with open_uow() as uow:
            willing = [profile_id for profile_id, _ in await uow.willing.of(opening_id)]
        assert len(expected) == 2
        assert [profile_id for profile_id in willing if profile_id in expected] == sorted(expected)
        assert willing == sorted(willing)

    async def test_a_choice_takes_effect_with_the_next_version(self, open_uow: Open) -> None:
        """Willing, then not, then gone."""
        profile_id = new_id()
        for version, choices in ((1, WILLING), (2, replace(WILLING, matching_paused=True)), (3, WILLING)):
            await keep(open_uow, profile_id, choices=choices, version=version)
            async with open_uow() as uow:
                assert (profile_id in dict(await uow.willing.of(new_id()))) is is_willing(choices)
        async with open_uow() as uow:
            await uow.profiles.delete(profile_id)
            assert profile_id not in dict(await uow.willing.of(new_id()))

    async def test_profiles_and_vectors_come_as_they_are_kept(self, open_uow: Open) -> None:
        """Profiles by rising id, those that are there; a vector beside its id, None where there is none."""
        first, second = sorted((new_id(), new_id()))
        await keep(open_uow, first, second)
        stored = a_vector(Owner.PROFILE, second)
        async with open_uow() as uow:
            await uow.vectors.put(stored)
            near = dict(await uow.willing.of(new_id()))
            assert (near[first], near[second]) == (None, stored)
            found = await uow.willing.profiles([second, new_id(), first])
            assert [each.snapshot.id for each in found] == [first, second]
            assert found[0] == await uow.profiles.get(first)
            assert list(await uow.willing.profiles([])) == []

    @pytest.mark.parametrize("kind", list(FeedbackKind))
    async def test_who_does_not_want_an_opening_is_not_willing_for_it(self, open_uow: Open, kind: FeedbackKind) -> None:
        """The newest word on this very opening counts; taking it back brings the person back."""
        profile_id, opening_id = new_id(), new_id()
        await keep(open_uow, profile_id)
        async with open_uow() as uow:
            await uow.feedback.say(a_word(profile_id, opening_id, kind))
            hidden = kind is not FeedbackKind.INTERESTED
            assert (profile_id in dict(await uow.willing.of(opening_id))) is not hidden
            assert profile_id in dict(await uow.willing.of(new_id()))
            await uow.feedback.withdraw(profile_id, opening_id, new_id(), NOW)
            assert profile_id in dict(await uow.willing.of(opening_id))

    async def test_a_list_comes_back_as_it_was_served(self, open_uow: Open) -> None:
        """Whole, with everybody in it; an unknown one is None."""
        ids = [new_id() for _ in range(3)]
        await keep(open_uow, *ids)
        made = a_list(*ids)
        async with open_uow() as uow:
            assert await uow.candidate_lists.add(made) == set(ids)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.candidate_lists.get(made.id) == made
            for unknown in (new_id(), "no id"):
                assert await uow.candidate_lists.get(unknown) is None

    async def test_a_list_of_nobody_is_kept_too(self, open_uow: Open) -> None:
        """That nobody fitted is a decision as well."""
        made = a_list()
        async with open_uow() as uow:
            assert await uow.candidate_lists.add(made) == frozenset()
            assert await uow.candidate_lists.get(made.id) == made

    async def test_the_people_of_a_readers_lists_are_counted_once(self, open_uow: Open) -> None:
        """Of the lists made since then, and of this reader alone."""
        ids, reader = [new_id() for _ in range(3)], f"publisher:{new_id()}"
        await keep(open_uow, *ids)
        async with open_uow() as uow:
            for people, minutes in ((ids[:2], 10), (ids[1:], 20)):
                made = a_list(*people)
                await uow.candidate_lists.add(
                    replace(made, reader=reader, create_time=NOW + timedelta(minutes=minutes))
                )
            counts = [
                await uow.candidate_lists.people_shown(reader, NOW + timedelta(minutes=minutes))
                for minutes in (0, 10, 20)
            ]
            assert counts == [3, 2, 0]
            assert await uow.candidate_lists.people_shown(f"publisher:{new_id()}", NOW) == 0

    async def test_who_has_changed_or_gone_is_left_out(self, open_uow: Open) -> None:
        """A list holds those alone whose profile is the one that was compared."""
        same, changed, gone = (new_id() for _ in range(3))
        await keep(open_uow, same, changed)
        await keep(open_uow, changed, version=2)
        made = a_list(same, changed, gone)
        async with open_uow() as uow:
            assert await uow.candidate_lists.add(made) == {same}
            assert await uow.candidate_lists.get(made.id) == replace(made, people=made.people[:1])

    async def test_who_is_erased_leaves_their_lists(self, open_uow: Open) -> None:
        """The others stay in them."""
        ids = [new_id() for _ in range(3)]
        await keep(open_uow, *ids)
        made = a_list(*ids)
        async with open_uow() as uow:
            await uow.candidate_lists.add(made)
            await uow.profiles.delete(ids[1])
            await uow.commit()
        async with open_uow() as uow:
            kept = await uow.candidate_lists.get(made.id)
        assert kept == replace(made, people=(made.people[0], made.people[2]))


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
