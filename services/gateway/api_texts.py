"""The API that tells a writer which words the match leaves out."""

from polku.matching.v1 import text_service_pb2 as pb

from services.gateway import wire
from services.gateway.api_call import ApiCall
from services.gateway.operations import Access, Answer, Operation

CHECKED = {
    "texts": [{"found": [{"kind": "KIND_NATIONALITY", "span": {"end": 24, "words": "Olen kotoisin Somaliasta"}}]}]
}


async def _check(call: ApiCall) -> Answer:
    request = wire.to_message(await call.json(), pb.CheckTextsRequest)
    return Answer(await call.invoke(call.backends.texts.CheckTexts, request))


OPERATIONS = (
    Operation(
        id="checkTexts",
        method="POST",
        path="/v1/texts:check",
        tag="Matching",
        summary="Find words of a person that say who they are: the match leaves them out. Nothing is stored",
        access=Access.TOKEN,
        handle=_check,
        body=pb.CheckTextsRequest,
        answer=pb.CheckTextsResponse,
        answer_text="What was found in each text. Places count Unicode code points.",
        example={"texts": ["Olen kotoisin Somaliasta ja olen työskennellyt siivoojana."]},
        answer_example=CHECKED,
    ),
)
