"""The API of lists for all people at once, and of the lists that were made so."""

from polku.matching.v1 import bulk_service_pb2 as pb

from services.gateway import examples
from services.gateway.api_call import ApiCall
from services.gateway.operations import LANGUAGE, PAGE, PURPOSE, Access, Answer, Operation

RUN = {
    "name": "bulkRuns/019a4c24-3c5d-7e6f-9a0b-1c2d3e4f5a6b",
    "createTime": "2026-11-02T02:00:00Z",
    "items": 100,
    "itemsDone": 40,
    "people": 10_000,
    "peopleDone": 4_000,
    "lists": 3_950,
}


async def _start(call: ApiCall) -> Answer:
    answer = await call.invoke(call.backends.bulk.StartBulkRun, pb.StartBulkRunRequest())
    return Answer(answer.run)


async def _get(call: ApiCall) -> Answer:
    request = pb.GetBulkRunRequest(name=call.name("bulkRuns", "run"))
    answer = await call.invoke(call.backends.bulk.GetBulkRun, request)
    return Answer(answer.run)


async def _prepared(call: ApiCall) -> Answer:
    request = pb.ListPreparedMatchesRequest(
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        language=call.language,
        page_size=call.page.get("page_size", 0),
    )
    return Answer(await call.invoke(call.backends.bulk.ListPreparedMatches, request))


OPERATIONS = (
    Operation(
        id="startBulkRun",
        method="POST",
        path="/v1/bulkRuns",
        tag="Matching",
        summary="Make lists for all people, unless that is under way",
        access=Access.TOKEN,
        handle=_start,
        answer=pb.BulkRun,
        answer_text="The run that was started or is under way. For operators.",
        answer_example=RUN,
    ),
    Operation(
        id="getBulkRun",
        method="GET",
        path="/v1/bulkRuns/{run}",
        tag="Matching",
        summary="How far a run over all people has come",
        access=Access.TOKEN,
        handle=_get,
        answer=pb.BulkRun,
        answer_text="The run. For operators.",
        answer_example=RUN,
    ),
    Operation(
        id="listPreparedMatches",
        method="GET",
        path="/v1/profiles/{profile}/prepared-matches",
        tag="Matching",
        summary="The first matches of the list that the newest run made for a person",
        access=Access.TOKEN,
        handle=_prepared,
        query=(PAGE[0], LANGUAGE, PURPOSE),
        conflicts=True,
        answer=pb.ListPreparedMatchesResponse,
        answer_text="The matches, judged anew and recorded; 409 `LIST_OUTDATED` where the list is too old.",
        answer_example={
            "matches": [examples.MATCH],
            "decision": examples.DECISION_NAME,
            "prepareTime": "2026-11-02T02:10:00Z",
        },
    ),
)
