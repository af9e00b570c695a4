"""The demo data are what partners and people could send: valid messages, known codes, and people who find something."""

from collections import Counter
from datetime import date
from typing import Any

import protovalidate
import pytest
from google.protobuf import json_format
from polku.openings.v1 import opening_pb2
from polku.profiles.v1 import profile_pb2
from polku.type.v1 import types_pb2

from deploy.demo import DemoOpening, DemoPerson, openings, people, publishers
from shared.vocabulary import load

TODAY = date(2026, 3, 2)
ACTIVITIES = ("listening", "reading", "speaking", "writing")
FREE_TEXT_ONLY = {"oksana": "uk", "samir": "ar", "hodan": "so"}


def opening_message(opening: DemoOpening) -> opening_pb2.Opening:
    """The opening as the service reads it."""
    return json_format.ParseDict(opening.body, opening_pb2.Opening())


def profile_message(person: DemoPerson) -> profile_pb2.Profile:
    """The profile as the service reads it."""
    return json_format.ParseDict(person.body, profile_pb2.Profile())


def by_id() -> dict[str, opening_pb2.Opening]:
    """Every opening by the publisher's own id (which is unique over the whole demo)."""
    return {opening.external_id: opening_message(opening) for opening in openings(TODAY)}


@pytest.mark.parametrize("opening", openings(TODAY), ids=lambda opening: opening.external_id)
def test_openings_are_valid(opening: DemoOpening) -> None:
    """Each opening parses as canonical JSON and passes the protos' validation rules."""
    message = opening_message(opening)
    protovalidate.validate(message)
    detail = {"vacancies": "vacancy", "trainings": "training", "services": "service"}[opening.kind]
    assert message.WhichOneof("detail") == detail


@pytest.mark.parametrize("person", people(TODAY), ids=lambda person: person.key)
def test_profiles_are_valid(person: DemoPerson) -> None:
    """Each profile parses as canonical JSON and passes the protos' validation rules."""
    protovalidate.validate(profile_message(person))


def test_the_demo_is_as_large_and_mixed_as_a_partner_night() -> None:
    """At least 48 vacancies in three languages, 14 trainings, 10 services and 8 people; ids are unique."""
    rows = openings(TODAY)
    kinds = Counter(row.kind for row in rows)
    assert kinds["vacancies"] >= 48
    assert kinds["trainings"] >= 14
    assert kinds["services"] >= 10
    assert len(people(TODAY)) == 8
    languages = Counter(row.body["titles"][0]["language"] for row in rows if row.kind == "vacancies")
    assert languages["sv"] >= 8
    assert languages["en"] >= 6
    assert len({row.external_id for row in rows}) == len(rows)
    assert {row.publisher for row in rows} == {publisher.id for publisher in publishers()}


def test_a_third_of_the_vacancies_have_real_texts() -> None:
    """At least a third of the vacancies have a text of 50 words or more, as adverts do."""
    lengths = [len(row.body["descriptions"][0]["text"].split()) for row in openings(TODAY) if row.kind == "vacancies"]
    assert sum(length >= 50 for length in lengths) >= len(lengths) / 3


def test_no_relative_date_is_left() -> None:
    """Dates are real after loading, and closing dates lie ahead."""
    assert "today" not in repr([row.body for row in openings(TODAY)])
    assert "today" not in repr([row.body for row in people(TODAY)])
    closing = [date.fromisoformat(row.body["closingDate"]) for row in openings(TODAY) if "closingDate" in row.body]
    assert min(closing) > TODAY


def test_codes_are_the_vocabularys() -> None:
    """URIs, licence codes, municipalities and languages of the demo are in the vocabulary."""
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

    collect([row.body for row in openings(TODAY)] + [row.body for row in people(TODAY)])
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


@pytest.mark.parametrize("person", people(TODAY), ids=lambda person: person.key)
def test_people_meet_the_stated_languages_and_licences_of_what_fits_them(person: DemoPerson) -> None:
    """No requirement of a fitting vacancy is contradicted by the profile; what is not known stays open."""
    vacancies = by_id()
    profile = profile_message(person).work
    levels = {row.language: row.levels for row in profile.languages}
    lacking = {row.code for row in profile.licences if row.held == types_pb2.Answer.VALUE_NO}
    for external_id in person.fits:
        vacancy = vacancies[external_id].vacancy
        for demand in vacancy.language_demand.languages:
            if demand.necessity != opening_pb2.Necessity.KIND_REQUIRED:
                continue
            own = levels[demand.language]
            assert all(getattr(own, name) >= getattr(demand.levels, name) for name in ACTIVITIES), external_id
        required = {row.code for row in vacancy.licences if row.necessity == opening_pb2.Necessity.KIND_REQUIRED}
        assert not required & lacking
        assert vacancy.min_hours_per_week <= profile.limits.max_hours_per_week
        assert vacancy.max_hours_per_week >= profile.limits.min_hours_per_week


@pytest.mark.parametrize("person", people(TODAY), ids=lambda person: person.key)
def test_working_times_of_what_fits_lie_within_the_persons_windows(person: DemoPerson) -> None:
    """A person with windows is away only within them in each fitting vacancy."""
    vacancies = by_id()
    windows = {(row.weekday): (row.start, row.end) for row in profile_message(person).work.limits.windows}
    for external_id in person.fits if windows else ():
        for time in vacancies[external_id].vacancy.weekly_times:
            start, end = windows[time.weekday]
            assert start <= time.start < time.end <= end, external_id


@pytest.mark.parametrize("person", people(TODAY), ids=lambda person: person.key)
def test_near_misses_exist(person: DemoPerson) -> None:
    """Each person has a vacancy that fits and a near one that does not, so that an excluded list says something."""
    vacancies = by_id()
    assert person.fits
    assert person.does_not_fit
    assert set(person.fits) | set(person.does_not_fit) <= set(vacancies)
    assert not set(person.fits) & set(person.does_not_fit)


@pytest.mark.parametrize("person", [row for row in people(TODAY) if row.key in FREE_TEXT_ONLY], ids=lambda row: row.key)
def test_free_text_alone_names_a_fitting_occupation(person: DemoPerson) -> None:
    """Three people give their own words and no code: the vocabulary reads the fitting occupation off them."""
    vocabulary = load()
    work = profile_message(person).work
    assert not work.experiences
    assert not work.skills
    assert not work.goals.occupations
    assert [row.language for row in work.summaries] == [FREE_TEXT_ONLY[person.key]]
    mentioned = {m.code for m in vocabulary.find(work.summaries[0].text, {"occupation"})}
    offered = {by_id()[external_id].vacancy.occupation.uri for external_id in person.fits}
    assert mentioned & offered
    titles = [by_id()[external_id].titles[0].language for external_id in person.fits]
    assert "fi" in titles
