"""For operators: publishers and their keys."""

from polku.openings.v1 import publisher_service_pb2 as pb

from services.gateway import wire
from services.gateway.api_call import ApiCall
from services.gateway.operations import Access, Answer, Operation


async def _create_publisher(call: ApiCall) -> Answer:
    publisher = wire.to_message(await call.json(), pb.Publisher)
    request = pb.CreatePublisherRequest(publisher=publisher, request_id=call.request_id)
    answer = await call.invoke(call.backends.publishers.CreatePublisher, request)
    return Answer(answer.publisher, 201)


async def _create_key(call: ApiCall) -> Answer:
    request = pb.CreatePublisherKeyRequest(publisher=call.publisher)
    return Answer(await call.invoke(call.backends.publishers.CreatePublisherKey, request), 201)


async def _revoke_key(call: ApiCall) -> Answer:
    request = pb.RevokePublisherKeyRequest(publisher=call.publisher, kid=call.request.path_params["kid"])
    return Answer(await call.invoke(call.backends.publishers.RevokePublisherKey, request))


OPERATIONS = (
    Operation(
        id="createPublisher",
        method="POST",
        path="/v1/publishers",
        tag="Publishers",
        summary="Create a publisher",
        access=Access.TOKEN,
        handle=_create_publisher,
        body=pb.Publisher,
        prefix="publisher.",
        answer=pb.Publisher,
        answer_text="The publisher as stored.",
        creates=True,
        repeatable=True,
        example={"id": "kielo-jobs", "displayName": "Kielo Jobs"},
        answer_example={"id": "kielo-jobs", "displayName": "Kielo Jobs", "createTime": "2026-11-02T07:15:00Z"},
    ),
    Operation(
        id="createPublisherKey",
        method="POST",
        path="/v1/publishers/{publisher}/keys",
        tag="Publishers",
        summary="Make a key; its secret is shown once, in this answer",
        access=Access.TOKEN,
        handle=_create_key,
        answer=pb.CreatePublisherKeyResponse,
        answer_text="The key. At most two keys of a publisher live at a time.",
        creates=True,
        answer_example={
            "kid": "5f0c6b1e2d3a4b59",
            "key": "5f0c6b1e2d3a4b59.the-secret-is-shown-once",
            "expireTime": "2027-11-02T07:15:00Z",
        },
    ),
    Operation(
        id="revokePublisherKey",
        method="DELETE",
        path="/v1/publishers/{publisher}/keys/{kid}",
        tag="Publishers",
        summary="End a key at once",
        access=Access.TOKEN,
        handle=_revoke_key,
        answer=pb.RevokePublisherKeyResponse,
        answer_text="Ended.",
    ),
)
