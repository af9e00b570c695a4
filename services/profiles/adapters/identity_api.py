"""The gRPC service of identities: requests to use cases and back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import grpc
from polku.profiles.v1 import identity_service_pb2 as pb
from polku.profiles.v1.identity_service_pb2_grpc import IdentityServiceServicer

from services.profiles.adapters.grpc_api import utc_now
from services.profiles.adapters.wire import identity as wire
from services.profiles.application.identities import find_people, get_identity, update_identity
from services.profiles.application.ports import UnitOfWork
from shared.runtime.rpc import current_principal

IDENTITY_SERVICE = "polku.profiles.v1.IdentityService"
Context = grpc.aio.ServicerContext[Any, Any]


class IdentityServicer(IdentityServiceServicer):
    """polku.profiles.v1.IdentityService."""

    def __init__(self, open_uow: Callable[[], UnitOfWork], now: Callable[[], datetime] = utc_now) -> None:
        self._open_uow = open_uow
        self._now = now

    async def GetIdentity(self, request: pb.GetIdentityRequest, context: Context) -> pb.GetIdentityResponse:
        query = wire.get_identity_from_wire(request, current_principal())
        record = await get_identity(query, self._open_uow(), self._now())
        return pb.GetIdentityResponse(identity=wire.identity_to_wire(record))

    async def UpdateIdentity(self, request: pb.UpdateIdentityRequest, context: Context) -> pb.UpdateIdentityResponse:
        cmd = wire.update_identity_from_wire(request, current_principal())
        record = await update_identity(cmd, self._open_uow(), self._now())
        return pb.UpdateIdentityResponse(identity=wire.identity_to_wire(record))

    async def FindPeople(self, request: pb.FindPeopleRequest, context: Context) -> pb.FindPeopleResponse:
        query = wire.find_people_from_wire(request, current_principal())
        return wire.found_to_wire(await find_people(query, self._open_uow(), self._now()))
