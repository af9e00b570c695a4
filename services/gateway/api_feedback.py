"""The API of what a person says to openings."""

from polku.matching.v1 import feedback_pb2 as pb

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, path_differs, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation

FEEDBACK = {
    "opening": examples.OPENING_NAME,
    "kind": "KIND_NOT_FITTING",
    "reason": "REASON_TRAVEL",
    "decision": examples.DECISION_NAME,
    "createTime": "2026-11-02T07:15:00Z",
}


async def _give(call: ApiCall) -> Answer:
    profile, opening = call.name("profiles", "profile"), call.name("openings", "opening")
    said = wire.to_message(await call.json(), pb.Feedback)
    refuse_given(said, "create_time")
    if said.opening not in ("", opening):
        raise path_differs("opening", "differs from the one in the path: leave it out of the body.")
    request = pb.GiveFeedbackRequest(
        request_id=call.request_id,
        profile=profile,
        purpose=call.purpose(),
        opening=opening,
        kind=said.kind,
        reason=said.reason,
        decision=said.decision,
    )
    answer = await call.invoke(call.backends.matching.GiveFeedback, request)
    return Answer(answer.feedback)


async def _withdraw(call: ApiCall) -> Answer:
    request = pb.WithdrawFeedbackRequest(
        request_id=call.request_id,
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        opening=call.name("openings", "opening"),
    )
    return Answer(await call.invoke(call.backends.matching.WithdrawFeedback, request))


async def _list(call: ApiCall) -> Answer:
    request = pb.ListFeedbackRequest(profile=call.name("profiles", "profile"), purpose=call.purpose(), **call.page)
    return Answer(await call.invoke(call.backends.matching.ListFeedback, request))


OPERATIONS = (
    Operation(
        id="giveFeedback",
        method="PUT",
        path="/v1/profiles/{profile}/feedback/{opening}",
        tag="Feedback",
        summary="Say something to an opening: it holds from the person's next list on",
        access=Access.TOKEN,
        handle=_give,
        body=pb.Feedback,
        query=(PURPOSE,),
        answer=pb.Feedback,
        answer_text="What is kept. The newest word on an opening holds.",
        repeatable=True,
        example={"kind": "KIND_NOT_FITTING", "reason": "REASON_TRAVEL", "decision": examples.DECISION_NAME},
        answer_example=FEEDBACK,
    ),
    Operation(
        id="withdrawFeedback",
        method="DELETE",
        path="/v1/profiles/{profile}/feedback/{opening}",
        tag="Feedback",
        summary="Take back what was said to an opening",
        access=Access.TOKEN,
        handle=_withdraw,
        query=(PURPOSE,),
        answer=pb.WithdrawFeedbackResponse,
        answer_text="Whether there was something to take back.",
        repeatable=True,
        answer_example={"withdrawn": True},
    ),
    Operation(
        id="listFeedback",
        method="GET",
        path="/v1/profiles/{profile}/feedback",
        tag="Feedback",
        summary="What the person has said to openings",
        access=Access.TOKEN,
        handle=_list,
        query=(*PAGE, PURPOSE),
        answer=pb.ListFeedbackResponse,
        answer_text="One page of what holds now, newest first.",
        answer_example={"feedback": [FEEDBACK]},
    ),
)
