"""What every unit of work does with records: readings, answers to requests, answers to vacancies."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.ports import ConsentRequested, Position
from services.profiles.domain.consents import Asking, ConsentState
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Assignment, Profile
from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, a_consent, a_key, a_profile, an_access, kept


class RecordsContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_accesses_are_paged_newest_first(self, open_uow: Open) -> None:
        """Readings of the profile and of no other, newest first; equal instants are ordered by id."""
        profile_id = new_id()
        accesses = [an_access(profile_id, minutes) for minutes in (0, 2, 1, 1)]
        async with open_uow() as uow:
            await uow.accesses.append(*accesses, an_access(new_id()))
            await uow.accesses.append()
            await uow.commit()

        async with open_uow() as uow:
            first = await uow.accesses.of_profile(profile_id, None, 3)
            rest = await uow.accesses.of_profile(profile_id, first.next, 3)

        expected = sorted(accesses, key=lambda access: (access.time, access.id), reverse=True)
        assert [*first.entries, *rest.entries] == expected
        assert first.next == Position(expected[2].time, expected[2].id)
        assert rest.next is None

    async def test_a_full_last_page_is_the_last(self, open_uow: Open) -> None:
        """A page that ends with the list has no next one."""
        profile_id = new_id()
        async with open_uow() as uow:
            await uow.accesses.append(an_access(profile_id), an_access(profile_id))
            page = await uow.accesses.of_profile(profile_id, None, 2)

        assert len(page.entries) == 2
        assert page.next is None

    async def test_a_profile_is_answered_again(self, open_uow: Open) -> None:
        """A kept profile is given for the same request in later units of work."""
        key, profile = a_key(), a_profile()
        async with open_uow() as uow:
            assert await uow.answers.find(key, Profile) is None
            await uow.answers.keep(key, profile)
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.answers.find(key, Profile) == profile

    async def test_an_assignment_is_answered_again(self, open_uow: Open) -> None:
        """A kept assignment is given for the same request in later units of work."""
        key, assignment = a_key(), Assignment(new_id(), "counsellor-1", "unit-1", NOW)
        async with open_uow() as uow:
            assert await uow.answers.find(key, Assignment) is None
            await uow.answers.keep(key, assignment)
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.answers.find(key, Assignment) == assignment

    async def test_a_request_id_belongs_to_its_content(self, open_uow: Open) -> None:
        """The same id with another content or method is refused; of another caller it is another request."""
        key = a_key()
        async with open_uow() as uow:
            await uow.answers.find(key, Profile)
            await uow.answers.keep(key, a_profile())
            await uow.commit()

        for other in (replace(key, fingerprint=b"2"), replace(key, method="m/Update")):
            with pytest.raises(InvalidArgument) as refused:
                async with open_uow() as uow:
                    await uow.answers.find(other, Profile)
            assert refused.value.reason == "REQUEST_ID_REUSED"
        async with open_uow() as uow:
            assert await uow.answers.find(replace(key, scope="seeker-2"), Profile) is None

    async def test_twins_give_one_change(self, open_uow: Open) -> None:
        """Ten equal requests at once: one goes on, the others wait and get its answer."""
        key, profile = a_key(), a_profile()

        async def request() -> bool:
            async with open_uow() as uow:
                stored = await uow.answers.find(key, Profile)
                if stored is None:
                    await uow.profiles.add(profile)
                    await uow.answers.keep(key, profile)
                await uow.commit()
            assert stored in (None, profile)
            return stored is None

        assert sum(await asyncio.gather(*(request() for _ in range(10)))) == 1

    async def test_an_answer_to_a_vacancy_is_kept_and_changed(self, open_uow: Open) -> None:
        """One answer of each person and vacancy: the newest version is found, by the person and by the vacancy."""
        profile, other = await kept(open_uow, a_profile()), await kept(open_uow, a_profile())
        given = a_consent(profile.id)
        withdrawn = replace(given, version=2, state=ConsentState.WITHDRAWN, update_time=NOW + timedelta(minutes=1))
        async with open_uow() as uow:
            await uow.consents.put(given)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.consents.get(profile.id, given.opening_id) == given
            assert await uow.consents.get(other.id, given.opening_id) is None
            among = (other.id, profile.id, new_id())
            assert await uow.consents.given(given.opening_id, among) == frozenset({profile.id})
            assert await uow.consents.given(new_id(), among) == frozenset()
            await uow.consents.put(withdrawn)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.consents.get(profile.id, given.opening_id) == withdrawn
            assert await uow.consents.given(given.opening_id, (profile.id,)) == frozenset()

    async def test_a_request_is_kept_with_who_asks_and_its_answer(self, open_uow: Open) -> None:
        """Role, organisation and both instants come back, before and after the answer; only a yes is given."""
        profile = await kept(open_uow, a_profile())
        asking = Asking(Role.PUBLISHER, "p-1", NOW, NOW + timedelta(days=7, microseconds=1))
        asked = replace(a_consent(profile.id), state=ConsentState.ASKED, answered_by=Relation.NONE, asking=asking)
        again = replace(asking, role=Role.COUNSELLOR, organisation="unit-1", time=NOW + timedelta(days=8))
        for version, (state, request) in enumerate(
            ((ConsentState.ASKED, asking), (ConsentState.ASKED, again), (ConsentState.GIVEN, again)), start=1
        ):
            held = replace(asked, version=version, state=state, asking=request)
            async with open_uow() as uow:
                await uow.consents.put(held)
                await uow.commit()
            async with open_uow() as uow:
                assert await uow.consents.get(profile.id, asked.opening_id) == held
                given = await uow.consents.given(asked.opening_id, (profile.id,))
                assert given == ({profile.id} if state is ConsentState.GIVEN else frozenset())

    async def test_a_request_for_consent_is_answered_again(self, open_uow: Open) -> None:
        """It is kept like any answer, and for a profile that is not there, too."""
        key, answer = a_key(), ConsentRequested(new_id())
        async with open_uow() as uow:
            assert await uow.answers.find(key, ConsentRequested) is None
            await uow.answers.keep(key, answer)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.answers.find(key, ConsentRequested) == answer

    async def test_answers_of_a_person_last_changed_first(self, open_uow: Open) -> None:
        """Pages run from the last change to the first, without those of others."""
        profile, other = await kept(open_uow, a_profile()), await kept(open_uow, a_profile())
        mine = [replace(a_consent(profile.id), update_time=NOW + timedelta(minutes=n)) for n in range(3)]
        async with open_uow() as uow:
            for consent in (*mine, a_consent(other.id)):
                await uow.consents.put(consent)
            await uow.commit()
        async with open_uow() as uow:
            first = await uow.consents.of_profile(profile.id, None, 2)
            rest = await uow.consents.of_profile(profile.id, first.next, 2)
        assert (*first.entries, *rest.entries) == tuple(reversed(mine))
        assert rest.next is None
