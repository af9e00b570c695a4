"""The fake of `Consents` keeps the contract of the one that asks the profiles service."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.matching.adapters.consents import ProfilesConsents
from services.matching.application.candidates import LIST_CANDIDATES
from services.matching.application.willing import Consents
from services.matching.domain.values import Purpose
from services.profiles.domain.consents import ConsentState
from services.profiles.domain.policy import Relation
from shared.kernel.errors import Internal, PermissionDenied, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from shared.runtime.rpc import open_channel
from tests.contract.matching.profiles_stand_in import Keys, People, serving
from tests.fakes.matching_candidates import FakeConsents
from tests.servers import free_port

FOR_MATCHING = Purpose.JOB_MATCHING


@dataclass
class World:
    """The port, over people of whom `said_yes` has said yes to the opening and `others` have not."""

    consents: Consents
    caller: Callable[[str], Principal]
    shown: Callable[[], list[tuple[str, str, int, str]]]
    opening: str
    said_yes: str
    others: tuple[str, str]
    people: People


@pytest.fixture(params=["fake", "profiles service"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The fake and the real one: one yes, one yes that was taken back, one who has said nothing."""
    people, keys, opening, said_yes, others = People(), Keys(), new_id(), new_id(), (new_id(), new_id())
    people.answer(said_yes, opening)
    people.answer(others[0], opening, ConsentState.WITHDRAWN)
    people.answer(others[1], new_id())

    def recorded() -> list[tuple[str, str, int, str]]:
        rows = people.store.accesses
        assert all(row.relation is Relation.CONSENTED and row.service == "matching" for row in rows)
        return [(row.reader, row.profile_id, int(row.purpose), row.method) for row in rows]

    if request.param == "fake":
        fake = FakeConsents({(said_yes, opening)})
        yield World(fake, _principal, lambda: list(fake.shown), opening, said_yes, others, people)
        return
    async with serving(people, keys, tmp_path) as address:
        channel = open_channel(address, keys.signer())

        def caller(role: str) -> Principal:
            return Principal(Role(role), "reader-1", token=keys.token("reader-1", role))

        yield World(ProfilesConsents(channel), caller, recorded, opening, said_yes, others, people)
        await channel.close()


def _principal(role: str) -> Principal:
    return Principal(Role(role), "reader-1")


@pytest.mark.parametrize("role", ["counsellor", "publisher"])
async def test_those_who_have_said_yes_are_named_and_on_record_as_shown(world: World, role: str) -> None:
    """Of three, the one whose yes to this very vacancy holds; nobody else is on record."""
    asked = sorted((world.said_yes, *world.others))
    said = await world.consents.said_yes(world.caller(role), world.opening, asked, FOR_MATCHING, LIST_CANDIDATES)
    assert said == {world.said_yes}
    assert world.shown() == [("reader-1", world.said_yes, int(FOR_MATCHING), LIST_CANDIDATES)]


@pytest.mark.parametrize(
    ("role", "purpose"),
    [("seeker", FOR_MATCHING), ("operator", FOR_MATCHING), ("counsellor", Purpose.INTEGRATION_PLAN)],
)
async def test_others_are_shown_nobody(world: World, role: str, purpose: Purpose) -> None:
    """Another role or purpose is refused, and nothing is on record."""
    with pytest.raises(PermissionDenied) as refused:
        await world.consents.said_yes(world.caller(role), world.opening, [world.said_yes], purpose, LIST_CANDIDATES)
    assert refused.value.reason == "ROLE_NOT_ALLOWED"
    assert world.shown() == []


@pytest.mark.parametrize("world", ["profiles service"], indirect=True)
async def test_a_profiles_service_that_fails_names_nobody(world: World) -> None:
    """A defect over there is Unavailable here: neither a yes nor a no."""
    world.people.failure = Internal("INTERNAL", "A defect.")
    with pytest.raises(Unavailable):
        await world.consents.said_yes(
            world.caller("counsellor"), world.opening, [world.said_yes], FOR_MATCHING, LIST_CANDIDATES
        )


async def test_a_profiles_service_that_is_away_is_unavailable() -> None:
    """Silence is no answer."""
    channel = open_channel(f"127.0.0.1:{free_port()}", Keys().signer(), timeout=0.5)
    try:
        with pytest.raises(Unavailable):
            caller = Principal(Role.COUNSELLOR, "counsellor-1")
            await ProfilesConsents(channel).said_yes(caller, new_id(), [new_id()], FOR_MATCHING, LIST_CANDIDATES)
    finally:
        await channel.close()
