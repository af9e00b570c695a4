"""The API of the access log: who read a person's data, the log of everybody for supervision, the heads of its seal."""

from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import access_service_pb2 as pb

from services.gateway import examples
from services.gateway.api_call import ApiCall
from services.gateway.operations import PAGE, Access, Answer, Operation, QueryParameter
from shared.kernel.errors import FieldViolation, InvalidArgument

OTHERS_ONLY = QueryParameter("others_only", "Without the person's own readings.", {"type": "boolean", "default": False})
SEARCH = (
    QueryParameter(
        "profile", "Only readings of this person: the id of the profile.", {"type": "string", "format": "uuid"}
    ),
    QueryParameter("reader", "Only readings by this token subject.", {"type": "string", "maxLength": 128}),
    QueryParameter("refused_only", "Only what was refused.", {"type": "boolean", "default": False}),
    QueryParameter(
        "begin_time",
        "From when on. When left out, 90 days before the end.",
        {"type": "string", "format": "date-time"},
    ),
    QueryParameter(
        "end_time", "Until when, this instant left out. When left out, now.", {"type": "string", "format": "date-time"}
    ),
)
SEARCHED: dict[str, Any] = {
    "accesses": [
        {
            **examples.ACCESSES["accesses"][0],
            "profile": examples.PROFILE_NAME,
            "reader": "counsellor-1",
            "service": "matching",
            "data": ["KIND_MATCHES"],
        }
    ]
}
HEADS: dict[str, Any] = {
    "heads": [
        {
            "position": "48213",
            "digest": "9f1dc80c3e0035ebbe789eb6235120e4dd9a3ee2b23da411b16d8e432b2ab13e",
            "time": "2026-11-02T07:15:00Z",
            "signature": "eyJhbGciOiJFUzI1NiJ9.eyJwb3NpdGlvbiI6NDgyMTN9.c2lnbmF0dXJl",
        }
    ]
}


async def _accesses(call: ApiCall) -> Answer:
    request = pb.ListAccessesRequest(
        profile=call.name("profiles", "profile"), others_only=call.flag("others_only"), **call.page
    )
    return Answer(await call.invoke(call.backends.access.ListAccesses, request))


async def _search(call: ApiCall) -> Answer:
    profile = call.text("profile")
    request = pb.SearchAccessesRequest(
        profile=f"profiles/{profile}" if profile else "",
        reader=call.text("reader"),
        refused_only=call.flag("refused_only"),
        begin_time=_instant(call, "begin_time"),
        end_time=_instant(call, "end_time"),
        **call.page,
    )
    return Answer(await call.invoke(call.backends.access.SearchAccesses, request))


async def _heads(call: ApiCall) -> Answer:
    return Answer(await call.invoke(call.backends.access.ListAccessHeads, pb.ListAccessHeadsRequest(**call.page)))


def _instant(call: ApiCall, name: str) -> Timestamp | None:
    text = call.text(name)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError
    except ValueError:
        rule = "must be an instant with its time zone, such as 2026-11-02T07:15:00Z."
        violation = FieldViolation(name, "TIME_INVALID", rule)
        raise InvalidArgument("TIME_INVALID", f"{name} {rule}", violations=(violation,)) from None
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp


OPERATIONS = (
    Operation(
        id="listAccesses",
        method="GET",
        path="/v1/profiles/{profile}/access-log",
        tag="Access log",
        summary="List who read a person's data, when and for what",
        access=Access.TOKEN,
        handle=_accesses,
        query=(*PAGE, OTHERS_ONLY),
        answer=pb.ListAccessesResponse,
        answer_text="One page of readings, newest first, without the names of those who read.",
        answer_example=examples.ACCESSES,
    ),
    Operation(
        id="searchAccesses",
        method="GET",
        path="/v1/access-log",
        tag="Access log",
        summary="Search the access log of everybody, with readers and refusals; for auditors",
        access=Access.TOKEN,
        handle=_search,
        query=(*SEARCH, *PAGE),
        answer=pb.SearchAccessesResponse,
        answer_text="One page of readings and refusals, newest first.",
        answer_example=SEARCHED,
    ),
    Operation(
        id="listAccessHeads",
        method="GET",
        path="/v1/access-log/heads",
        tag="Access log",
        summary="List the signed heads of the chain that seals the access log; for auditors and operators to keep",
        access=Access.TOKEN,
        handle=_heads,
        query=PAGE,
        answer=pb.ListAccessHeadsResponse,
        answer_text="One page of heads, newest first. They name nobody.",
        answer_example=HEADS,
    ),
)
