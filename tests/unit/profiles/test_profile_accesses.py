"""Use cases about accesses, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.accesses import AuthorizeAccess, ListAccesses, authorize_access, list_accesses
from services.profiles.application.profiles import CreateProfile, GetProfile, create_profile, get_profile
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    OTHER_COUNSELLOR,
    OTHER_SEEKER,
    PUBLISHER,
    SEEKER,
    a_content,
    a_request,
)
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

METHOD = "polku.matching.v1.MatchingService/ListMatches"


@pytest.fixture
async def profile(store: ProfileStore) -> Profile:
    """A profile of the seeker, assigned to the counsellor."""
    cmd = CreateProfile(COUNSELLOR, a_request(COUNSELLOR), a_content(), SEEKER.subject)
    return await create_profile(cmd, FakeUnitOfWork(store), FakeCodes(), NOW)


def forwarded(caller: Principal, by: str = "matching") -> Principal:
    """The caller as a service forwards them."""
    return replace(caller, service=by)


@pytest.mark.parametrize("by", ["matching", "gateway"])
@pytest.mark.parametrize(("caller", "relation"), [(SEEKER, Relation.SELF), (COUNSELLOR, Relation.ASSIGNED_COUNSELLOR)])
async def test_allowed_access_is_recorded_before_it_is_answered(
    store: ProfileStore, profile: Profile, caller: Principal, relation: Relation, by: str
) -> None:
    """The answer names the relation, and the row with method, reader and forwarding service is committed."""
    query = AuthorizeAccess(forwarded(caller, by), profile.id, Purpose.JOB_MATCHING, METHOD)

    assert await authorize_access(query, FakeUnitOfWork(store), NOW) is relation

    row = store.accesses[-1]
    assert (row.profile_id, row.relation, row.method, row.reader, row.service, row.purpose) == (
        profile.id,
        relation,
        METHOD,
        caller.subject,
        by,
        Purpose.JOB_MATCHING,
    )


@pytest.mark.parametrize(
    ("caller", "purpose", "method"),
    [
        (OTHER_SEEKER, Purpose.OWN_DATA, METHOD),
        (OTHER_COUNSELLOR, Purpose.JOB_MATCHING, METHOD),
        (OPERATOR, Purpose.JOB_MATCHING, METHOD),
        (AUDITOR, Purpose.AUDIT, METHOD),
        (PUBLISHER, Purpose.JOB_MATCHING, METHOD),
        (SEEKER, Purpose.STATISTICS, METHOD),
        (COUNSELLOR, Purpose.OWN_DATA, METHOD),
        (COUNSELLOR, Purpose.JOB_MATCHING, "polku.profiles.v1.ProfileService/GetProfile"),
    ],
)
async def test_refused_access_is_answered_like_an_absent_profile(
    store: ProfileStore, profile: Profile, caller: Principal, purpose: Purpose, method: str
) -> None:
    """Strangers, wrong purposes and unknown methods get the refusal of an absent profile, and no row (row 26)."""
    for profile_id in (profile.id, new_id()):
        query = AuthorizeAccess(forwarded(caller), profile_id, purpose, method)
        with pytest.raises(PermissionDenied) as refused:
            await authorize_access(query, FakeUnitOfWork(store), NOW)
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert store.accesses == []


@pytest.mark.parametrize("caller", [SEEKER, forwarded(SEEKER, "openings"), MATCHING])
async def test_only_forwarding_services_may_ask(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """A user alone, another service, and a service without a user may not ask."""
    query = AuthorizeAccess(caller, profile.id, Purpose.OWN_DATA, METHOD)
    with pytest.raises(PermissionDenied) as refused:
        await authorize_access(query, FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "SERVICE_NOT_ALLOWED"


@pytest.mark.parametrize(("caller", "purpose"), [(SEEKER, Purpose.OWN_DATA), (AUDITOR, Purpose.AUDIT)])
async def test_looking_at_the_record_is_recorded(
    store: ProfileStore, profile: Profile, caller: Principal, purpose: Purpose
) -> None:
    """The person and the auditor see the readings before, newest first, and their look is the newest from then on."""
    for minutes in (1, 2):
        query = GetProfile(COUNSELLOR, profile.id, Purpose.INTEGRATION_PLAN)
        await get_profile(query, FakeUnitOfWork(store), NOW + timedelta(minutes=minutes))

    first = await list_accesses(ListAccesses(caller, profile.id, 1), FakeUnitOfWork(store), NOW + timedelta(hours=1))
    rest = await list_accesses(
        ListAccesses(caller, profile.id, 5, first.next), FakeUnitOfWork(store), NOW + timedelta(hours=2)
    )

    assert [each.time for each in (*first.entries, *rest.entries)] == [
        NOW + timedelta(minutes=2),
        NOW + timedelta(minutes=1),
    ]
    assert rest.next is None
    assert [(each.reader, each.purpose) for each in store.accesses[-2:]] == [(caller.subject, purpose)] * 2


@pytest.mark.parametrize("caller", [OTHER_SEEKER, COUNSELLOR, OPERATOR, PUBLISHER, MATCHING])
async def test_others_do_not_see_the_record(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """The record of readings is for the person and for supervision."""
    with pytest.raises(PermissionDenied) as refused:
        await list_accesses(ListAccesses(caller, profile.id, 20), FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert store.accesses == []
