"""The gRPC services of openings: requests to use cases and back. Errors are the interceptors' business."""

from collections.abc import Callable
from typing import Any

import grpc
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb
from polku.openings.v1.opening_service_pb2_grpc import OpeningServiceServicer
from polku.openings.v1.publisher_service_pb2_grpc import PublisherServiceServicer

from services.openings.adapters.clock import Clock, OpenUnitOfWork, utc_now
from services.openings.adapters.wire import opening as wire
from services.openings.adapters.wire import publisher as publisher_wire
from services.openings.adapters.wire import requests
from services.openings.application.ports import Outcome, Secrets
from services.openings.application.publishers import (
    create_publisher,
    create_publisher_key,
    revoke_publisher_key,
    verify_key,
)
from services.openings.application.publishing import delete_opening, publish_opening, withdraw_opening
from services.openings.application.reading import get_opening, list_openings
from services.openings.domain.codes import Codes
from services.openings.domain.markup import Markup
from shared.kernel.paging import PageTokens
from shared.kernel.principal import Principal
from shared.runtime.rpc import VerifyPartnerKey, current_principal

OPENING_SERVICE = requests.OPENING_SERVICE
PUBLISHER_SERVICE = requests.PUBLISHER_SERVICE
Context = grpc.aio.ServicerContext[Any, Any]


class OpeningServicer(OpeningServiceServicer):
    """polku.openings.v1.OpeningService. `stored` is called after each change, which may be due at an earlier time."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        codes: Codes,
        markup: Markup,
        tokens: PageTokens,
        *,
        stored: Callable[[], None],
        now: Clock = utc_now,
    ) -> None:
        self._open_uow = open_uow
        self._codes = codes
        self._markup = markup
        self._tokens = tokens
        self._stored = stored
        self._now = now

    async def PublishOpening(self, request: pb.PublishOpeningRequest, context: Context) -> pb.PublishOpeningResponse:
        cmd = requests.publish_from_wire(request, current_principal())
        published = await publish_opening(cmd, self._open_uow(), self._codes, self._markup, self._now())
        answer = wire.published_to_wire(published)
        if cmd.validate_only:
            if published.outcome is Outcome.CREATED:
                answer.opening.ClearField("name")  # the name that it would get is given only when it is stored
        elif published.outcome is not Outcome.UNCHANGED:
            self._stored()
        return answer

    async def WithdrawOpening(self, request: pb.WithdrawOpeningRequest, context: Context) -> pb.WithdrawOpeningResponse:
        cmd = requests.withdraw_from_wire(request, current_principal())
        opening = await withdraw_opening(cmd, self._open_uow(), self._now())
        return pb.WithdrawOpeningResponse(opening=wire.opening_to_wire(opening))

    async def DeleteOpening(self, request: pb.DeleteOpeningRequest, context: Context) -> pb.DeleteOpeningResponse:
        cmd = requests.delete_from_wire(request, current_principal())
        await delete_opening(cmd, self._open_uow(), self._now())
        return pb.DeleteOpeningResponse()

    async def GetOpening(self, request: pb.GetOpeningRequest, context: Context) -> pb.GetOpeningResponse:
        query = requests.get_from_wire(request, current_principal())
        opening = await get_opening(query, self._open_uow(), self._now())
        return pb.GetOpeningResponse(opening=wire.opening_to_wire(opening))

    async def ListOpenings(self, request: pb.ListOpeningsRequest, context: Context) -> pb.ListOpeningsResponse:
        caller = current_principal()
        query = requests.list_from_wire(request, caller, self._tokens)
        page = await list_openings(query, self._open_uow(), self._codes, self._now())
        binding = requests.list_binding(request, caller)
        return pb.ListOpeningsResponse(
            openings=[wire.opening_to_wire(opening) for opening in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, binding),
        )


class PublisherServicer(PublisherServiceServicer):
    """polku.openings.v1.PublisherService."""

    def __init__(self, open_uow: OpenUnitOfWork, markup: Markup, secrets: Secrets, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._markup = markup
        self._secrets = secrets
        self._now = now

    async def CreatePublisher(
        self, request: publisher_pb.CreatePublisherRequest, context: Context
    ) -> publisher_pb.CreatePublisherResponse:
        cmd = requests.create_publisher_from_wire(request, current_principal())
        publisher = await create_publisher(cmd, self._open_uow(), self._markup, self._now())
        return publisher_pb.CreatePublisherResponse(publisher=publisher_wire.publisher_to_wire(publisher))

    async def CreatePublisherKey(
        self, request: publisher_pb.CreatePublisherKeyRequest, context: Context
    ) -> publisher_pb.CreatePublisherKeyResponse:
        cmd = requests.create_key_from_wire(request, current_principal())
        key, fresh = await create_publisher_key(cmd, self._open_uow(), self._secrets, self._now())
        return publisher_wire.new_key_to_wire(key, fresh)

    async def RevokePublisherKey(
        self, request: publisher_pb.RevokePublisherKeyRequest, context: Context
    ) -> publisher_pb.RevokePublisherKeyResponse:
        cmd = requests.revoke_key_from_wire(request, current_principal())
        await revoke_publisher_key(cmd, self._open_uow(), self._now())
        return publisher_pb.RevokePublisherKeyResponse()


def key_verifier(open_uow: OpenUnitOfWork, secrets: Secrets, now: Clock = utc_now) -> VerifyPartnerKey:
    """What the identity interceptor asks about `authorization: PolkuKey kid.secret`, at every call."""

    async def verify(kid: str, secret: str) -> Principal:
        return await verify_key(kid, secret, open_uow(), secrets, now())

    return verify
