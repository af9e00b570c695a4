"""The profiles service's word on who has said yes to a vacancy, and requests for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc.aio
from polku.profiles.v1 import consent_service_pb2 as pb
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceStub
from polku.type.v1 import types_pb2 as type_pb

from services.matching.application.willing import CandidateAsk
from services.matching.domain.values import Purpose
from shared.kernel.errors import InvalidArgument, PermissionDenied, PolkuError, Unauthenticated, Unavailable
from shared.kernel.names import parse_name, resource_name
from shared.kernel.principal import Principal
from shared.runtime.rpc import call_metadata, translated_errors


class ProfilesConsents:
    """`Consents`: asks with the user's token; the channel adds this service's own."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = ConsentServiceStub(channel)

    async def said_yes(
        self, caller: Principal, opening_id: str, profile_ids: Sequence[str], purpose: Purpose, method: str
    ) -> frozenset[str]:
        """See Consents. Raises Unauthenticated too, for a user's token that has run out on the way."""
        request = pb.ListConsentingProfilesRequest(
            opening=resource_name("openings", opening_id),
            profiles=[resource_name("profiles", profile_id) for profile_id in profile_ids],
            purpose=type_pb.Purpose.Kind.ValueType(purpose),
            method=method,
        )
        with _answered():
            answer = await self._stub.ListConsentingProfiles(request, metadata=call_metadata(caller))
        return frozenset(parse_name("profiles", name) for name in answer.profiles)

    async def ask(self, caller: Principal, ask: CandidateAsk, profile_id: str, purpose: Purpose) -> None:
        """See Consents. Raises Unauthenticated too, as above."""
        request = pb.RequestVacancyConsentRequest(
            profile=resource_name("profiles", profile_id),
            opening=resource_name("openings", ask.opening_id),
            purpose=type_pb.Purpose.Kind.ValueType(purpose),
            request_id=ask.request_id,
        )
        request.answer_by_time.FromDatetime(ask.answer_by)
        with _answered():
            await self._stub.RequestVacancyConsent(request, metadata=call_metadata(caller))


@contextmanager
def _answered() -> Iterator[None]:
    """What the user can do something about passes; everything else is a service that cannot be asked."""
    try:
        with translated_errors():
            yield
    except (PermissionDenied, Unauthenticated):
        raise
    except PolkuError as error:
        if isinstance(error, InvalidArgument) and error.reason == "REQUEST_ID_REUSED":
            raise
        message = "The profiles service cannot be asked just now. Try again in a moment."
        raise Unavailable("PROFILES_UNAVAILABLE", message) from error
