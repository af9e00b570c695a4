"""What every unit of work does with the access log: readings, refusals, searches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.ports import Wanted
from services.profiles.domain.policy import Access, Data, Relation
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, an_access

HOUR = timedelta(hours=1)


def a_refusal(profile_id: str, minutes: int = 0) -> Access:
    """A reading that was refused."""
    return replace(an_access(profile_id, minutes), relation=Relation.NONE, purpose=None, refused=True)


def wanted(profile_id: str = "", reader: str = "", *, refused_only: bool = False) -> Wanted:
    """What is looked for in the hour from NOW on."""
    return Wanted(NOW, NOW + HOUR, profile_id, reader, refused_only)


class AccessLogContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_a_refusal_lasts_though_the_work_is_undone(self, open_uow: Open) -> None:
        """The error leaves as it was raised; the refusal is kept, what was written beside it is not."""
        profile_id = new_id()
        refusal = a_refusal(profile_id)
        with pytest.raises(PermissionDenied):
            async with open_uow() as uow:
                await uow.accesses.append(an_access(profile_id))
                await uow.accesses.refuse(refusal)
                raise PermissionDenied()

        async with open_uow() as uow:
            assert (await uow.accesses.search(wanted(profile_id), None, 10)).entries == (refusal,)

    async def test_a_refusal_is_kept_once_with_work_that_is_done(self, open_uow: Open) -> None:
        """Where the unit of work is committed, the refusal is in it, beside the readings."""
        profile_id = new_id()
        reading, refusal = an_access(profile_id), a_refusal(profile_id, 1)
        async with open_uow() as uow:
            await uow.accesses.append(reading)
            await uow.accesses.refuse(refusal)
            await uow.commit()

        async with open_uow() as uow:
            assert (await uow.accesses.search(wanted(profile_id), None, 10)).entries == (refusal, reading)

    async def test_the_person_sees_readings_and_no_refusal(self, open_uow: Open) -> None:
        """All of them, or those by others alone, with the kinds of data."""
        profile_id = new_id()
        by_other = replace(an_access(profile_id, 1), data=(Data.CASE, Data.WORK))
        own = replace(an_access(profile_id, 2), relation=Relation.SELF)
        async with open_uow() as uow:
            await uow.accesses.append(by_other, own)
            await uow.accesses.refuse(a_refusal(profile_id, 3))
            await uow.commit()

        async with open_uow() as uow:
            assert (await uow.accesses.of_profile(profile_id, None, 10)).entries == (own, by_other)
            others = await uow.accesses.of_profile(profile_id, None, 10, others_only=True)
            assert others.entries == (by_other,)

    async def test_supervision_searches_a_period(self, open_uow: Open) -> None:
        """By person, by reader, refusals alone, page by page; the end of the period is left out."""
        profile_id, reader = new_id(), f"counsellor-{new_id()}"
        mine = [replace(an_access(profile_id, minutes), reader=reader) for minutes in range(3)]
        late = replace(an_access(profile_id, 60), reader=reader)
        elsewhere, refusal = replace(an_access(new_id(), 5), reader=reader), a_refusal(profile_id, 4)
        async with open_uow() as uow:
            await uow.accesses.append(*mine, late, elsewhere)
            await uow.accesses.refuse(refusal)
            await uow.commit()

        async with open_uow() as uow:
            by_reader = await uow.accesses.search(wanted(reader=reader), None, 10)
            first = await uow.accesses.search(wanted(profile_id), None, 2)
            rest = await uow.accesses.search(wanted(profile_id), first.next, 2)
            refused = await uow.accesses.search(wanted(profile_id, refused_only=True), None, 10)
            nothing = await uow.accesses.search(wanted(profile_id, new_id()), None, 10)

        assert by_reader.entries == (elsewhere, *reversed(mine))
        assert (*first.entries, *rest.entries) == (refusal, *reversed(mine))
        assert rest.next is None
        assert refused.entries == (refusal,)
        assert nothing.entries == ()
