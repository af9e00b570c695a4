"""The demo data are what partners and people could send: valid, with known codes, and people who find something."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import protovalidate
import pytest
from google.protobuf import json_format
from polku.openings.v1 import opening_pb2
from polku.profiles.v1 import identity_service_pb2, profile_pb2, profile_service_pb2

from deploy.demo import KINDS, PUBLISHERS, DemoOpening, DemoPerson, openings, people, publishers
from services.matching.adapters.wire.opening import opening_from_wire
from services.matching.adapters.wire.profile import profile_from_wire
from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.linking import link_opening, link_profile
from services.matching.domain.query import Query, query_of
from services.openings.adapters.codes import VocabularyCodes
from services.openings.adapters.markup import Nh3Markup
from services.openings.adapters.wire.opening import draft_from_wire
from services.openings.domain.rules import admit
from services.profiles.adapters.wire.identity import content_from_wire
from services.profiles.domain.identity import check_identity, settled_identity
from shared.kernel.ids import new_id
from shared.vocabulary import load

LIMITED = profile_pb2.RightToWork.STATUS_LIMITED
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
FREE_TEXT_ONLY = {"oksana": "uk", "samir": "ar", "hodan": "so"}
EARLIER_PEOPLE = ("oksana", "samir", "hodan", "sergei", "priya", "tiina", "linnea", "nasir")
SECTORS = {
    "care": ("2221", "2264", "3251", "5162", "532"),
    "cleaning": ("911", "912", "5151"),
    "kitchens": ("512", "513", "7512", "941"),
    "construction": ("711", "712", "7131", "931", "8342", "3123"),
    "logistics": ("83", "4323", "4412", "932", "9331", "9333"),
    "retail": ("52", "9334", "1420"),
    "ICT": ("25", "351"),
    "early education": ("2342", "531"),
    "industry": ("721", "722", "723", "81", "82"),
    "office": ("41", "42", "33", "24", "43"),
}
SERVICE_CENTRES = {"Iso Omena", "Ison Omenan palvelutori", "Leppävaaran palvelupiste", "Espoon keskuksen palvelupiste"}
"""Three of them: Iso Omena under its two names."""

OPENINGS = openings(TODAY)
PEOPLE = people(TODAY)
by_opening = pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening.external_id)
by_person = pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)


def opening_message(opening: DemoOpening) -> opening_pb2.Opening:
    """The opening as the service reads it."""
    return json_format.ParseDict(opening.body, opening_pb2.Opening())


def profile_message(person: DemoPerson) -> profile_pb2.Profile:
    """The profile as the service reads it."""
    return json_format.ParseDict(person.body, profile_pb2.Profile())


def of_kind(kind: str) -> list[DemoOpening]:
    """The openings of one kind."""
    return [row for row in OPENINGS if row.kind == kind]


def bodies() -> list[dict[str, Any]]:
    """The bodies of all openings."""
    return [row.body for row in OPENINGS]


@cache
def candidates() -> dict[str, Candidate]:
    """Every opening as matching compares it, by the publisher's own id (which is unique over the whole demo)."""
    found = {}
    for row in OPENINGS:
        message = opening_message(row)
        message.name = f"openings/{new_id()}"
        snapshot = opening_from_wire(message)
        found[row.external_id] = prepare(snapshot, link_opening(snapshot, load()), load())
    return found


def query(person: DemoPerson) -> Query:
    """The person's query, as matching makes it of what profiles answers."""
    profile = profile_message(person)
    answer = profile_service_pb2.GetMatchingProfileResponse(
        name=f"profiles/{new_id()}", work=profile.work, choices=profile.choices
    )
    snapshot = profile_from_wire(answer)
    return query_of(snapshot, link_profile(snapshot, load()), load(), NOW)


def judgement(person: DemoPerson, external_id: str) -> Judgement:
    """What the rules of matching say of a person and a vacancy."""
    return judge(query(person), candidates()[external_id])


@pytest.mark.parametrize(
    "path", sorted(PUBLISHERS.glob("*/*.jsonld")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_files_are_json_ld_of_schema_org(path: Any) -> None:
    """Each file parses, and each part of it names schema.org as its context."""
    document = json.loads(path.read_text(encoding="utf-8"))
    parts = document if isinstance(document, list) else [document]
    assert all("https://schema.org" in part["@context"] for part in parts)
    assert path.stem in ("publisher", *KINDS)


@by_opening
def test_openings_are_valid(opening: DemoOpening) -> None:
    """Each opening parses as canonical JSON and passes the protos' validation rules."""
    message = opening_message(opening)
    protovalidate.validate(message)
    detail = {"vacancies": "vacancy", "trainings": "training", "services": "service"}[opening.kind]
    assert message.WhichOneof("detail") == detail


@by_opening
def test_openings_are_accepted_as_they_are(opening: DemoOpening) -> None:
    """The openings service takes each one without a warning, and finds nothing to clean out of its texts."""
    message = opening_message(opening)
    message.publisher, message.external_id = opening.publisher, opening.external_id
    admitted = admit(draft_from_wire(message), VocabularyCodes(load()), Nh3Markup(), NOW)
    assert admitted.warnings == ()
    assert not admitted.sanitised


@by_person
def test_profiles_are_valid(person: DemoPerson) -> None:
    """Each profile parses as canonical JSON and passes the protos' validation rules."""
    protovalidate.validate(profile_message(person))


def test_the_demo_is_as_large_and_mixed_as_a_partner_night() -> None:
    """At least 120 vacancies in three languages, 40 trainings, 25 services and 24 people; ids are unique."""
    kinds = Counter(row.kind for row in OPENINGS)
    assert kinds["vacancies"] >= 120
    assert kinds["trainings"] >= 40
    assert kinds["services"] >= 25
    languages = Counter(row.body["titles"][0]["language"] for row in of_kind("vacancies"))
    assert languages["sv"] >= 15
    assert languages["en"] >= 15
    assert languages["fi"] >= 60
    assert len({row.external_id for row in OPENINGS}) == len(OPENINGS)
    assert {row.publisher for row in OPENINGS} == {publisher.id for publisher in publishers()}


@pytest.mark.parametrize("sector", SECTORS)
def test_every_sector_has_several_vacancies(sector: str) -> None:
    """There are at least six vacancies in each of the ten sectors, told by their ISCO-08 codes."""
    codes = [row.body["vacancy"].get("iscoCode", "") for row in of_kind("vacancies")]
    assert sum(code.startswith(SECTORS[sector]) for code in codes) >= 6


def test_vacancies_say_their_language_demands_and_hours() -> None:
    """Each vacancy says which languages the work needs, or none, and how many hours and which shifts."""
    for row in of_kind("vacancies"):
        vacancy = row.body["vacancy"]
        assert vacancy["languageDemand"]["statement"] in ("STATEMENT_LISTED", "STATEMENT_NONE"), row.external_id
        assert vacancy["minHoursPerWeek"] <= vacancy["maxHoursPerWeek"]
        assert vacancy["shifts"]


def test_a_third_of_the_vacancies_have_real_texts() -> None:
    """At least a third of the vacancies have a text of 50 words or more, as adverts do."""
    lengths = [len(row.body["descriptions"][0]["text"].split()) for row in of_kind("vacancies")]
    assert sum(length >= 50 for length in lengths) >= len(lengths) / 3


def test_trainings_have_instances_with_seats() -> None:
    """Each training is held at least once, with days, times and seats; at least 12 are language courses."""
    kinds = Counter(row.body["training"]["kind"] for row in of_kind("trainings"))
    assert kinds["KIND_LANGUAGE_COURSE"] >= 12
    for row in of_kind("trainings"):
        for instance in row.body["training"]["instances"]:
            assert {"startDate", "endDate", "weeklyTimes", "seats", "seatsLeft"} <= set(instance), row.external_id


def test_service_centres_have_services() -> None:
    """At least 25 services are at the three service centres, each with opening hours and a way in."""
    placed = [row for row in of_kind("services") if row.body["places"][0].get("district") in SERVICE_CENTRES]
    assert len(placed) >= 25
    assert {row.body["places"][0]["district"] for row in placed} == SERVICE_CENTRES
    assert all(row.body["service"]["openingHours"] and row.body["service"]["howToGetIn"] for row in placed)


def test_people_differ_as_those_of_a_city_do() -> None:
    """24 people in ten languages: childcare hours, limited rights, degrees awaiting recognition and opt-outs."""
    assert len(PEOPLE) == 24
    assert [person.key for person in PEOPLE[: len(EARLIER_PEOPLE)]] == list(EARLIER_PEOPLE)
    assert len({person.key for person in PEOPLE}) == 24
    assert len({person.body["preferredLanguage"] for person in PEOPLE}) >= 10
    works = [profile_message(person).work for person in PEOPLE]
    limited = [work.right_to_work for work in works if work.right_to_work.status == LIMITED]
    assert any(right.isco_sectors for right in limited)
    assert any(right.HasField("max_hours_per_week") for right in limited)
    assert sum(bool(work.right_to_work.valid_until) for work in works) >= 5
    assert sum(bool(work.limits.windows) for work in works) >= 6
    waiting = {profile_pb2.Education.RECOGNITION_APPLIED, profile_pb2.Education.RECOGNITION_GUIDANCE_GIVEN}
    assert sum(any(each.recognition in waiting for each in work.educations) for work in works) >= 3
    choices = [person.body["choices"] for person in PEOPLE]
    assert any(choice.get("rankingOptOut") for choice in choices)
    assert any(choice.get("matchingPaused") for choice in choices)


def test_no_relative_date_is_left() -> None:
    """Dates are real after loading, and closing dates lie ahead."""
    assert re.search(r"today[+-]\d", json.dumps([*bodies(), *(person.body for person in PEOPLE)])) is None
    closing = [date.fromisoformat(row.body["closingDate"]) for row in OPENINGS if "closingDate" in row.body]
    assert min(closing) > TODAY


def test_codes_are_the_vocabularys() -> None:
    """URIs, licence codes, municipalities, languages and districts of the demo are in the vocabulary."""
    vocabulary = load()
    strings: list[tuple[str, str]] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            strings.extend((key, item) for key, item in value.items() if isinstance(item, str))
            for item in value.values():
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)

    collect([*bodies(), *(person.body for person in PEOPLE)])
    checks = {
        "uri": lambda code: vocabulary.occupation(code) or vocabulary.skill(code),
        "code": vocabulary.licence,
        "municipality": vocabulary.municipality,
        "language": vocabulary.language,
        "iscoCode": vocabulary.isco,
        "iscedField": vocabulary.isced_field,
        "district": vocabulary.place,
    }
    assert [(key, code) for key, code in strings if key in checks and not checks[key](code)] == []


@by_person
def test_what_fits_is_eligible(person: DemoPerson) -> None:
    """Languages, licences, hours, windows with travel, right to work: no rule of matching leaves out what fits."""
    left_out = {
        external_id: [(verdict.rule, verdict.required, verdict.actual) for verdict in found.blocking]
        for external_id in person.fits
        if not (found := judgement(person, external_id)).eligible
    }
    assert left_out == {}


@by_person
def test_near_misses_are_left_out(person: DemoPerson) -> None:
    """Each near miss is left out by a rule, so that the excluded list says something."""
    assert [external_id for external_id in person.does_not_fit if judgement(person, external_id).eligible] == []


@by_person
def test_people_have_an_identity_that_nobody_else_has(person: DemoPerson) -> None:
    """It is accepted as it is; the person id has a number that is given to nobody, and no other person of the demo."""
    message = json_format.ParseDict(person.identity, identity_service_pb2.Identity())
    protovalidate.validate(message)
    identity = content_from_wire(message)
    assert settled_identity(identity) == identity
    check_identity(identity)
    assert int(identity.person_id[7:10]) >= 900
    assert [other.key for other in PEOPLE if other.identity["personId"] == identity.person_id] == [person.key]


@by_person
def test_who_has_told_something_has_a_fit_and_a_near_miss(person: DemoPerson) -> None:
    """Each person who has told more than two words has a vacancy that fits and a near one that does not."""
    work = profile_message(person).work
    told = sum(len(text.text.split()) for text in work.summaries)
    assert bool(person.fits) == bool(person.does_not_fit) == (told > 2)
    assert {*person.fits, *person.does_not_fit} <= {row.external_id for row in of_kind("vacancies")}


@pytest.mark.parametrize("person", [row for row in PEOPLE if row.key in FREE_TEXT_ONLY], ids=lambda row: row.key)
def test_free_text_alone_names_a_fitting_occupation(person: DemoPerson) -> None:
    """Three people give their own words and no code: the vocabulary reads the fitting occupation off them."""
    work = profile_message(person).work
    assert not work.experiences
    assert not work.skills
    assert not work.goals.occupations
    assert [row.language for row in work.summaries] == [FREE_TEXT_ONLY[person.key]]
    mentioned = {mention.code for mention in load().find(work.summaries[0].text, {"occupation"})}
    fitting = [candidates()[external_id].snapshot for external_id in person.fits]
    assert mentioned & {snapshot.occupation.uri for snapshot in fitting if snapshot.occupation is not None}
    assert "fi" in {snapshot.titles[0].language for snapshot in fitting}


@pytest.mark.parametrize("person", [row for row in PEOPLE if row.key in FREE_TEXT_ONLY], ids=lambda row: row.key)
def test_free_text_people_have_distractors(person: DemoPerson) -> None:
    """For each of them at least ten other vacancies are eligible: what fits must be found among these."""
    eligible = {row.external_id for row in of_kind("vacancies") if judgement(person, row.external_id).eligible}
    assert len(eligible - set(person.fits)) >= 10
