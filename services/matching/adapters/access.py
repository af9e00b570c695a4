"""The profiles service as gate and source: who may read a person, and what matching may see of one."""

import grpc.aio
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_service_pb2 as profile_pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1 import types_pb2 as type_pb

from services.matching.adapters.wire.profile import profile_from_wire
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Purpose
from shared.kernel.errors import Internal, PermissionDenied, PolkuError, Unauthenticated, Unavailable
from shared.kernel.names import resource_name
from shared.kernel.principal import Principal
from shared.runtime.rpc import call_metadata, translated_errors

_NOT_ACCESSIBLE = "PROFILE_NOT_ACCESSIBLE"


class ProfilesGate:
    """An `AccessGate`: asks with the user's token; the channel adds this service's own."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AccessServiceStub(channel)

    async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
        """See AccessGate. Raises Unauthenticated too, for a user's token that has run out on the way."""
        request = access_pb.AuthorizeAccessRequest(
            profile=resource_name("profiles", profile_id),
            purpose=type_pb.Purpose.Kind.ValueType(purpose),
            method=method,
        )
        try:
            with translated_errors():
                await self._stub.AuthorizeAccess(request, metadata=call_metadata(caller))
        except (PermissionDenied, Unauthenticated):
            raise
        except PolkuError as error:
            raise _not_answered() from error


class ProfilesSource:
    """A `ProfileSource`: asks as this service, for nobody in particular."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = ProfileServiceStub(channel)

    async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
        """See ProfileSource. Matching may read every profile there is, so "not accessible" means that it is gone.

        Raises Internal PROFILE_UNREADABLE where the answer is no profile as matching knows it.
        """
        request = profile_pb.GetMatchingProfileRequest(name=resource_name("profiles", profile_id))
        try:
            with translated_errors():
                answer = await self._stub.GetMatchingProfile(request)
        except PolkuError as error:
            if isinstance(error, PermissionDenied) and error.reason == _NOT_ACCESSIBLE:
                return None
            # Our own credentials or a defect over there: events must wait for it, and no caller is to blame.
            raise _not_answered() from error
        try:
            return profile_from_wire(answer)
        except ValueError as error:
            raise Internal("PROFILE_UNREADABLE", "The profiles service gave a profile that cannot be read.") from error


def _not_answered() -> Unavailable:
    return Unavailable("PROFILES_UNAVAILABLE", "The profiles service cannot be asked just now. Try again in a moment.")
