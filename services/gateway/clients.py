"""The services behind the gateway: one stub for each, one way to call them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import grpc
import grpc.aio
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from polku.matching.v1.bulk_service_pb2_grpc import BulkServiceStub
from polku.matching.v1.candidate_service_pb2_grpc import CandidateServiceStub
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceStub
from polku.matching.v1.text_service_pb2_grpc import TextServiceStub
from polku.openings.v1.opening_service_pb2_grpc import OpeningServiceStub
from polku.openings.v1.publisher_service_pb2_grpc import PublisherServiceStub
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.caseload_service_pb2_grpc import CaseloadServiceStub
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceStub
from polku.profiles.v1.identity_service_pb2_grpc import IdentityServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.profiles.v1.rights_service_pb2_grpc import RightsServiceStub
from polku.profiles.v1.suggestion_service_pb2_grpc import SuggestionServiceStub

from shared.kernel.principal import ANONYMOUS, Principal
from shared.runtime.rpc.client import from_rpc_error

READ_SECONDS = 5.0
WRITE_SECONDS = 10.0
IMPORT_SECONDS = 25.0
"""Reading a document and linking its words."""
HEALTH_SECONDS = 1.0

Method = Callable[..., Any]
"""A method of a generated stub: (request, timeout=, metadata=) → the call, whose answer is awaited or read."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request speaks for.

    principal      the verified user; of a partner key only the kid is known here (openings verifies the secret)
    authorization  the header value that is passed on to the services; empty for nobody
    """

    principal: Principal = ANONYMOUS
    authorization: str = field(default="", repr=False)


NOBODY = Caller()


class Backends:
    """The stubs, by service. `channels` has one channel each for profiles, openings and matching.

    The channels add the gateway's own token and the trace (shared.runtime.rpc.client); a call adds its caller.
    """

    def __init__(self, channels: Mapping[str, grpc.aio.Channel]) -> None:
        self._channels = dict(channels)
        self.profiles = ProfileServiceStub(self._channels["profiles"])
        self.access = AccessServiceStub(self._channels["profiles"])
        self.caseload = CaseloadServiceStub(self._channels["profiles"])
        self.identities = IdentityServiceStub(self._channels["profiles"])
        self.consents = ConsentServiceStub(self._channels["profiles"])
        self.suggestions = SuggestionServiceStub(self._channels["profiles"])
        self.rights = RightsServiceStub(self._channels["profiles"])
        self.openings = OpeningServiceStub(self._channels["openings"])
        self.publishers = PublisherServiceStub(self._channels["openings"])
        self.matching = MatchingServiceStub(self._channels["matching"])
        self.candidates = CandidateServiceStub(self._channels["matching"])
        self.bulk = BulkServiceStub(self._channels["matching"])
        self.texts = TextServiceStub(self._channels["matching"])

    async def call(self, method: Method, request: Message, caller: Caller, *, seconds: float = READ_SECONDS) -> Any:
        """Call a method on the caller's behalf. Raises the PolkuError that the service answered."""
        try:
            return await self.begin(method, request, caller, seconds=seconds)
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None

    async def write(self, method: Method, request: Message, caller: Caller) -> Any:
        """Call a method that changes something, with the time that this takes. Raises as `call` does."""
        return await self.call(method, request, caller, seconds=WRITE_SECONDS)

    def begin(self, method: Method, request: Message, caller: Caller, *, seconds: float) -> Any:
        """Begin a call on the caller's behalf and return it as grpc has it: a stream is read from it."""
        metadata = (("authorization", caller.authorization),) if caller.authorization else ()
        return method(request, timeout=seconds, metadata=metadata)

    async def states(self) -> dict[str, str]:
        """Ask each service for its health: its name → "SERVING", "NOT_SERVING" or "UNREACHABLE"."""
        names = list(self._channels)
        return dict(zip(names, await asyncio.gather(*(self._state(name) for name in names)), strict=True))

    async def _state(self, name: str) -> str:
        stub = cast(Any, health_pb2_grpc.HealthStub(self._channels[name]))
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=HEALTH_SECONDS)
        except grpc.aio.AioRpcError:
            return "UNREACHABLE"
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
