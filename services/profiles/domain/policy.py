"""Who may do what with a person's record, for which purpose: one table, and everything outside of it is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from types import MappingProxyType

from services.profiles.domain.profile import Assignment, Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Principal, Role

_PROFILES = "polku.profiles.v1.ProfileService"
_ACCESS = "polku.profiles.v1.AccessService"
_CONSENT = "polku.profiles.v1.ConsentService"
_MATCHING = "polku.matching.v1.MatchingService/"
_MATCHING_METHOD = re.compile(re.escape(_MATCHING) + "[A-Za-z]+")
_PREPARED = "polku.matching.v1.BulkService/ListPreparedMatches"
_CANDIDATES = "polku.matching.v1.CandidateService/ListCandidates"
MATCHING = "matching"
FORWARDERS = frozenset({MATCHING, "gateway"})
"""Services that may ask on behalf of the user whose token they forward."""


class Relation(IntEnum):
    """How a caller stands to a person. The numbers are those of the proto."""

    NONE = 0
    SELF = 1
    ASSIGNED_COUNSELLOR = 2
    SERVICE = 3
    AUDITOR = 4
    CONSENTED = 5


class Action(Enum):
    """What can be done with a person's record."""

    READ_PROFILE = f"{_PROFILES}/GetProfile"
    UPDATE_PROFILE = f"{_PROFILES}/UpdateProfile"
    ASSIGN_COUNSELLOR = f"{_PROFILES}/AssignCounsellor"
    LIST_CASELOAD = f"{_PROFILES}/ListCaseload"
    READ_FOR_MATCHING = f"{_PROFILES}/GetMatchingProfile"
    LIST_ACCESSES = f"{_ACCESS}/ListAccesses"
    SET_CONSENT = f"{_CONSENT}/SetVacancyConsent"
    LIST_CONSENTS = f"{_CONSENT}/ListVacancyConsents"
    REQUEST_CONSENT = f"{_CONSENT}/RequestVacancyConsent"
    SHOW_CANDIDATE = f"{_CONSENT}/ListConsentingProfiles"
    USE_MATCHES = _MATCHING
    REVIEW_DECISIONS = f"{_MATCHING}GetDecision"
    ANSWER_CONTESTS = f"{_MATCHING}ResolveContest"


@dataclass(frozen=True, slots=True)
class Access:
    """One reading of a person's record.

    id       uuid7
    reader   opaque subject of the reader; it is kept for supervision and not shown to the person
    service  service that asked on the reader's behalf, "" where the reader called themselves
    method   full name of the method that gives the data out
    """

    id: str
    profile_id: str
    time: datetime
    purpose: Purpose
    role: Role
    unit: str
    relation: Relation
    method: str
    reader: str
    service: str = ""


_ACTIONS_OF_MATCHING: Mapping[str, Action] = MappingProxyType(
    {
        f"{_MATCHING}GetDecision": Action.REVIEW_DECISIONS,
        f"{_MATCHING}ReplayDecision": Action.REVIEW_DECISIONS,
        f"{_MATCHING}ResolveContest": Action.ANSWER_CONTESTS,
        _PREPARED: Action.USE_MATCHES,
    }
)
"""Methods of matching that not everyone who may use a person's matches may use, or that others may use too, and the one
of another of its services that uses a person's matches."""

_OWN = frozenset({Purpose.OWN_DATA, Purpose.JOB_MATCHING})
_CASEWORK = frozenset({Purpose.INTEGRATION_PLAN, Purpose.JOB_MATCHING})

# Purpose.STATISTICS is in no row: statistics are never made with ids.
POLICY: Mapping[tuple[Role, Relation, Action], frozenset[Purpose]] = MappingProxyType(
    {
        (Role.SEEKER, Relation.SELF, Action.READ_PROFILE): _OWN,
        (Role.SEEKER, Relation.SELF, Action.UPDATE_PROFILE): frozenset({Purpose.OWN_DATA}),
        (Role.SEEKER, Relation.SELF, Action.USE_MATCHES): _OWN,
        (Role.SEEKER, Relation.SELF, Action.REVIEW_DECISIONS): _OWN,
        (Role.SEEKER, Relation.SELF, Action.LIST_ACCESSES): frozenset({Purpose.OWN_DATA}),
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.READ_PROFILE): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.UPDATE_PROFILE): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.USE_MATCHES): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.REVIEW_DECISIONS): _CASEWORK,
        # Nobody answers what they have contested themselves.
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.ANSWER_CONTESTS): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.ASSIGN_COUNSELLOR): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.LIST_CASELOAD): _CASEWORK,
        (Role.OPERATOR, Relation.NONE, Action.ASSIGN_COUNSELLOR): frozenset({Purpose.INTEGRATION_PLAN}),
        (Role.SEEKER, Relation.SELF, Action.SET_CONSENT): frozenset({Purpose.OWN_DATA}),
        (Role.SEEKER, Relation.SELF, Action.LIST_CONSENTS): frozenset({Purpose.OWN_DATA}),
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.SET_CONSENT): _CASEWORK,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.LIST_CONSENTS): _CASEWORK,
        # Whoever is listed for a vacancy without a name can be asked for a yes by those who may list its candidates.
        (Role.COUNSELLOR, Relation.NONE, Action.REQUEST_CONSENT): frozenset({Purpose.JOB_MATCHING}),
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Action.REQUEST_CONSENT): frozenset({Purpose.JOB_MATCHING}),
        (Role.PUBLISHER, Relation.NONE, Action.REQUEST_CONSENT): frozenset({Purpose.JOB_MATCHING}),
        # Whoever has said yes to a vacancy is shown there, to its publisher and to counsellors who fill it.
        (Role.COUNSELLOR, Relation.CONSENTED, Action.SHOW_CANDIDATE): frozenset({Purpose.JOB_MATCHING}),
        (Role.PUBLISHER, Relation.CONSENTED, Action.SHOW_CANDIDATE): frozenset({Purpose.JOB_MATCHING}),
        (Role.AUDITOR, Relation.AUDITOR, Action.LIST_ACCESSES): frozenset({Purpose.AUDIT}),
        (Role.AUDITOR, Relation.AUDITOR, Action.REVIEW_DECISIONS): frozenset({Purpose.AUDIT}),
        (Role.SERVICE, Relation.SERVICE, Action.READ_FOR_MATCHING): frozenset({Purpose.JOB_MATCHING}),
    }
)

PURPOSE_OF_ROLE: Mapping[Role, Purpose] = MappingProxyType(
    {
        Role.SEEKER: Purpose.OWN_DATA,
        Role.COUNSELLOR: Purpose.INTEGRATION_PLAN,
        Role.OPERATOR: Purpose.INTEGRATION_PLAN,
        Role.AUDITOR: Purpose.AUDIT,
        Role.SERVICE: Purpose.JOB_MATCHING,
    }
)
"""The purpose of calls whose request names none."""


def action_of(method: str) -> Action | None:
    """The action of a method that another service was asked for; None for methods nobody may forward."""
    default = Action.USE_MATCHES if _MATCHING_METHOD.fullmatch(method) is not None else None
    return _ACTIONS_OF_MATCHING.get(method, default)


def shows_candidates(method: str) -> bool:
    """Whether this is the full name of the method that shows people who have said yes to a vacancy."""
    return method == _CANDIDATES


def relation_of(caller: Principal, profile: Profile, current: Assignment | None) -> Relation:
    """How the caller stands to the person whose profile and current assignment these are."""
    if caller.role is Role.SEEKER and caller.subject and caller.subject == profile.owner_subject:
        return Relation.SELF
    if caller.role is Role.COUNSELLOR and current is not None and current.counsellor == caller.subject:
        return Relation.ASSIGNED_COUNSELLOR
    if caller.role is Role.SERVICE and caller.service == MATCHING:
        return Relation.SERVICE
    return Relation.AUDITOR if caller.role is Role.AUDITOR else Relation.NONE


def allows(role: Role, relation: Relation, action: Action, purpose: Purpose | None) -> bool:
    """Look into the table."""
    return purpose in POLICY.get((role, relation, action), frozenset())


def not_accessible() -> PermissionDenied:
    """The one refusal, the same for a profile that is absent and for one that the caller may not use."""
    return PermissionDenied("PROFILE_NOT_ACCESSIBLE", "The profile does not exist, or you may not use it.")
