"""Assigning and listing, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.assignments import (
    ListCaseload,
    assign_counsellor,
    list_caseload,
)
from services.profiles.application.profiles import (
    GetProfile,
    get_profile,
)
from services.profiles.domain.profile import ProfileAssigned
from services.profiles.domain.values import Purpose
from shared.kernel.errors import InvalidArgument, PermissionDenied
from shared.kernel.principal import Principal
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    OTHER_COUNSELLOR,
    PUBLISHER,
    SEEKER,
    created,
    handover,
)
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

LATER = NOW + timedelta(hours=1)
CODES = FakeCodes()


async def test_a_handover_moves_the_access(store: ProfileStore) -> None:
    """After a handover the new counsellor may read and the old one may not."""
    profile = await created(store, COUNSELLOR)

    assignment = await assign_counsellor(handover(profile), FakeUnitOfWork(store), LATER)

    assert (assignment.counsellor, assignment.unit, assignment.begin_time) == ("counsellor-2", "unit-2", LATER)
    assert [each.end_time for each in store.assignments] == [LATER, None]
    assert store.events[-1] == ProfileAssigned(profile.id, 3, LATER)
    plan = Purpose.INTEGRATION_PLAN
    await get_profile(GetProfile(OTHER_COUNSELLOR, profile.id, plan), FakeUnitOfWork(store), LATER)
    with pytest.raises(PermissionDenied):
        await get_profile(GetProfile(COUNSELLOR, profile.id, plan), FakeUnitOfWork(store), LATER)


async def test_a_repeated_handover_gets_its_answer(store: ProfileStore) -> None:
    """The counsellor who handed over may repeat the request and learns that it was done."""
    profile = await created(store, COUNSELLOR)
    cmd = handover(profile)
    first = await assign_counsellor(cmd, FakeUnitOfWork(store), LATER)

    assert await assign_counsellor(cmd, FakeUnitOfWork(store), LATER + timedelta(hours=1)) == first
    assert len(store.assignments) == 2


async def test_an_operator_assigns_without_reading(store: ProfileStore) -> None:
    """An operator may assign anybody, and the same assignment again changes nothing."""
    profile = await created(store)

    first = await assign_counsellor(handover(profile, OPERATOR), FakeUnitOfWork(store), NOW)
    again = await assign_counsellor(handover(profile, OPERATOR), FakeUnitOfWork(store), LATER)

    assert first == again
    assert store.profiles[profile.id].version == 2


@pytest.mark.parametrize("caller", [SEEKER, OTHER_COUNSELLOR, AUDITOR, PUBLISHER, MATCHING])
async def test_others_may_not_assign(store: ProfileStore, caller: Principal) -> None:
    """Assigning is for the person's counsellor and for operators."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)

    with pytest.raises(PermissionDenied) as refused:
        await assign_counsellor(handover(profile, caller), FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"


@pytest.mark.parametrize(
    ("counsellor", "unit", "field"),
    [
        ("a b", "unit-1", "counsellor"),
        ("a\x00b", "unit-1", "counsellor"),
        ("", "unit-1", "counsellor"),
        ("ä", "unit-1", "counsellor"),
        ("x" * 129, "unit-1", "counsellor"),
        ("counsellor-2", "a\x00b", "unit"),
        ("counsellor-2", "\u200b", "unit"),
    ],
)
async def test_subjects_and_units_have_a_form(store: ProfileStore, counsellor: str, unit: str, field: str) -> None:
    """What no token can name, and what storage cannot hold, is refused with its field."""
    profile = await created(store, COUNSELLOR)
    cmd = replace(handover(profile), counsellor=counsellor, unit=unit)

    with pytest.raises(InvalidArgument) as refused:
        await assign_counsellor(cmd, FakeUnitOfWork(store), NOW)

    assert [violation.field for violation in refused.value.violations] == [field]
    assert len(store.assignments) == 1


async def test_a_caseload_holds_the_counsellors_own_persons(store: ProfileStore) -> None:
    """The list holds who is assigned now, newest first and page by page; each entry is a recorded reading."""
    mine = [await created(store, COUNSELLOR) for _ in range(3)]
    await created(store, OTHER_COUNSELLOR)
    await assign_counsellor(handover(mine[0]), FakeUnitOfWork(store), LATER)

    first = await list_caseload(ListCaseload(COUNSELLOR, 1), FakeUnitOfWork(store), LATER)
    second = await list_caseload(ListCaseload(COUNSELLOR, 1, first.next), FakeUnitOfWork(store), LATER)

    assert [entry.profile_id for entry in (*first.entries, *second.entries)] == [mine[2].id, mine[1].id]
    assert second.next is None
    assert [each.profile_id for each in store.accesses] == [mine[2].id, mine[1].id]
    assert {each.method for each in store.accesses} == {"polku.profiles.v1.ProfileService/ListCaseload"}


@pytest.mark.parametrize("caller", [SEEKER, OPERATOR, AUDITOR, PUBLISHER, MATCHING])
async def test_only_counsellors_have_a_caseload(store: ProfileStore, caller: Principal) -> None:
    """Everybody else is refused."""
    with pytest.raises(PermissionDenied):
        await list_caseload(ListCaseload(caller, 20), FakeUnitOfWork(store), NOW)
