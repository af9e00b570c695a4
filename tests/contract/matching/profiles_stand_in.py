"""The profiles service as matching sees it: real protos, tokens and interceptors over profiles in memory.

Who has said yes to a vacancy is answered by the profiles service's own code, so that its policy is what tests meet.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import consent_service_pb2 as consent_pb
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1 import profile_service_pb2 as profile_pb
from polku.profiles.v1.access_service_pb2_grpc import (
    AccessServiceServicer,
    add_AccessServiceServicer_to_server,
)
from polku.profiles.v1.consent_service_pb2_grpc import add_ConsentServiceServicer_to_server
from polku.profiles.v1.profile_service_pb2_grpc import (
    ProfileServiceServicer,
    add_ProfileServiceServicer_to_server,
)

from deploy.embedded.issuer import DevIssuer
from services.profiles.adapters.consent_api import CONSENT_SERVICE, ConsentServicer
from services.profiles.domain.consents import ConsentState, VacancyConsent
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Profile, ProfileContent
from services.profiles.domain.values import Answer
from services.profiles.domain.work import Choices
from shared.kernel.errors import PermissionDenied, PolkuError
from shared.kernel.ids import new_id
from shared.kernel.paging import PageTokens
from shared.runtime.auth import SERVICE_ISSUER, ServiceSigner, TokenVerifier
from shared.runtime.issuers import read_issuers
from shared.runtime.rpc import build_server, current_principal, standard_interceptors
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore

Metadata = tuple[tuple[str, str], ...]


def _key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


@dataclass(frozen=True)
class Keys:
    """Who signs tokens: the issuer of users, and the services matching and gateway."""

    issuer: DevIssuer = field(default_factory=lambda: DevIssuer(_key()))
    services: Mapping[str, ECKey] = field(default_factory=lambda: {"matching": _key(), "gateway": _key()})

    def issuers_file(self, folder: Path) -> Path:
        """The file of public keys that a service is given."""
        signers = {self.issuer.issuer: self.issuer.key}
        signers |= {f"{SERVICE_ISSUER}{name}": key for name, key in self.services.items()}
        content = {name: {"jwks": {"keys": [key.as_dict(private=False)]}} for name, key in signers.items()}
        path = folder / "issuers.json"
        path.write_text(json.dumps({"issuers": content}))
        return path

    def service_key_file(self, folder: Path, service: str = "matching") -> Path:
        """The private key of a service."""
        path = folder / f"{service}.json"
        path.write_text(json.dumps(self.services[service].as_dict(private=True)))
        return path

    def signer(self, service: str = "matching") -> ServiceSigner:
        """Signs the tokens of a service."""
        return ServiceSigner(self.services[service].as_dict(private=True), service)

    def service(self, service: str) -> Metadata:
        """Metadata of a service that calls for itself."""
        return (("x-polku-service", self.signer(service).token(datetime.now(UTC))),)

    def user(self, subject: str, role: str = "seeker") -> Metadata:
        """Metadata of a user."""
        return (("authorization", f"Bearer {self.token(subject, role)}"),)

    def publisher(self, subject: str, publisher: str) -> Metadata:
        """Metadata of somebody who acts for a publisher."""
        token = self.issuer.token(subject, "publisher", publisher=publisher)
        return (("authorization", f"Bearer {token}"),)

    def token(self, subject: str, role: str = "seeker") -> str:
        """A user's token; a counsellor's with a unit, a publisher's with a publisher."""
        unit, publisher = "unit-1" if role == "counsellor" else "", "p-1" if role == "publisher" else ""
        return self.issuer.token(subject, role, unit=unit, publisher=publisher)


@dataclass
class People:
    """The profiles, who may read them, and who did. `failure` is raised by every call while it is set."""

    profiles: dict[str, profile_pb.GetMatchingProfileResponse] = field(default_factory=dict)
    readers: dict[str, set[str]] = field(default_factory=dict)
    accesses: list[tuple[str, str, int, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    store: ProfileStore = field(default_factory=ProfileStore)
    failure: PolkuError | None = None

    def keep(
        self,
        profile_id: str,
        version: int,
        work: profile_pb2.WorkProfile | None = None,
        choices: profile_pb2.Choices | None = None,
        *,
        owner: str = "",
    ) -> None:
        """Keep a version of a profile; its owner may read it."""
        name = f"profiles/{profile_id}"
        self.profiles[name] = profile_pb.GetMatchingProfileResponse(
            name=name, version=version, work=work, choices=choices
        )
        if owner:
            self.readers.setdefault(name, set()).add(owner)

    def know(self, profile_id: str, owner: str = "") -> None:
        """Keep a person who is willing to be asked, as the profiles service's own code finds them."""
        choices = Choices(matching=Answer.YES, employer_requests=Answer.YES)
        now = datetime.now(UTC)
        profile = Profile(profile_id, 1, owner, ProfileContent(choices=choices), now, now)
        self.store.profiles[profile_id] = profile

    def answer(self, profile_id: str, opening_id: str, state: ConsentState = ConsentState.GIVEN) -> None:
        """The person answers to a vacancy."""
        now = datetime.now(UTC)
        said = VacancyConsent(new_id(), 1, profile_id, opening_id, state, Relation.SELF, now, now)
        self.store.consents[profile_id, opening_id] = said

    def remove(self, profile_id: str) -> None:
        """Forget a profile and who may read it."""
        self.profiles.pop(f"profiles/{profile_id}", None)
        self.readers.pop(f"profiles/{profile_id}", None)


class _Consents(ConsentServicer):
    def __init__(self, people: People) -> None:
        super().__init__(lambda: FakeUnitOfWork(people.store), PageTokens(b"a secret for page tokens"))
        self._people = people

    async def ListConsentingProfiles(
        self, request: consent_pb.ListConsentingProfilesRequest, context: Any
    ) -> consent_pb.ListConsentingProfilesResponse:
        if self._people.failure is not None:
            raise self._people.failure
        return await super().ListConsentingProfiles(request, context)

    async def RequestVacancyConsent(
        self, request: consent_pb.RequestVacancyConsentRequest, context: Any
    ) -> consent_pb.RequestVacancyConsentResponse:
        if self._people.failure is not None:
            raise self._people.failure
        return await super().RequestVacancyConsent(request, context)


def _not_accessible() -> PermissionDenied:
    return PermissionDenied("PROFILE_NOT_ACCESSIBLE", "The profile does not exist, or you may not use it.")


class _Profiles(ProfileServiceServicer):
    def __init__(self, people: People) -> None:
        self._people = people

    async def GetMatchingProfile(
        self, request: profile_pb.GetMatchingProfileRequest, context: Any
    ) -> profile_pb.GetMatchingProfileResponse:
        if self._people.failure is not None:
            raise self._people.failure
        caller = current_principal()
        found = self._people.profiles.get(request.name)
        if found is None or (caller.subject, caller.service) != ("service:matching", "matching"):
            raise _not_accessible()
        self._people.fetched.append(request.name)
        return found


class _Access(AccessServiceServicer):
    def __init__(self, people: People) -> None:
        self._people = people

    async def AuthorizeAccess(
        self, request: access_pb.AuthorizeAccessRequest, context: Any
    ) -> access_pb.AuthorizeAccessResponse:
        if self._people.failure is not None:
            raise self._people.failure
        caller = current_principal()
        if caller.service != "matching" or caller.subject not in self._people.readers.get(request.profile, set()):
            raise _not_accessible()
        self._people.accesses.append((caller.subject, request.profile, request.purpose, request.method))
        return access_pb.AuthorizeAccessResponse(relation=access_pb.Relation.KIND_SELF)


@asynccontextmanager
async def serving(people: People, keys: Keys, folder: Path, listen: str = "127.0.0.1:0") -> AsyncIterator[str]:
    """Serve; gives the address."""
    verifier = TokenVerifier(read_issuers(keys.issuers_file(folder)), "polku")
    server = build_server(listen=listen, interceptors=standard_interceptors(verifier))
    profiles, access = _Profiles(people), _Access(people)  # type: ignore[abstract]  # the rest is unimplemented on purpose
    server.add(add_ProfileServiceServicer_to_server, profiles, "polku.profiles.v1.ProfileService")
    server.add(add_AccessServiceServicer_to_server, access, "polku.profiles.v1.AccessService")
    server.add(add_ConsentServiceServicer_to_server, _Consents(people), CONSENT_SERVICE)
    await server.start()
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        await server.stop()
