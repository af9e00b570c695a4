"""What every unit of work does with overrides and with assignments over time. A subclass says how to open one."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from services.profiles.application.ports import HandedOver
from services.profiles.domain.handovers import Outcome
from services.profiles.domain.overrides import LASTS, AccessOverride, ProfileAccessOverridden, Reason, override
from services.profiles.domain.profile import Assignment
from shared.kernel.ids import new_id
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, a_key, a_profile, kept


def an_override(profile_id: str, counsellor: str, begin: datetime = NOW) -> AccessOverride:
    """A record opened to a counsellor of unit-2."""
    return override(new_id(), profile_id, counsellor, "unit-2", Reason.OTHER, "Åke väntar 🕐 'i hallen'", begin)[0]


class CaseworkContract:
    """Tests that run on the fake and on PostgreSQL."""

    @pytest.mark.parametrize(
        ("counsellor", "unit", "at", "holds"),
        [
            ("", "unit-2", NOW, True),
            ("", "unit-2", NOW + LASTS - timedelta(microseconds=1), True),
            ("", "unit-2", NOW + LASTS, False),
            ("", "unit-2", NOW - timedelta(microseconds=1), False),
            ("", "unit-1", NOW, False),
            ("somebody-else", "unit-2", NOW, False),
        ],
    )
    async def test_an_override_holds_for_its_time(
        self, open_uow: Open, counsellor: str, unit: str, at: datetime, holds: bool
    ) -> None:
        """It holds from its begin to just before its end, for that counsellor in that unit and that person alone."""
        profile, other = await kept(open_uow, a_profile()), await kept(open_uow, a_profile())
        mine = f"counsellor-{new_id()}"
        async with open_uow() as uow:
            await uow.overrides.add(an_override(profile.id, mine))
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.overrides.holds(profile.id, counsellor or mine, unit, at) is holds
            assert not await uow.overrides.holds(other.id, counsellor or mine, unit, at)
            assert not await uow.overrides.holds(new_id(), counsellor or mine, unit, at)

    async def test_overrides_of_a_counsellor_are_counted(self, open_uow: Open) -> None:
        """Those begun after an instant count, of one counsellor, over all people."""
        counsellor = f"counsellor-{new_id()}"
        people = [await kept(open_uow, a_profile()) for _ in range(3)]
        async with open_uow() as uow:
            for hours, profile in enumerate(people):
                await uow.overrides.add(an_override(profile.id, counsellor, NOW + timedelta(hours=hours)))
            await uow.overrides.add(an_override(people[0].id, f"counsellor-{new_id()}"))
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.overrides.count(counsellor, NOW) == 2
            assert await uow.overrides.count(counsellor, NOW - timedelta(hours=1)) == 3

    async def test_overrides_are_paged_newest_first(self, open_uow: Open) -> None:
        """Of one person, each on one page only and as it was kept; of everybody, the newest of all first."""
        profile, other = await kept(open_uow, a_profile()), await kept(open_uow, a_profile())
        counsellor, late = f"counsellor-{new_id()}", NOW + timedelta(days=400)
        mine = [an_override(profile.id, counsellor, late + timedelta(minutes=minutes)) for minutes in (0, 1, 1, 2)]
        newest = an_override(other.id, counsellor, late + timedelta(hours=1))
        async with open_uow() as uow:
            for each in (*mine, newest):
                await uow.overrides.add(each)
            await uow.commit()

        async with open_uow() as uow:
            first = await uow.overrides.of_profile(profile.id, None, 3)
            rest = await uow.overrides.of_profile(profile.id, first.next, 3)
            everybody = await uow.overrides.newest(None, 2)
            further = await uow.overrides.newest(everybody.next, 1)

        expected = tuple(sorted(mine, key=lambda each: (each.begin_time, each.id), reverse=True))
        assert (*first.entries, *rest.entries) == expected
        assert rest.next is None
        assert everybody.entries == (newest, expected[0])
        assert further.entries == (expected[1],)

    async def test_assignments_run_from_the_last_to_the_first(self, open_uow: Open) -> None:
        """All of a person, ended ones with their end, each on one page only."""
        profile = a_profile()
        began = [NOW, NOW + timedelta(days=1), NOW + timedelta(days=1)]
        spells = [Assignment(profile.id, f"counsellor-{n}", "unit-1", begin) for n, begin in enumerate(began)]
        await kept(open_uow, profile, spells[0])
        other = a_profile()
        await kept(open_uow, other, Assignment(other.id, "counsellor-1", "unit-1", NOW))
        ended = []
        for before, after in pairwise(spells):
            ended.append(replace(before, end_time=after.begin_time))
            async with open_uow() as uow:
                await uow.assignments.end(ended[-1])
                await uow.assignments.begin(after)
                await uow.commit()

        async with open_uow() as uow:
            first = await uow.assignments.history(profile.id, None, 2)
            rest = await uow.assignments.history(profile.id, first.next, 2)
            nobody = await uow.assignments.history(new_id(), None, 2)

        assert (*first.entries, *rest.entries) == (spells[2], ended[1], ended[0])
        assert (rest.next, nobody.entries) == (None, ())

    async def test_answers_of_casework_are_given_again(self, open_uow: Open) -> None:
        """An override and a handover come back as they were kept."""
        opened = replace(an_override(new_id(), "counsellor-1"), reason="")
        handed = HandedOver(tuple((new_id(), outcome) for outcome in Outcome))
        for kind, answer in ((AccessOverride, opened), (HandedOver, handed)):
            key = a_key()
            async with open_uow() as uow:
                assert await uow.answers.find(key, kind) is None
                await uow.answers.keep(key, answer)
                await uow.events.append(ProfileAccessOverridden(new_id(), 1, NOW))
                await uow.commit()
            async with open_uow() as uow:
                assert await uow.answers.find(key, kind) == answer
