"""What every unit of work of the matching service must do. A subclass says how to open one."""

from collections.abc import Callable
from dataclasses import replace

from services.matching.application.ports import Owner, UnitOfWork
from shared.kernel.ids import new_id
from tests.contract.matching.samples import (
    a_decision,
    a_profile,
    a_task,
    a_vector,
    an_opening,
    made_with,
    some_matches,
)

Open = Callable[[], UnitOfWork]


class UnitOfWorkContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_what_is_committed_is_read_back(self, open_uow: Open) -> None:
        """Openings, profiles, vectors, tasks and decisions come back equal in everything."""
        opening, person, decision = an_opening(), a_profile(), a_decision()
        stored, task = a_vector(Owner.OPENING, opening.snapshot.id), a_task(Owner.PROFILE, person.snapshot.id)
        async with open_uow() as uow:
            await uow.openings.put(opening)
            await uow.profiles.put(person)
            await uow.vectors.put(stored)
            await uow.tasks.add(task)
            await uow.decisions.add(decision, made_with(decision))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(opening.snapshot.id) == opening
            assert await uow.profiles.get(person.snapshot.id) == person
            assert await uow.vectors.get(Owner.OPENING, opening.snapshot.id) == stored
            assert await uow.tasks.get(Owner.PROFILE, person.snapshot.id) == task
            assert await uow.decisions.get(decision.id) == decision

    async def test_what_is_unknown_is_none(self, open_uow: Open) -> None:
        """Nothing is found under an id that was never kept, nor under the same id of the other kind of owner."""
        opening = an_opening()
        async with open_uow() as uow:
            await uow.vectors.put(a_vector(Owner.OPENING, opening.snapshot.id))
            await uow.tasks.add(a_task(Owner.OPENING, opening.snapshot.id))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(opening.snapshot.id) is None
            assert await uow.profiles.get(opening.snapshot.id) is None
            assert await uow.vectors.get(Owner.PROFILE, opening.snapshot.id) is None
            assert await uow.tasks.get(Owner.PROFILE, opening.snapshot.id) is None
            assert await uow.decisions.get(opening.snapshot.id) is None

    async def test_what_is_not_committed_is_undone(self, open_uow: Open) -> None:
        """Leaving without a commit, or by an error, keeps nothing of any kind."""
        opening, person, decision = an_opening(), a_profile(), a_decision()
        for error in (None, ValueError("stop")):
            try:
                async with open_uow() as uow:
                    await uow.openings.put(opening)
                    await uow.profiles.put(person)
                    await uow.vectors.put(a_vector(Owner.OPENING, opening.snapshot.id))
                    await uow.tasks.add(a_task(Owner.OPENING, opening.snapshot.id))
                    await uow.decisions.add(decision, made_with(decision))
                    assert await uow.inbox.accept(Owner.OPENING, opening.snapshot.id, 1, new_id())
                    if error is not None:
                        raise error
            except ValueError:
                pass
        async with open_uow() as uow:
            assert await uow.openings.get(opening.snapshot.id) is None
            assert await uow.profiles.get(person.snapshot.id) is None
            assert await uow.vectors.get(Owner.OPENING, opening.snapshot.id) is None
            assert await uow.tasks.get(Owner.OPENING, opening.snapshot.id) is None
            assert await uow.decisions.get(decision.id) is None
            assert await uow.inbox.accept(Owner.OPENING, opening.snapshot.id, 1, new_id())

    async def test_one_unit_holds_several_transactions(self, open_uow: Open) -> None:
        """A second `async with` sees what the first one committed."""
        opening, unit = an_opening(), open_uow()
        async with unit as uow:
            await uow.openings.put(opening)
            await uow.commit()
        async with unit as uow:
            assert await uow.openings.get(opening.snapshot.id) == opening

    async def test_a_newer_version_takes_the_place_of_the_older(self, open_uow: Open) -> None:
        """There is one version of an opening and of a profile."""
        old, person = an_opening(), a_profile()
        new = an_opening(2, opening_id=old.snapshot.id, title="Kokki")
        changed = a_profile(2, profile_id=person.snapshot.id, goal="keittiö")
        async with open_uow() as uow:
            for opening in (old, new):
                await uow.openings.put(opening)
            for each in (person, changed):
                await uow.profiles.put(each)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(old.snapshot.id) == new
            assert await uow.profiles.get(person.snapshot.id) == changed

    async def test_the_same_version_can_be_renewed(self, open_uow: Open) -> None:
        """A new vocabulary or model gives other signals of the same version."""
        opening, person = an_opening(), a_profile()
        relinked = replace(opening, signals=replace(opening.signals, vocabulary="esco-new"), digest="another")
        renewed = replace(person, signals=replace(person.signals, vocabulary="esco-new"), digest="another")
        async with open_uow() as uow:
            await uow.openings.put(opening)
            await uow.openings.put(relinked)
            await uow.profiles.put(person)
            await uow.profiles.put(renewed)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(opening.snapshot.id) == relinked
            assert await uow.profiles.get(person.snapshot.id) == renewed

    async def test_an_older_profile_is_left_aside(self, open_uow: Open) -> None:
        """A slow reading never takes the place of a newer one."""
        newer = a_profile(3)
        async with open_uow() as uow:
            await uow.profiles.put(newer)
            await uow.profiles.put(a_profile(2, profile_id=newer.snapshot.id, goal="old"))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.profiles.get(newer.snapshot.id) == newer

    async def test_a_closed_opening_is_gone(self, open_uow: Open) -> None:
        """Closing forgets it; closing again or closing an unknown one changes nothing."""
        opening, other = an_opening(), an_opening()
        async with open_uow() as uow:
            await uow.openings.put(opening)
            await uow.openings.put(other)
            await uow.commit()
        for opening_id in (opening.snapshot.id, opening.snapshot.id, new_id()):
            async with open_uow() as uow:
                await uow.openings.close(opening_id)
                await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(opening.snapshot.id) is None
            assert await uow.openings.get(other.snapshot.id) == other

    async def test_deleting_a_profile_deletes_everything_about_the_person(self, open_uow: Open) -> None:
        """Snapshot, vector, task and decisions go; those of others stay."""
        person, other = a_profile(), a_profile()
        decisions = {each.snapshot.id: a_decision(each.snapshot.id) for each in (person, other)}
        async with open_uow() as uow:
            for each in (person, other):
                await uow.profiles.put(each)
                await uow.vectors.put(a_vector(Owner.PROFILE, each.snapshot.id))
                await uow.tasks.add(a_task(Owner.PROFILE, each.snapshot.id))
                decision = decisions[each.snapshot.id]
                await uow.decisions.add(decision, made_with(decision))
            await uow.commit()
        async with open_uow() as uow:
            await uow.profiles.delete(person.snapshot.id)
            await uow.profiles.delete(new_id())
            await uow.commit()
        for each, stays in ((person, False), (other, True)):
            async with open_uow() as uow:
                found = (
                    await uow.profiles.get(each.snapshot.id),
                    await uow.vectors.get(Owner.PROFILE, each.snapshot.id),
                    await uow.tasks.get(Owner.PROFILE, each.snapshot.id),
                    await uow.decisions.get(decisions[each.snapshot.id].id),
                )
            assert [one is not None for one in found] == [stays] * 4

    async def test_an_owner_has_one_vector(self, open_uow: Open) -> None:
        """The newest takes the place of the one before, until it is deleted."""
        owner_id = new_id()
        newest = a_vector(Owner.OPENING, owner_id, 0.0, 1.0)
        async with open_uow() as uow:
            await uow.vectors.put(a_vector(Owner.OPENING, owner_id))
            await uow.vectors.put(newest)
            await uow.vectors.put(a_vector(Owner.PROFILE, owner_id))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.vectors.get(Owner.OPENING, owner_id) == newest
            await uow.vectors.delete(Owner.OPENING, owner_id)
            await uow.vectors.delete(Owner.OPENING, new_id())
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.vectors.get(Owner.OPENING, owner_id) is None
            assert await uow.vectors.get(Owner.PROFILE, owner_id) is not None

    async def test_a_newer_text_takes_the_place_of_the_one_that_waits(self, open_uow: Open) -> None:
        """An owner has one task, and doing the older text does not take the newer one out."""
        owner_id = new_id()
        old, new = a_task(Owner.OPENING, owner_id), a_task(Owner.OPENING, owner_id, "kokki")
        async with open_uow() as uow:
            await uow.tasks.add(old)
            await uow.tasks.add(new)
            await uow.tasks.done(old)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.tasks.get(Owner.OPENING, owner_id) == new
            await uow.tasks.done(new)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.tasks.get(Owner.OPENING, owner_id) is None

    async def test_a_dropped_task_waits_no_more(self, open_uow: Open) -> None:
        """Dropping takes out whatever text waits for the owner, and nobody else's."""
        owner_id, other_id = new_id(), new_id()
        async with open_uow() as uow:
            for each in (owner_id, other_id):
                await uow.tasks.add(a_task(Owner.PROFILE, each))
            await uow.tasks.drop(Owner.PROFILE, owner_id)
            await uow.tasks.drop(Owner.PROFILE, new_id())
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.tasks.get(Owner.PROFILE, owner_id) is None
            assert await uow.tasks.get(Owner.PROFILE, other_id) is not None

    async def test_a_more_urgent_text_is_as_urgent_as_it_says(self, open_uow: Open) -> None:
        """A task takes the priority of the newer text where that is more urgent."""
        owner_id = new_id()
        async with open_uow() as uow:
            await uow.tasks.add(a_task(Owner.PROFILE, owner_id, priority=3))
            await uow.tasks.add(a_task(Owner.PROFILE, owner_id, priority=0))
            await uow.commit()
        async with open_uow() as uow:
            found = await uow.tasks.get(Owner.PROFILE, owner_id)
        assert found is not None
        assert found.priority == 0

    async def test_a_decision_grows_and_never_changes(self, open_uow: Open) -> None:
        """Later items are added in order of rank; an item that is kept stays as it was served."""
        decision = a_decision(served=1)
        first, second, third = some_matches(3)
        forged = replace(first, total=0.123)
        async with open_uow() as uow:
            await uow.decisions.add(decision, made_with(decision))
            await uow.commit()
        for items in ((third,), (forged, second), ()):
            async with open_uow() as uow:
                await uow.decisions.append(decision.id, items)
                await uow.commit()
        async with open_uow() as uow:
            found = await uow.decisions.get(decision.id)
        assert found == replace(decision, matches=(first, second, third))

    async def test_only_newer_versions_are_accepted(self, open_uow: Open) -> None:
        """1, 2, 3, 4, 1 in a bad order: each version is taken once, and an older one never after a newer one."""
        owner_id = new_id()
        taken = []
        for version in (2, 1, 2, 4, 3, 4, 1, 5):
            async with open_uow() as uow:
                taken.append(await uow.inbox.accept(Owner.OPENING, owner_id, version, new_id()))
                await uow.commit()
        assert taken == [True, False, False, True, False, False, False, True]

    async def test_kinds_and_ids_have_versions_of_their_own(self, open_uow: Open) -> None:
        """What was taken of one is no reason to leave another aside."""
        owner_id = new_id()
        async with open_uow() as uow:
            for owner, each in ((Owner.OPENING, owner_id), (Owner.PROFILE, owner_id), (Owner.OPENING, new_id())):
                assert await uow.inbox.accept(owner, each, 1, new_id())

    async def test_the_highest_version_is_taken(self, open_uow: Open) -> None:
        """2^63 − 1 is a version like any other."""
        async with open_uow() as uow:
            assert await uow.inbox.accept(Owner.PROFILE, new_id(), 2**63 - 1, new_id())
            await uow.commit()
