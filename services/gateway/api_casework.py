"""The API of casework: a person's assignments over time, handing many over, and break-glass."""

from typing import Any

from polku.profiles.v1 import access_service_pb2, caseload_service_pb2

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation

ASSIGNMENTS: dict[str, Any] = {
    "assignments": [
        {
            "profile": examples.PROFILE_NAME,
            "counsellor": "counsellor-2",
            "unit": "matinkyla",
            "beginTime": "2026-11-20T07:15:00Z",
        },
        {
            "profile": examples.PROFILE_NAME,
            "counsellor": "counsellor-1",
            "unit": "leppavaara",
            "beginTime": "2026-03-02T07:15:00Z",
            "endTime": "2026-11-20T07:15:00Z",
        },
    ]
}
OVERRIDE: dict[str, Any] = {
    "name": "accessOverrides/019a4c26-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
    "profile": examples.PROFILE_NAME,
    "unit": "matinkyla",
    "reasonCode": "REASON_COUNSELLOR_ABSENT",
    "reason": "The person waits at the desk and their counsellor is ill.",
    "beginTime": "2026-11-02T08:30:00Z",
    "endTime": "2026-11-02T16:30:00Z",
}


async def _assignments(call: ApiCall) -> Answer:
    request = caseload_service_pb2.ListAssignmentsRequest(
        profile=call.name("profiles", "profile"), purpose=call.purpose(own="KIND_OWN_DATA"), **call.page
    )
    return Answer(await call.invoke(call.backends.caseload.ListAssignments, request))


async def _hand_over(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), caseload_service_pb2.HandOverRequest)
    refuse_given(request, "request_id")
    request.request_id = call.request_id
    return Answer(await call.invoke(call.backends.caseload.HandOver, request))


async def _break_glass(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), access_service_pb2.BreakGlassRequest)
    refuse_given(request, "profile", "request_id")
    request.profile = call.name("profiles", "profile")
    request.request_id = call.request_id
    answer = await call.invoke(call.backends.access.BreakGlass, request)
    return Answer(answer.override)


async def _overrides(call: ApiCall) -> Answer:
    request = access_service_pb2.ListOverridesRequest(profile=call.name("profiles", "profile"), **call.page)
    return Answer(await call.invoke(call.backends.access.ListOverrides, request))


async def _all_overrides(call: ApiCall) -> Answer:
    request = access_service_pb2.ListOverridesRequest(**call.page)
    return Answer(await call.invoke(call.backends.access.ListOverrides, request))


OPERATIONS = (
    Operation(
        id="listAssignments",
        method="GET",
        path="/v1/profiles/{profile}/assignments",
        tag="Profiles",
        summary="List the counsellors and units that a person was assigned to, and since when",
        access=Access.TOKEN,
        handle=_assignments,
        query=(*PAGE, PURPOSE),
        answer=caseload_service_pb2.ListAssignmentsResponse,
        answer_text="One page, the current assignment first. The person themselves sees units and dates.",
        answer_example=ASSIGNMENTS,
    ),
    Operation(
        id="handOver",
        method="POST",
        path="/v1/caseload:handover",
        tag="Profiles",
        summary="Assign many persons to another counsellor, or with `validateOnly` say what would become of them",
        access=Access.TOKEN,
        handle=_hand_over,
        body=caseload_service_pb2.HandOverRequest,
        answer=caseload_service_pb2.HandOverResponse,
        answer_text="What became of each person, or would become.",
        repeatable=True,
        example={
            "profiles": [examples.PROFILE_NAME],
            "counsellor": "counsellor-2",
            "unit": "matinkyla",
            "validateOnly": True,
        },
        answer_example={"outcomes": [{"profile": examples.PROFILE_NAME, "kind": "KIND_HANDED_OVER"}]},
    ),
    Operation(
        id="breakGlass",
        method="POST",
        path="/v1/profiles/{profile}:break-glass",
        tag="Profiles",
        summary="Open a record outside your caseload for eight hours, with a reason that the person will read",
        access=Access.TOKEN,
        handle=_break_glass,
        body=access_service_pb2.BreakGlassRequest,
        answer=access_service_pb2.AccessOverride,
        answer_text="The override; supervision has been told.",
        repeatable=True,
        example={"reasonCode": OVERRIDE["reasonCode"], "reason": OVERRIDE["reason"]},
        answer_example={**OVERRIDE, "counsellor": "counsellor-2"},
    ),
    Operation(
        id="listProfileOverrides",
        method="GET",
        path="/v1/profiles/{profile}/overrides",
        tag="Profiles",
        summary="List when a person's record was opened by somebody who is not their counsellor, and why",
        access=Access.TOKEN,
        handle=_overrides,
        query=PAGE,
        answer=access_service_pb2.ListOverridesResponse,
        answer_text="One page, newest first.",
        answer_example={"overrides": [OVERRIDE]},
    ),
    Operation(
        id="listOverrides",
        method="GET",
        path="/v1/overrides",
        tag="Profiles",
        summary="List the records that were opened by somebody who is not the person's counsellor; for supervision",
        access=Access.TOKEN,
        handle=_all_overrides,
        query=PAGE,
        answer=access_service_pb2.ListOverridesResponse,
        answer_text="One page, newest first.",
        answer_example={"overrides": [{**OVERRIDE, "counsellor": "counsellor-2"}]},
    ),
)
