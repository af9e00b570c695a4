"""What every unit of work of the profiles service must do. A subclass says how to open one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.profiles.application.ports import Position, RequestKey, UnitOfWork
from services.profiles.domain.consents import ConsentState, VacancyConsent
from services.profiles.domain.policy import Access, Relation
from services.profiles.domain.profile import Assignment, Profile, ProfileContent, create
from services.profiles.domain.values import Purpose
from shared.kernel.errors import Aborted, AlreadyExists, InvalidArgument
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.profiles import NOW, a_content

Open = Callable[[], UnitOfWork]


def a_profile(owner: str = "") -> Profile:
    """The first version of a profile."""
    return create(new_id(), owner or f"seeker-{new_id()}", a_content(), NOW)[0]


def an_access(profile_id: str, minutes: int = 0) -> Access:
    """A reading by a counsellor, some minutes after NOW."""
    time = NOW + timedelta(minutes=minutes)
    return Access(
        new_id(), profile_id, time, Purpose.JOB_MATCHING, Role.COUNSELLOR, "unit-1", Relation.ASSIGNED_COUNSELLOR,
        "m/M", "counsellor-1", "gateway",
    )  # fmt: skip


def a_consent(profile_id: str) -> VacancyConsent:
    """A yes of the person to some vacancy."""
    return VacancyConsent(new_id(), 1, profile_id, new_id(), ConsentState.GIVEN, Relation.SELF, NOW, NOW)


def a_key() -> RequestKey:
    """A request with an id of its own."""
    return RequestKey("seeker-1", new_id(), "m/Create", b"\x00\xff1")


async def kept(open_uow: Open, profile: Profile, assignment: Assignment | None = None) -> Profile:
    """The profile, committed, with its open assignment."""
    async with open_uow() as uow:
        await uow.profiles.add(profile)
        if assignment is not None:
            await uow.assignments.begin(assignment)
        await uow.commit()
    return profile


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
