"""The policy: a table, and everything outside of it is refused."""

import itertools

import pytest

from services.profiles.domain.policy import (
    ABOUT_NOBODY,
    POLICY,
    PROFILE,
    Action,
    Data,
    Permit,
    Relation,
    action_of,
    allows,
    decide,
    not_accessible,
    relations_of,
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

PROFILE_OF_SEEKER = Profile("id-1", 1, "seeker-1", ProfileContent(), NOW, NOW)
ASSIGNMENT = Assignment("id-1", "counsellor-1", "unit-1", NOW)
COLLEAGUE = Principal(Role.COUNSELLOR, "counsellor-3", unit="unit-1")
CLOSE = frozenset({Relation.SELF, Relation.ASSIGNED_COUNSELLOR})
CHANGES = frozenset(
    {
        Action.UPDATE_PROFILE,
        Action.UPDATE_IDENTITY,
        Action.IMPORT_DOCUMENT,
        Action.RESOLVE_SUGGESTIONS,
        Action.SET_CONSENT,
        Action.GIVE_FEEDBACK,
        Action.WITHDRAW_FEEDBACK,
        Action.CONTEST_MATCH,
        Action.ANSWER_CONTESTS,
    }
)
"""Actions that change what a record says."""


def given(role: Role, relation: Relation) -> set[Data]:
    """All kinds of data that a role gets by a relation."""
    return {kind for key, kinds in POLICY.items() if key[:2] == (role, relation) for kind in kinds}


def test_relations_that_no_row_knows_give_nothing() -> None:
    """Only these pairs of role and relation have any row at all."""
    assert {key[:2] for key in POLICY} == {
        (Role.SEEKER, Relation.SELF),
        (Role.COUNSELLOR, Relation.NONE),
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR),
        (Role.COUNSELLOR, Relation.SAME_UNIT),
        (Role.COUNSELLOR, Relation.BREAK_GLASS),
        (Role.COUNSELLOR, Relation.CONSENTED),
        (Role.PUBLISHER, Relation.NONE),
        (Role.PUBLISHER, Relation.CONSENTED),
        (Role.OPERATOR, Relation.NONE),
        (Role.AUDITOR, Relation.AUDITOR),
        (Role.SERVICE, Relation.SERVICE),
    }


@pytest.mark.parametrize(
    ("role", "relation", "kinds"),
    [
        (Role.COUNSELLOR, Relation.SAME_UNIT, {Data.IDENTITY, Data.CASE, Data.ASSIGNMENTS}),
        (Role.COUNSELLOR, Relation.NONE, set()),
        (Role.COUNSELLOR, Relation.CONSENTED, {Data.MATCHES}),
        (Role.PUBLISHER, Relation.CONSENTED, {Data.MATCHES}),
        (Role.PUBLISHER, Relation.NONE, set()),
        (Role.OPERATOR, Relation.NONE, {Data.ACCESSES, Data.ASSIGNMENTS}),
        (Role.AUDITOR, Relation.AUDITOR, {Data.ACCESSES, Data.ASSIGNMENTS, Data.CHANGES, Data.MATCHES}),
        (Role.SERVICE, Relation.SERVICE, {Data.WORK, Data.LIMITS, Data.RIGHT_TO_WORK, Data.CHOICES}),
    ],
)
def test_who_is_not_close_gets_no_more_than_the_task_needs(role: Role, relation: Relation, kinds: set[Data]) -> None:
    """Each relation but the person's own and their counsellor's is held to few kinds of data."""
    assert given(role, relation) == kinds


@pytest.mark.parametrize("action", sorted(CHANGES, key=lambda action: action.value))
def test_only_the_person_and_their_counsellor_change_a_record(action: Action) -> None:
    """No other relation has a row for what changes a record, broken glass included."""
    assert {key[1] for key in POLICY if key[3] is action} <= CLOSE


def test_purposes_keep_to_their_roles() -> None:
    """Own data is for the person alone, audit for the auditor alone, and statistics for nobody."""
    roles = {purpose: {key[0] for key in POLICY if key[2] is purpose} for purpose in Purpose}

    assert roles[Purpose.OWN_DATA] == {Role.SEEKER}
    assert roles[Purpose.AUDIT] == {Role.AUDITOR}
    assert roles[Purpose.STATISTICS] == set()


def test_nobody_answers_what_they_have_contested() -> None:
    """A contest is answered by the assigned counsellor alone."""
    assert {key[:2] for key in POLICY if key[3] is Action.ANSWER_CONTESTS} == {
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR)
    }


def test_only_service_calls_read_for_matching() -> None:
    """No user has a row for what matching reads, and matching has one for nothing else."""
    assert {key[:2] for key in POLICY if key[3] is Action.READ_FOR_MATCHING} == {(Role.SERVICE, Relation.SERVICE)}
    assert {key[3] for key in POLICY if key[0] is Role.SERVICE} == {Action.READ_FOR_MATCHING}


@pytest.mark.parametrize("role", list(Role))
def test_what_has_no_row_is_refused(role: Role) -> None:
    """Of all relations, actions and purposes, a role is allowed what the table holds and nothing else."""
    allowed = {
        (role, relation, purpose, action)
        for relation, action, purpose in itertools.product(Relation, Action, [*Purpose, None])
        if allows(role, relation, action, purpose)
    }

    assert allowed == {key for key in POLICY if key[0] is role}
    assert len(allowed) < len(Relation) * len(Action) * len(Purpose) / 10


def test_nobody_without_a_token_may_call_anything() -> None:
    """The anonymous role is in no row and in no line."""
    assert all(key[0] is not Role.ANONYMOUS for key in POLICY)
    assert all(Role.ANONYMOUS not in roles for roles in ABOUT_NOBODY.values())


def test_the_closest_relation_that_has_a_row_decides() -> None:
    """Broken glass goes before the unit; where neither has a row, what the role may do with anybody counts."""
    relations = (Relation.BREAK_GLASS, Relation.SAME_UNIT, Relation.NONE)

    def asked(action: Action, purpose: Purpose) -> Permit | None:
        return decide(Role.COUNSELLOR, relations, action, purpose)

    assert asked(Action.READ_PROFILE, Purpose.INTEGRATION_PLAN) == Permit(Relation.BREAK_GLASS, PROFILE)
    assert asked(Action.REQUEST_CONSENT, Purpose.JOB_MATCHING) == Permit(Relation.NONE, ())
    assert asked(Action.UPDATE_PROFILE, Purpose.INTEGRATION_PLAN) is None


@pytest.mark.parametrize(
    ("caller", "relations"),
    [
        (SEEKER, (Relation.SELF, Relation.NONE)),
        (OTHER_SEEKER, (Relation.NONE,)),
        (COUNSELLOR, (Relation.ASSIGNED_COUNSELLOR, Relation.NONE)),
        (COLLEAGUE, (Relation.SAME_UNIT, Relation.NONE)),
        (OTHER_COUNSELLOR, (Relation.NONE,)),
        (Principal(Role.COUNSELLOR, "seeker-1", unit="unit-2"), (Relation.NONE,)),
        (Principal(Role.COUNSELLOR, "counsellor-3"), (Relation.NONE,)),
        (Principal(Role.SEEKER, "counsellor-1", unit="unit-1"), (Relation.NONE,)),
        (Principal(Role.OPERATOR, "counsellor-1", unit="unit-1"), (Relation.NONE,)),
        (OPERATOR, (Relation.NONE,)),
        (PUBLISHER, (Relation.NONE,)),
        (AUDITOR, (Relation.AUDITOR, Relation.NONE)),
        (MATCHING, (Relation.SERVICE, Relation.NONE)),
        (OPENINGS, (Relation.NONE,)),
        (Principal(Role.SEEKER, "seeker-2", service="matching"), (Relation.NONE,)),
        (ANONYMOUS, (Relation.NONE,)),
    ],
)
def test_relations(caller: Principal, relations: tuple[Relation, ...]) -> None:
    """A relation needs the role and the link: being named is not enough, and neither is a forwarding service."""
    assert relations_of(caller, PROFILE_OF_SEEKER, ASSIGNMENT) == relations


@pytest.mark.parametrize(
    ("caller", "relations"),
    [
        (OTHER_COUNSELLOR, (Relation.BREAK_GLASS, Relation.NONE)),
        (COLLEAGUE, (Relation.BREAK_GLASS, Relation.SAME_UNIT, Relation.NONE)),
        (COUNSELLOR, (Relation.ASSIGNED_COUNSELLOR, Relation.NONE)),
        (Principal(Role.COUNSELLOR, "counsellor-2"), (Relation.NONE,)),
        (OPERATOR, (Relation.NONE,)),
        (SEEKER, (Relation.SELF, Relation.NONE)),
    ],
)
def test_broken_glass_is_for_counsellors_of_a_unit(caller: Principal, relations: tuple[Relation, ...]) -> None:
    """An override gives a relation to a counsellor with a unit alone, before that of the unit."""
    assert relations_of(caller, PROFILE_OF_SEEKER, ASSIGNMENT, overridden=True) == relations


def test_nobody_is_the_owner_of_a_profile_without_one() -> None:
    """A profile without an owner has no self, and one without an assignment no counsellor and no unit."""
    ownerless = Profile("id-1", 1, "", ProfileContent(), NOW, NOW)

    assert relations_of(Principal(Role.SEEKER, ""), ownerless, None) == (Relation.NONE,)
    assert relations_of(COUNSELLOR, ownerless, None) == (Relation.NONE,)


@pytest.mark.parametrize(
    ("method", "action"),
    [
        ("polku.matching.v1.MatchingService/ListMatches", Action.LIST_MATCHES),
        ("polku.matching.v1.MatchingService/GiveFeedback", Action.GIVE_FEEDBACK),
        ("polku.matching.v1.MatchingService/GetDecision", Action.READ_DECISION),
        ("polku.matching.v1.MatchingService/ReplayDecision", Action.REPLAY_DECISION),
        ("polku.matching.v1.MatchingService/ResolveContest", Action.ANSWER_CONTESTS),
        ("polku.matching.v1.BulkService/ListPreparedMatches", Action.LIST_PREPARED_MATCHES),
        ("polku.matching.v1.BulkService/StartBulkRun", None),
        ("polku.matching.v1.CandidateService/ListCandidates", None),
        ("polku.matching.v1.CandidateService/AskCandidate", None),
        ("polku.matching.v1.MatchingService/", None),
        ("polku.matching.v1.MatchingService/DropEverything", None),
        ("polku.matching.v1.MatchingService/List Matches", None),
        ("polku.matching.v1.MatchingServiceX/ListMatches", None),
        ("polku.profiles.v1.ProfileService/GetProfile", None),
        ("x polku.matching.v1.MatchingService/ListMatches", None),
        ("", None),
    ],
)
def test_forwarded_methods(method: str, action: Action | None) -> None:
    """Other services may ask for the methods of matching that have an action, and for no others."""
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
