"""Calls and messages that the tests of the running service share."""

from typing import Any
from uuid import uuid4

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1 import types_pb2

from shared.kernel.errors import PolkuError
from shared.runtime.rpc import from_rpc_error
from tests.integration.profiles.process import Caller

PROFILE_SERVICE = "/polku.profiles.v1.ProfileService"
OWN_DATA = types_pb2.Purpose.KIND_OWN_DATA
JOB_MATCHING = types_pb2.Purpose.KIND_JOB_MATCHING
SECRET_WORDS = "hoivakodin keittiössä tiskaaminen"


def a_profile() -> profile_pb2.Profile:
    """A profile with words that must turn up in no log and no event."""
    profile = profile_pb2.Profile(case_reference="K-17", preferred_language="so")
    profile.work.experiences.add(tasks=SECRET_WORDS, months=24).occupation.text = "keittiöapulainen"
    profile.work.languages.add(language="fi").levels.speaking = types_pb2.Cefr.LEVEL_A2
    profile.work.limits.home.municipality = "049"
    return profile


def creation(profile: profile_pb2.Profile | None = None, *, owner: str = "") -> pb.CreateProfileRequest:
    """A request to create, with an id of its own."""
    return pb.CreateProfileRequest(profile=profile or a_profile(), owner_subject=owner, request_id=str(uuid4()))


def change(profile: profile_pb2.Profile, *paths: str, etag: str = "") -> pb.UpdateProfileRequest:
    """A request to take the fields at `paths` from this profile."""
    given = profile_pb2.Profile()
    given.CopyFrom(profile)
    given.etag = etag
    return pb.UpdateProfileRequest(profile=given, update_mask=FieldMask(paths=paths), request_id=str(uuid4()))


async def create(
    channel: grpc.aio.Channel, caller: Caller, request: pb.CreateProfileRequest | None = None
) -> profile_pb2.Profile:
    """The created profile."""
    answer = await ProfileServiceStub(channel).CreateProfile(
        request or creation(), metadata=caller.metadata, timeout=10
    )
    return answer.profile


async def get(channel: grpc.aio.Channel, caller: Caller, name: str, purpose: int = OWN_DATA) -> profile_pb2.Profile:
    """The profile as read."""
    request = pb.GetProfileRequest(name=name, purpose=types_pb2.Purpose.Kind.ValueType(purpose))
    return (await ProfileServiceStub(channel).GetProfile(request, metadata=caller.metadata, timeout=10)).profile


async def update(channel: grpc.aio.Channel, caller: Caller, request: pb.UpdateProfileRequest) -> profile_pb2.Profile:
    """The profile as changed."""
    return (await ProfileServiceStub(channel).UpdateProfile(request, metadata=caller.metadata, timeout=10)).profile


async def accesses(
    channel: grpc.aio.Channel, caller: Caller, name: str, size: int = 0, token: str = ""
) -> access_pb.ListAccessesResponse:
    """A page of who read the profile."""
    request = access_pb.ListAccessesRequest(profile=name, page_size=size, page_token=token)
    return await AccessServiceStub(channel).ListAccesses(request, metadata=caller.metadata, timeout=10)


async def refusal(call: Any) -> tuple[str, PolkuError]:
    """Canonical code and kernel error of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name, from_rpc_error(error)
    raise AssertionError("the call was answered")
