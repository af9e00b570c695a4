"""Requests for a yes to a vacancy: who asks, who is asked, what the asker learns, and what the deadline does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.adapters.wire.consents import consent_from_wire, consent_to_wire
from services.profiles.adapters.wire.events import event_to_record
from services.profiles.application.consents import (
    ListConsentingProfiles,
    ListVacancyConsents,
    RequestVacancyConsent,
    SetVacancyConsent,
    list_consenting_profiles,
    list_vacancy_consents,
    request_vacancy_consent,
    set_vacancy_consent,
)
from services.profiles.application.ports import RequestKey
from services.profiles.domain.consents import LONGEST_WAIT, Asking, ConsentState, VacancyConsent, VacancyConsentAsked
from services.profiles.domain.policy import Relation
from services.profiles.domain.profile import Profile
from services.profiles.domain.values import Answer, Purpose
from services.profiles.domain.work import Choices
from shared.kernel.errors import FailedPrecondition, InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    OTHER_COUNSELLOR,
    PUBLISHER,
    SEEKER,
    a_request,
    created,
)
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore

OPENING = new_id()
WILLING = Choices(matching=Answer.YES, employer_requests=Answer.YES)
GIVEN, WITHDRAWN, ASKED = ConsentState.GIVEN, ConsentState.WITHDRAWN, ConsentState.ASKED
DECLINED, EXPIRED = ConsentState.DECLINED, ConsentState.EXPIRED
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.fixture
async def profile(store: ProfileStore) -> Profile:
    """A profile of the seeker, who is willing to be asked; assigned to the counsellor."""
    return willing(store, await created(store, COUNSELLOR, SEEKER.subject))


def willing(store: ProfileStore, profile: Profile, choices: Choices = WILLING) -> Profile:
    """The profile with these choices."""
    kept = replace(profile, content=replace(profile.content, choices=choices))
    store.profiles[profile.id] = kept
    return kept


async def asks(
    store: ProfileStore,
    profile_id: str,
    *,
    caller: Principal = PUBLISHER,
    by: str = "matching",
    purpose: Purpose = Purpose.JOB_MATCHING,
    wait: timedelta = WEEK,
    after: timedelta = timedelta(),
    request: RequestKey | None = None,
) -> None:
    """Ask for OPENING, some time after NOW, through matching."""
    caller, now = replace(caller, service=by), NOW + after
    key = request or a_request(caller)
    cmd = RequestVacancyConsent(caller, key, profile_id, OPENING, purpose, now + wait)
    await request_vacancy_consent(cmd, FakeUnitOfWork(store), now)


async def says(store: ProfileStore, profile_id: str, state: ConsentState, after: timedelta = HOUR) -> VacancyConsent:
    """The seeker answers to OPENING, some time after NOW."""
    cmd = SetVacancyConsent(SEEKER, a_request(SEEKER), profile_id, OPENING, state, Purpose.OWN_DATA)
    return await set_vacancy_consent(cmd, FakeUnitOfWork(store), NOW + after)


async def sees(store: ProfileStore, profile_id: str, after: timedelta = HOUR) -> list[VacancyConsent]:
    """What the seeker sees, some time after NOW."""
    query = ListVacancyConsents(SEEKER, profile_id, Purpose.OWN_DATA, 20)
    return list((await list_vacancy_consents(query, FakeUnitOfWork(store), NOW + after)).entries)


async def named(store: ProfileStore, profile_id: str, after: timedelta = HOUR) -> bool:
    """Whether the person is shown by name for OPENING."""
    method = "polku.matching.v1.CandidateService/ListCandidates"
    caller = replace(PUBLISHER, service="matching")
    query = ListConsentingProfiles(caller, OPENING, (profile_id,), Purpose.JOB_MATCHING, method)
    return bool(await list_consenting_profiles(query, FakeUnitOfWork(store), NOW + after))


@pytest.mark.parametrize(
    ("caller", "role", "organisation", "relation"),
    [
        (PUBLISHER, Role.PUBLISHER, "publisher-1", Relation.NONE),
        (COUNSELLOR, Role.COUNSELLOR, "unit-1", Relation.ASSIGNED_COUNSELLOR),
        (OTHER_COUNSELLOR, Role.COUNSELLOR, "unit-2", Relation.NONE),
    ],
)
async def test_the_person_sees_who_asks_and_until_when(
    store: ProfileStore, profile: Profile, caller: Principal, role: Role, organisation: str, relation: Relation
) -> None:
    """Role and organisation are those of the asker's own token, and their use of the record is in the access log."""
    await asks(store, profile.id, caller=caller)
    (seen,) = await sees(store, profile.id)
    assert (seen.state, seen.opening_id, seen.answered_by) == (ASKED, OPENING, Relation.NONE)
    assert seen.asking == Asking(role, organisation, NOW, NOW + WEEK)
    row = next(access for access in store.accesses if access.method.endswith("RequestVacancyConsent"))
    assert (row.profile_id, row.reader, row.relation) == (profile.id, caller.subject, relation)
    assert not await named(store, profile.id)


@pytest.mark.parametrize(("said", "shown"), [(GIVEN, True), (DECLINED, False)])
async def test_the_answer_counts_before_the_deadline(
    store: ProfileStore, profile: Profile, said: ConsentState, shown: bool
) -> None:
    """A yes names the person, a no does not; who asked stays beside the answer."""
    await asks(store, profile.id)
    consent = await says(store, profile.id, said, WEEK - timedelta(microseconds=1))
    assert (consent.state, consent.version, consent.answered_by) == (said, 2, Relation.SELF)
    assert consent.asking is not None
    assert await named(store, profile.id) is shown


@pytest.mark.parametrize("said", [GIVEN, DECLINED])
async def test_an_answer_after_the_deadline_is_refused(
    store: ProfileStore, profile: Profile, said: ConsentState
) -> None:
    """From the very instant on; nothing changes, and the person is told why."""
    await asks(store, profile.id)
    with pytest.raises(FailedPrecondition) as refused:
        await says(store, profile.id, said, WEEK)
    assert refused.value.reason == "CONSENT_REQUEST_EXPIRED"
    assert store.consents[profile.id, OPENING].version == 1


async def test_a_deadline_passes_without_anybody_doing_anything(store: ProfileStore, profile: Profile) -> None:
    """The request is seen as expired, and silence names nobody."""
    await asks(store, profile.id)
    assert [each.state for each in await sees(store, profile.id, WEEK - timedelta(microseconds=1))] == [ASKED]
    assert [each.state for each in await sees(store, profile.id, WEEK)] == [EXPIRED]
    assert not await named(store, profile.id, WEEK)


async def test_a_yes_is_taken_back_at_any_time(store: ProfileStore, profile: Profile) -> None:
    """Long after the deadline of the request, too."""
    await asks(store, profile.id)
    await says(store, profile.id, GIVEN)
    consent = await says(store, profile.id, WITHDRAWN, 10 * WEEK)
    assert consent.state is WITHDRAWN
    assert not await named(store, profile.id, 10 * WEEK)


async def test_a_person_may_come_to_think_otherwise(store: ProfileStore, profile: Profile) -> None:
    """After a no, a yes; a no to a request that is not there, and the taking back of no yes, are refused."""
    with pytest.raises(FailedPrecondition) as refused:
        await says(store, profile.id, DECLINED)
    assert refused.value.reason == "CONSENT_NOT_ASKED"
    await asks(store, profile.id)
    with pytest.raises(FailedPrecondition) as refused:
        await says(store, profile.id, WITHDRAWN)
    assert refused.value.reason == "CONSENT_NOT_GIVEN"
    await says(store, profile.id, DECLINED)
    assert (await says(store, profile.id, GIVEN, 2 * WEEK)).version == 3


async def test_whoever_has_answered_or_is_asked_is_not_asked_again(store: ProfileStore, profile: Profile) -> None:
    """A request in its time, a yes, a no, and a yes that was taken back each stay as they are."""
    await asks(store, profile.id)
    for said in (None, DECLINED, GIVEN, WITHDRAWN):
        if said is not None:
            await says(store, profile.id, said)
        before, accesses = store.consents[profile.id, OPENING], len(store.accesses)
        await asks(store, profile.id, caller=COUNSELLOR, after=HOUR)
        assert store.consents[profile.id, OPENING] == before
        assert len(store.accesses) == accesses


async def test_after_silence_one_may_ask_again(store: ProfileStore, profile: Profile) -> None:
    """The next version of the same consent, by whoever asks now."""
    await asks(store, profile.id)
    await asks(store, profile.id, caller=OTHER_COUNSELLOR, after=WEEK)
    (seen,) = await sees(store, profile.id, WEEK + HOUR)
    assert (seen.state, seen.version) == (ASKED, 2)
    assert seen.asking == Asking(Role.COUNSELLOR, "unit-2", NOW + WEEK, NOW + 2 * WEEK)
    assert (await says(store, profile.id, GIVEN, WEEK + HOUR)).state is GIVEN


@pytest.mark.parametrize(
    "choices",
    [
        replace(WILLING, employer_requests=Answer.NO),
        replace(WILLING, employer_requests=Answer.UNKNOWN),
        replace(WILLING, matching=Answer.NO),
        replace(WILLING, matching_paused=True),
        replace(WILLING, ranking_opt_out=True),
    ],
)
async def test_who_wants_no_requests_gets_none(store: ProfileStore, profile: Profile, choices: Choices) -> None:
    """Whatever a list of a moment ago has shown: the choice holds at once, and the asker is told nothing."""
    willing(store, profile, choices)
    await asks(store, profile.id)
    assert not store.consents
    assert not [access for access in store.accesses if access.method.endswith("RequestVacancyConsent")]


async def test_nobody_there_gets_the_same_silence(store: ProfileStore) -> None:
    """A profile that does not exist: no error, no row, no event."""
    await asks(store, new_id())
    assert not store.consents
    assert not store.accesses
    assert not store.events


async def test_a_repeated_request_asks_nobody_twice(store: ProfileStore, profile: Profile) -> None:
    """Not after the first one has expired either; with another content the id is refused."""
    request = a_request(PUBLISHER)
    for after in (timedelta(), WEEK + HOUR):
        await asks(store, profile.id, request=request, after=after)
    assert store.consents[profile.id, OPENING].version == 1
    with pytest.raises(InvalidArgument) as refused:
        await asks(store, profile.id, request=replace(request, fingerprint=b"2"))
    assert refused.value.reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("wait", [timedelta(), -HOUR, LONGEST_WAIT + timedelta(microseconds=1)])
async def test_deadlines_lie_ahead_but_not_far(store: ProfileStore, profile: Profile, wait: timedelta) -> None:
    """Otherwise refused, the same for a person who is not there; the longest wait itself is accepted."""
    for profile_id in (profile.id, new_id()):
        with pytest.raises(InvalidArgument) as refused:
            await asks(store, profile_id, wait=wait)
        assert refused.value.reason == "ANSWER_DEADLINE_OUT_OF_RANGE"
    assert not store.consents
    await asks(store, profile.id, wait=LONGEST_WAIT)
    assert store.consents


@pytest.mark.parametrize(
    ("caller", "by", "purpose"),
    [
        (PUBLISHER, "", Purpose.JOB_MATCHING),
        (PUBLISHER, "gateway", Purpose.JOB_MATCHING),
        (MATCHING, "matching", Purpose.JOB_MATCHING),
        (SEEKER, "matching", Purpose.JOB_MATCHING),
        (OPERATOR, "matching", Purpose.JOB_MATCHING),
        (AUDITOR, "matching", Purpose.JOB_MATCHING),
        (COUNSELLOR, "matching", Purpose.INTEGRATION_PLAN),
        (replace(PUBLISHER, publisher=""), "matching", Purpose.JOB_MATCHING),
        (replace(COUNSELLOR, unit=""), "matching", Purpose.JOB_MATCHING),
    ],
)
async def test_few_may_ask(store: ProfileStore, profile: Profile, caller: Principal, by: str, purpose: Purpose) -> None:
    """Only through matching, only counsellors of a unit and publishers with a name, only to fill a vacancy."""
    with pytest.raises(PermissionDenied):
        await asks(store, profile.id, caller=caller, by=by, purpose=purpose)
    assert not store.consents


async def test_the_event_names_nobody(store: ProfileStore, profile: Profile) -> None:
    """One event for each version, with neither the person, nor the vacancy, nor who asks."""
    await asks(store, profile.id)
    await says(store, profile.id, GIVEN)
    consent = store.consents[profile.id, OPENING]
    asked, answered = (event_to_record(event) for event in store.events[-2:])
    assert isinstance(store.events[-2], VacancyConsentAsked)
    assert asked.subject == f"polku.profiles.vacancy-consent.asked.v1.{consent.id}"
    assert [record.aggregate_version for record in (asked, answered)] == [1, 2]
    for word in (profile.id, OPENING, PUBLISHER.publisher, PUBLISHER.subject):
        assert word.encode() not in asked.payload
        assert word not in asked.subject


def test_a_request_survives_the_wire() -> None:
    """What is sent can be read back, with who asks."""
    asking = Asking(Role.COUNSELLOR, "unit-1", NOW, NOW + WEEK)
    consent = VacancyConsent(new_id(), 1, new_id(), OPENING, EXPIRED, Relation.NONE, NOW, NOW, asking)
    assert consent_from_wire(consent_to_wire(consent)) == consent
