"""Who people are, in the gateway's fake profiles service."""

from typing import Any

from polku.profiles.v1 import access_service_pb2, identity_service_pb2, identity_service_pb2_grpc, profile_pb2
from polku.profiles.v1 import profile_service_pb2 as pb

from shared.kernel.errors import PermissionDenied
from shared.kernel.etags import etag_of
from tests.fakes.gateway_calls import Fake, refuse


class FakeIdentities(identity_service_pb2_grpc.IdentityServiceServicer, Fake):
    """Identities of the stored profiles; people are found by a word of their name."""

    stored: dict[str, profile_pb2.Profile]
    identities: dict[str, identity_service_pb2.Identity]
    changes: list[pb.Change]
    found_as: access_service_pb2.Relation.Kind.ValueType

    def name(self, profile_id: str, given: str, family: str) -> None:
        """Keep a name."""
        profile = f"profiles/{profile_id}"
        self.identities[profile] = identity_service_pb2.Identity(
            profile=profile, etag='"1"', version=1, given_names=given, family_name=family
        )

    async def GetIdentity(self, request: Any, context: Any) -> Any:
        """Read."""
        await self.received("GetIdentity", request, context)
        if request.profile not in self.stored:
            await refuse(context, PermissionDenied())
        blank = identity_service_pb2.Identity(profile=request.profile)
        return identity_service_pb2.GetIdentityResponse(identity=self.identities.get(request.profile, blank))

    async def UpdateIdentity(self, request: Any, context: Any) -> Any:
        """Keep it whole."""
        await self.received("UpdateIdentity", request, context)
        identity = identity_service_pb2.Identity.FromString(request.identity.SerializeToString())
        identity.version += 1
        identity.etag = etag_of(identity.version)
        self.identities[identity.profile] = identity
        return identity_service_pb2.UpdateIdentityResponse(identity=identity)

    async def FindPeople(self, request: Any, context: Any) -> Any:
        """Those whose names have the words."""
        await self.received("FindPeople", request, context)
        words = set(request.name.casefold().split())
        people = [
            identity_service_pb2.FoundPerson(
                profile=each.profile,
                given_names=each.given_names,
                family_name=each.family_name,
                case_reference=self.stored[each.profile].case_reference,
                preferred_language=self.stored[each.profile].preferred_language,
                relation=self.found_as,
            )
            for each in self.identities.values()
            if words <= set(f"{each.given_names} {each.family_name}".casefold().split())
        ]
        return identity_service_pb2.FindPeopleResponse(people=people)

    async def ListChanges(self, request: Any, context: Any) -> Any:
        """List."""
        await self.received("ListChanges", request, context)
        return pb.ListChangesResponse(changes=self.changes)
