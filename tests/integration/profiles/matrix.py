"""A person with something of every kind on record, callers who stand to them in every way, and samples of calls."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from polku.profiles.v1 import access_service_pb2, consent_service_pb2, identity_service_pb2, profile_pb2
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceStub
from polku.profiles.v1.identity_service_pb2_grpc import IdentityServiceStub
from polku.type.v1 import types_pb2

from services.profiles.domain.policy import POLICY, PURPOSE_OF_ROLE, Action, Data, Relation
from services.profiles.domain.values import Purpose
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.protos import methods
from tests.integration.profiles.calls import create, creation
from tests.integration.profiles.process import Caller, ProfilesProcess

METHODS: Mapping[str, MethodDescriptor] = dict(methods("polku/profiles"))
"""The methods of the service by their full names."""
ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True)
class Standing:
    """A caller, and how they stand to the person."""

    caller: Caller
    role: Role
    relations: tuple[Relation, ...] = (Relation.NONE,)

    def permitted(self, action: Action, purpose: Purpose | None) -> tuple[Relation, tuple[Data, ...]] | None:
        """What the table says: by which relation, and to which kinds; None where it says no."""
        # To the vacancy that is asked about, the person has said yes.
        relations = (*self.relations, Relation.CONSENTED) if action is Action.SHOW_CANDIDATE else self.relations
        for relation in relations:
            kinds = POLICY.get((self.role, relation, purpose, action)) if purpose is not None else None
            if kinds is not None:
                return relation, kinds
        return None


@dataclass(frozen=True)
class World:
    """A person, their counsellor's subject and unit, a vacancy to which they have said yes, and the callers."""

    profile: str
    counsellor: str
    unit: str
    consented: str
    standings: Mapping[str, Standing]


def marked_profile() -> profile_pb2.Profile:
    """A profile whose kinds of data can be told from its bytes."""
    profile = profile_pb2.Profile(case_reference="CANARY-CASE", preferred_language="so")
    profile.work.goals.text = "canary of work"
    profile.work.limits.accessibility_needs.append("canary of limits")
    profile.work.right_to_work.status = profile_pb2.RightToWork.STATUS_LIMITED
    profile.work.right_to_work.max_hours_per_week = 17.25
    profile.choices.matching = types_pb2.Answer.VALUE_YES
    profile.choices.employer_requests = types_pb2.Answer.VALUE_YES
    profile.choices.analytics = types_pb2.Answer.VALUE_NO
    return profile


def marked_identity(profile: str) -> identity_service_pb2.Identity:
    """Who the person is, so that it can be told from bytes."""
    return identity_service_pb2.Identity(profile=profile, given_names="Canaria", emails=["canary@contact.example"])


CANARIES: Mapping[Data, bytes] = {
    Data.IDENTITY: b"Canaria",
    Data.CONTACT: b"canary@contact.example",
    Data.CASE: b"CANARY-CASE",
    Data.WORK: b"canary of work",
    Data.LIMITS: b"canary of limits",
    Data.RIGHT_TO_WORK: marked_profile().work.right_to_work.SerializeToString(deterministic=True),
    Data.CHOICES: marked_profile().choices.SerializeToString(deterministic=True),
}
"""Bytes that are in an answer exactly where it holds that kind of data."""


def found_in(answer: bytes) -> set[Data]:
    """The kinds whose canary an answer holds."""
    return {kind for kind, canary in CANARIES.items() if canary in answer}


async def make_world(channel: grpc.aio.Channel, profiles: ProfilesProcess) -> World:
    """A new person, looked after by a counsellor of a unit, whose record one of another unit has broken into."""
    here, there = f"unit-{new_id()}", f"unit-{new_id()}"

    def user(role: Role, unit: str = "", subject: str = "") -> Caller:
        name = subject or f"{role}-{new_id()}"
        token = profiles.issuer.user(name, role, unit, "publisher-1" if role is Role.PUBLISHER else "")
        return Caller(name, (("authorization", f"Bearer {token}"),))

    def service(name: str) -> Caller:
        return Caller(f"service:{name}", (("x-polku-service", profiles.issuer.service(name)),))

    own, assigned, broken = user(Role.SEEKER), user(Role.COUNSELLOR, here), user(Role.COUNSELLOR, there)
    profile = (await create(channel, assigned, creation(marked_profile(), owner=own.subject))).name
    consented = await prepare(channel, profile, own, assigned, broken)
    standings = {
        "self": Standing(own, Role.SEEKER, (Relation.SELF, Relation.NONE)),
        "other seeker": Standing(user(Role.SEEKER), Role.SEEKER),
        "namesake of the counsellor": Standing(user(Role.SEEKER, here, assigned.subject), Role.SEEKER),
        "assigned": Standing(assigned, Role.COUNSELLOR, (Relation.ASSIGNED_COUNSELLOR, Relation.NONE)),
        "same unit": Standing(user(Role.COUNSELLOR, here), Role.COUNSELLOR, (Relation.SAME_UNIT, Relation.NONE)),
        "broken glass": Standing(broken, Role.COUNSELLOR, (Relation.BREAK_GLASS, Relation.NONE)),
        "broken glass, other unit now": Standing(user(Role.COUNSELLOR, "unit-3", broken.subject), Role.COUNSELLOR),
        "other counsellor": Standing(user(Role.COUNSELLOR, "unit-4"), Role.COUNSELLOR),
        "namesake of the person": Standing(user(Role.COUNSELLOR, "unit-5", own.subject), Role.COUNSELLOR),
        "publisher": Standing(user(Role.PUBLISHER), Role.PUBLISHER),
        "operator": Standing(user(Role.OPERATOR), Role.OPERATOR),
        "auditor": Standing(user(Role.AUDITOR), Role.AUDITOR, (Relation.AUDITOR, Relation.NONE)),
        "matching": Standing(service("matching"), Role.SERVICE, (Relation.SERVICE, Relation.NONE)),
        "openings": Standing(service("openings"), Role.SERVICE),
        "gateway": Standing(service("gateway"), Role.SERVICE),
    }
    return World(profile, assigned.subject, here, consented, standings)


async def prepare(channel: grpc.aio.Channel, profile: str, own: Caller, assigned: Caller, broken: Caller) -> str:
    """Keep who the person is, break the glass, and say yes to a vacancy, whose name is returned."""
    identity = identity_service_pb2.UpdateIdentityRequest(
        identity=marked_identity(profile), update_mask=FieldMask(paths=["given_names", "emails"]), request_id=new_uuid()
    )
    await IdentityServiceStub(channel).UpdateIdentity(identity, metadata=assigned.metadata, timeout=10)
    glass = access_service_pb2.BreakGlassRequest(
        profile=profile,
        reason_code=access_service_pb2.AccessOverride.REASON_URGENT_NEED,
        reason="The person waits at the door.",
        request_id=new_uuid(),
    )
    await AccessServiceStub(channel).BreakGlass(glass, metadata=broken.metadata, timeout=10)
    consented = f"openings/{new_id()}"
    consent = consent_service_pb2.SetVacancyConsentRequest(
        profile=profile,
        opening=consented,
        state=consent_service_pb2.VacancyConsent.STATE_GIVEN,
        purpose=types_pb2.Purpose.KIND_OWN_DATA,
        request_id=new_uuid(),
    )
    await ConsentServiceStub(channel).SetVacancyConsent(consent, metadata=own.metadata, timeout=10)
    return consented


def new_uuid() -> str:
    """An id for a request."""
    return str(uuid4())


def purposes_of(method: str, role: Role) -> Iterator[Purpose | None]:
    """Purposes to call a method with: all, or that of the role where the request carries none."""
    if "purpose" in METHODS[method].input_type.fields_by_name:
        yield from Purpose
    else:
        yield PURPOSE_OF_ROLE.get(role)


def sample(method: str, profile: str, purpose: Purpose | None, world: World) -> Message:
    """A request about a profile in which nothing is missing."""
    descriptor = METHODS[method].input_type
    values: dict[str, Any] = {"name": profile, "profile": profile, "profiles": [profile], "request_id": new_uuid()}
    if purpose is not None:
        values["purpose"] = int(purpose)
    values |= SAMPLES.get(method.split("/")[1], lambda *_: {})(profile, world)
    return GetMessageClass(descriptor)(
        **{name: value for name, value in values.items() if name in descriptor.fields_by_name}
    )


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=3)


SAMPLES: Mapping[str, Callable[[str, World], Mapping[str, Any]]] = {
    "CreateProfile": lambda *_: {"profile": marked_profile()},
    # What stays as it is, so that one call does not change what the next one meets.
    "UpdateProfile": lambda profile, _: {
        "profile": profile_pb2.Profile(name=profile, preferred_language="so"),
        "update_mask": FieldMask(paths=["preferred_language"]),
    },
    "UpdateIdentity": lambda profile, _: {
        "identity": marked_identity(profile),
        "update_mask": FieldMask(paths=["given_names"]),
    },
    "FindPeople": lambda *_: {"name": "Canaria"},
    "ImportDocument": lambda *_: {"document": {"media_type": "text/plain", "content": b"Kokki, 2 vuotta"}},
    "ResolveSuggestions": lambda *_: {"others": 1},
    "ErasePerson": lambda *_: {"dry_run": True},
    "AssignCounsellor": lambda _, world: {"counsellor": world.counsellor, "unit": world.unit},
    "HandOver": lambda _, world: {"counsellor": world.counsellor, "unit": world.unit},
    "AuthorizeAccess": lambda *_: {"method": Action.LIST_MATCHES.value},
    "BreakGlass": lambda *_: {"reason_code": 1, "reason": "The person's counsellor is ill."},
    "SetVacancyConsent": lambda *_: {"opening": f"openings/{new_id()}", "state": 1},
    "RequestVacancyConsent": lambda *_: {"opening": f"openings/{new_id()}", "answer_by_time": _soon()},
    "ListConsentingProfiles": lambda _, world: {
        "opening": world.consented,
        "method": "polku.matching.v1.CandidateService/ListCandidates",
    },
}
"""By the name of the method, what its request needs beside a profile, a purpose and an id of its own."""
