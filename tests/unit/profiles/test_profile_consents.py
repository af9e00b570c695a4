"""Answers to vacancies: who gives them, what may follow what, and who learns of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.adapters.wire.consents import consent_from_wire, consent_to_wire
from services.profiles.adapters.wire.events import event_to_record
from services.profiles.application.consents import (
    ListConsentingProfiles,
    ListVacancyConsents,
    SetVacancyConsent,
    list_consenting_profiles,
    list_vacancy_consents,
    set_vacancy_consent,
)
from services.profiles.application.ports import RequestKey
from services.profiles.domain.consents import ConsentState, VacancyConsent, VacancyConsentAnswered
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, PermissionDenied
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
    a_request,
    created,
)
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore

OPENING = new_id()
METHOD = "polku.matching.v1.CandidateService/ListCandidates"
GIVEN, WITHDRAWN = ConsentState.GIVEN, ConsentState.WITHDRAWN


@pytest.fixture
async def profile(store: ProfileStore) -> Profile:
    """A profile of the seeker, assigned to the counsellor."""
    return await created(store, COUNSELLOR, SEEKER.subject)


async def answered(
    store: ProfileStore,
    profile_id: str,
    state: ConsentState = GIVEN,
    *,
    caller: Principal = SEEKER,
    purpose: Purpose = Purpose.OWN_DATA,
    request: RequestKey | None = None,
    minutes: int = 0,
) -> VacancyConsent:
    """Answer to OPENING."""
    cmd = SetVacancyConsent(caller, request or a_request(caller), profile_id, OPENING, state, purpose)
    return await set_vacancy_consent(cmd, FakeUnitOfWork(store), NOW + timedelta(minutes=minutes))


def asked(profiles: tuple[str, ...], caller: Principal = PUBLISHER, by: str = "matching") -> ListConsentingProfiles:
    """Ask on behalf of a user who has said yes to OPENING."""
    return ListConsentingProfiles(replace(caller, service=by), OPENING, profiles, Purpose.JOB_MATCHING, METHOD)


async def test_a_yes_is_given_and_taken_back_and_given_again(store: ProfileStore, profile: Profile) -> None:
    """Each answer is the next version of one consent, with one event that names neither the person nor the answer."""
    states = (GIVEN, WITHDRAWN, GIVEN)
    found = [await answered(store, profile.id, state, minutes=n) for n, state in enumerate(states)]
    assert [(each.version, each.state) for each in found] == [(1, GIVEN), (2, WITHDRAWN), (3, GIVEN)]
    assert {each.id for each in found} == {found[0].id}
    assert found[2].create_time == NOW
    events = [event for event in store.events if isinstance(event, VacancyConsentAnswered)]
    assert [event.version for event in events] == [1, 2, 3]
    for record in map(event_to_record, events):
        assert profile.id not in record.subject
        assert profile.id.encode() not in record.payload


async def test_the_same_answer_again_changes_nothing(store: ProfileStore, profile: Profile) -> None:
    """No new version and no event; a repeated request gets the stored answer."""
    request = a_request(SEEKER)
    first = await answered(store, profile.id, request=request)
    assert await answered(store, profile.id, request=request) == first
    assert await answered(store, profile.id, minutes=5) == first
    assert sum(isinstance(event, VacancyConsentAnswered) for event in store.events) == 1


async def test_nothing_can_be_taken_back_that_was_not_given(store: ProfileStore, profile: Profile) -> None:
    """A withdrawal needs a yes before it."""
    with pytest.raises(FailedPrecondition, match="nothing to take back"):
        await answered(store, profile.id, WITHDRAWN)
    assert not store.consents


async def test_a_counsellor_answers_on_the_persons_behalf(store: ProfileStore, profile: Profile) -> None:
    """It is kept who answered, and the purpose is on record."""
    consent = await answered(store, profile.id, caller=COUNSELLOR, purpose=Purpose.JOB_MATCHING)
    assert consent.answered_by is Relation.ASSIGNED_COUNSELLOR
    assert (store.accesses[-1].purpose, store.accesses[-1].reader) == (Purpose.JOB_MATCHING, COUNSELLOR.subject)


@pytest.mark.parametrize("caller", [OTHER_SEEKER, OTHER_COUNSELLOR, PUBLISHER, OPERATOR, AUDITOR, MATCHING])
async def test_nobody_else_answers_or_reads_answers(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """The same refusal as for a profile that does not exist, for every purpose."""
    for purpose in Purpose:
        with pytest.raises(PermissionDenied):
            await answered(store, profile.id, caller=caller, purpose=purpose)
        with pytest.raises(PermissionDenied):
            query = ListVacancyConsents(caller, profile.id, purpose, 20)
            await list_vacancy_consents(query, FakeUnitOfWork(store), NOW)
    assert not store.consents


async def test_a_person_lists_their_answers(store: ProfileStore, profile: Profile) -> None:
    """Reading them is recorded like any reading."""
    consent = await answered(store, profile.id)
    query = ListVacancyConsents(SEEKER, profile.id, Purpose.OWN_DATA, 20)
    page = await list_vacancy_consents(query, FakeUnitOfWork(store), NOW)
    assert page.entries == (consent,)
    assert store.accesses[-1].method.endswith("ListVacancyConsents")


@pytest.mark.parametrize("caller", [PUBLISHER, COUNSELLOR])
async def test_each_person_shown_is_on_record(store: ProfileStore, profile: Profile, caller: Principal) -> None:
    """Of those asked about only who has said yes is named, and leaves an access row of the user who sees it."""
    silent, withdrawn = await created(store, OTHER_SEEKER), await created(store, replace(SEEKER, subject="seeker-3"))
    await answered(store, profile.id)
    third = replace(SEEKER, subject="seeker-3")
    for state in (GIVEN, WITHDRAWN):
        await answered(store, withdrawn.id, state, caller=third)
    before = len(store.accesses)
    query = asked((silent.id, profile.id, withdrawn.id, new_id()), caller)
    assert await list_consenting_profiles(query, FakeUnitOfWork(store), NOW) == (profile.id,)
    (row,) = store.accesses[before:]
    assert (row.profile_id, row.reader, row.role, row.relation, row.method, row.service) == (
        profile.id,
        caller.subject,
        caller.role,
        Relation.CONSENTED,
        METHOD,
        "matching",
    )


@pytest.mark.parametrize(
    "query",
    [
        asked((new_id(),), MATCHING),
        asked((new_id(),), PUBLISHER, by=""),
        asked((new_id(),), PUBLISHER, by="gateway"),
        replace(asked((new_id(),)), method="polku.profiles.v1.ProfileService/GetProfile"),
        replace(asked((new_id(),)), method="polku.matching.v1.MatchingService/ListMatches"),
        asked((new_id(),), SEEKER),
        asked((new_id(),), AUDITOR),
        replace(asked((new_id(),)), purpose=Purpose.STATISTICS),
    ],
)
async def test_candidates_are_named_to_few(store: ProfileStore, query: ListConsentingProfiles) -> None:
    """Only through matching, only to counsellors and publishers, only for matching jobs."""
    with pytest.raises(PermissionDenied):
        await list_consenting_profiles(query, FakeUnitOfWork(store), NOW)


def test_an_answer_survives_the_wire() -> None:
    """What is sent can be read back."""
    consent = VacancyConsent(new_id(), 3, new_id(), OPENING, WITHDRAWN, Relation.SELF, NOW, NOW + timedelta(hours=1))
    assert consent_from_wire(consent_to_wire(consent)) == consent
