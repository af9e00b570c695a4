"""The policy: a table, and everything outside of it is refused."""

import itertools

import pytest

from services.profiles.domain.policy import (
    POLICY,
    Action,
    Relation,
    action_of,
    allows,
    not_accessible,
    relation_of,
    shows_candidates,
)
from services.profiles.domain.profile import Assignment, Profile, ProfileContent
from services.profiles.domain.values import Purpose
from shared.kernel.principal import ANONYMOUS, Principal, Role
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPENINGS,
    OPERATOR,
    OTHER_COUNSELLOR,
    OTHER_SEEKER,
    PUBLISHER,
    SEEKER,
)

PROFILE = Profile("id-1", 1, "seeker-1", ProfileContent(), NOW, NOW)
ASSIGNMENT = Assignment("id-1", "counsellor-1", "unit-1", NOW)
ASSIGNED = Relation.ASSIGNED_COUNSELLOR
OWN, MATCH, PLAN = Purpose.OWN_DATA, Purpose.JOB_MATCHING, Purpose.INTEGRATION_PLAN

# Written out a second time, in another form, so that a slip in the table shows.
ALLOWED = {
    *((Role.SEEKER, Relation.SELF, Action.READ_PROFILE, purpose) for purpose in (OWN, MATCH)),
    *((Role.SEEKER, Relation.SELF, Action.USE_MATCHES, purpose) for purpose in (OWN, MATCH)),
    *((Role.SEEKER, Relation.SELF, Action.REVIEW_DECISIONS, purpose) for purpose in (OWN, MATCH)),
    (Role.SEEKER, Relation.SELF, Action.UPDATE_PROFILE, OWN),
    (Role.SEEKER, Relation.SELF, Action.LIST_ACCESSES, OWN),
    (Role.SEEKER, Relation.SELF, Action.SET_CONSENT, OWN),
    (Role.SEEKER, Relation.SELF, Action.LIST_CONSENTS, OWN),
    *((Role.COUNSELLOR, relation, Action.REQUEST_CONSENT, MATCH) for relation in (Relation.NONE, ASSIGNED)),
    (Role.PUBLISHER, Relation.NONE, Action.REQUEST_CONSENT, MATCH),
    (Role.COUNSELLOR, Relation.CONSENTED, Action.SHOW_CANDIDATE, MATCH),
    (Role.PUBLISHER, Relation.CONSENTED, Action.SHOW_CANDIDATE, MATCH),
    *(
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, action, purpose)
        for action in (
            Action.READ_PROFILE,
            Action.UPDATE_PROFILE,
            Action.USE_MATCHES,
            Action.REVIEW_DECISIONS,
            Action.ANSWER_CONTESTS,
            Action.ASSIGN_COUNSELLOR,
            Action.LIST_CASELOAD,
            Action.SET_CONSENT,
            Action.LIST_CONSENTS,
        )
        for purpose in (MATCH, PLAN)
    ),
    (Role.OPERATOR, Relation.NONE, Action.ASSIGN_COUNSELLOR, PLAN),
    *(
        (Role.AUDITOR, Relation.AUDITOR, action, Purpose.AUDIT)
        for action in (Action.LIST_ACCESSES, Action.REVIEW_DECISIONS)
    ),
    (Role.SERVICE, Relation.SERVICE, Action.READ_FOR_MATCHING, MATCH),
}


@pytest.mark.parametrize("role", list(Role))
def test_the_table_allows_this_and_nothing_else(role: Role) -> None:
    """Of all combinations of relation, action and purpose, only the listed ones are allowed for each role."""
    found = {
        (role, relation, action, purpose)
        for relation, action, purpose in itertools.product(Relation, Action, Purpose)
        if allows(role, relation, action, purpose)
    }

    assert found == {row for row in ALLOWED if row[0] is role}


def test_no_purpose_is_refused() -> None:
    """A call without a purpose is refused in every row of the table."""
    assert not any(allows(*row, None) for row in POLICY)


def test_statistics_are_never_made_with_ids() -> None:
    """No row of the table allows statistics."""
    assert all(Purpose.STATISTICS not in purposes for purposes in POLICY.values())


@pytest.mark.parametrize(
    ("caller", "relation"),
    [
        (SEEKER, Relation.SELF),
        (OTHER_SEEKER, Relation.NONE),
        (COUNSELLOR, Relation.ASSIGNED_COUNSELLOR),
        (OTHER_COUNSELLOR, Relation.NONE),
        (Principal(Role.COUNSELLOR, "seeker-1", unit="unit-1"), Relation.NONE),
        (Principal(Role.SEEKER, "counsellor-1"), Relation.NONE),
        (OPERATOR, Relation.NONE),
        (PUBLISHER, Relation.NONE),
        (AUDITOR, Relation.AUDITOR),
        (MATCHING, Relation.SERVICE),
        (OPENINGS, Relation.NONE),
        (Principal(Role.SEEKER, "seeker-2", service="matching"), Relation.NONE),
        (ANONYMOUS, Relation.NONE),
    ],
)
def test_relations(caller: Principal, relation: Relation) -> None:
    """A relation needs the role and the link: being named is not enough, and neither is a forwarding service."""
    assert relation_of(caller, PROFILE, ASSIGNMENT) is relation


def test_nobody_is_the_owner_of_a_profile_without_one() -> None:
    """A profile without an owner has no self, and one without an assignment has no counsellor."""
    ownerless = Profile("id-1", 1, "", ProfileContent(), NOW, NOW)

    assert relation_of(Principal(Role.SEEKER, ""), ownerless, None) is Relation.NONE
    assert relation_of(COUNSELLOR, ownerless, None) is Relation.NONE


@pytest.mark.parametrize(
    ("method", "action"),
    [
        ("polku.matching.v1.MatchingService/ListMatches", Action.USE_MATCHES),
        ("polku.matching.v1.MatchingService/GiveFeedback", Action.USE_MATCHES),
        ("polku.matching.v1.MatchingService/GetDecision", Action.REVIEW_DECISIONS),
        ("polku.matching.v1.MatchingService/ReplayDecision", Action.REVIEW_DECISIONS),
        ("polku.matching.v1.MatchingService/ResolveContest", Action.ANSWER_CONTESTS),
        ("polku.matching.v1.BulkService/ListPreparedMatches", Action.USE_MATCHES),
        ("polku.matching.v1.BulkService/StartBulkRun", None),
        ("polku.matching.v1.CandidateService/ListCandidates", None),
        ("polku.matching.v1.CandidateService/AskCandidate", None),
        ("polku.matching.v1.MatchingService/", None),
        ("polku.matching.v1.MatchingService/List Matches", None),
        ("polku.matching.v1.MatchingServiceX/ListMatches", None),
        ("polku.profiles.v1.ProfileService/GetProfile", None),
        ("x polku.matching.v1.MatchingService/ListMatches", None),
        ("", None),
    ],
)
def test_forwarded_methods(method: str, action: Action | None) -> None:
    """Other services may ask for the methods of matching only, and of its other services for what uses matches."""
    assert action_of(method) is action


@pytest.mark.parametrize(
    ("method", "shows"),
    [
        ("polku.matching.v1.CandidateService/ListCandidates", True),
        ("polku.matching.v1.CandidateService/AskCandidate", False),
        ("polku.matching.v1.MatchingService/ListCandidates", False),
        ("x polku.matching.v1.CandidateService/ListCandidates", False),
        ("polku.matching.v1.CandidateService/ListCandidates ", False),
        ("", False),
    ],
)
def test_one_method_shows_candidates(method: str, shows: bool) -> None:
    """People who have said yes are on record as shown by the method that shows them, and by no other."""
    assert shows_candidates(method) is shows


def test_the_refusal_is_always_the_same() -> None:
    """Every refusal about a profile has the same reason, message and metadata."""
    one, other = not_accessible(), not_accessible()

    assert (one.reason, one.message, one.metadata) == (other.reason, other.message, other.metadata)
    assert one.reason == "PROFILE_NOT_ACCESSIBLE"
