"""Non-disclosure (turvakielto): for everybody else the answers with a protected person are those without one.

Supervision, operators and matching do their own work with the record and are tested for what they get of it.
"""

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1 import identity_service_pb2 as pb
from polku.profiles.v1 import profile_service_pb2
from polku.profiles.v1.identity_service_pb2_grpc import IdentityServiceStub
from polku.type.v1 import types_pb2

from shared.kernel.principal import Role
from tests.integration.profiles.matrix import ACTIONS, METHODS, World, make_world, new_uuid, purposes_of
from tests.integration.profiles.process import ProfilesProcess
from tests.integration.profiles.test_policy_matrix import ON_BEHALF, ask, both

AUTHORIZE = "polku.profiles.v1.AccessService/AuthorizeAccess"
MAKES_ANOTHER = "polku.profiles.v1.ProfileService/CreateProfile"
OTHERS = (
    "other seeker", "namesake of the counsellor", "same unit", "broken glass", "broken glass, other unit now",
    "other counsellor", "namesake of the person", "publisher",
)  # fmt: skip


async def protect(channel: grpc.aio.Channel, world: World) -> None:
    """The person's counsellor keeps that a register protects them."""
    request = pb.UpdateIdentityRequest(
        identity=pb.Identity(profile=world.profile, protected=True),
        update_mask=FieldMask(paths=["protected"]),
        request_id=new_uuid(),
    )
    counsellor = world.standings["assigned"].caller
    await IdentityServiceStub(channel).UpdateIdentity(request, metadata=counsellor.metadata, timeout=10)


@pytest.mark.parametrize("name", OTHERS)
async def test_a_protected_person_is_nobody_to_others(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, name: str
) -> None:
    """Every method, for every purpose, answers about the person as about nobody: the same bytes."""
    world = await make_world(channel, profiles)
    await protect(channel, world)
    standing, asked = world.standings[name], 0
    for method in sorted(set(METHODS) - {MAKES_ANOTHER}):
        forwarded = method == AUTHORIZE or ACTIONS.get(method) in ON_BEHALF
        caller = standing.caller.through(profiles.issuer.service("matching")) if forwarded else standing.caller
        for purpose in purposes_of(method, standing.role):
            there, absent = await both(channel, method, world, purpose, caller)
            assert there == absent, f"{method}, {name}, {purpose}"
            asked += 1
    assert asked > 30


async def test_without_protection_the_answers_differ(channel: grpc.aio.Channel, profiles: ProfilesProcess) -> None:
    """The comparison can fail: a colleague and whoever broke the glass see an unprotected person."""
    world = await make_world(channel, profiles)
    plan = list(purposes_of("polku.profiles.v1.ProfileService/GetProfile", Role.COUNSELLOR))
    for name in ("same unit", "broken glass"):
        caller = world.standings[name].caller
        answers = [
            await both(channel, "polku.profiles.v1.ProfileService/GetProfile", world, purpose, caller)
            for purpose in plan
        ]
        assert any(there != absent for there, absent in answers), name


async def test_the_person_and_their_counsellor_lose_nothing(
    channel: grpc.aio.Channel, profiles: ProfilesProcess
) -> None:
    """Both read the whole identity, and that it is protected."""
    world = await make_world(channel, profiles)
    await protect(channel, world)
    for name, purpose in (("self", "KIND_OWN_DATA"), ("assigned", "KIND_INTEGRATION_PLAN")):
        request = pb.GetIdentityRequest(profile=world.profile, purpose=types_pb2.Purpose.Kind.Value(purpose))
        method = "polku.profiles.v1.IdentityService/GetIdentity"
        answer = await ask(channel, method, request.SerializeToString(), world.standings[name].caller)
        identity = pb.GetIdentityResponse.FromString(answer.body).identity
        assert (identity.given_names, list(identity.emails), identity.protected) == (
            "Canaria",
            ["canary@contact.example"],
            True,
        )


async def test_matching_gets_no_home_and_no_yes_to_employers(
    channel: grpc.aio.Channel, profiles: ProfilesProcess
) -> None:
    """What matching may see of a protected person has no area, and says no to being shown and counted."""
    world = await make_world(channel, profiles)
    method = "polku.profiles.v1.ProfileService/GetMatchingProfile"
    request = profile_service_pb2.GetMatchingProfileRequest(name=world.profile).SerializeToString()
    caller = world.standings["matching"].caller
    seen = []
    for _ in range(2):
        answer = await ask(channel, method, request, caller)
        seen.append(profile_service_pb2.GetMatchingProfileResponse.FromString(answer.body))
        await protect(channel, world)
    before, after = seen
    assert before.choices.employer_requests == types_pb2.Answer.VALUE_YES
    assert after.choices.employer_requests == after.choices.analytics == types_pb2.Answer.VALUE_NO
    assert not after.work.limits.HasField("home") or after.work.limits.home.ByteSize() == 0
    assert (after.version, after.work.goals) == (before.version + 1, before.work.goals)
