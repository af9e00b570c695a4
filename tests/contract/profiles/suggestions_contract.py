"""What every unit of work does with open suggestions. A subclass says how to open one."""

from datetime import timedelta

from services.profiles.application.ports import SuggestionsChanged
from services.profiles.domain.suggestions import Suggestions
from tests.builders.profiles import NOW
from tests.builders.suggestions import suggestions_of_every_kind
from tests.contract.profiles.samples import Open, a_key, a_profile, kept


class SuggestionsContract:
    """Tests that run on the fake and on PostgreSQL."""

    async def test_suggestions_come_back_whole(self, open_uow: Open) -> None:
        """Every kind of claim with its evidence and alternatives, the notes and the instant; nothing before a put."""
        profile = await kept(open_uow, a_profile())
        given = Suggestions(profile.id, 3, NOW, suggestions_of_every_kind(), ("linking_off",))
        async with open_uow() as uow:
            assert await uow.suggestions.get(profile.id) is None
            await uow.suggestions.put(given)
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.suggestions.get(profile.id) == given

    async def test_a_list_takes_the_place_of_the_one_before(self, open_uow: Open) -> None:
        """A person has one list at most, and an empty one is none."""
        profile = await kept(open_uow, a_profile())
        first, *others = suggestions_of_every_kind()
        for version, left in ((1, (first, *others)), (2, (first,)), (3, ())):
            async with open_uow() as uow:
                await uow.suggestions.put(Suggestions(profile.id, version, NOW + timedelta(days=version), left))
                await uow.commit()
            async with open_uow() as uow:
                found = await uow.suggestions.get(profile.id)
            assert (found.open if found else ()) == left
        assert found is None

    async def test_the_answer_to_an_import_holds_the_person_alone(self, open_uow: Open) -> None:
        """What is kept for a repeated request says which profile it was about."""
        profile, key = await kept(open_uow, a_profile()), a_key()
        async with open_uow() as uow:
            assert await uow.answers.find(key, SuggestionsChanged) is None
            await uow.answers.keep(key, SuggestionsChanged(profile.id))
            await uow.commit()

        async with open_uow() as uow:
            assert await uow.answers.find(key, SuggestionsChanged) == SuggestionsChanged(profile.id)
