"""Importing documents and deciding about what they suggest, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.ports.importing import Document
from services.profiles.application.suggesting import LINKING_OFF
from services.profiles.application.suggestions import (
    ImportDocument,
    ListSuggestions,
    ResolveSuggestions,
    import_document,
    list_suggestions,
    resolve_suggestions,
)
from services.profiles.domain.changes import Origin
from services.profiles.domain.profile import Profile, ProfileUpdated
from services.profiles.domain.suggestions import KEPT_FOR, MOST, Decision, Suggestion, Suggestions, Verdict, resolve
from services.profiles.domain.values import Answer, CefrLevel, CefrProfile, Concept, Provenance, Purpose, Source
from services.profiles.domain.work import (
    Education,
    LanguageSkill,
    Licence,
    Skill,
    WorkExperience,
    WorkProfile,
)
from shared.kernel.errors import FailedPrecondition, InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from tests.builders.profiles import (
    COUNSELLOR,
    NOW,
    OTHER_COUNSELLOR,
    OTHER_SEEKER,
    SEEKER,
    a_request,
    created,
)
from tests.builders.suggestions import B1, CLEANER, CV, HOTEL_CLEANER, suggestions_of_every_kind
from tests.fakes.importing import TextDocuments, WordLinking, tools_of
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

LATER = NOW + timedelta(hours=1)
TODAY = LATER.date()
IMPORTED = Provenance(Source.IMPORTED, TODAY)
FLOORS = "http://data.europa.eu/esco/skill/a2cd3b30-2d6c-473e-a5d4-4e7cb576babe"
LINKING = WordLinking({"Siivooja": (CLEANER, HOTEL_CLEANER)}, {"lattioiden pesu": FLOORS})


def an_import(profile: Profile, caller: Principal = SEEKER, text: str = CV) -> ImportDocument:
    """A request to import a text."""
    purpose = Purpose.OWN_DATA if caller in (SEEKER, OTHER_SEEKER) else Purpose.INTEGRATION_PLAN
    document = Document("text/plain", text.encode())
    return ImportDocument(caller, a_request(caller), profile.id, document, purpose)


async def imported(store: ProfileStore, cmd: ImportDocument, linking: WordLinking = LINKING) -> Suggestions:
    """What the import leaves open."""
    return await import_document(cmd, lambda: FakeUnitOfWork(store), TextDocuments(), tools_of(linking), LATER)


def a_resolution(profile: Profile, *decisions: Decision, others: Verdict = Verdict.NONE) -> ResolveSuggestions:
    """The seeker's verdicts."""
    return ResolveSuggestions(SEEKER, a_request(SEEKER), profile.id, decisions, others)


async def resolved(store: ProfileStore, cmd: ResolveSuggestions) -> Profile:
    """The profile after the verdicts."""
    return (await resolve_suggestions(cmd, FakeUnitOfWork(store), FakeCodes(), LATER)).profile


async def test_a_cv_becomes_suggestions_and_changes_nothing(store: ProfileStore) -> None:
    """Each with the words that gave it; the profile stays as it was, there is no event, and the reading is recorded."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    events = list(store.events)

    found = await imported(store, an_import(profile))

    claims = {type(each.claim): each for each in found.open}
    job = claims[WorkExperience]
    assert isinstance(job.claim, WorkExperience)
    assert (job.claim.occupation.uri, job.claim.occupation.text, job.claim.months) == (CLEANER, "Siivooja", 41)
    assert [concept.uri for concept in job.alternatives] == [CLEANER, HOTEL_CLEANER]
    assert job.evidence == ("Siivooja, Puhdas Piha Oy, Espoo",)
    assert claims[Skill].evidence == ("lattioiden pesu",)
    # Not the language: the profile says how well the person speaks it.
    assert set(claims) == {WorkExperience, Skill, Education, Licence}
    assert store.profiles[profile.id] == profile
    assert store.events == events
    assert store.accesses[-1].method.endswith("SuggestionService/ImportDocument")


async def test_what_identifies_the_person_is_not_sent_to_linking(store: ProfileStore) -> None:
    """Linking sees titles, employers and tasks, and nothing that stands above the first heading."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    linking = WordLinking({})
    await imported(store, an_import(profile), linking)
    assert linking.asked
    assert not [text for text in linking.asked if "Amina" in text or "040" in text or "@" in text]


async def test_without_linking_names_are_looked_up(store: ProfileStore) -> None:
    """The import does not fail; a note says so."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    tools = tools_of(WordLinking({}, off=True), LINKING)
    cmd = an_import(profile)

    found = await import_document(cmd, lambda: FakeUnitOfWork(store), TextDocuments(), tools, LATER)

    assert found.notes == (LINKING_OFF,)
    assert [each.claim.occupation.uri for each in found.open if isinstance(each.claim, WorkExperience)] == [CLEANER]


async def test_what_the_profile_says_already_is_not_suggested(store: ProfileStore) -> None:
    """A language whose level is known, a licence that is held or known not to be, a skill that is listed."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    work = replace(
        profile.content.work,
        languages=(LanguageSkill("fi", B1),),
        licences=(Licence("hygiene-passport", Answer.NO),),
        skills=(Skill(Concept(FLOORS, "floors")),),
        educations=(Education(title="peruskoulu"),),
    )
    store.profiles[profile.id] = replace(profile, content=replace(profile.content, work=work))

    found = await imported(store, an_import(profile))

    assert [type(each.claim) for each in found.open] == [WorkExperience]


async def test_an_import_takes_the_place_of_the_one_before(store: ProfileStore) -> None:
    """What was open goes; the same request again leaves everything as it is."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    first = await imported(store, an_import(profile))
    cmd = an_import(profile, text="Työ\nKokki, Ruoka Oy, 1/2018 – 5/2020")

    second = await imported(store, cmd)
    again = await imported(store, cmd)

    assert second.version == first.version + 1
    assert not {each.id for each in first.open} & {each.id for each in second.open}
    assert again == second == store.suggestions[profile.id]


@pytest.mark.parametrize("caller", [OTHER_SEEKER, OTHER_COUNSELLOR])
async def test_absent_and_forbidden_are_refused_alike(store: ProfileStore, caller: Principal) -> None:
    """Nothing of another person's is read or changed, and the document is not opened (row 26)."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    linking = WordLinking({})
    for profile_id in (profile.id, new_id()):
        cmd = replace(an_import(profile, caller), profile_id=profile_id)
        with pytest.raises(PermissionDenied) as refused:
            await imported(store, cmd, linking)
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"
        listing = ListSuggestions(caller, profile_id, cmd.purpose)
        with pytest.raises(PermissionDenied):
            await list_suggestions(listing, FakeUnitOfWork(store), LATER)
        verdicts = ResolveSuggestions(caller, a_request(caller), profile_id, (), Verdict.CONFIRMED)
        with pytest.raises(PermissionDenied):
            await resolve_suggestions(verdicts, FakeUnitOfWork(store), FakeCodes(), LATER)
    assert linking.asked == []
    assert store.suggestions == {}


async def test_what_is_confirmed_enters_the_profile_with_its_provenance(store: ProfileStore) -> None:
    """Imported, on the day of the confirmation; refused and open ones enter nothing, and there is one event."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    job, skill, language, education, licence = suggestions_of_every_kind()
    store.suggestions[profile.id] = Suggestions(profile.id, 1, NOW, (job, skill, language, education, licence))
    decisions = [Decision(each.id, Verdict.CONFIRMED) for each in (skill, education, licence)]

    changed = await resolved(store, a_resolution(profile, *decisions, Decision(language.id, Verdict.REFUSED)))

    work = changed.content.work
    assert work.skills[-1] == replace(skill.claim, provenance=IMPORTED)
    assert work.educations[-1] == replace(education.claim, provenance=IMPORTED)
    assert work.licences[-1] == replace(licence.claim, provenance=IMPORTED)
    assert work.experiences == profile.content.work.experiences
    assert work.languages == profile.content.work.languages
    assert store.suggestions[profile.id].open == (job,)
    event = store.events[-1]
    assert isinstance(event, ProfileUpdated)
    assert event.changed_paths == ("work.educations", "work.licences", "work.skills")
    changes = [each for each in store.changes if each.version == changed.version]
    assert {(each.path, each.origin) for each in changes} == {(path, Origin.DOCUMENT) for path in event.changed_paths}


async def test_all_are_confirmed_or_refused_together(store: ProfileStore) -> None:
    """The verdict on the others holds for all that are not named; then nothing is open any more."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    everything = suggestions_of_every_kind()
    store.suggestions[profile.id] = Suggestions(profile.id, 1, NOW, everything)
    refused = Decision(everything[1].id, Verdict.REFUSED)

    changed = await resolved(store, a_resolution(profile, refused, others=Verdict.CONFIRMED))

    assert len(changed.content.work.experiences) == 2
    assert changed.content.work.skills == profile.content.work.skills
    assert profile.id not in store.suggestions


async def test_another_occupation_can_be_the_right_one(store: ProfileStore) -> None:
    """The chosen alternative with the person's own words; one that was not suggested is refused."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    job = suggestions_of_every_kind()[0]
    store.suggestions[profile.id] = Suggestions(profile.id, 1, NOW, (job,))
    foreign = "http://data.europa.eu/esco/occupation/another"

    with pytest.raises(InvalidArgument) as refusal:
        await resolved(store, a_resolution(profile, Decision(job.id, Verdict.CONFIRMED, foreign)))
    changed = await resolved(store, a_resolution(profile, Decision(job.id, Verdict.CONFIRMED, HOTEL_CLEANER)))

    assert refusal.value.reason == "OCCUPATION_NOT_SUGGESTED"
    assert changed.content.work.experiences[-1].occupation == Concept(HOTEL_CLEANER, "Siivooja")


async def test_a_repeated_verdict_changes_nothing_more(store: ProfileStore) -> None:
    """The same request again gives the profile as it is."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    store.suggestions[profile.id] = Suggestions(profile.id, 1, NOW, suggestions_of_every_kind())
    cmd = a_resolution(profile, others=Verdict.CONFIRMED)

    first = await resolved(store, cmd)

    assert await resolved(store, cmd) == first == store.profiles[profile.id]


async def test_verdicts_on_nothing_and_on_what_is_gone_are_refused(store: ProfileStore) -> None:
    """Without open suggestions, with an unknown one, and with one named twice."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    with pytest.raises(FailedPrecondition) as nothing:
        await resolved(store, a_resolution(profile, others=Verdict.REFUSED))
    (one, *_) = found = suggestions_of_every_kind()
    store.suggestions[profile.id] = Suggestions(profile.id, 1, NOW, found)
    with pytest.raises(InvalidArgument) as unknown:
        await resolved(store, a_resolution(profile, Decision(new_id(), Verdict.REFUSED)))
    with pytest.raises(InvalidArgument) as twice:
        await resolved(store, a_resolution(profile, *[Decision(one.id, Verdict.REFUSED)] * 2))
    reasons = [each.value.reason for each in (nothing, unknown, twice)]
    assert reasons == ["NOTHING_SUGGESTED", "SUGGESTION_UNKNOWN", "SUGGESTION_REPEATED"]
    assert store.suggestions[profile.id].open == found


async def test_suggestions_are_forgotten_after_ninety_days(store: ProfileStore) -> None:
    """Whatever the housekeeping has done so far, they are neither listed nor confirmed any more."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    old = Suggestions(profile.id, 1, LATER - KEPT_FOR, suggestions_of_every_kind())
    store.suggestions[profile.id] = old
    query = ListSuggestions(SEEKER, profile.id, Purpose.OWN_DATA)

    assert await list_suggestions(query, FakeUnitOfWork(store), LATER) is None
    assert await list_suggestions(query, FakeUnitOfWork(store), LATER - timedelta(seconds=1)) == old
    with pytest.raises(FailedPrecondition):
        await resolved(store, a_resolution(profile, others=Verdict.CONFIRMED))


def test_a_profile_holds_no_more_than_it_may() -> None:
    """A confirmation that would make a list too long is refused as a whole."""
    full = WorkProfile(skills=tuple(Skill(Concept(text=f"skill {n}")) for n in range(MOST["skills"])))
    one = Suggestion(new_id(), Skill(Concept(text="one more")))
    with pytest.raises(FailedPrecondition) as refused:
        resolve(Suggestions(new_id(), 1, NOW, (one,)), (), Verdict.CONFIRMED, full, TODAY)
    assert refused.value.reason == "PROFILE_FULL"


def test_a_language_without_levels_gets_those_of_the_cv() -> None:
    """The entry keeps its place; what a test or the person has said is never replaced."""
    known = WorkProfile(languages=(LanguageSkill("fi"), LanguageSkill("sv", CefrProfile(speaking=CefrLevel.C1))))
    found = tuple(Suggestion(new_id(), LanguageSkill(code, B1)) for code in ("fi", "sv"))
    _, work = resolve(Suggestions(new_id(), 1, NOW, found), (), Verdict.CONFIRMED, known, TODAY)
    assert [(each.language, each.levels.speaking) for each in work.languages] == [
        ("fi", CefrLevel.B1),
        ("sv", CefrLevel.C1),
    ]
