"""The API of a person's rights over what is kept of them."""

from datetime import UTC, datetime

from polku.gateway.v1.person_export_pb2 import PersonExport
from polku.profiles.v1 import rights_service_pb2 as pb

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, refuse_given
from services.gateway.operations import PURPOSE, Access, Answer, Operation
from services.gateway.person_export import export_person

_PLAN = {
    "goes": [{"data": "profile", "entries": 1}, {"data": "changes", "entries": 12}, {"data": "matches"}],
    "stays": [
        {
            "data": "access_log",
            "entries": 31,
            "reason": "log_data",
            "law": "Act on Information Management in Public Administration 906/2019, section 17",
            "days": 1826,
        }
    ],
}


async def _erase(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), pb.ErasePersonRequest)
    refuse_given(request, "profile", "purpose")
    request.profile = call.name("profiles", "profile")
    request.purpose = call.purpose(own="KIND_OWN_DATA")
    return Answer(await call.invoke(call.backends.rights.ErasePerson, request))


async def _export(call: ApiCall) -> Answer:
    return Answer(await export_person(call.backends, call.caller, call.name("profiles", "profile"), datetime.now(UTC)))


OPERATIONS = (
    Operation(
        id="exportPerson",
        method="POST",
        path="/v1/profiles/{profile}:export",
        tag="Profiles",
        summary="Everything that is kept of a person, for that person",
        access=Access.TOKEN,
        handle=_export,
        answer=PersonExport,
        answer_text="The export.",
        answer_example={"createTime": "2026-11-02T07:15:00Z", "profile": examples.STORED_PROFILE},
    ),
    Operation(
        id="erasePerson",
        method="POST",
        path="/v1/profiles/{profile}:erase",
        tag="Profiles",
        summary="Erase a person, or say what that would do",
        access=Access.TOKEN,
        handle=_erase,
        body=pb.ErasePersonRequest,
        query=(PURPOSE,),
        answer=pb.ErasePersonResponse,
        answer_text="What goes, what stays and why.",
        example={"dryRun": True},
        answer_example=_PLAN,
    ),
)
