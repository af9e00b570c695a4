"""What every unit of work does with an erasure. A subclass says how to open one."""

from datetime import timedelta

from services.profiles.domain.erasure import Erasure
from services.profiles.domain.profile import Assignment, Profile
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, a_key, a_profile, an_access, kept


class ErasuresContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_nothing_is_left_but_the_log(self, open_uow: Open) -> None:
        """Everything is counted before; afterwards nobody is there, nor a stored answer, and the log still is."""
        profile, other, key = await kept(open_uow, a_profile()), await kept(open_uow, a_profile()), a_key()
        async with open_uow() as uow:
            await uow.assignments.begin(Assignment(profile.id, "counsellor-1", "unit-1", NOW))
            await uow.accesses.append(an_access(profile.id))
            assert await uow.answers.find(key, Profile) is None
            await uow.answers.keep(key, profile)
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.profiles.lock(profile.id) == profile
            counted = await uow.erasures.count(profile.id)
            await uow.erasures.erase(Erasure(profile.id, profile.version + 1, NOW + timedelta(hours=1)))
            await uow.commit()

        async with open_uow() as uow:
            assert (counted["profile"], counted["assignments"], counted["access_log"]) == (1, 1, 1)
            assert await uow.profiles.get(profile.id) is None
            assert await uow.assignments.current(profile.id) is None
            assert await uow.answers.find(key, Profile) is None
            left = await uow.erasures.count(profile.id)
            assert {place: number for place, number in left.items() if number} == {"access_log": 1}
            assert await uow.profiles.get(other.id) == other

    async def test_an_erasure_that_is_not_committed_erases_nobody(self, open_uow: Open) -> None:
        """Undone with the rest of its transaction."""
        profile = await kept(open_uow, a_profile())
        async with open_uow() as uow:
            await uow.erasures.erase(Erasure(profile.id, profile.version + 1, NOW))
        async with open_uow() as uow:
            assert await uow.profiles.get(profile.id) == profile
