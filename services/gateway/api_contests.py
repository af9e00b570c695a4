"""The API of contests: what a person holds to be wrong, and what a human answers."""

from polku.matching.v1 import feedback_pb2 as pb

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, path_differs, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation, QueryParameter

CONTEST = {
    "name": "contests/019a4c23-0b7e-7d10-8a41-5f6c7d8e9fa0",
    "profile": examples.PROFILE_NAME,
    "opening": examples.OPENING_NAME,
    "decision": examples.DECISION_NAME,
    "about": "language.speaking",
    "value": "B1",
    "words": "I passed B2 in May.",
    "createTime": "2026-11-02T07:15:00Z",
}
OPEN_ONLY = QueryParameter("open_only", "Only those that wait for an answer.", {"type": "boolean", "default": False})


async def _contest(call: ApiCall) -> Answer:
    profile = call.name("profiles", "profile")
    contest = wire.to_message(await call.json(), pb.Contest)
    refuse_given(contest, "name", "create_time", "answer", "answer_words", "answer_time")
    if contest.profile not in ("", profile):
        raise path_differs("profile", "differs from the one in the path: leave it out of the body.")
    request = pb.ContestMatchRequest(
        request_id=call.request_id,
        profile=profile,
        purpose=call.purpose(),
        opening=contest.opening,
        decision=contest.decision,
        about=contest.about,
        value=contest.value,
        words=contest.words,
    )
    answer = await call.invoke(call.backends.matching.ContestMatch, request)
    return Answer(answer.contest, 201)


async def _list(call: ApiCall) -> Answer:
    request = pb.ListContestsRequest(
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        open_only=call.flag("open_only"),
        **call.page,
    )
    return Answer(await call.invoke(call.backends.matching.ListContests, request))


async def _resolve(call: ApiCall) -> Answer:
    name = call.name("contests", "contest")
    request = wire.to_message(await call.json(), pb.ResolveContestRequest)
    refuse_given(request, "name", "request_id", "purpose")
    request.name, request.request_id, request.purpose = name, call.request_id, call.purpose()
    answer = await call.invoke(call.backends.matching.ResolveContest, request)
    return Answer(answer.contest)


OPERATIONS = (
    Operation(
        id="contestMatch",
        method="POST",
        path="/v1/profiles/{profile}/contests",
        tag="Contests",
        summary="Say that something about a match is wrong, so that a human looks at it",
        access=Access.TOKEN,
        handle=_contest,
        body=pb.Contest,
        query=(PURPOSE,),
        answer=pb.Contest,
        answer_text="The contest as stored.",
        creates=True,
        repeatable=True,
        example={key: CONTEST[key] for key in ("opening", "decision", "about", "value", "words")},
        answer_example=CONTEST,
    ),
    Operation(
        id="listContests",
        method="GET",
        path="/v1/profiles/{profile}/contests",
        tag="Contests",
        summary="What a person has contested, with the answers",
        access=Access.TOKEN,
        handle=_list,
        query=(*PAGE, OPEN_ONLY, PURPOSE),
        answer=pb.ListContestsResponse,
        answer_text="One page, newest first.",
        answer_example={"contests": [CONTEST]},
    ),
    Operation(
        id="resolveContest",
        method="POST",
        path="/v1/contests/{contest}:resolve",
        tag="Contests",
        summary="Answer a contest, as the person's counsellor",
        access=Access.TOKEN,
        handle=_resolve,
        body=pb.ResolveContestRequest,
        query=(PURPOSE,),
        answer=pb.Contest,
        answer_text="The contest with its answer.",
        repeatable=True,
        example={"answer": "ANSWER_PROFILE_CORRECTED", "words": "The level is B2 now."},
        answer_example={
            **CONTEST,
            "answer": "ANSWER_PROFILE_CORRECTED",
            "answerWords": "The level is B2 now.",
            "answerTime": "2026-11-03T09:00:00Z",
        },
    ),
)
