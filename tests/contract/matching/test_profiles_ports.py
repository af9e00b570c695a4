"""The fakes of gate and source keep the contract of those that ask the profiles service."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from polku.profiles.v1 import profile_pb2
from polku.type.v1 import types_pb2

from services.matching.adapters.access import ProfilesGate, ProfilesSource
from services.matching.adapters.wire.profile import profile_from_wire
from services.matching.application.access import AccessGate, ProfileSource
from services.matching.domain.values import Purpose
from services.matching.domain.work import RightStatus
from shared.kernel.errors import (
    FailedPrecondition,
    Internal,
    InvalidArgument,
    PermissionDenied,
    PolkuError,
    Unauthenticated,
    Unavailable,
)
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from shared.runtime.rpc import open_channel
from tests.contract.matching.profiles_stand_in import Keys, People, serving
from tests.fakes.matching import FakeAccessGate, FakeProfileSource
from tests.servers import free_port

METHOD = "polku.matching.v1.MatchingService/ListMatches"


@dataclass
class Ports:
    """Gate and source over one world, in which `owner` owns the profile `profile_id`."""

    gate: AccessGate
    source: ProfileSource
    caller: Callable[[str], Principal]
    recorded: Callable[[], list[tuple[str, str, int, str]]]
    profile_id: str
    owner: str
    people: People


def _work() -> profile_pb2.WorkProfile:
    work = profile_pb2.WorkProfile()
    work.experiences.add(tasks="siivous", months=24).occupation.text = "siivooja"
    work.languages.add(language="fi").levels.speaking = types_pb2.Cefr.LEVEL_A2
    work.limits.home.municipality = "049"
    return work


@pytest.fixture(params=["fake", "profiles service"])
async def ports(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ports]:
    """The fakes and the real ones."""
    people, keys, profile_id, owner = People(), Keys(), new_id(), f"seeker-{new_id()}"
    people.keep(profile_id, 3, _work(), profile_pb2.Choices(ranking_opt_out=True), owner=owner)
    if request.param == "fake":
        gate = FakeAccessGate({owner})
        source = FakeProfileSource({profile_id: profile_from_wire(people.profiles[f"profiles/{profile_id}"])})

        def recorded() -> list[tuple[str, str, int, str]]:
            return [(subject, f"profiles/{about}", int(why), method) for subject, about, why, method in gate.asked]

        yield Ports(gate, source, lambda name: Principal(Role.SEEKER, name), recorded, profile_id, owner, people)
        return
    async with serving(people, keys, tmp_path) as address:
        channel = open_channel(address, keys.signer())

        def caller(subject: str) -> Principal:
            return Principal(Role.SEEKER, subject, token=keys.token(subject))

        real = ProfilesGate(channel), ProfilesSource(channel)
        yield Ports(*real, caller, lambda: people.accesses, profile_id, owner, people)
        await channel.close()


async def test_who_may_read_is_let_in_and_recorded(ports: Ports) -> None:
    """The gate returns, and subject, profile, purpose and method are on record."""
    await ports.gate.authorize(ports.caller(ports.owner), ports.profile_id, Purpose.OWN_DATA, METHOD)
    assert ports.recorded() == [(ports.owner, f"profiles/{ports.profile_id}", int(Purpose.OWN_DATA), METHOD)]


async def test_who_may_not_is_refused_and_not_recorded(ports: Ports) -> None:
    """A stranger gets PROFILE_NOT_ACCESSIBLE."""
    with pytest.raises(PermissionDenied) as refused:
        await ports.gate.authorize(ports.caller("a-stranger"), ports.profile_id, Purpose.OWN_DATA, METHOD)
    assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert ports.recorded() == []


async def test_a_profile_is_fetched_whole(ports: Ports) -> None:
    """Version, work profile and choices arrive; what is not stated is unknown."""
    snapshot = await ports.source.fetch(ports.profile_id)
    assert snapshot is not None
    assert (snapshot.id, snapshot.version, snapshot.choices.ranking_opt_out) == (ports.profile_id, 3, True)
    assert snapshot.work.experiences[0].tasks == "siivous"
    assert snapshot.work.right_to_work.status is RightStatus.UNKNOWN
    assert snapshot.work.limits.max_hours_per_week is None


async def test_a_profile_that_is_gone_is_none(ports: Ports) -> None:
    """There is no error for it: the person has left."""
    assert await ports.source.fetch(new_id()) is None


@pytest.mark.parametrize("ports", ["profiles service"], indirect=True)
@pytest.mark.parametrize(
    "failure",
    [
        Unauthenticated("TOKEN_INVALID", "Our own token."),
        PermissionDenied("SERVICE_NOT_ALLOWED", "Another refusal."),
        FailedPrecondition("SOMETHING", "Whatever it is."),
        Internal("INTERNAL", "A defect."),
        InvalidArgument("NAME_INVALID", "A defect of ours."),
    ],
    ids=lambda error: error.reason,
)
async def test_only_a_profile_that_is_gone_is_none(ports: Ports, failure: PolkuError) -> None:
    """Any other refusal is a failure that passes: events wait for it, and nothing about the person is deleted."""
    ports.people.failure = failure
    with pytest.raises(Unavailable) as raised:
        await ports.source.fetch(ports.profile_id)
    assert raised.value.reason == "PROFILES_UNAVAILABLE"


@pytest.mark.parametrize("ports", ["profiles service"], indirect=True)
async def test_a_gate_that_fails_lets_nobody_in(ports: Ports) -> None:
    """A defect over there is Unavailable here, whoever asks."""
    ports.people.failure = Internal("INTERNAL", "A defect.")
    with pytest.raises(Unavailable):
        await ports.gate.authorize(ports.caller(ports.owner), ports.profile_id, Purpose.OWN_DATA, METHOD)


@pytest.mark.parametrize("ports", ["profiles service"], indirect=True)
async def test_what_a_newer_profiles_service_says_is_unknown_here(ports: Ports) -> None:
    """An enum value that this release does not know is UNKNOWN, and the profile is read all the same."""
    work = _work()
    work.right_to_work.status = 99  # type: ignore[assignment]
    work.limits.travel_modes.extend([99, 2])  # type: ignore[list-item]
    ports.people.keep(ports.profile_id, 4, work)
    snapshot = await ports.source.fetch(ports.profile_id)
    assert snapshot is not None
    assert snapshot.work.right_to_work.status is RightStatus.UNKNOWN
    assert [mode.name for mode in snapshot.work.limits.travel_modes] == ["BICYCLE"]


@pytest.mark.parametrize("ports", ["profiles service"], indirect=True)
async def test_a_profile_that_makes_no_sense_is_a_defect(ports: Ports) -> None:
    """A date that does not exist is nothing that a caller could put right."""
    work = _work()
    work.limits.available_from = "2026-02-31"
    ports.people.keep(ports.profile_id, 4, work)
    with pytest.raises(Internal) as raised:
        await ports.source.fetch(ports.profile_id)
    assert raised.value.reason == "PROFILE_UNREADABLE"


async def test_a_service_that_is_away_is_unavailable() -> None:
    """Neither gate nor source take silence for a no."""
    channel = open_channel(f"127.0.0.1:{free_port()}", Keys().signer(), timeout=0.5)
    try:
        with pytest.raises(Unavailable):
            await ProfilesSource(channel).fetch(new_id())
        with pytest.raises(Unavailable):
            caller = Principal(Role.SEEKER, "seeker-1")
            await ProfilesGate(channel).authorize(caller, new_id(), Purpose.OWN_DATA, METHOD)
    finally:
        await channel.close()
