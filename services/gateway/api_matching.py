"""The API of the match: lists, what was left out, explanations, next steps, the question, decisions and replays."""

from polku.matching.v1 import decision_replay_pb2 as replay_pb
from polku.matching.v1 import matching_service_pb2 as pb
from polku.matching.v1.match_pb2 import Decision

from services.gateway import examples
from services.gateway.api_call import ApiCall
from services.gateway.operations import KIND, LANGUAGE, MUNICIPALITY, PAGE, PURPOSE, Access, Answer, Operation


async def _matches(call: ApiCall) -> Answer:
    request = pb.ListMatchesRequest(
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        kind=call.kind,
        municipality=call.text("municipality"),
        language=call.language,
        **call.page,
    )
    return Answer(await call.invoke(call.backends.matching.ListMatches, request))


async def _excluded(call: ApiCall) -> Answer:
    request = pb.ListExclusionsRequest(
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        kind=call.kind,
        language=call.language,
        **call.page,
    )
    return Answer(await call.invoke(call.backends.matching.ListExclusions, request))


async def _explain(call: ApiCall) -> Answer:
    request = pb.ExplainMatchRequest(
        profile=call.name("profiles", "profile"),
        opening=call.name("openings", "opening"),
        purpose=call.purpose(),
        language=call.language,
    )
    return Answer(await call.invoke(call.backends.matching.ExplainMatch, request))


async def _next_steps(call: ApiCall) -> Answer:
    request = pb.ListNextStepsRequest(
        profile=call.name("profiles", "profile"), purpose=call.purpose(), language=call.language, **call.page
    )
    return Answer(await call.invoke(call.backends.matching.ListNextSteps, request))


async def _question(call: ApiCall) -> Answer:
    request = pb.GetQuestionRequest(
        profile=call.name("profiles", "profile"), purpose=call.purpose(), language=call.language
    )
    return Answer(await call.invoke(call.backends.matching.GetQuestion, request))


async def _decision(call: ApiCall) -> Answer:
    request = pb.GetDecisionRequest(name=call.name("decisions", "decision"), purpose=call.purpose())
    answer = await call.invoke(call.backends.matching.GetDecision, request)
    return Answer(answer.decision)


async def _replay(call: ApiCall) -> Answer:
    request = replay_pb.ReplayDecisionRequest(name=call.name("decisions", "decision"), purpose=call.purpose())
    return Answer(await call.invoke(call.backends.matching.ReplayDecision, request))


OPERATIONS = (
    Operation(
        id="listMatches",
        method="GET",
        path="/v1/profiles/{profile}/matches",
        tag="Matching",
        summary="One ranked list for a person, each match with its reasons",
        access=Access.TOKEN,
        handle=_matches,
        query=(*PAGE, KIND, MUNICIPALITY, LANGUAGE, PURPOSE),
        answer=pb.ListMatchesResponse,
        answer_text="One page of matches. The list is recorded as a decision before it is answered.",
        answer_example=examples.MATCHES,
    ),
    Operation(
        id="listExclusions",
        method="GET",
        path="/v1/profiles/{profile}/excluded",
        tag="Matching",
        summary="What was left out, and by which rule",
        access=Access.TOKEN,
        handle=_excluded,
        query=(*PAGE, KIND, LANGUAGE, PURPOSE),
        answer=pb.ListExclusionsResponse,
        answer_text="One page, nearest to fitting first.",
        answer_example=examples.EXCLUSIONS,
    ),
    Operation(
        id="explainMatch",
        method="GET",
        path="/v1/profiles/{profile}/matches/{opening}",
        tag="Matching",
        summary="One person beside one opening, requirement by requirement, whether it fits or not",
        access=Access.TOKEN,
        handle=_explain,
        query=(LANGUAGE, PURPOSE),
        answer=pb.ExplainMatchResponse,
        answer_text="The comparison.",
        answer_example={"match": examples.MATCH, "eligible": True, "versions": examples.VERSIONS},
    ),
    Operation(
        id="listNextSteps",
        method="GET",
        path="/v1/profiles/{profile}/next-steps",
        tag="Matching",
        summary="The smallest changes, by how many live openings each would open",
        access=Access.TOKEN,
        handle=_next_steps,
        query=(*PAGE, LANGUAGE, PURPOSE),
        answer=pb.ListNextStepsResponse,
        answer_text="One page of steps, most openings opened first.",
        answer_example=examples.NEXT_STEPS,
    ),
    Operation(
        id="getQuestion",
        method="GET",
        path="/v1/profiles/{profile}/question",
        tag="Matching",
        summary="The one question whose answer would change most",
        access=Access.TOKEN,
        handle=_question,
        query=(LANGUAGE, PURPOSE),
        answer=pb.GetQuestionResponse,
        answer_text="The question; an empty object where nothing unknown stands in the way.",
        answer_example=examples.QUESTION,
    ),
    Operation(
        id="getDecision",
        method="GET",
        path="/v1/decisions/{decision}",
        tag="Matching",
        summary="A list that was served, as it was served",
        access=Access.TOKEN,
        handle=_decision,
        query=(PURPOSE,),
        answer=Decision,
        answer_text="The decision.",
        answer_example=examples.DECISION,
    ),
    Operation(
        id="replayDecision",
        method="GET",
        path="/v1/decisions/{decision}:replay",
        tag="Matching",
        summary="A list that was served, worked out again from what it was made with",
        access=Access.TOKEN,
        handle=_replay,
        query=(PURPOSE,),
        answer=replay_pb.ReplayDecisionResponse,
        answer_text="The list as it comes out now, whether that is the same, and else what differs or is not there.",
        answer_example={"decision": examples.DECISION, "recomputed": True, "identical": True},
    ),
)
