"""The fake of `Consents` keeps the contract of the one that asks the profiles service."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.matching.adapters.consents import ProfilesConsents
from services.matching.application.candidates import LIST_CANDIDATES
from services.matching.application.willing import CandidateAsk, Consents
from services.matching.domain.values import Purpose
from services.profiles.domain.consents import ConsentState
from services.profiles.domain.policy import Relation
from shared.kernel.errors import Internal, InvalidArgument, PermissionDenied, Unavailable
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
    willing: str
    asked: Callable[[], set[tuple[str, str, datetime]]]


@pytest.fixture(params=["fake", "profiles service"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The fake and the real one: one yes, one yes that was taken back, one who has said nothing."""
    people, keys, opening, said_yes, others = People(), Keys(), new_id(), new_id(), (new_id(), new_id())
    willing = new_id()
    people.know(willing)
    people.answer(said_yes, opening)
    people.answer(others[0], opening, ConsentState.WITHDRAWN)
    people.answer(others[1], new_id())

    def recorded() -> list[tuple[str, str, int, str]]:
        rows = people.store.accesses
        assert all(row.relation is Relation.CONSENTED and row.service == "matching" for row in rows)
        return [(row.reader, row.profile_id, int(row.purpose), row.method) for row in rows]

    if request.param == "fake":
        fake = FakeConsents({(said_yes, opening)})

        def of_fake() -> set[tuple[str, str, datetime]]:
            return {(profile_id, where, until) for _, profile_id, where, until in fake.asked.values()}

        yield World(fake, _principal, lambda: list(fake.shown), opening, said_yes, others, people, willing, of_fake)
        return
    async with serving(people, keys, tmp_path) as address:
        channel = open_channel(address, keys.signer())

        def caller(role: str) -> Principal:
            return Principal(Role(role), "reader-1", token=keys.token("reader-1", role))

        def asked() -> set[tuple[str, str, datetime]]:
            kept = people.store.consents.values()
            waiting = [each for each in kept if each.state is ConsentState.ASKED and each.asking is not None]
            return {(each.profile_id, each.opening_id, each.asking.answer_by) for each in waiting if each.asking}

        consents = ProfilesConsents(channel)
        yield World(consents, caller, recorded, opening, said_yes, others, people, willing, asked)
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


def an_ask(world: World) -> CandidateAsk:
    """A request for a yes to the opening, a week from now."""
    now = datetime.now(UTC).replace(microsecond=7)
    return CandidateAsk("counsellor:reader-1", new_id(), world.opening, "h" * 22, now, now + timedelta(days=7))


@pytest.mark.parametrize("role", ["counsellor", "publisher"])
async def test_a_person_is_asked_once_and_nothing_is_told_of_anybody(world: World, role: str) -> None:
    """Repeated, for somebody who has answered, and for nobody: no answer is another. The request carries its time."""
    caller, ask = world.caller(role), an_ask(world)
    for _ in range(2):
        await world.consents.ask(caller, ask, world.willing, FOR_MATCHING)
    assert world.asked() == {(world.willing, world.opening, ask.answer_by)}
    for other in (world.said_yes, *world.others, new_id()):
        await world.consents.ask(caller, an_ask(world), other, FOR_MATCHING)
    with pytest.raises(InvalidArgument) as refused:
        await world.consents.ask(caller, ask, world.said_yes, FOR_MATCHING)
    assert refused.value.reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("role", ["seeker", "operator"])
async def test_others_ask_nobody(world: World, role: str) -> None:
    """Another role is refused, and nobody is asked."""
    with pytest.raises(PermissionDenied):
        await world.consents.ask(world.caller(role), an_ask(world), world.willing, FOR_MATCHING)
    assert world.asked() == set()


@pytest.mark.parametrize("world", ["profiles service"], indirect=True)
async def test_a_deadline_that_is_over_is_no_fault_of_the_users(world: World) -> None:
    """What the profiles service refuses for another reason is Unavailable here."""
    late = replace(an_ask(world), answer_by=datetime.now(UTC))
    with pytest.raises(Unavailable):
        await world.consents.ask(world.caller("counsellor"), late, world.willing, FOR_MATCHING)


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
