"""For partners: publishing vacancies, trainings and services, and reading what is on offer."""

from dataclasses import dataclass
from typing import Any

from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1.opening_pb2 import Opening

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall
from services.gateway.operations import KIND, MUNICIPALITY, PAGE, Access, Answer, Operation, QueryParameter
from shared.kernel.errors import FieldViolation, InvalidArgument

VALIDATE_ONLY = QueryParameter(
    "validate_only", "true: check and answer as if, but store nothing.", {"type": "boolean", "default": False}
)
PUBLISHER = QueryParameter("publisher", "Only of this publisher, by id.")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of opening: its part of the path, its field in Opening, its words and example."""

    path: str
    detail: str
    word: str
    example: dict[str, Any]


SHELVES = (
    Shelf("vacancies", "vacancy", "Vacancy", examples.VACANCY),
    Shelf("trainings", "training", "Training", examples.TRAINING),
    Shelf("services", "service", "Service", examples.SERVICE),
)


def _publish(shelf: Shelf) -> Operation:
    async def handle(call: ApiCall) -> Answer:
        opening = wire.to_message(await call.json(), Opening)
        _take_from_path(opening, call, shelf)
        opening.etag = call.etag(opening.etag)
        dry = call.flag("validate_only")
        request = pb.PublishOpeningRequest(opening=opening, request_id=call.request_id, validate_only=dry)
        answer = await call.invoke(call.backends.openings.PublishOpening, request)
        created = answer.outcome == pb.PublishOpeningResponse.OUTCOME_CREATED and not dry
        return Answer(answer, 201 if created else 200, _headers(answer.opening, located=created))

    return Operation(
        id=f"publish{shelf.word}",
        method="PUT",
        path=f"/v1/publishers/{{publisher}}/{shelf.path}/{{external_id}}",
        tag="Publishing",
        summary=f"Publish a {shelf.detail}: create it, or replace its content",
        access=Access.PARTNER,
        handle=handle,
        body=Opening,
        prefix="opening.",
        query=(VALIDATE_ONLY,),
        answer=pb.PublishOpeningResponse,
        answer_text="What became of the item. Sending the same content again answers `OUTCOME_UNCHANGED`.",
        creates=True,
        repeatable=True,
        matches=True,
        example=shelf.example,
        answer_example=examples.published(shelf.example),
    )


def _withdraw(shelf: Shelf) -> Operation:
    async def handle(call: ApiCall) -> Answer:
        request = pb.WithdrawOpeningRequest(
            publisher=call.publisher, external_id=call.external_id, etag=call.etag(), request_id=call.request_id
        )
        answer = await call.invoke(call.backends.openings.WithdrawOpening, request)
        return Answer(answer.opening, headers=_headers(answer.opening))

    return Operation(
        id=f"withdraw{shelf.word}",
        method="POST",
        path=f"/v1/publishers/{{publisher}}/{shelf.path}/{{external_id}}:withdraw",
        tag="Publishing",
        summary=f"Take a {shelf.detail} back; publishing it again reopens it",
        access=Access.PARTNER,
        handle=handle,
        answer=Opening,
        answer_text="The opening as stored.",
        repeatable=True,
        matches=True,
    )


def _delete(shelf: Shelf) -> Operation:
    async def handle(call: ApiCall) -> Answer:
        request = pb.DeleteOpeningRequest(
            publisher=call.publisher, external_id=call.external_id, etag=call.etag(), request_id=call.request_id
        )
        return Answer(await call.invoke(call.backends.openings.DeleteOpening, request))

    return Operation(
        id=f"delete{shelf.word}",
        method="DELETE",
        path=f"/v1/publishers/{{publisher}}/{shelf.path}/{{external_id}}",
        tag="Publishing",
        summary=f"Delete a {shelf.detail} for good; its id cannot be used again",
        access=Access.PARTNER,
        handle=handle,
        answer=pb.DeleteOpeningResponse,
        answer_text="Deleted.",
        repeatable=True,
        matches=True,
    )


async def _get_opening(call: ApiCall) -> Answer:
    request = pb.GetOpeningRequest(name=call.name("openings", "opening"))
    answer = await call.invoke(call.backends.openings.GetOpening, request)
    return Answer(answer.opening, headers=_headers(answer.opening))


async def _list_openings(call: ApiCall) -> Answer:
    request = pb.ListOpeningsRequest(
        **call.page, kind=call.kind, municipality=call.text("municipality"), publisher=call.text("publisher")
    )
    return Answer(await call.invoke(call.backends.openings.ListOpenings, request))


OPERATIONS = (
    *(make(shelf) for shelf in SHELVES for make in (_publish, _withdraw, _delete)),
    Operation(
        id="listOpenings",
        method="GET",
        path="/v1/openings",
        tag="Openings",
        summary="List openings, newest change first",
        access=Access.ANYONE,
        handle=_list_openings,
        query=(*PAGE, KIND, MUNICIPALITY, PUBLISHER),
        answer=pb.ListOpeningsResponse,
        answer_text="One page of openings.",
        answer_example={"openings": [examples.stored(examples.VACANCY)]},
    ),
    Operation(
        id="getOpening",
        method="GET",
        path="/v1/openings/{opening}",
        tag="Openings",
        summary="Read an opening",
        access=Access.ANYONE,
        handle=_get_opening,
        answer=Opening,
        answer_text="The opening. Its contact persons are there for its publisher only.",
        answer_example=examples.stored(examples.VACANCY),
    ),
)


def _take_from_path(opening: Opening, call: ApiCall, shelf: Shelf) -> None:
    """Set publisher and external id from the path. Raises InvalidArgument where the body says something else."""
    for field, value in (("publisher", call.publisher), ("external_id", call.external_id)):
        if getattr(opening, field) not in ("", value):
            raise _differs(field, "differs from the one in the path: leave it out of the body.")
        setattr(opening, field, value)
    detail = opening.WhichOneof("detail")
    if detail not in (None, shelf.detail):
        raise _differs(detail, f"does not belong under /{shelf.path}/: send it to its own path.")


def _differs(field: str, rule: str) -> InvalidArgument:
    return InvalidArgument("PATH_DIFFERS", f"{field} {rule}", violations=(FieldViolation(field, "PATH_DIFFERS", rule),))


def _headers(opening: Opening, *, located: bool = False) -> dict[str, str]:
    headers = {"ETag": opening.etag} if opening.etag else {}
    return {**headers, "Location": f"/v1/{opening.name}"} if located else headers
