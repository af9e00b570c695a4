"""Creating profiles, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.profiles import (
    CreateProfile,
    create_profile,
    update_profile,
)
from services.profiles.domain.profile import Profile, ProfileAssigned, ProfileContent, ProfileCreated
from services.profiles.domain.values import Place
from services.profiles.domain.work import EverydayLimits
from shared.kernel.errors import AlreadyExists, InvalidArgument, PermissionDenied
from shared.kernel.principal import Principal, Role
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    PUBLISHER,
    SEEKER,
    a_content,
    a_request,
    created,
    update_of,
)
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

LATER = NOW + timedelta(hours=1)
CODES = FakeCodes()


async def test_a_seeker_creates_their_own(store: ProfileStore) -> None:
    """A seeker's profile is theirs, whether they name themselves or nobody; nobody is assigned."""
    profile = await created(store)

    assert profile == Profile(profile.id, 1, SEEKER.subject, a_content(), NOW, NOW)
    assert store.profiles == {profile.id: profile}
    assert store.events == [ProfileCreated(profile.id, 1, NOW)]
    assert store.assignments == []
    assert (await created(ProfileStore(), owner=SEEKER.subject)).owner_subject == SEEKER.subject


async def test_a_counsellor_creates_and_is_assigned(store: ProfileStore) -> None:
    """A counsellor is assigned, in their own unit, to whom they create; the assignment is the second version."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)

    assert (profile.version, profile.owner_subject) == (2, SEEKER.subject)
    assert [(each.counsellor, each.unit, each.end_time) for each in store.assignments] == [
        ("counsellor-1", "unit-1", None)
    ]
    assert store.events == [ProfileCreated(profile.id, 1, NOW), ProfileAssigned(profile.id, 2, NOW)]


async def test_a_counsellor_creates_for_persons_without_account(store: ProfileStore) -> None:
    """Any number of profiles may have no owner yet."""
    first, second = await created(store, COUNSELLOR), await created(store, COUNSELLOR)

    assert first.owner_subject == second.owner_subject == ""
    assert len(store.profiles) == 2


@pytest.mark.parametrize(
    ("caller", "owner", "reason"),
    [
        (SEEKER, "seeker-2", "OWNER_NOT_ALLOWED"),
        (OPERATOR, "", "ROLE_NOT_ALLOWED"),
        (AUDITOR, "", "ROLE_NOT_ALLOWED"),
        (PUBLISHER, "", "ROLE_NOT_ALLOWED"),
        (MATCHING, "", "ROLE_NOT_ALLOWED"),
        (Principal(Role.COUNSELLOR, "counsellor-1"), "", "UNIT_MISSING"),
    ],
)
async def test_others_may_not_create(store: ProfileStore, caller: Principal, owner: str, reason: str) -> None:
    """Seekers create for themselves, counsellors for others, and nobody else does."""
    with pytest.raises(PermissionDenied) as refused:
        await created(store, caller, owner)

    assert refused.value.reason == reason
    assert not store.profiles
    assert not store.answers


async def test_nobody_counsels_themselves(store: ProfileStore) -> None:
    """A counsellor may not name themselves as the owner."""
    with pytest.raises(InvalidArgument) as refused:
        await created(store, COUNSELLOR, COUNSELLOR.subject)

    assert [violation.field for violation in refused.value.violations] == ["owner_subject"]


@pytest.mark.parametrize("owner", ["a b", "a\x00", "ä", "x" * 129])
async def test_an_owner_is_a_token_subject(store: ProfileStore, owner: str) -> None:
    """An owner that can be in no token is refused."""
    with pytest.raises(InvalidArgument) as refused:
        await created(store, COUNSELLOR, owner)

    assert [violation.field for violation in refused.value.violations] == ["owner_subject"]


@pytest.mark.parametrize("caller", [SEEKER, COUNSELLOR])
async def test_a_person_has_one_profile(store: ProfileStore, caller: Principal) -> None:
    """A second profile for one owner is refused, whoever creates it, and leaves nothing behind."""
    await created(store)
    before = store.copy()

    with pytest.raises(AlreadyExists) as refused:
        await created(store, caller, SEEKER.subject)

    assert refused.value.reason == "PROFILE_EXISTS"
    assert (store.profiles, store.events, store.answers) == (before.profiles, before.events, before.answers)


async def test_an_invalid_profile_leaves_nothing(store: ProfileStore) -> None:
    """A refused creation stores no row, no event and no answer, so that its request id may be used again."""
    request = a_request(SEEKER)
    bad = a_content(limits=EverydayLimits(home=Place("049", street_address="Katu 1")))
    with pytest.raises(InvalidArgument):
        await create_profile(CreateProfile(SEEKER, request, bad), FakeUnitOfWork(store), CODES, NOW)
    assert (store.profiles, store.events, store.answers) == ({}, [], {})

    profile = await create_profile(CreateProfile(SEEKER, request, a_content()), FakeUnitOfWork(store), CODES, NOW)

    assert store.profiles == {profile.id: profile}


async def test_the_same_request_gives_the_stored_answer(store: ProfileStore) -> None:
    """A repeated creation answers with the profile as it was created, even after a change (row 5)."""
    cmd = CreateProfile(SEEKER, a_request(SEEKER), a_content())
    first = await create_profile(cmd, FakeUnitOfWork(store), CODES, NOW)
    await update_profile(update_of(first), FakeUnitOfWork(store), CODES, NOW)

    again = await create_profile(cmd, FakeUnitOfWork(store), CODES, LATER)

    assert again == first
    assert len(store.profiles) == 1
    assert len(store.events) == 2


async def test_a_request_id_with_other_content_is_refused(store: ProfileStore) -> None:
    """A request id that comes with another content is refused, and the first stays (row 6)."""
    request = a_request(SEEKER)
    profile = await create_profile(CreateProfile(SEEKER, request, a_content()), FakeUnitOfWork(store), CODES, NOW)

    other = CreateProfile(SEEKER, replace(request, fingerprint=b"2"), ProfileContent())
    with pytest.raises(InvalidArgument) as refused:
        await create_profile(other, FakeUnitOfWork(store), CODES, NOW)

    assert refused.value.reason == "REQUEST_ID_REUSED"
    assert store.profiles == {profile.id: profile}
