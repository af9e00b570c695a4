"""What every unit of work does with people who are willing, lists of candidates, and requests to them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from services.matching.application.ports import Owner
from services.matching.application.willing import CandidateAsk, CandidateList, CandidateUnitOfWork, Listed
from services.matching.domain.aspects import Aspect, Standing, is_willing
from services.matching.domain.feedback import FeedbackKind
from services.matching.domain.matches import Versions
from services.matching.domain.values import Answer, Necessity, Purpose
from services.matching.domain.work import Choices
from shared.kernel.ids import new_id
from tests.builders.matching import NOW
from tests.builders.matching_candidates import WILLING
from tests.contract.matching.samples import a_profile, a_vector, a_word, some_matches

Open = Callable[[], CandidateUnitOfWork]
DAY = timedelta(days=1)
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


def an_ask(reader: str = "") -> CandidateAsk:
    """A request for a yes."""
    return CandidateAsk(reader or f"counsellor:{new_id()}", new_id(), new_id(), "h" * 22, NOW, NOW + DAY)


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

    async def test_the_people_of_the_lists_of_a_vacancy(self, open_uow: Open) -> None:
        """Of this reader, this opening and since then; without whoever is erased."""
        ids, reader = [new_id() for _ in range(4)], f"publisher:{new_id()}"
        await keep(open_uow, *ids)
        made = replace(a_list(*ids[:2]), reader=reader)
        later = replace(a_list(*ids[1:3]), reader=reader, opening_id=made.opening_id, create_time=NOW + DAY)
        other = replace(a_list(ids[3]), reader=reader)
        async with open_uow() as uow:
            for each in (made, later, other):
                await uow.candidate_lists.add(each)
            people_of = uow.candidate_lists.people_of
            assert await people_of(reader, made.opening_id, NOW - DAY) == set(ids[:3])
            assert await people_of(reader, made.opening_id, NOW) == set(ids[1:3])
            assert await people_of("publisher:other", made.opening_id, NOW - DAY) == frozenset()
            await uow.profiles.delete(ids[1])
            assert await people_of(reader, made.opening_id, NOW - DAY) == {ids[0], ids[2]}

    async def test_a_request_is_kept_once_and_counted_by_reader_and_day(self, open_uow: Open) -> None:
        """The same again gives the first one, at the bound too; another one at the bound is not taken."""
        first, since = an_ask(), NOW - DAY
        again = replace(first, handle="other", create_time=NOW + DAY, answer_by=NOW + 2 * DAY)
        async with open_uow() as uow:
            assert await uow.candidate_asks.take(first, since, 1) == first
            await uow.commit()
        async with open_uow() as uow:
            take = uow.candidate_asks.take
            assert await take(again, since, 1) == first
            assert await take(an_ask(first.reader), since, 1) is None
            second = an_ask(first.reader)
            assert await take(second, since, 2) == second
            third = an_ask(first.reader)
            assert await take(third, NOW, 1) == third
            elsewhere = replace(an_ask(), request_id=first.request_id)
            assert await take(elsewhere, since, 1) == elsewhere

    async def test_requests_at_once_do_not_pass_the_bound(self, open_uow: Open) -> None:
        """Of six of one reader, three are taken."""
        reader = f"counsellor:{new_id()}"

        async def take() -> bool:
            async with open_uow() as uow:
                taken = await uow.candidate_asks.take(an_ask(reader), NOW - DAY, 3)
                await uow.commit()
            return taken is not None

        assert sum(await asyncio.gather(*(take() for _ in range(6)))) == 3
