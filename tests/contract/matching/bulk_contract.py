"""What every store of bulk runs and prepared lists must do. A subclass says how to open a unit of work."""

from dataclasses import replace
from datetime import date, timedelta

from services.matching.application.prepared import BulkItem, BulkRun, PreparedList
from services.matching.domain.matches import Shortlisted, Versions
from shared.kernel.ids import new_id
from tests.builders.matching import NOW
from tests.contract.matching.samples import a_profile
from tests.contract.matching.unit_of_work_contract import Open

VERSIONS = Versions("model", "weights", "rules", 7, 1, "vocabulary")


def a_list(profile_id: str, run_id: str, version: int = 1) -> PreparedList:
    """A list of two openings, one of which has no vector."""
    shortlist = (Shortlisted(new_id(), 3, 0.75, 0.1234), Shortlisted(new_id(), 1, 0.5, None))
    return PreparedList(profile_id, run_id, NOW, replace(VERSIONS, profile_version=version), 5, 9, shortlist)


class BulkContract:
    """Runs, items and prepared lists."""

    async def test_a_run_is_counted_item_by_item(self, open_uow: Open) -> None:
        """Done and given up are told apart; what is done is never given up, and done once."""
        run, first, last = BulkRun(new_id(), NOW, date(2026, 11, 24)), new_id(), new_id()
        items = [BulkItem(new_id(), run.id, number, first, last, 10) for number in range(3)]
        async with open_uow() as uow:
            await uow.runs.add(run, items)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.runs.waiting(items[0].id) == items[0]
            assert await uow.runs.finish(items[0].id, 8, NOW)
            assert not await uow.runs.finish(items[0].id, 9, NOW)
            await uow.runs.give_up(items[0].id, "LATE")
            await uow.runs.give_up(items[1].id, "BROKEN")
            assert await uow.runs.waiting(items[0].id) is None
            assert await uow.runs.waiting(items[1].id) is None
            await uow.commit()
        async with open_uow() as uow:
            found = await uow.runs.progress(run.id)
            assert found is not None
            assert (found.run, found.items, found.items_done, found.failed) == (run, 3, 1, 1)
            assert (found.people, found.people_done, found.prepared, found.finished) == (30, 10, 8, False)
            assert await uow.runs.newest() == found
            assert await uow.runs.scheduled(date(2026, 11, 24))
            assert not await uow.runs.scheduled(date(2026, 11, 25))

    async def test_a_run_over_nobody_is_finished(self, open_uow: Open) -> None:
        """Without people there are no items, and nothing is left to do."""
        run = BulkRun(new_id(), NOW + timedelta(days=1))
        async with open_uow() as uow:
            await uow.runs.add(run, [])
            found = await uow.runs.progress(run.id)
        assert found is not None
        assert (found.items, found.finished) == (0, True)

    async def test_what_is_unknown_of_a_run_is_none(self, open_uow: Open) -> None:
        """No run, no item, no list; whatever the id looks like."""
        async with open_uow() as uow:
            for unknown in (new_id(), "no id"):
                assert await uow.runs.progress(unknown) is None
                assert await uow.runs.waiting(unknown) is None
                assert await uow.prepared.get(unknown) is None

    async def test_people_of_an_item_lie_between_its_ends(self, open_uow: Open) -> None:
        """Both ends belong to it; who is not there any more does not."""
        ids = sorted(new_id() for _ in range(4))
        async with open_uow() as uow:
            for profile_id in ids:
                await uow.profiles.put(a_profile(profile_id=profile_id))
            await uow.profiles.delete(ids[1])
            item = BulkItem(new_id(), new_id(), 0, ids[0], ids[2], 3)
            assert await uow.runs.people_of(item) == [ids[0], ids[2]]
            assert [each for each in await uow.runs.people() if each in ids] == [ids[0], ids[2], ids[3]]

    async def test_the_list_of_the_newest_run_is_kept(self, open_uow: Open) -> None:
        """It comes back as it was; that of an older run, delivered late, does not take its place."""
        older, newer, profile_id = *sorted((new_id(), new_id())), new_id()
        async with open_uow() as uow:
            await uow.profiles.put(a_profile(profile_id=profile_id))
            made = a_list(profile_id, newer)
            assert await uow.prepared.put([made]) == 1
            assert await uow.prepared.put([a_list(profile_id, older)]) == 0
            assert await uow.prepared.get(profile_id) == made

    async def test_a_list_goes_with_its_profile(self, open_uow: Open) -> None:
        """None is kept of a profile that is gone or has another version, and none stays when that comes."""
        profile_id, run_id = new_id(), new_id()
        async with open_uow() as uow:
            assert await uow.prepared.put([a_list(profile_id, run_id)]) == 0
            await uow.profiles.put(a_profile(profile_id=profile_id))
            assert await uow.prepared.put([a_list(profile_id, run_id, version=2)]) == 0
            assert await uow.prepared.put([a_list(profile_id, run_id)]) == 1
            await uow.profiles.put(a_profile(2, profile_id=profile_id))
            assert await uow.prepared.get(profile_id) is None
            assert await uow.prepared.put([a_list(profile_id, run_id, version=2)]) == 1
            await uow.profiles.delete(profile_id)
            assert await uow.prepared.get(profile_id) is None

    async def test_versions_of_profiles_are_those_kept(self, open_uow: Open) -> None:
        """Of several ids, those that are there."""
        profile_id = new_id()
        async with open_uow() as uow:
            await uow.profiles.put(a_profile(4, profile_id=profile_id))
            assert await uow.profiles.versions([profile_id, new_id()]) == {profile_id: 4}
            assert await uow.profiles.versions([]) == {}
