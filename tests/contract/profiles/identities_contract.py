"""What every unit of work does with identities and with the history. A subclass says how to open one."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.ports import Position
from services.profiles.domain.changes import Author, Changed, Origin, Part
from services.profiles.domain.finding import entries, wanted_name, wanted_person_id
from services.profiles.domain.identity import Identity, IdentityRecord
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Assignment, Profile, ProfileContent
from services.profiles.domain.work import Goals, WorkProfile
from shared.kernel.errors import Aborted
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.identities import AINO
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import Open, a_key, a_profile, kept

BY = Author(Role.COUNSELLOR, "unit-1", "counsellor-1", Relation.ASSIGNED_COUNSELLOR, "gateway")


async def identified(
    open_uow: Open, identity: Identity = AINO, assignment: tuple[str, str] | None = None
) -> tuple[Profile, IdentityRecord]:
    """A profile with its identity, assigned to a counsellor of a unit."""
    profile = a_profile()
    current = Assignment(profile.id, *assignment, NOW) if assignment else None
    await kept(open_uow, profile, current)
    record = IdentityRecord(profile.id, 1, identity, NOW, NOW)
    async with open_uow() as uow:
        await uow.identities.put(record)
        await uow.commit()
    return profile, record


class IdentitiesContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_an_identity_is_read_back(self, open_uow: Open) -> None:
        """Equal in everything; before it was stored it is version 0."""
        profile = await kept(open_uow, a_profile())
        async with open_uow() as uow:
            assert await uow.identities.get(profile.id) == IdentityRecord(profile.id)
        profile, record = await identified(open_uow)
        async with open_uow() as uow:
            assert await uow.identities.get(profile.id) == record

    async def test_only_the_next_identity_is_kept(self, open_uow: Open) -> None:
        """Any version but the next one is refused and changes nothing; the first instant stays."""
        profile, record = await identified(open_uow)
        changed = replace(record, identity=Identity(family_name="Laine"), update_time=NOW + timedelta(days=1))
        for version in (1, 3):
            async with open_uow() as uow:
                with pytest.raises(Aborted) as refused:
                    await uow.identities.put(replace(changed, version=version))
            assert refused.value.reason == "IDENTITY_CHANGED"
        async with open_uow() as uow:
            await uow.identities.put(replace(changed, version=2))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.identities.get(profile.id) == replace(changed, version=2)

    async def test_people_are_found_among_those_of_a_counsellor_and_a_unit(self, open_uow: Open) -> None:
        """The counsellor's own first; those of others and those without a counsellor are not found."""
        me, unit, family = f"c-{new_id()}", f"u-{new_id()}", "Keksitty"
        named = replace(AINO, family_name=family)
        own, _ = await identified(open_uow, named, (me, unit))
        colleague, _ = await identified(open_uow, named, ("colleague", unit))
        moved, _ = await identified(open_uow, named, (me, "another-unit"))
        await identified(open_uow, named, ("somebody", "elsewhere"))
        await identified(open_uow, named)
        await identified(open_uow, replace(named, family_name="Muu"), (me, unit))

        async with open_uow() as uow:
            wanted = wanted_name(f"{family} aino")
            found = await uow.identities.find(wanted, me, unit, 10)
            assert [(each.profile_id, each.relation) for each in found] == [
                *((each, Relation.ASSIGNED_COUNSELLOR) for each in sorted((own.id, moved.id), reverse=True)),
                (colleague.id, Relation.SAME_UNIT),
            ]
            assert await uow.identities.find(wanted, me, unit, 2) == found[:2]
            assert [each.profile_id for each in await uow.identities.find(wanted, "nobody", unit, 10)] == [
                *sorted((own.id, colleague.id), reverse=True)
            ]
            assert await uow.identities.find(wanted, "nobody", "", 10) == []
            code = await uow.identities.find(wanted_person_id(AINO.person_id), me, "", 10)
            assert {own.id, moved.id} < {each.profile_id for each in code}

    async def test_a_changed_name_is_found_by_the_new_one_alone(self, open_uow: Open) -> None:
        """Entries that are no more are gone; whoever was handed over is found by the new counsellor."""
        me = f"c-{new_id()}"
        profile, record = await identified(open_uow, AINO, (me, "unit-1"))
        async with open_uow() as uow:
            changed = replace(record, version=2, identity=replace(AINO, family_name="Laine", person_id=""))
            await uow.identities.put(changed)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.identities.find(wanted_name("makela"), me, "", 10) == []
            assert await uow.identities.find(wanted_person_id(AINO.person_id), me, "", 10) == []
            assert [each.profile_id for each in await uow.identities.find(wanted_name("laine"), me, "", 10)] == [
                profile.id
            ]
            current = await uow.assignments.current(profile.id)
            assert current is not None
            await uow.assignments.end(replace(current, end_time=NOW))
            assert await uow.identities.find(wanted_name("laine"), me, "", 10) == []

    async def test_entries_that_stay_are_kept(self, open_uow: Open) -> None:
        """A change that leaves the name leaves it findable, and a blank identity can be found by nothing."""
        me = f"c-{new_id()}"
        profile, record = await identified(open_uow, AINO, (me, "unit-1"))
        for version, identity in ((2, replace(AINO, emails=())), (3, Identity())):
            async with open_uow() as uow:
                await uow.identities.put(replace(record, version=version, identity=identity))
                await uow.commit()
            async with open_uow() as uow:
                found = await uow.identities.find(wanted_name("aino"), me, "", 10)
            assert [each.profile_id for each in found] == ([profile.id] if entries(identity) else [])

    async def test_the_protected_are_told(self, open_uow: Open) -> None:
        """Those whom a register protects, of those asked about."""
        protected, _ = await identified(open_uow, replace(AINO, protected=True))
        other, _ = await identified(open_uow)
        nameless = await kept(open_uow, a_profile())
        async with open_uow() as uow:
            asked = (protected.id, other.id, nameless.id, new_id())
            assert await uow.identities.protected(asked) == {protected.id}
            assert await uow.identities.protected(()) == frozenset()

    async def test_a_stored_answer_holds_an_identity(self, open_uow: Open) -> None:
        """The same request gives it again."""
        _, record = await identified(open_uow)
        key = a_key()
        async with open_uow() as uow:
            await uow.answers.find(key, IdentityRecord)
            await uow.answers.keep(key, record)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.answers.find(key, IdentityRecord) == record

    async def test_changes_are_read_back_newest_first(self, open_uow: Open) -> None:
        """Each field is an entry of its own with both values as JSON; each is on one page only."""
        profile, other = await kept(open_uow, a_profile()), await kept(open_uow, a_profile())
        old = ProfileContent(case_reference="K-1")
        new = ProfileContent(work=WorkProfile(goals=Goals(text="leipuri ✓")))
        first = Changed(
            profile.id, Part.PROFILE, 2, NOW, BY, Origin.DOCUMENT, old, new, ("case_reference", "work.goals.text")
        )
        later = NOW + timedelta(microseconds=1)
        named = Changed(
            profile.id, Part.IDENTITY, 1, later, BY, Origin.ENTERED, Identity(), AINO, ("address", "emails")
        )
        async with open_uow() as uow:
            await uow.changes.append(first)
            await uow.changes.append(named)
            await uow.changes.append(replace(first, profile_id=other.id))
            await uow.commit()
        found, after = [], None
        for _ in range(4):
            async with open_uow() as uow:
                page = await uow.changes.of_profile(profile.id, after, 1)
            found += page.entries
            after = page.next
        assert after is None
        assert len({each.id for each in found}) == 4
        values = {each.path: (json.loads(each.old_value), json.loads(each.new_value)) for each in found}
        assert values == {
            "case_reference": ("K-1", None),
            "work.goals.text": (None, "leipuri ✓"),
            "address": (
                None,
                {"street": "Keksittykuja 1 A 2", "postalCode": "02600", "city": "Espoo", "country": "FI"},
            ),
            "emails": (None, ["aino@example.fi"]),
        }
        assert [each.part for each in found] == [Part.IDENTITY] * 2 + [Part.PROFILE] * 2
        for each, made in zip(found, (named, named, first, first), strict=True):
            assert (each.by, each.origin, each.version, each.time) == (BY, made.origin, made.version, made.time)

    async def test_nobody_has_no_changes(self, open_uow: Open) -> None:
        """A person who is not there."""
        async with open_uow() as uow:
            page = await uow.changes.of_profile(new_id(), Position(NOW, new_id()), 10)
        assert (page.entries, page.next) == ((), None)
