"""The API of candidates for a vacancy."""

from polku.matching.v1.candidate_service_pb2 import (
    AskCandidateRequest,
    AskCandidateResponse,
    ListCandidatesRequest,
    ListCandidatesResponse,
)

from services.gateway import examples
from services.gateway.api_call import ApiCall
from services.gateway.operations import LANGUAGE, PAGE, PURPOSE, Access, Answer, Operation

CANDIDATE = {
    "rank": 1,
    "handle": "Zk3v0Q8cT1mN5xYb7RwLpA",
    "standings": [
        {
            "kind": "language",
            "subject": "fi",
            "required": "B1",
            "necessity": "KIND_REQUIRED",
            "value": "met",
            "text": "Asked: Finnish B1. The level is reached.",
        },
        {"kind": "travel", "value": "under_30_minutes", "text": "The way there. Less than 30 minutes."},
    ],
    "total": 0.71,
}


async def _candidates(call: ApiCall) -> Answer:
    request = ListCandidatesRequest(
        opening=call.name("openings", "opening"),
        purpose=call.purpose(),
        language=call.language,
        page_size=call.page.get("page_size", 0),
    )
    return Answer(await call.invoke(call.backends.candidates.ListCandidates, request))


async def _ask(call: ApiCall) -> Answer:
    request = AskCandidateRequest(
        opening=call.name("openings", "opening"),
        handle=call.handle,
        purpose=call.purpose(),
        request_id=call.request_id,
    )
    return Answer(await call.invoke(call.backends.candidates.AskCandidate, request))


OPERATIONS = (
    Operation(
        id="listCandidates",
        method="GET",
        path="/v1/openings/{opening}/candidates",
        tag="Matching",
        summary="Who could fill a vacancy: without a name, until the person has said yes to that very vacancy",
        access=Access.TOKEN,
        handle=_candidates,
        query=(PAGE[0], LANGUAGE, PURPOSE),
        conflicts=True,
        answer=ListCandidatesResponse,
        answer_text="The candidates, best first. For counsellors, and for users who act for the vacancy's publisher.",
        answer_example={
            "candidates": [CANDIDATE],
            "record": "candidateLists/019a4c26-2b3c-7d4e-8f5a-6b7c8d9e0f1a",
            "createTime": "2026-11-02T07:15:00Z",
            "willingCount": 40,
            "consideredCount": 40,
            "eligibleCount": 12,
            "versions": {key: value for key, value in examples.VERSIONS.items() if key != "profileVersion"},
        },
    ),
    Operation(
        id="askCandidate",
        method="POST",
        path="/v1/openings/{opening}/candidates/{handle}:ask",
        tag="Matching",
        summary="Ask a listed candidate whether they may be shown by name for the vacancy",
        access=Access.TOKEN,
        handle=_ask,
        query=(PURPOSE,),
        answer=AskCandidateResponse,
        answer_text="Until when an answer would count. Whether the person was asked is not said: who says yes is named "
        "in the next list. `HANDLE_UNKNOWN`: list the candidates anew; `REQUESTS_EXHAUSTED`: ask again tomorrow.",
        repeatable=True,
        answer_example={"answerByTime": "2026-11-09T07:15:00Z"},
    ),
)
