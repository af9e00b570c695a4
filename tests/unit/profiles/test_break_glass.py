"""Break-glass, over the fakes (row 32 of the table of bad inputs)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.accesses import AuthorizeAccess, authorize_access
from services.profiles.application.identities import UpdateIdentity, update_identity
from services.profiles.application.overrides import (
    MOST_A_DAY,
    BreakGlass,
    ListOverrides,
    break_glass,
    list_overrides,
)
from services.profiles.application.profiles import GetProfile, get_profile, update_profile
from services.profiles.domain.identity import Identity
from services.profiles.domain.overrides import LASTS, ProfileAccessOverridden, Reason
from services.profiles.domain.policy import PROFILE, Relation
from services.profiles.domain.profile import Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, InvalidArgument, PermissionDenied, ResourceExhausted
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
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
    a_request,
    created,
    update_of,
)
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

REASON = "The person waits at the desk and their counsellor is ill."
COLLEAGUE = Principal(Role.COUNSELLOR, "counsellor-3", unit="unit-1")


@pytest.fixture
async def profile(store: ProfileStore) -> Profile:
    """A profile of the seeker, assigned to the counsellor."""
    return await created(store, COUNSELLOR, SEEKER.subject)


def breaking(profile_id: str, caller: Principal = OTHER_COUNSELLOR, reason: str = REASON) -> BreakGlass:
    """Opening the record."""
    return BreakGlass(caller, a_request(caller), profile_id, Reason.COUNSELLOR_ABSENT, reason)


def reading(profile: Profile, caller: Principal = OTHER_COUNSELLOR) -> GetProfile:
    """Reading the record for casework."""
    return GetProfile(caller, profile.id, Purpose.INTEGRATION_PLAN)


async def test_the_record_is_open_for_eight_hours(store: ProfileStore, profile: Profile) -> None:
    """Before it the counsellor is refused, then the whole record is read as broken glass, and afterwards refused."""
    with pytest.raises(PermissionDenied):
        await get_profile(reading(profile), FakeUnitOfWork(store), NOW)

    opened = await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)
    found = await get_profile(reading(profile), FakeUnitOfWork(store), NOW + LASTS - timedelta(seconds=1))

    assert (opened.begin_time, opened.end_time) == (NOW, NOW + timedelta(hours=8))
    assert found.content == profile.content
    assert (store.accesses[-1].relation, store.accesses[-1].data) == (Relation.BREAK_GLASS, PROFILE)
    with pytest.raises(PermissionDenied):
        await get_profile(reading(profile), FakeUnitOfWork(store), NOW + LASTS)


async def test_it_is_on_record_and_told(store: ProfileStore, profile: Profile) -> None:
    """Opening is an access row that the person sees, and an event that names neither of the two."""
    opened = await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)

    row = store.accesses[-1]
    assert (row.profile_id, row.relation, row.unit, row.data) == (profile.id, Relation.BREAK_GLASS, "unit-2", ())
    assert store.events[-1] == ProfileAccessOverridden(opened.id, 1, NOW)
    assert REASON not in repr(opened)


async def test_a_colleague_of_the_unit_sees_more_once_the_glass_is_broken(
    store: ProfileStore, profile: Profile
) -> None:
    """By the unit alone the case is read and no more; with broken glass the whole record."""
    before = await get_profile(reading(profile, COLLEAGUE), FakeUnitOfWork(store), NOW)
    await break_glass(breaking(profile.id, COLLEAGUE), FakeUnitOfWork(store), NOW)
    after = await get_profile(reading(profile, COLLEAGUE), FakeUnitOfWork(store), NOW)

    assert before.content.case_reference == "K-17"
    assert before.content == replace(type(profile.content)(), case_reference="K-17", preferred_language="so")
    assert after.content == profile.content


async def test_it_is_for_reading_by_the_one_who_did_it(store: ProfileStore, profile: Profile) -> None:
    """It lets nobody change the record, no colleague in, and does not follow the counsellor to another unit."""
    await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)

    with pytest.raises(PermissionDenied):
        await update_profile(update_of(profile, OTHER_COUNSELLOR), FakeUnitOfWork(store), FakeCodes(), NOW)
    for other in (replace(OTHER_COUNSELLOR, subject="counsellor-9"), replace(OTHER_COUNSELLOR, unit="unit-9")):
        with pytest.raises(PermissionDenied):
            await get_profile(reading(profile, other), FakeUnitOfWork(store), NOW)


@pytest.mark.parametrize(("method", "allowed"), [("ListMatches", True), ("GiveFeedback", False)])
async def test_matches_are_read_and_nothing_is_said_for_the_person(
    store: ProfileStore, profile: Profile, method: str, allowed: bool
) -> None:
    """With broken glass matching shows its lists and takes no feedback."""
    await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)
    caller = replace(OTHER_COUNSELLOR, service="matching")
    query = AuthorizeAccess(caller, profile.id, Purpose.JOB_MATCHING, f"polku.matching.v1.MatchingService/{method}")

    if allowed:
        assert await authorize_access(query, FakeUnitOfWork(store), NOW) is Relation.BREAK_GLASS
    else:
        with pytest.raises(PermissionDenied):
            await authorize_access(query, FakeUnitOfWork(store), NOW)


@pytest.mark.parametrize("caller", [SEEKER, OTHER_SEEKER, PUBLISHER, OPERATOR, AUDITOR, MATCHING])
async def test_only_counsellors_break_glass(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """Every other role gets the answer about nobody, and nothing is kept."""
    for profile_id in (profile.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            await break_glass(breaking(profile_id, caller), FakeUnitOfWork(store), NOW)
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert store.overrides == []


async def test_a_counsellor_without_a_unit_is_refused(store: ProfileStore, profile: Profile) -> None:
    """Whoever is answerable to no unit opens nothing."""
    with pytest.raises(PermissionDenied) as refused:
        await break_glass(breaking(profile.id, replace(OTHER_COUNSELLOR, unit="")), FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "UNIT_MISSING"


async def test_nobody_breaks_into_their_own_caseload(store: ProfileStore, profile: Profile) -> None:
    """The assigned counsellor is told that it is not needed, and no alarm is raised."""
    with pytest.raises(FailedPrecondition) as refused:
        await break_glass(breaking(profile.id, COUNSELLOR), FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "OVERRIDE_NOT_NEEDED"
    assert store.overrides == []


async def test_a_reason_in_words_is_needed(store: ProfileStore, profile: Profile) -> None:
    """A reason that nobody can read is refused."""
    with pytest.raises(InvalidArgument) as refused:
        await break_glass(breaking(profile.id, reason="ok\x00\u202e"), FakeUnitOfWork(store), NOW)

    assert refused.value.reason == "TEXT_INVALID"


@pytest.mark.parametrize("caller", [OTHER_COUNSELLOR, COLLEAGUE])
async def test_a_protected_person_is_there_for_their_own_counsellor_alone(
    store: ProfileStore, profile: Profile, caller: Principal
) -> None:
    """For every other counsellor, of the unit too, they are nobody, and glass that was broken before is whole again."""
    await break_glass(breaking(profile.id, caller), FakeUnitOfWork(store), NOW)
    identity = replace(Identity(), protected=True)
    cmd = UpdateIdentity(COUNSELLOR, a_request(COUNSELLOR), profile.id, identity, ("protected",))
    await update_identity(cmd, FakeUnitOfWork(store), NOW)

    for attempt in (
        break_glass(breaking(profile.id, caller), FakeUnitOfWork(store), NOW),
        get_profile(reading(profile, caller), FakeUnitOfWork(store), NOW),
    ):
        with pytest.raises(PermissionDenied) as refused:
            await attempt
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert (await get_profile(reading(profile, COUNSELLOR), FakeUnitOfWork(store), NOW)).id == profile.id


async def test_the_same_request_opens_once(store: ProfileStore, profile: Profile) -> None:
    """Asked again, the answer is the same, its reason included, and there is one override."""
    cmd = breaking(profile.id)

    first = await break_glass(cmd, FakeUnitOfWork(store), NOW)
    again = await break_glass(cmd, FakeUnitOfWork(store), NOW + timedelta(hours=1))

    assert again == first
    assert store.overrides == [first]


async def test_nobody_opens_record_after_record(store: ProfileStore) -> None:
    """After so many in 24 hours a counsellor is stopped, and may go on a day later."""
    people = [await created(store, COUNSELLOR) for _ in range(MOST_A_DAY + 1)]
    for person in people[:-1]:
        await break_glass(breaking(person.id), FakeUnitOfWork(store), NOW)

    with pytest.raises(ResourceExhausted) as refused:
        await break_glass(breaking(people[-1].id), FakeUnitOfWork(store), NOW + timedelta(hours=23))
    await break_glass(breaking(people[-1].id, COLLEAGUE), FakeUnitOfWork(store), NOW + timedelta(hours=23))
    await break_glass(breaking(people[-1].id), FakeUnitOfWork(store), NOW + timedelta(hours=24))

    assert refused.value.reason == "OVERRIDES_EXHAUSTED"


@pytest.mark.parametrize(
    ("caller", "counsellor", "reason"),
    [(SEEKER, "", REASON), (AUDITOR, OTHER_COUNSELLOR.subject, REASON), (OPERATOR, OTHER_COUNSELLOR.subject, "")],
)
async def test_each_sees_of_it_what_is_theirs(
    store: ProfileStore, profile: Profile, caller: Principal, counsellor: str, reason: str
) -> None:
    """The person reads unit and reason, supervision all, an operator who it was; each look is on record."""
    opened = await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)

    page = await list_overrides(ListOverrides(caller, profile.id, 10), FakeUnitOfWork(store), NOW)

    assert page.entries == (replace(opened, counsellor=counsellor, reason=reason),)
    assert store.accesses[-1].reader == caller.subject


@pytest.mark.parametrize("caller", [AUDITOR, OPERATOR])
async def test_supervision_sees_those_of_everybody(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """Newest first, over all people; the look is on record for each of them once."""
    other = await created(store, COUNSELLOR)
    for minutes, person in enumerate((profile, other, profile)):
        await break_glass(breaking(person.id), FakeUnitOfWork(store), NOW + timedelta(minutes=minutes))
    before = len(store.accesses)

    first = await list_overrides(ListOverrides(caller, "", 2), FakeUnitOfWork(store), NOW)
    rest = await list_overrides(ListOverrides(caller, "", 2, first.next), FakeUnitOfWork(store), NOW)

    assert [each.profile_id for each in (*first.entries, *rest.entries)] == [profile.id, other.id, profile.id]
    assert [row.profile_id for row in store.accesses[before:]] == [profile.id, other.id, profile.id]


@pytest.mark.parametrize("caller", [SEEKER, COUNSELLOR, OTHER_COUNSELLOR, PUBLISHER, MATCHING])
async def test_nobody_else_sees_those_of_everybody(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """Without a person named, only supervision is answered."""
    await break_glass(breaking(profile.id), FakeUnitOfWork(store), NOW)

    with pytest.raises(PermissionDenied):
        await list_overrides(ListOverrides(caller, "", 10), FakeUnitOfWork(store), NOW)


@pytest.mark.parametrize("caller", [OTHER_SEEKER, COUNSELLOR, OTHER_COUNSELLOR, PUBLISHER])
async def test_nobody_else_sees_those_of_a_person(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """The person's own counsellor does not supervise colleagues, and strangers get the answer about nobody."""
    for profile_id in (profile.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            await list_overrides(ListOverrides(caller, profile_id, 10), FakeUnitOfWork(store), NOW)
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
