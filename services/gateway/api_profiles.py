"""The API about persons: profiles, assignments, a counsellor's caseload."""

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1 import profile_service_pb2
from polku.profiles.v1.profile_pb2 import Assignment, Profile

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, path_differs, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation, QueryParameter

OWNER = QueryParameter(
    "owner_subject",
    "Token subject of the person whose profile it is; for counsellors only. When left out, a seeker's profile is the "
    "seeker's own, and a counsellor's is for someone without an account.",
    {"type": "string", "maxLength": 200},
)
UPDATE_MASK = QueryParameter(
    "update_mask",
    "Which fields to change, separated by commas, such as `work.languages,choices`. When left out: those in the body.",
)


async def _create(call: ApiCall) -> Answer:
    profile = wire.to_message(await call.json(), Profile)
    request = profile_service_pb2.CreateProfileRequest(
        profile=profile, owner_subject=call.text("owner_subject"), request_id=call.request_id
    )
    answer = await call.invoke(call.backends.profiles.CreateProfile, request)
    return Answer(answer.profile, 201, {**_etag(answer.profile), "Location": f"/v1/{answer.profile.name}"})


async def _get(call: ApiCall) -> Answer:
    request = profile_service_pb2.GetProfileRequest(
        name=call.name("profiles", "profile"), purpose=call.purpose(own="KIND_OWN_DATA")
    )
    answer = await call.invoke(call.backends.profiles.GetProfile, request)
    return Answer(answer.profile, headers=_etag(answer.profile))


async def _update(call: ApiCall) -> Answer:
    name = call.name("profiles", "profile")
    body = await call.json()
    profile = wire.to_message(body, Profile)
    if profile.name not in ("", name):
        raise path_differs("name", "differs from the one in the path: leave it out of the body.")
    profile.name = name
    profile.etag = call.etag(profile.etag)
    request = profile_service_pb2.UpdateProfileRequest(
        profile=profile, update_mask=FieldMask(paths=_paths(call, body)), request_id=call.request_id
    )
    answer = await call.invoke(call.backends.profiles.UpdateProfile, request)
    return Answer(answer.profile, headers=_etag(answer.profile))


def _paths(call: ApiCall, body: dict[str, Any]) -> list[str]:
    """The mask asked for; else what the body sets, without the two that say which profile is meant."""
    if mask := call.text("update_mask"):
        # A mask may have the names of JSON or of the protos (https://protobuf.dev/reference/protobuf/google.protobuf/).
        return [wire.proto_path(path.strip(), Profile.DESCRIPTOR) for path in mask.split(",")]
    return wire.present_paths(body, Profile.DESCRIPTOR, skip=frozenset({"name", "etag"}))


async def _assign(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), profile_service_pb2.AssignCounsellorRequest)
    refuse_given(request, "name", "request_id")
    request.name = call.name("profiles", "profile")
    request.request_id = call.request_id
    answer = await call.invoke(call.backends.profiles.AssignCounsellor, request)
    return Answer(answer.assignment)


async def _caseload(call: ApiCall) -> Answer:
    request = profile_service_pb2.ListCaseloadRequest(**call.page)
    return Answer(await call.invoke(call.backends.profiles.ListCaseload, request))


def _etag(profile: Profile) -> dict[str, str]:
    return {"ETag": profile.etag} if profile.etag else {}


OPERATIONS = (
    Operation(
        id="createProfile",
        method="POST",
        path="/v1/profiles",
        tag="Profiles",
        summary="Create a profile",
        access=Access.TOKEN,
        handle=_create,
        body=Profile,
        prefix="profile.",
        query=(OWNER,),
        answer=Profile,
        answer_text="The profile as stored.",
        creates=True,
        repeatable=True,
        example=examples.PROFILE,
        answer_example=examples.STORED_PROFILE,
    ),
    Operation(
        id="getProfile",
        method="GET",
        path="/v1/profiles/{profile}",
        tag="Profiles",
        summary="Read a profile",
        access=Access.TOKEN,
        handle=_get,
        query=(PURPOSE,),
        answer=Profile,
        answer_text="The profile.",
        answer_example=examples.STORED_PROFILE,
    ),
    Operation(
        id="updateProfile",
        method="PATCH",
        path="/v1/profiles/{profile}",
        tag="Profiles",
        summary="Change the fields that the mask names",
        access=Access.TOKEN,
        handle=_update,
        body=Profile,
        prefix="profile.",
        query=(UPDATE_MASK,),
        answer=Profile,
        answer_text="The profile as stored.",
        repeatable=True,
        matches=True,
        example={"work": {"limits": {"maxTravelMinutes": 60}}},
        answer_example=examples.STORED_PROFILE,
    ),
    Operation(
        id="assignCounsellor",
        method="POST",
        path="/v1/profiles/{profile}:assign",
        tag="Profiles",
        summary="Assign a person to a counsellor; the assignment before it ends",
        access=Access.TOKEN,
        handle=_assign,
        body=profile_service_pb2.AssignCounsellorRequest,
        answer=Assignment,
        answer_text="The assignment as stored.",
        repeatable=True,
        example={"counsellor": "counsellor-1", "unit": "leppavaara"},
        answer_example={
            "profile": examples.PROFILE_NAME,
            "counsellor": "counsellor-1",
            "unit": "leppavaara",
            "beginTime": "2026-11-02T07:15:00Z",
        },
    ),
    Operation(
        id="listCaseload",
        method="GET",
        path="/v1/caseload",
        tag="Profiles",
        summary="List the persons who are assigned to the calling counsellor",
        access=Access.TOKEN,
        handle=_caseload,
        query=PAGE,
        answer=profile_service_pb2.ListCaseloadResponse,
        answer_text="One page of persons, newest assignment first.",
        answer_example=examples.CASELOAD,
    ),
)
