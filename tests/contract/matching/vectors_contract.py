"""What every unit of work does with vectors and with texts that wait, several at a time."""

from collections.abc import Callable
from dataclasses import replace

from services.matching.application.ports import Owner, UnitOfWork
from shared.kernel.ids import new_id
from tests.contract.matching.samples import a_profile, a_task, a_vector, an_opening

Open = Callable[[], UnitOfWork]


class VectorsContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_vectors_are_told_of_once(self, open_uow: Open) -> None:
        """With the version of what they are of, None where that has another text; a vector put again is news again."""
        opening, person = an_opening(3), a_profile(2)
        fresh = [
            replace(a_vector(Owner.OPENING, opening.snapshot.id), digest=opening.digest),
            replace(a_vector(Owner.PROFILE, person.snapshot.id), digest=person.digest),
        ]
        stray = a_vector(Owner.OPENING, new_id())
        ids = {each.id for each in (*fresh, stray)}
        async with open_uow() as uow:
            await uow.openings.put(opening)
            await uow.profiles.put(person)
            await uow.vectors.put(*fresh, stray)
            await uow.commit()
        async with open_uow() as uow:
            found = {each.vector.id: each for each in await uow.vectors.to_index(10_000) if each.vector.id in ids}
            assert {each.vector for each in found.values()} == {*fresh, stray}
            versions = [found[each.id].version for each in (*fresh, stray)]
            assert versions == [3, 2, None]
            await uow.vectors.indexed([each.vector for each in found.values()])
            await uow.commit()
        async with open_uow() as uow:
            assert not [each for each in await uow.vectors.to_index(10_000) if each.vector.id in ids]
            await uow.vectors.put(stray)
            again = [each.vector for each in await uow.vectors.to_index(10_000) if each.vector.id in ids]
            assert again == [stray]

    async def test_tasks_that_wait_are_those_with_the_same_text(self, open_uow: Open) -> None:
        """One that is gone and one with a newer text are left out; done takes out those that wait."""
        waits, changed, gone = (a_task(Owner.OPENING, new_id()) for _ in range(3))
        newer = a_task(Owner.OPENING, changed.id, "kokki")
        async with open_uow() as uow:
            for task in (waits, changed, newer):
                await uow.tasks.add(task)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.tasks.waiting([waits, changed, gone]) == [waits]
            await uow.tasks.done(waits, changed, gone)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.tasks.get(Owner.OPENING, waits.id) is None
            assert await uow.tasks.get(Owner.OPENING, changed.id) == newer
