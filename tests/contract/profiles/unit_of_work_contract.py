"""What every unit of work does with profiles and assignments. A subclass says how to open one."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.profiles.domain.profile import Assignment, Profile, ProfileContent
from shared.kernel.errors import Aborted, AlreadyExists
from shared.kernel.ids import new_id
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, a_key, a_profile, an_access, kept


class UnitOfWorkContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_what_is_committed_is_read_back(self, open_uow: Open) -> None:
        """A committed profile is found by `get` and by `lock`, equal in everything."""
        profile = await kept(open_uow, a_profile())

        async with open_uow() as uow:
            assert await uow.profiles.get(profile.id) == profile
            assert await uow.profiles.lock(profile.id) == profile
            assert await uow.profiles.get(new_id()) is None
            assert await uow.profiles.lock(new_id()) is None

    async def test_instants_keep_their_microseconds(self, open_uow: Open) -> None:
        """Instants come back to the microsecond."""
        instant = datetime(2026, 3, 29, 1, 0, 0, 123456, tzinfo=UTC)
        profile = await kept(open_uow, replace(a_profile(), create_time=instant, update_time=instant))

        async with open_uow() as uow:
            found = await uow.profiles.get(profile.id)

        assert found is not None
        assert found.update_time == instant

    async def test_what_is_not_committed_is_undone(self, open_uow: Open) -> None:
        """Leaving without a commit, or by an error, keeps nothing of any kind."""
        profile, key = a_profile(), a_key()
        for error in (None, ValueError("stop")):
            try:
                async with open_uow() as uow:
                    await uow.answers.find(key, Profile)
                    await uow.profiles.add(profile)
                    await uow.assignments.begin(Assignment(profile.id, "counsellor-1", "unit-1", NOW))
                    await uow.accesses.append(an_access(profile.id))
                    await uow.answers.keep(key, profile)
                    if error is not None:
                        raise error
            except ValueError:
                pass

        async with open_uow() as uow:
            assert await uow.profiles.get(profile.id) is None
            assert await uow.assignments.current(profile.id) is None
            assert (await uow.accesses.of_profile(profile.id, None, 10)).entries == ()
            assert await uow.answers.find(key, Profile) is None

    async def test_an_owner_has_one_profile(self, open_uow: Open) -> None:
        """A second profile of one owner is refused; profiles without an owner are not."""
        first = await kept(open_uow, a_profile())

        with pytest.raises(AlreadyExists) as refused:
            await kept(open_uow, a_profile(first.owner_subject))
        ownerless = [replace(a_profile(), owner_subject="") for _ in range(2)]
        for profile in ownerless:
            await kept(open_uow, profile)

        assert refused.value.reason == "PROFILE_EXISTS"
        async with open_uow() as uow:
            assert [await uow.profiles.get(profile.id) for profile in ownerless] == ownerless

    async def test_only_the_next_version_is_saved(self, open_uow: Open) -> None:
        """Saving any version but the next one is refused and changes nothing."""
        profile = await kept(open_uow, a_profile())
        changed = replace(profile, content=ProfileContent(), update_time=NOW + timedelta(days=1))

        for version in (1, 3):
            async with open_uow() as uow:
                with pytest.raises(Aborted) as refused:
                    await uow.profiles.save(replace(changed, version=version))
            assert refused.value.reason == "PROFILE_CHANGED"
        async with open_uow() as uow:
            await uow.profiles.save(replace(changed, version=2))
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.profiles.get(profile.id) == replace(changed, version=2)

    async def test_a_locked_profile_waits_for_the_first_writer(self, open_uow: Open) -> None:
        """Twenty writers at once that each read, raise the version and save all succeed, one after the other."""
        profile = await kept(open_uow, a_profile())

        async def raise_version() -> None:
            async with open_uow() as uow:
                found = await uow.profiles.lock(profile.id)
                assert found is not None
                await uow.profiles.save(replace(found, version=found.version + 1))
                await uow.commit()

        await asyncio.gather(*(raise_version() for _ in range(20)))

        async with open_uow() as uow:
            found = await uow.profiles.get(profile.id)
        assert found is not None
        assert found.version == 21

    async def test_one_assignment_is_open(self, open_uow: Open) -> None:
        """The open assignment is the current one; a second one cannot begin before it has ended."""
        profile = a_profile()
        first = Assignment(profile.id, "counsellor-1", "unit-1", NOW)
        await kept(open_uow, profile, first)
        second = Assignment(profile.id, "counsellor-2", "unit-2", NOW + timedelta(days=1))

        async with open_uow() as uow:
            assert await uow.assignments.current(profile.id) == first
            with pytest.raises(Aborted):
                await uow.assignments.begin(second)
        async with open_uow() as uow:
            await uow.assignments.end(replace(first, end_time=second.begin_time))
            assert await uow.assignments.current(profile.id) is None
            await uow.assignments.begin(second)
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.assignments.current(profile.id) == second

    async def test_a_caseload_is_paged_newest_first(self, open_uow: Open) -> None:
        """All open assignments of the counsellor, by instant and then by id, each on one page only."""
        counsellor = f"counsellor-{new_id()}"
        expected = []
        for minutes in (0, 1, 1, 2):
            profile, begin = a_profile(), NOW + timedelta(minutes=minutes)
            await kept(open_uow, profile, Assignment(profile.id, counsellor, "unit-1", begin))
            expected.append((begin, profile.id))
        other = a_profile()
        await kept(open_uow, other, Assignment(other.id, "somebody-else", "unit-1", NOW))

        found, after, pages = [], None, 0
        while after is not None or not pages:
            async with open_uow() as uow:
                page = await uow.assignments.caseload(counsellor, after, 2)
            found += [(entry.begin_time, entry.profile_id) for entry in page.entries]
            after, pages = page.next, pages + 1

        assert found == sorted(expected, reverse=True)
        assert pages == 2
        assert {(entry.case_reference, entry.preferred_language) for entry in page.entries} == {("K-17", "so")}

    async def test_an_ended_assignment_is_in_no_caseload(self, open_uow: Open) -> None:
        """Whoever was handed over is in the list no more."""
        profile, counsellor = a_profile(), f"counsellor-{new_id()}"
        assignment = Assignment(profile.id, counsellor, "unit-1", NOW)
        await kept(open_uow, profile, assignment)

        async with open_uow() as uow:
            await uow.assignments.end(replace(assignment, end_time=NOW))
            assert (await uow.assignments.caseload(counsellor, None, 10)).entries == ()
