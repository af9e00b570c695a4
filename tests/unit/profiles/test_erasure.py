"""Erasing a person: who may, what is told before, what is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.profiles.adapters.holds import read_holds
from services.profiles.application.profiles import GetProfile, get_profile, update_profile
from services.profiles.application.rights import ErasePerson, erase_person
from services.profiles.domain.erasure import PERSON, Erasure, Plan, ProfileErased, Rule
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, PermissionDenied
from shared.kernel.principal import Principal
from tests.builders.profiles import COUNSELLOR, NOW, SEEKER, created, update_of
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

RULES = read_holds()
STATUTE = Rule(PERSON, "statutory_register", "Act 380/2023", 3650, date(2026, 1, 1))


async def erase(
    store: ProfileStore,
    profile_id: str,
    caller: Principal = SEEKER,
    *,
    dry_run: bool = False,
    rules: Sequence[Rule] = RULES,
) -> tuple[Plan, Erasure | None]:
    """Erase, or say what that would do."""
    purpose = Purpose.OWN_DATA if caller.role == "seeker" else Purpose.INTEGRATION_PLAN
    cmd = ErasePerson(caller, profile_id, purpose, dry_run=dry_run)
    return await erase_person(cmd, FakeUnitOfWork(store), rules, NOW)


async def test_a_dry_run_says_what_goes_and_what_stays_and_changes_nothing() -> None:
    """The log stays, with the law that says so; nothing else does, and the profile is as before."""
    store = ProfileStore()
    profile = await created(store)
    planned, erasure = await erase(store, profile.id, dry_run=True)
    assert erasure is None
    assert [kept.data for kept in planned.stays] == ["access_log"]
    assert planned.stays[0].law
    assert planned.stays[0].days > 365
    assert {"profile", "identity", "changes", "matches"} <= {kept.data for kept in planned.goes}
    assert store.profiles[profile.id] == profile
    assert not [event for event in store.events if isinstance(event, ProfileErased)]


async def test_who_is_erased_is_nobody() -> None:
    """The event says it with the version after the last; reading, changing and erasing again find nobody."""
    store = ProfileStore()
    profile = await created(store)
    _, erasure = await erase(store, profile.id)
    assert erasure is not None
    assert store.events[-1] == ProfileErased(profile.id, profile.version + 1, NOW)
    for work in (
        get_profile(GetProfile(SEEKER, profile.id, Purpose.OWN_DATA), FakeUnitOfWork(store), NOW),
        update_profile(update_of(profile), FakeUnitOfWork(store), FakeCodes(), NOW),
        erase(store, profile.id),
    ):
        with pytest.raises(PermissionDenied) as refused:
            await work
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
    assert [access for access in store.accesses if access.profile_id == profile.id and not access.refused]


async def test_a_rule_in_force_keeps_the_person() -> None:
    """The refusal names the law, also for a dry run; before its day and after its end the rule holds nothing."""
    store = ProfileStore()
    profile = await created(store)
    for dry_run in (True, False):
        with pytest.raises(FailedPrecondition) as held:
            await erase(store, profile.id, dry_run=dry_run, rules=(*RULES, STATUTE))
        assert held.value.reason == "ERASURE_HELD"
        assert "380/2023" in held.value.message
    day = NOW.date()
    for over in (replace(STATUTE, valid_from=day + timedelta(days=1)), replace(STATUTE, valid_until=day)):
        planned, _ = await erase(store, profile.id, dry_run=True, rules=(*RULES, over))
        assert planned.goes


async def test_only_the_person_and_their_counsellor_can() -> None:
    """A counsellor whose person it is not gets the answer that is given about nobody."""
    store = ProfileStore()
    profile = await created(store)
    with pytest.raises(PermissionDenied):
        await erase(store, profile.id, COUNSELLOR)
    assert profile.id in store.profiles
