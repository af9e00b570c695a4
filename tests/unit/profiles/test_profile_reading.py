"""Reading and changing profiles, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.assignments import (
    assign_counsellor,
)
from services.profiles.application.profiles import (
    CreateProfile,
    GetMatchingProfile,
    GetProfile,
    create_profile,
    get_matching_profile,
    get_profile,
    update_profile,
)
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import ProfileContent, ProfileUpdated
from services.profiles.domain.values import GeoPoint, Place, Purpose
from services.profiles.domain.work import EverydayLimits
from shared.kernel.errors import Aborted, InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
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
    a_content,
    a_request,
    created,
    handover,
    update_of,
)
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

LATER = NOW + timedelta(hours=1)
CODES = FakeCodes()


async def test_reading_leaves_an_access_row(store: ProfileStore) -> None:
    """Every reading is recorded with its role, relation, purpose and method, the person's own too."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)

    await get_profile(GetProfile(COUNSELLOR, profile.id, Purpose.JOB_MATCHING), FakeUnitOfWork(store), LATER)
    await get_profile(GetProfile(SEEKER, profile.id, Purpose.OWN_DATA), FakeUnitOfWork(store), LATER)
    await get_matching_profile(GetMatchingProfile(MATCHING, profile.id), FakeUnitOfWork(store), LATER)

    service = "polku.profiles.v1.ProfileService"
    assert [(each.role, each.relation, each.purpose, each.method, each.time) for each in store.accesses] == [
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR, Purpose.JOB_MATCHING, f"{service}/GetProfile", LATER),
        (Role.SEEKER, Relation.SELF, Purpose.OWN_DATA, f"{service}/GetProfile", LATER),
        (Role.SERVICE, Relation.SERVICE, Purpose.JOB_MATCHING, f"{service}/GetMatchingProfile", LATER),
    ]
    assert {(each.profile_id, each.unit) for each in store.accesses} == {(profile.id, "unit-1"), (profile.id, "")}


@pytest.mark.parametrize("caller", [OTHER_SEEKER, OTHER_COUNSELLOR, OPERATOR, AUDITOR, PUBLISHER, MATCHING])
async def test_absent_and_forbidden_are_refused_alike(store: ProfileStore, caller: Principal) -> None:
    """A profile of another and one that does not exist give the same refusal and no access row (row 26)."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    answers = []
    for profile_id in (profile.id, new_id()):
        for call in (
            get_profile(GetProfile(caller, profile_id, Purpose.JOB_MATCHING), FakeUnitOfWork(store), NOW),
            update_profile(
                replace(update_of(profile, caller), profile_id=profile_id), FakeUnitOfWork(store), CODES, NOW
            ),
        ):
            with pytest.raises(PermissionDenied) as refused:
                await call
            answers.append((refused.value.reason, refused.value.message, dict(refused.value.metadata)))

    assert len(set(map(str, answers))) == 1
    assert answers[0][0] == "PROFILE_NOT_ACCESSIBLE"
    assert store.accesses == []
    assert store.profiles == {profile.id: profile}


@pytest.mark.parametrize("caller", [SEEKER, COUNSELLOR, OPERATOR, AUDITOR, PUBLISHER, OPENINGS])
async def test_only_matching_reads_for_matching(store: ProfileStore, caller: Principal) -> None:
    """No user and no other service gets the matching view."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)

    with pytest.raises(PermissionDenied):
        await get_matching_profile(GetMatchingProfile(caller, profile.id), FakeUnitOfWork(store), NOW)


async def test_a_person_updates_their_own(store: ProfileStore) -> None:
    """The masked field changes, the version rises, an event names the path, and the answer is a recorded reading."""
    profile = await created(store)

    updated = await update_profile(update_of(profile, etag='"1"'), FakeUnitOfWork(store), CODES, LATER)

    assert updated.content == replace(a_content(), preferred_language="en")
    assert (updated.version, updated.update_time) == (2, LATER)
    assert store.events[-1] == ProfileUpdated(profile.id, 2, LATER, ("preferred_language",))
    assert [each.method for each in store.accesses] == ["polku.profiles.v1.ProfileService/UpdateProfile"]


async def test_an_update_without_a_change_says_nothing(store: ProfileStore) -> None:
    """The same values again keep the version and make no event; the answer is stored all the same."""
    profile = await created(store)
    cmd = replace(update_of(profile), content=a_content(), paths=("work", "choices", "case_reference"))

    assert await update_profile(cmd, FakeUnitOfWork(store), CODES, LATER) == profile
    assert len(store.events) == 1
    assert store.profiles == {profile.id: profile}
    assert await update_profile(cmd, FakeUnitOfWork(store), CODES, LATER) == profile


async def test_equal_after_rounding_is_no_change(store: ProfileStore) -> None:
    """A home that rounds to the stored one is the stored one: only the rounded coordinates are compared and kept."""
    near = a_content(limits=EverydayLimits(home=Place("049", point=GeoPoint(60.2049, 24.6561))))
    profile = await create_profile(CreateProfile(SEEKER, a_request(SEEKER), near), FakeUnitOfWork(store), CODES, NOW)
    nearer = a_content(limits=EverydayLimits(home=Place("049", point=GeoPoint(60.2011, 24.6599))))
    cmd = replace(update_of(profile), content=nearer, paths=("work.limits.home",))

    updated = await update_profile(cmd, FakeUnitOfWork(store), CODES, LATER)

    assert updated.version == 1
    assert updated.content.work.limits.home.point == GeoPoint(60.2, 24.66)


async def test_a_stale_etag_is_aborted(store: ProfileStore) -> None:
    """A change of an old copy is refused with the current etag, and changes nothing (row 7)."""
    profile = await created(store)
    await update_profile(update_of(profile, etag='"1"'), FakeUnitOfWork(store), CODES, NOW)
    stale = replace(update_of(profile, etag='"1"'), content=ProfileContent(preferred_language="sv"))

    with pytest.raises(Aborted) as refused:
        await update_profile(stale, FakeUnitOfWork(store), CODES, NOW)

    assert (refused.value.reason, refused.value.metadata["etag"]) == ("ETAG_STALE", '"2"')
    assert store.profiles[profile.id].content.preferred_language == "en"


async def test_an_invalid_update_changes_nothing(store: ProfileStore) -> None:
    """The merged profile is checked: two fields that contradict each other are refused even in two calls."""
    content = a_content(limits=EverydayLimits(max_hours_per_week=20.0))
    profile = await create_profile(CreateProfile(SEEKER, a_request(SEEKER), content), FakeUnitOfWork(store), CODES, NOW)
    more = a_content(limits=EverydayLimits(min_hours_per_week=30.0))
    cmd = replace(update_of(profile), content=more, paths=("work.limits.min_hours_per_week",))

    with pytest.raises(InvalidArgument) as refused:
        await update_profile(cmd, FakeUnitOfWork(store), CODES, NOW)

    assert [violation.field for violation in refused.value.violations] == ["profile.work.limits.min_hours_per_week"]
    assert store.profiles == {profile.id: profile}
    assert store.accesses == []


@pytest.mark.parametrize("paths", [(), ("owner_subject",), ("work", "version")])
async def test_a_wrong_mask_is_refused_before_anything_is_read(store: ProfileStore, paths: tuple[str, ...]) -> None:
    """Empty and service-given paths are refused alike for every profile (row 27)."""
    profile = await created(store)

    for profile_id in (profile.id, new_id()):
        cmd = replace(update_of(profile), profile_id=profile_id, paths=paths)
        with pytest.raises(InvalidArgument):
            await update_profile(cmd, FakeUnitOfWork(store), CODES, NOW)


async def test_a_stored_answer_is_not_for_who_lost_access(store: ProfileStore) -> None:
    """A counsellor who handed a person over does not get that person's data by repeating an old request."""
    profile = await created(store, COUNSELLOR)
    cmd = update_of(profile, COUNSELLOR)
    await update_profile(cmd, FakeUnitOfWork(store), CODES, NOW)
    await assign_counsellor(handover(profile), FakeUnitOfWork(store), NOW)

    with pytest.raises(PermissionDenied):
        await update_profile(cmd, FakeUnitOfWork(store), CODES, NOW)
