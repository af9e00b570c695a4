"""Requests as commands and queries, with the identity of mutations and the tokens of pages."""

from datetime import datetime

from google.protobuf.message import Message
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb

from services.openings.adapters.wire.dates import check_dates, check_time
from services.openings.adapters.wire.opening import COLLECTION, draft_from_wire
from services.openings.application.ports import Position, RequestKey
from services.openings.application.publishers import CreatePublisher, CreatePublisherKey, RevokePublisherKey
from services.openings.application.publishing import DeleteOpening, PublishOpening, WithdrawOpening
from services.openings.application.reading import GetOpening, ListOpenings
from services.openings.domain.content import Kind
from shared.kernel.names import parse_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal
from shared.runtime.requests import fingerprint_of

OPENING_SERVICE = "polku.openings.v1.OpeningService"
PUBLISHER_SERVICE = "polku.openings.v1.PublisherService"


def publish_from_wire(request: pb.PublishOpeningRequest, caller: Principal) -> PublishOpening:
    """Raises InvalidArgument DATE_INVALID, TIME_INVALID."""
    check_dates(request.opening, "opening")
    check_time(request.opening.publish_time, "opening.publish_time")
    return PublishOpening(
        caller=caller,
        request=_key(request, request.request_id, f"{OPENING_SERVICE}/PublishOpening", caller),
        draft=draft_from_wire(request.opening),
        etag=request.opening.etag,
        validate_only=request.validate_only,
    )


def withdraw_from_wire(request: pb.WithdrawOpeningRequest, caller: Principal) -> WithdrawOpening:
    """A command."""
    key = _key(request, request.request_id, f"{OPENING_SERVICE}/WithdrawOpening", caller)
    return WithdrawOpening(caller, key, request.publisher, request.external_id, request.etag)


def delete_from_wire(request: pb.DeleteOpeningRequest, caller: Principal) -> DeleteOpening:
    """A command."""
    key = _key(request, request.request_id, f"{OPENING_SERVICE}/DeleteOpening", caller)
    return DeleteOpening(caller, key, request.publisher, request.external_id, request.etag)


def get_from_wire(request: pb.GetOpeningRequest, caller: Principal) -> GetOpening:
    """Raises InvalidArgument NAME_INVALID."""
    return GetOpening(caller, parse_name(COLLECTION, request.name))


def list_from_wire(request: pb.ListOpeningsRequest, caller: Principal, tokens: PageTokens) -> ListOpenings:
    """Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    cursor = tokens.decode(request.page_token, list_binding(request, caller))
    return ListOpenings(
        caller=caller,
        limit=page_size(request.page_size),
        kind=Kind(request.kind) if request.kind else None,
        municipality=request.municipality,
        publisher=request.publisher,
        after=Position(datetime.fromisoformat(str(cursor["time"])), str(cursor["id"])) if cursor else None,
    )


def list_binding(request: pb.ListOpeningsRequest, caller: Principal) -> str:
    """What a page token is bound to: the method, the filter and the caller."""
    filters = f"{request.kind} {request.municipality or '-'} {request.publisher or '-'}"
    return f"{OPENING_SERVICE}/ListOpenings {filters} {_scope(caller)}"


def next_page_token(position: Position | None, tokens: PageTokens, binding: str) -> str:
    """The token of the page behind `position`, "" at the end. It holds an instant and an id."""
    if position is None:
        return ""
    return tokens.encode({"time": position.time.isoformat(), "id": position.id}, binding)


def create_publisher_from_wire(request: publisher_pb.CreatePublisherRequest, caller: Principal) -> CreatePublisher:
    """A command."""
    key = _key(request, request.request_id, f"{PUBLISHER_SERVICE}/CreatePublisher", caller)
    return CreatePublisher(caller, key, request.publisher.id, request.publisher.display_name)


def create_key_from_wire(request: publisher_pb.CreatePublisherKeyRequest, caller: Principal) -> CreatePublisherKey:
    """A command."""
    return CreatePublisherKey(caller, request.publisher)


def revoke_key_from_wire(request: publisher_pb.RevokePublisherKeyRequest, caller: Principal) -> RevokePublisherKey:
    """A command."""
    return RevokePublisherKey(caller, request.publisher, request.kid)


def _key(request: Message, request_id: str, method: str, caller: Principal) -> RequestKey:
    fingerprint = fingerprint_of(request.SerializeToString(deterministic=True))
    return RequestKey(scope=_scope(caller), request_id=request_id, method=method, fingerprint=fingerprint)


def _scope(caller: Principal) -> str:
    """The caller: a publisher is the same one with its next key."""
    return f"{caller.role} {caller.publisher or caller.subject}"
