"""The API of who people are: reading and changing it, finding people, and the history of changes."""

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1 import identity_service_pb2, profile_service_pb2
from polku.profiles.v1.identity_service_pb2 import Identity

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, path_differs
from services.gateway.operations import PAGE, Access, Answer, Operation, QueryParameter

_PURPOSE = QueryParameter(
    "purpose",
    "What the read is for. When left out: `KIND_OWN_DATA` for the person themselves, `KIND_AUDIT` for an auditor, else "
    "`KIND_INTEGRATION_PLAN`; matching is no reason to know who somebody is.",
    {"type": "string", "enum": ["KIND_INTEGRATION_PLAN", "KIND_AUDIT", "KIND_OWN_DATA"]},
)
_MASK = QueryParameter(
    "update_mask",
    "Which fields to change, separated by commas, such as `emails,address.street`. When left out: those in the body.",
)
_IDENTITY: dict[str, Any] = {
    "givenNames": "Olena",
    "familyName": "Esimerkki",
    "personId": "020285-901W",
    "emails": ["olena@example.fi"],
    "phones": ["+358 40 000 0000"],
    "address": {"street": "Esimerkkitie 3 B 14", "postalCode": "02600", "city": "Espoo", "country": "FI"},
}
_STORED: dict[str, Any] = {
    "profile": examples.PROFILE_NAME,
    "etag": '"2"',
    "version": "2",
    "createTime": "2026-11-02T07:15:00Z",
    "updateTime": "2026-11-03T09:40:00Z",
    **_IDENTITY,
}
_CHANGES: dict[str, Any] = {
    "changes": [
        {
            "part": "PART_PROFILE",
            "version": "4",
            "time": "2026-11-03T09:40:00Z",
            "path": "work.limits.max_travel_minutes",
            "role": "counsellor",
            "unit": "leppavaara",
            "relation": "KIND_ASSIGNED_COUNSELLOR",
            "service": "gateway",
            "origin": "ORIGIN_ENTERED",
            "oldValue": "45",
            "newValue": "60",
        }
    ]
}


async def _get(call: ApiCall) -> Answer:
    request = identity_service_pb2.GetIdentityRequest(profile=call.name("profiles", "profile"), purpose=_purpose(call))
    answer = await call.invoke(call.backends.identities.GetIdentity, request)
    return _answer(answer.identity)


async def _update(call: ApiCall) -> Answer:
    profile = call.name("profiles", "profile")
    body = await call.json()
    identity = wire.to_message(body, Identity)
    if identity.profile not in ("", profile):
        raise path_differs("profile", "differs from the one in the path: leave it out of the body.")
    identity.profile = profile
    identity.etag = call.etag(identity.etag)
    mask = call.text("update_mask")
    paths = (
        [wire.proto_path(path.strip(), Identity.DESCRIPTOR) for path in mask.split(",")]
        if mask
        else wire.present_paths(body, Identity.DESCRIPTOR, skip=frozenset({"profile", "etag"}))
    )
    request = identity_service_pb2.UpdateIdentityRequest(
        identity=identity, update_mask=FieldMask(paths=paths), request_id=call.request_id
    )
    answer = await call.invoke(call.backends.identities.UpdateIdentity, request)
    return _answer(answer.identity)


async def _find(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), identity_service_pb2.FindPeopleRequest)
    return Answer(await call.invoke(call.backends.identities.FindPeople, request))


async def _changes(call: ApiCall) -> Answer:
    request = profile_service_pb2.ListChangesRequest(
        profile=call.name("profiles", "profile"), purpose=_purpose(call), **call.page
    )
    return Answer(await call.invoke(call.backends.profiles.ListChanges, request))


def _purpose(call: ApiCall) -> Any:
    return call.purpose(own="KIND_OWN_DATA", others="KIND_INTEGRATION_PLAN")


def _answer(identity: Identity) -> Answer:
    return Answer(identity, headers={"ETag": identity.etag} if identity.etag else {})


OPERATIONS = (
    Operation(
        id="getIdentity",
        method="GET",
        path="/v1/profiles/{profile}/identity",
        tag="Profiles",
        summary="Read who a person is: names, person id, contacts",
        access=Access.TOKEN,
        handle=_get,
        query=(_PURPOSE,),
        answer=Identity,
        answer_text="What the caller may know; version 0 and no etag where nothing has been stored.",
        answer_example=_STORED,
    ),
    Operation(
        id="updateIdentity",
        method="PATCH",
        path="/v1/profiles/{profile}/identity",
        tag="Profiles",
        summary="Change who a person is: the fields that the mask names",
        access=Access.TOKEN,
        handle=_update,
        body=Identity,
        prefix="identity.",
        query=(_MASK,),
        answer=Identity,
        answer_text="The identity as stored.",
        repeatable=True,
        matches=True,
        example=_IDENTITY,
        answer_example=_STORED,
    ),
    Operation(
        id="findPeople",
        method="POST",
        path="/v1/people:find",
        tag="Profiles",
        summary="Find people of your caseload and unit by whole names or by person id, one of the two",
        access=Access.TOKEN,
        handle=_find,
        body=identity_service_pb2.FindPeopleRequest,
        answer=identity_service_pb2.FindPeopleResponse,
        answer_text="Those found, 20 at most, your own first. Each of them sees in the access log that they were.",
        example={"name": "esimerkki olena"},
        answer_example={
            "people": [
                {
                    "profile": examples.PROFILE_NAME,
                    "givenNames": "Olena",
                    "familyName": "Esimerkki",
                    "caseReference": "K-1042",
                    "preferredLanguage": "uk",
                    "relation": "KIND_ASSIGNED_COUNSELLOR",
                }
            ]
        },
    ),
    Operation(
        id="listChanges",
        method="GET",
        path="/v1/profiles/{profile}/changes",
        tag="Profiles",
        summary="List what was changed in a person's profile and identity: by whom, when and from where",
        access=Access.TOKEN,
        handle=_changes,
        query=(*PAGE, _PURPOSE),
        answer=profile_service_pb2.ListChangesResponse,
        answer_text="One page of changes, newest first. Values are JSON texts.",
        answer_example=_CHANGES,
    ),
)
