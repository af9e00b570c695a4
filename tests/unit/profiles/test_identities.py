"""Reading and changing who a person is, and finding people, over the fakes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.consents import ListConsentingProfiles, list_consenting_profiles
from services.profiles.application.identities import (
    FindPeople,
    GetIdentity,
    ListChanges,
    UpdateIdentity,
    find_people,
    get_identity,
    list_changes,
    update_identity,
)
from services.profiles.application.overrides import BreakGlass, break_glass
from services.profiles.application.profiles import GetMatchingProfile, get_matching_profile, update_profile
from services.profiles.domain.changes import Origin, Part
from services.profiles.domain.consents import ConsentState, VacancyConsent
from services.profiles.domain.identity import Identity, IdentityRecord, PostalAddress
from services.profiles.domain.overrides import Reason
from services.profiles.domain.policy import Action, Data, Relation
from services.profiles.domain.profile import ProfileUpdated
from services.profiles.domain.values import Answer, Place, Purpose
from shared.kernel.errors import Aborted, InvalidArgument, PermissionDenied
from shared.kernel.etags import etag_of
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.identities import AINO, identified
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

LATER = NOW + timedelta(hours=1)
COLLEAGUE = Principal(Role.COUNSELLOR, "counsellor-3", unit=COUNSELLOR.unit)
PROTECTED = replace(AINO, protected=True)
PURPOSE = {Role.SEEKER: Purpose.OWN_DATA, Role.AUDITOR: Purpose.AUDIT}


async def read(store: ProfileStore, caller: Principal, profile_id: str) -> IdentityRecord:
    """The identity as the caller reads it."""
    purpose = PURPOSE.get(caller.role, Purpose.INTEGRATION_PLAN)
    return await get_identity(GetIdentity(caller, profile_id, purpose), FakeUnitOfWork(store), LATER)


def change(
    profile_id: str, identity: Identity, *paths: str, caller: Principal = COUNSELLOR, etag: str = ""
) -> UpdateIdentity:
    """A change of these paths."""
    return UpdateIdentity(caller, a_request(caller), profile_id, identity, paths, etag)


async def found_by(store: ProfileStore, caller: Principal, name: str = "", person_id: str = "") -> list[str]:
    """Ids of the people whom the caller finds."""
    found = await find_people(FindPeople(caller, name, person_id), FakeUnitOfWork(store), LATER)
    return [each.profile.id for each in found.people]


async def test_the_person_and_their_counsellor_read_all_of_it(store: ProfileStore) -> None:
    """Both see everything, and both are on record with the kinds of data."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile, PROTECTED, COUNSELLOR, "protected")
    store.accesses.clear()
    for caller in (SEEKER, COUNSELLOR):
        assert (await read(store, caller, profile.id)).identity == PROTECTED
    kinds = (Data.IDENTITY, Data.CONTACT, Data.PROTECTION)
    assert [(each.method, each.data) for each in store.accesses] == [(Action.READ_IDENTITY.value, kinds)] * 2


async def test_before_anything_is_stored_it_is_blank(store: ProfileStore) -> None:
    """Version 0, without times."""
    profile = await created(store)
    assert await read(store, SEEKER, profile.id) == IdentityRecord(profile.id)


@pytest.mark.parametrize(
    "caller",
    [OTHER_SEEKER, OTHER_COUNSELLOR, COLLEAGUE, OPERATOR, AUDITOR, PUBLISHER, MATCHING],
    ids=lambda each: each.subject,
)
async def test_nobody_else_reads_or_changes_it(store: ProfileStore, caller: Principal) -> None:
    """The same refusal as for a person who does not exist."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile)
    for profile_id in (profile.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            await read(store, caller, profile_id)
        with pytest.raises(PermissionDenied) as unchanged:
            cmd = change(profile_id, AINO, "emails", caller=caller)
            await update_identity(cmd, FakeUnitOfWork(store), LATER)
        assert refused.value.reason == unchanged.value.reason == "PROFILE_NOT_ACCESSIBLE"


async def test_broken_glass_shows_who_it_is(store: ProfileStore) -> None:
    """Name and contacts, and not whether a register protects the person; of a protected one nothing at all."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile)
    reason = BreakGlass(OTHER_COUNSELLOR, a_request(OTHER_COUNSELLOR), profile.id, Reason.SAFETY, "Somebody is ill.")
    await break_glass(reason, FakeUnitOfWork(store), NOW)

    assert (await read(store, OTHER_COUNSELLOR, profile.id)).identity == AINO
    assert store.accesses[-1].data == (Data.IDENTITY, Data.CONTACT)
    await identified(store, profile, PROTECTED, COUNSELLOR, "protected")
    with pytest.raises(PermissionDenied) as refused:
        await read(store, OTHER_COUNSELLOR, profile.id)
    assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"


async def test_masked_fields_are_changed_and_versions_rise(store: ProfileStore) -> None:
    """What the mask does not name stays; a change of nothing makes no version; the profile's version stays."""
    profile = await created(store)
    first = await update_identity(change(profile.id, AINO, "given_names", caller=SEEKER), FakeUnitOfWork(store), NOW)
    wanted = Identity(address=PostalAddress(city="Vantaa"))
    second = await update_identity(
        change(profile.id, wanted, "address.city", caller=SEEKER), FakeUnitOfWork(store), LATER
    )
    third = await update_identity(
        change(profile.id, wanted, "address.city", caller=SEEKER), FakeUnitOfWork(store), LATER
    )
    assert (first.version, second.version, third.version) == (1, 2, 2)
    assert second.identity == Identity(given_names="Aino Maria", address=PostalAddress(city="Vantaa"))
    assert (second.create_time, second.update_time) == (NOW, LATER)
    assert store.profiles[profile.id].version == profile.version


async def test_only_the_counsellor_says_that_a_register_protects_the_person(store: ProfileStore) -> None:
    """The person themselves may change all but that."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    with pytest.raises(PermissionDenied) as refused:
        cmd = change(profile.id, PROTECTED, "emails", "protected", caller=SEEKER)
        await update_identity(cmd, FakeUnitOfWork(store), LATER)
    assert refused.value.reason == "FIELD_NOT_ALLOWED"
    assert store.identities == {}


@pytest.mark.parametrize(
    "path", ["profile", "etag", "version", "create_time", "profile_id", "owner", "address.lane", "*"]
)
async def test_fields_of_the_service_cannot_be_changed(store: ProfileStore, path: str) -> None:
    """A mask that names one is refused (row 27)."""
    profile = await created(store)
    with pytest.raises(InvalidArgument) as refused:
        await update_identity(change(profile.id, AINO, path, caller=SEEKER), FakeUnitOfWork(store), LATER)
    assert refused.value.reason == "UPDATE_MASK_INVALID"


async def test_stale_etags_repeated_and_faulty_requests(store: ProfileStore) -> None:
    """A stale etag is refused, the same request gives the stored answer, and a fault changes nothing."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    cmd = change(profile.id, AINO, "emails")
    stored = await update_identity(cmd, FakeUnitOfWork(store), NOW)
    await update_identity(change(profile.id, AINO, "phones", etag=etag_of(1)), FakeUnitOfWork(store), LATER)
    assert await update_identity(cmd, FakeUnitOfWork(store), LATER) == stored
    with pytest.raises(Aborted):
        await update_identity(change(profile.id, AINO, "person_id", etag=etag_of(1)), FakeUnitOfWork(store), LATER)
    with pytest.raises(InvalidArgument):
        await update_identity(change(profile.id, Identity(person_id="x"), "person_id"), FakeUnitOfWork(store), LATER)
    assert store.identities[profile.id].version == 2


async def test_counsellors_find_their_own_and_their_units_people(store: ProfileStore) -> None:
    """By name or person id; a counsellor of another unit finds nobody, and learns nothing else."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    nameless = await created(store, COUNSELLOR, OTHER_SEEKER.subject)
    await identified(store, profile)
    await identified(store, nameless, Identity(family_name="Virtanen"))
    store.accesses.clear()
    for caller in (COUNSELLOR, COLLEAGUE):
        assert await found_by(store, caller, "makela aino") == [profile.id]
        assert await found_by(store, caller, person_id="010190-900P") == [profile.id]
        assert await found_by(store, caller, "Aino Virtanen") == []
    assert await found_by(store, OTHER_COUNSELLOR, "Aino") == []
    assert await found_by(store, OTHER_COUNSELLOR, person_id="010190-900P") == []
    assert [(each.relation, each.data) for each in store.accesses] == [
        (relation, (Data.IDENTITY, Data.CASE))
        for relation in (Relation.ASSIGNED_COUNSELLOR, Relation.SAME_UNIT)
        for _ in range(2)
    ]


async def test_what_is_found_is_enough_to_tell_one_from_another(store: ProfileStore) -> None:
    """Names, case reference and language; nothing of the work, and how the counsellor stands to the person."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile)
    (person,) = (await find_people(FindPeople(COLLEAGUE, "Aino"), FakeUnitOfWork(store), LATER)).people
    assert (person.identity.family_name, person.profile.content.case_reference) == (AINO.family_name, "K-17")
    assert person.relation is Relation.SAME_UNIT
    assert person.profile.content.work == type(person.profile.content.work)()
    assert person.identity.emails == ()


async def test_a_protected_person_changes_nothing_for_colleagues(store: ProfileStore) -> None:
    """Their own counsellor finds them; with and without them, a colleague's answer is the same."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile, PROTECTED, COUNSELLOR, "protected")
    assert await found_by(store, COUNSELLOR, "Aino") == [profile.id]
    with_them = await find_people(FindPeople(COLLEAGUE, "Aino"), FakeUnitOfWork(store), LATER)
    without = await find_people(FindPeople(COLLEAGUE, "Aino"), FakeUnitOfWork(ProfileStore()), LATER)
    assert with_them == without


async def test_many_of_one_name_are_shown_in_part(store: ProfileStore) -> None:
    """Twenty, and that there are more; the hidden ones do not count."""
    for number in range(25):
        profile = await created(store, COUNSELLOR, f"seeker-{number}-x")
        await identified(store, profile, replace(AINO, protected=number < 4), COUNSELLOR, "protected")
    own = await find_people(FindPeople(COUNSELLOR, "Aino"), FakeUnitOfWork(store), LATER)
    colleague = await find_people(FindPeople(COLLEAGUE, "Aino"), FakeUnitOfWork(store), LATER)
    assert (len(own.people), own.more, len(colleague.people), colleague.more) == (20, True, 20, True)
    for profile_id in list(store.identities)[:2]:
        await identified(store, store.profiles[profile_id], Identity(), COUNSELLOR)
    for profile_id in list(store.identities)[4:5]:
        await identified(store, store.profiles[profile_id], Identity(), COUNSELLOR)
    colleague = await find_people(FindPeople(COLLEAGUE, "Aino"), FakeUnitOfWork(store), LATER)
    assert (len(colleague.people), colleague.more) == (20, False)


@pytest.mark.parametrize("caller", [SEEKER, OPERATOR, AUDITOR, PUBLISHER, MATCHING], ids=lambda each: each.subject)
async def test_finding_is_for_counsellors(store: ProfileStore, caller: Principal) -> None:
    """Nobody else looks people up."""
    with pytest.raises(PermissionDenied) as refused:
        await find_people(FindPeople(caller, "Aino"), FakeUnitOfWork(store), LATER)
    assert refused.value.reason == "ROLE_NOT_ALLOWED"


async def test_matching_sees_no_home_of_a_protected_person(store: ProfileStore) -> None:
    """Setting the flag makes a version that matching fetches, without a home and without a yes to employers."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    store.profiles[profile.id] = replace(
        store.profiles[profile.id],
        content=replace(profile.content, choices=replace(profile.content.choices, employer_requests=Answer.YES)),
    )
    before = await get_matching_profile(GetMatchingProfile(MATCHING, profile.id), FakeUnitOfWork(store), NOW)
    await identified(store, profile, PROTECTED, COUNSELLOR, "protected")
    after = await get_matching_profile(GetMatchingProfile(MATCHING, profile.id), FakeUnitOfWork(store), LATER)

    assert before.content.work.limits.home == Place(municipality="049")
    assert after.content.work.limits.home == Place()
    assert (after.content.choices.employer_requests, after.content.choices.analytics) == (Answer.NO, Answer.NO)
    assert after.version == before.version + 1
    event = store.events[-1]
    assert isinstance(event, ProfileUpdated)
    assert event.version == after.version
    assert not any("protect" in path for path in event.changed_paths)


async def test_a_protected_person_is_no_candidate(store: ProfileStore) -> None:
    """Though the person has said yes to a vacancy, nobody who fills it is shown them."""
    opening = new_id()
    caller = replace(PUBLISHER, service="matching")
    method = "polku.matching.v1.CandidateService/ListCandidates"
    people = [await created(store, COUNSELLOR, f"s-{number}") for number in range(2)]
    for each in people:
        yes = VacancyConsent(new_id(), 1, each.id, opening, ConsentState.GIVEN, Relation.SELF, NOW, NOW)
        store.consents[each.id, opening] = yes
    await identified(store, people[0], PROTECTED, COUNSELLOR, "protected")
    ids = tuple(each.id for each in people)
    query = ListConsentingProfiles(caller, opening, ids, Purpose.JOB_MATCHING, method)
    assert await list_consenting_profiles(query, FakeUnitOfWork(store), LATER) == (people[1].id,)


async def test_history_tells_who_changed_which_field_when_and_from_where(store: ProfileStore) -> None:
    """Creation, changes of the profile and of the identity, newest first, each field with both values."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await update_profile(update_of(profile), FakeUnitOfWork(store), FakeCodes(), LATER)
    through = replace(COUNSELLOR, service="gateway")
    await update_identity(
        change(profile.id, AINO, "given_names", caller=through), FakeUnitOfWork(store), LATER + timedelta(hours=1)
    )
    query = ListChanges(SEEKER, profile.id, Purpose.OWN_DATA, 100)
    page = await list_changes(query, FakeUnitOfWork(store), LATER)

    newest, language, *creation = page.entries
    assert (newest.part, newest.path, newest.version) == (Part.IDENTITY, "given_names", 1)
    assert (json.loads(newest.old_value), json.loads(newest.new_value)) == (None, "Aino Maria")
    assert (newest.by.role, newest.by.unit, newest.by.relation) == (
        Role.COUNSELLOR,
        "unit-1",
        Relation.ASSIGNED_COUNSELLOR,
    )
    assert (newest.by.service, newest.origin) == ("gateway", Origin.ENTERED)
    assert (language.path, language.old_value, language.new_value) == ("preferred_language", '"so"', '"en"')
    assert (language.by.relation, language.time) == (Relation.SELF, LATER)
    assert {each.path for each in creation} == {
        "case_reference", "preferred_language", "work.experiences", "work.languages", "work.limits.home",
    }  # fmt: skip
    assert all(each.version == 1 and each.old_value == "null" for each in creation)
    assert store.accesses[-1].method == Action.LIST_CHANGES.value


async def test_supervision_sees_that_something_changed_and_not_what(store: ProfileStore) -> None:
    """An auditor reads who, when and which field; the values are empty."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await identified(store, profile)
    page = await list_changes(ListChanges(AUDITOR, profile.id, Purpose.AUDIT, 100), FakeUnitOfWork(store), LATER)
    assert {each.by.subject for each in page.entries} == {COUNSELLOR.subject}
    assert {(each.old_value, each.new_value) for each in page.entries} == {("", "")}


@pytest.mark.parametrize(
    "caller", [OTHER_SEEKER, OTHER_COUNSELLOR, COLLEAGUE, OPERATOR, PUBLISHER, MATCHING], ids=lambda each: each.subject
)
async def test_nobody_else_reads_the_history(store: ProfileStore, caller: Principal) -> None:
    """The same refusal as for a person who does not exist."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    with pytest.raises(PermissionDenied) as refused:
        query = ListChanges(caller, profile.id, PURPOSE.get(caller.role, Purpose.INTEGRATION_PLAN), 100)
        await list_changes(query, FakeUnitOfWork(store), LATER)
    assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
