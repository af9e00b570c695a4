"""Who reads whom in the proof of the access log: people, their counsellors, services, auditors and strangers."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import grpc
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1.types_pb2 import Purpose

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import create, creation
from tests.integration.profiles.process import Caller, ProfilesProcess

PEOPLE = 40
COUNSELLORS = 4
_GET = "polku.profiles.v1.ProfileService/GetProfile"
_MATCHING_GET = "polku.profiles.v1.ProfileService/GetMatchingProfile"
_CASELOAD = "polku.profiles.v1.ProfileService/ListCaseload"
_ACCESSES = "polku.profiles.v1.AccessService/ListAccesses"
_LISTS = tuple(f"polku.matching.v1.MatchingService/{name}" for name in ("ListMatches", "ExplainMatch", "ListFeedback"))
_OWN, _MATCHING, _PLAN, _AUDIT = (
    Purpose.KIND_OWN_DATA, Purpose.KIND_JOB_MATCHING, Purpose.KIND_INTEGRATION_PLAN, Purpose.KIND_AUDIT,
)  # fmt: skip

Key = tuple[str, str, str, int]
"""Caller, id of the person, method, purpose."""


@dataclass(frozen=True)
class Read:
    """A call and the keys that it leaves in the log; of a list it leaves those it answers with."""

    call: Any
    request: Any
    metadata: tuple[tuple[str, str], ...]
    keys: tuple[Key, ...]


@dataclass
class World:
    """People, their counsellors, and everybody else who asks."""

    process: ProfilesProcess
    random: Random
    owners: dict[str, Caller] = field(default_factory=dict)
    counsellors: list[Caller] = field(default_factory=list)
    caseloads: dict[str, list[str]] = field(default_factory=dict)

    def caller(self, role: str) -> Caller:
        """Somebody new."""
        subject = f"{role}-{new_id()}"
        token = self.process.issuer.user(subject, role, "unit-1" if role == "counsellor" else "")
        return Caller(subject, (("authorization", f"Bearer {token}"),))

    async def populate(self, channel: grpc.aio.Channel) -> None:
        """Create the people, each with an account and a counsellor."""
        self.counsellors = [self.caller("counsellor") for _ in range(COUNSELLORS)]
        for number in range(PEOPLE):
            owner, counsellor = self.caller("seeker"), self.counsellors[number % COUNSELLORS]
            profile = await create(channel, counsellor, creation(owner=owner.subject))
            self.owners[profile.name] = owner
            self.caseloads.setdefault(counsellor.subject, []).append(profile.name)

    def read(self, channel: grpc.aio.Channel) -> Read:
        """Some reading, allowed or not."""
        keys: tuple[Key, ...]
        profiles, accesses = ProfileServiceStub(channel), AccessServiceStub(channel)
        name = self.random.choice(list(self.owners))
        owner = self.owners[name]
        counsellor = next(each for each in self.counsellors if name in self.caseloads[each.subject])
        match self.random.randrange(8):
            case 0:
                return self._get(profiles, owner, name, self.random.choice((_OWN, _MATCHING)))
            case 1:
                return self._get(profiles, counsellor, name, self.random.choice((_PLAN, _MATCHING)))
            case 2 | 3:
                by, purpose = self.random.choice(((owner, _OWN), (owner, _MATCHING), (counsellor, _MATCHING)))
                method = self.random.choice(_LISTS)
                request = access_pb.AuthorizeAccessRequest(profile=name, purpose=purpose, method=method)
                through = by.through(self.process.issuer.service("matching"))
                return Read(accesses.AuthorizeAccess, request, through.metadata, (_key(by, name, method, purpose),))
            case 4:
                token = (("x-polku-service", self.process.issuer.service("matching")),)
                matching = Caller("service:matching", token)
                keys = (_key(matching, name, _MATCHING_GET, _MATCHING),)
                return Read(
                    profiles.GetMatchingProfile, pb.GetMatchingProfileRequest(name=name), matching.metadata, keys
                )
            case 5:
                by, purpose = self.random.choice(((owner, _OWN), (self.caller("auditor"), _AUDIT)))
                request = access_pb.ListAccessesRequest(profile=name, page_size=5)
                return Read(accesses.ListAccesses, request, by.metadata, (_key(by, name, _ACCESSES, purpose),))
            case 6:
                keys = tuple(_key(counsellor, each, _CASELOAD, _PLAN) for each in self.caseloads[counsellor.subject])
                return Read(profiles.ListCaseload, pb.ListCaseloadRequest(page_size=100), counsellor.metadata, keys)
        stranger = self.caller(self.random.choice(("seeker", "counsellor", "publisher")))
        asked = self.random.choice((name, f"profiles/{new_id()}"))
        return self._get(profiles, stranger, asked, self.random.choice((_OWN, _PLAN, _MATCHING)))

    def _get(self, profiles: ProfileServiceStub, by: Caller, name: str, purpose: int) -> Read:
        request = pb.GetProfileRequest(name=name, purpose=Purpose.Kind.ValueType(purpose))
        return Read(profiles.GetProfile, request, by.metadata, (_key(by, name, _GET, purpose),))


def _key(caller: Caller, name: str, method: str, purpose: int) -> Key:
    return caller.subject, name.removeprefix("profiles/"), method, purpose
