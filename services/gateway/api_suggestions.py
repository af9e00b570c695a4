"""The API of CVs: a document becomes suggestions, of which nothing enters the profile unconfirmed."""

from polku.profiles.v1 import suggestion_service_pb2 as pb

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation

_ESCO = "http://data.europa.eu/esco"
_CLEANER = f"{_ESCO}/occupation/303a1e34-cb16-4054-b323-81e5eec17397"
_HOTEL_CLEANER = f"{_ESCO}/occupation/731ecac4-06e8-4ec2-a559-101fecbd9183"
_SKILL = {
    "id": "019a4c2d-1111-7a2b-8c3d-4e5f6a7b8c9d",
    "skill": {"skill": {"uri": f"{_ESCO}/skill/a2cd3b30-2d6c-473e-a5d4-4e7cb576babe", "text": "floors"}},
    "evidence": ["lattioiden pesu"],
}
_JOB = {
    "id": "019a4c2d-2222-7a2b-8c3d-4e5f6a7b8c9d",
    "experience": {
        "occupation": {
            "uri": _CLEANER,
            "text": "Siivooja",
        },
        "months": 41,
        "tasks": "lattioiden pesu",
    },
    "evidence": ["Siivooja, Puhdas Piha Oy, Espoo"],
    "alternatives": [
        {"uri": _CLEANER, "text": "siivooja"},
        {
            "uri": _HOTEL_CLEANER,
            "text": "hotellisiivooja",
        },
    ],
}


async def _import(call: ApiCall) -> Answer:
    request = pb.ImportDocumentRequest(
        profile=call.name("profiles", "profile"),
        document=await call.document(),
        purpose=call.purpose(own="KIND_OWN_DATA"),
        request_id=call.request_id,
    )
    return Answer(await call.invoke(call.backends.suggestions.ImportDocument, request))


async def _list(call: ApiCall) -> Answer:
    request = pb.ListSuggestionsRequest(
        profile=call.name("profiles", "profile"), purpose=call.purpose(own="KIND_OWN_DATA"), **call.page
    )
    return Answer(await call.invoke(call.backends.suggestions.ListSuggestions, request))


async def _resolve(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), pb.ResolveSuggestionsRequest)
    refuse_given(request, "profile", "request_id")
    request.profile = call.name("profiles", "profile")
    request.request_id = call.request_id
    return Answer(await call.invoke(call.backends.suggestions.ResolveSuggestions, request))


OPERATIONS = (
    Operation(
        id="importDocument",
        method="POST",
        path="/v1/profiles/{profile}/suggestions",
        tag="Profiles",
        summary="Read a CV for suggestions: text as JSON, or a file (PDF, DOCX, text, Europass JSON or XML)",
        access=Access.TOKEN,
        handle=_import,
        body=pb.Document,
        prefix="document.",
        query=(PURPOSE,),
        answer=pb.ImportDocumentResponse,
        answer_text="The suggestions that are open now. They take the place of those of an earlier document.",
        repeatable=True,
        uploads=True,
        example={"text": "Työkokemus\nSiivooja, Puhdas Piha Oy, Espoo, 03/2021 – 07/2024\n- lattioiden pesu"},
        answer_example={"suggestions": [_JOB, _SKILL]},
    ),
    Operation(
        id="listSuggestions",
        method="GET",
        path="/v1/profiles/{profile}/suggestions",
        tag="Profiles",
        summary="List the suggestions that nobody has answered yet",
        access=Access.TOKEN,
        handle=_list,
        query=(PURPOSE, *PAGE),
        answer=pb.ListSuggestionsResponse,
        answer_text="One page of suggestions, in the order of the document.",
        answer_example={"suggestions": [_JOB, _SKILL], "importTime": "2026-11-24T09:00:00Z"},
    ),
    Operation(
        id="resolveSuggestions",
        method="POST",
        path="/v1/profiles/{profile}/suggestions:resolve",
        tag="Profiles",
        summary="Confirm or refuse suggestions, one by one or together",
        access=Access.TOKEN,
        handle=_resolve,
        body=pb.ResolveSuggestionsRequest,
        answer=pb.ResolveSuggestionsResponse,
        answer_text="The profile with what was confirmed, and how many suggestions are still open.",
        repeatable=True,
        example={
            "decisions": [
                {"suggestion": _JOB["id"], "verdict": "VERDICT_CONFIRMED"},
                {"suggestion": _SKILL["id"], "verdict": "VERDICT_REFUSED"},
            ]
        },
        answer_example={"profile": examples.STORED_PROFILE},
    ),
)
