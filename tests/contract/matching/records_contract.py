"""What every unit of work does with records: decisions and their inputs, feedback, contests, answers to mutations."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.application.ports import Owner, UnitOfWork
from services.matching.application.records import RequestKey
from services.matching.domain.feedback import ContestAnswer, FeedbackKind, Withdrawn
from services.matching.domain.replay import Inputs
from shared.kernel.errors import InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from tests.builders.matching import NOW
from tests.contract.matching.samples import a_contest, a_decision, a_profile, a_word, made_with

Open = Callable[[], UnitOfWork]


class RecordsContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_the_inputs_of_a_decision_come_back(self, open_uow: Open) -> None:
        """Whole or for some places, for this list and for a second one with the same openings."""
        first, second = a_decision(), a_decision()
        for decision in (first, second):
            async with open_uow() as uow:
                await uow.decisions.add(decision, made_with(decision))
                await uow.commit()
        for decision in (first, second):
            given = made_with(decision)
            openings = tuple(given.opening(place) for place in range(3))
            async with open_uow() as uow:
                whole = await uow.decisions.inputs(decision, range(3))
                part = await uow.decisions.inputs(decision, range(1, 3))
            assert whole == Inputs(given.person, given.weights, openings)
            assert part == Inputs(given.person, given.weights, openings[1:])

    async def test_a_decision_that_is_recorded_in_one_step(self, open_uow: Open) -> None:
        """It comes back with its inputs, beside others that were made with the same openings."""
        first, second = a_decision(), a_decision()
        for decision in (first, second):
            await open_uow().record(decision, made_with(decision))
        async with open_uow() as uow:
            for decision in (first, second):
                assert await uow.decisions.get(decision.id) == decision
                inputs = await uow.decisions.inputs(decision, range(3))
                assert inputs is not None
                assert inputs.openings == tuple(made_with(decision).opening(place) for place in range(3))

    async def test_a_person_is_read_in_one_step(self, open_uow: Open) -> None:
        """What the profiles hold, without a transaction."""
        person, word = a_profile(), a_word(new_id())
        async with open_uow() as uow:
            await uow.profiles.put(person)
            await uow.feedback.say(word)
            await uow.commit()
        assert await open_uow().person(person.snapshot.id) == (person, None, ())
        assert await open_uow().person(word.profile_id) == (None, None, (word,))

    async def test_a_decision_that_is_unknown_has_no_inputs(self, open_uow: Open) -> None:
        """Nothing is made up."""
        async with open_uow() as uow:
            assert await uow.decisions.inputs(a_decision(), range(3)) is None

    async def test_that_a_list_was_erased_stays_known(self, open_uow: Open) -> None:
        """Of the lists of the person who is gone, not of another's and not of one that there never was."""
        gone, stays = a_decision(), a_decision()
        async with open_uow() as uow:
            await uow.profiles.put(a_profile(profile_id=gone.profile_id))
            for decision in (gone, stays):
                await uow.decisions.add(decision, made_with(decision))
            await uow.commit()
        async with open_uow() as uow:
            await uow.profiles.delete(gone.profile_id)
            await uow.commit()
        async with open_uow() as uow:
            erased = [await uow.decisions.erased(each) for each in (gone.id, stays.id, new_id())]
            assert erased == [True, False, False]
            assert await uow.decisions.inputs(gone, range(3)) is None
            assert await uow.decisions.inputs(stays, range(3)) is not None

    async def test_nothing_is_recorded_of_a_person_who_is_gone(self, open_uow: Open) -> None:
        """Neither a list nor anything else; of a person who has not been taken in yet, a list is."""
        gone, unknown = a_decision(), a_decision()
        async with open_uow() as uow:
            await uow.inbox.accept(Owner.PROFILE, gone.profile_id, 1, new_id())
            await uow.profiles.put(a_profile(profile_id=gone.profile_id))
            await uow.profiles.hold(gone.profile_id)
            await uow.commit()
        async with open_uow() as uow:
            await uow.profiles.delete(gone.profile_id)
            await uow.commit()
        for refused in (open_uow().record(gone, made_with(gone)), _held(open_uow(), gone.profile_id)):
            with pytest.raises(PermissionDenied):
                await refused
        await open_uow().record(unknown, made_with(unknown))
        async with open_uow() as uow:
            assert await uow.decisions.get(gone.id) is None
            assert await uow.decisions.get(unknown.id) == unknown

    async def test_the_newest_word_on_an_opening_holds(self, open_uow: Open) -> None:
        """One word an opening, newest first, of this person alone; read with the profile in one step."""
        person = new_id()
        first, other = a_word(person), a_word(person)
        again = replace(a_word(person, first.opening_id, FeedbackKind.INTERESTED), decision_id=new_id())
        async with open_uow() as uow:
            for word in (first, other, a_word(new_id()), again):
                await uow.feedback.say(word)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.feedback.current(person) == (again, other)
            assert await uow.profiles.person(person) == (None, None, (again, other))

    async def test_a_word_that_was_taken_back_holds_no_more(self, open_uow: Open) -> None:
        """Once; a later word holds again."""
        person, opening = new_id(), new_id()
        async with open_uow() as uow:
            await uow.feedback.say(a_word(person, opening))
            taken = [await uow.feedback.withdraw(person, opening, new_id(), NOW) for _ in range(2)]
            await uow.commit()
        assert taken == [True, False]
        word = a_word(person, opening)
        async with open_uow() as uow:
            assert await uow.feedback.current(person) == ()
            await uow.feedback.say(word)
            assert await uow.feedback.current(person) == (word,)

    async def test_contests_and_their_answers(self, open_uow: Open) -> None:
        """Newest first, page by page; an answered one is not open."""
        person = new_id()
        first, second, third = (a_contest(person) for _ in range(3))
        resolved = replace(
            second, answer=ContestAnswer.STANDS, answer_words="Looked at.", answer_time=NOW + timedelta(days=1)
        )
        async with open_uow() as uow:
            for contest in (first, second, third, a_contest(new_id())):
                await uow.contests.add(contest)
            await uow.contests.answer(resolved)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.contests.get(second.id) == resolved
            assert await uow.contests.get(new_id()) is None
            whole = await uow.contests.of(person, open_only=False, before="", limit=2)
            rest = await uow.contests.of(person, open_only=False, before=second.id, limit=2)
            assert (whole, rest) == ((third, resolved), (first,))
            assert await uow.contests.of(person, open_only=True, before="", limit=9) == (third, first)

    async def test_answers_to_repeated_requests(self, open_uow: Open) -> None:
        """The same request gets the same answer; the same id with another content is refused."""
        word = a_word(new_id())
        key = RequestKey("user-1", new_id(), "GiveFeedback", b"1")
        withdrawal = replace(key, request_id=new_id(), method="WithdrawFeedback")
        async with open_uow() as uow:
            assert await uow.answers.find(key, type(word)) is None
            await uow.answers.keep(key, word)
            assert await uow.answers.find(withdrawal, Withdrawn) is None
            await uow.answers.keep(withdrawal, Withdrawn(word.profile_id, said=True))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.answers.find(key, type(word)) == word
            assert await uow.answers.find(withdrawal, Withdrawn) == Withdrawn(word.profile_id, said=True)
            with pytest.raises(InvalidArgument):
                await uow.answers.find(replace(key, fingerprint=b"2"), type(word))

    async def test_erasing_a_person_erases_what_they_said(self, open_uow: Open) -> None:
        """Feedback, contests and stored answers; those of others stay."""
        people = [new_id(), new_id()]
        keys = {person: RequestKey("user-1", new_id(), "GiveFeedback", b"1") for person in people}
        async with open_uow() as uow:
            for person in people:
                word = a_word(person)
                await uow.feedback.say(word)
                await uow.contests.add(a_contest(person))
                await uow.answers.find(keys[person], type(word))
                await uow.answers.keep(keys[person], word)
            await uow.commit()
        async with open_uow() as uow:
            await uow.profiles.delete(people[0])
            await uow.commit()
        for person, kept in zip(people, (0, 1), strict=True):
            async with open_uow() as uow:
                assert len(await uow.feedback.current(person)) == kept
                assert len(await uow.contests.of(person, open_only=False, before="", limit=9)) == kept
                assert (await uow.answers.find(keys[person], type(word)) is not None) == bool(kept)


async def _held(unit: UnitOfWork, profile_id: str) -> None:
    async with unit as uow:
        await uow.profiles.hold(profile_id)
