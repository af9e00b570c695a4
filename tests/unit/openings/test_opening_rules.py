"""What an item must hold true: dates, pay, codes, sizes. Each violation names the path of its field."""

import datetime
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from services.openings.domain.content import Content, Draft
from services.openings.domain.offers import Pay, ServiceOffer, Shift, Theme, Training, TrainingInstance, Vacancy
from services.openings.domain.requirements import (
    EducationRequirement,
    LanguageDemand,
    LanguageRequirement,
    LicenceRequirement,
    SkillRequirement,
    Statement,
)
from services.openings.domain.rules import Admitted, admit
from services.openings.domain.values import Concept, LocalizedText, Place, Weekday, WeeklyWindow
from shared.kernel.errors import FieldViolation, InvalidArgument
from tests.builders.openings import NOW, a_content, a_draft, valid_contents
from tests.fakes.openings import FakeCodes, FakeMarkup

DAY = datetime.date(2027, 1, 15)
KNOWN_SKILL = Concept(uri="http://data.europa.eu/esco/skill/15a33d76-4640-438d-ae64-fdc0c1d3eebc")
NEW_SKILL = Concept(uri="http://data.europa.eu/esco/skill/ffffffff-4640-438d-ae64-fdc0c1d3eebc")


def admitted(draft: Draft) -> Admitted:
    """The draft as it would be stored."""
    return admit(draft, FakeCodes(), FakeMarkup(), NOW)


def violations(content: Content, **parts: Any) -> tuple[FieldViolation, ...]:
    """What is wrong with a content, or a draft of it."""
    with pytest.raises(InvalidArgument) as refused:
        admitted(a_draft(content=content, **parts))
    return refused.value.violations


def of_vacancy(**parts: Any) -> tuple[str, str]:
    """Path and reason of the only violation of a vacancy."""
    (violation,) = violations(a_content(detail=Vacancy(**parts)))
    return violation.field.removeprefix("opening.vacancy."), violation.reason


def of_training(**parts: Any) -> tuple[str, str]:
    """Path and reason of the only violation of a training."""
    (violation,) = violations(a_content(detail=Training(**parts)))
    return violation.field.removeprefix("opening.training."), violation.reason


@given(valid_contents())
def test_what_is_settled_and_valid_is_stored_as_it_is(content: Content) -> None:
    """Admitting a valid item changes nothing, so that the same item again is unchanged."""
    found = admitted(a_draft(content=content))
    assert found.draft == a_draft(content=content)
    assert not found.sanitised


def test_dates_must_be_in_order_and_in_reach() -> None:
    """An end before its start and years beyond 1900 to 2100 are refused (row 11)."""
    early = DAY - timedelta(days=1)
    assert of_vacancy(start_date=DAY, end_date=early) == ("end_date", "DATES_CONTRADICTORY")
    assert of_vacancy(start_date=datetime.date(9999, 12, 31)) == ("start_date", "DATE_OUT_OF_RANGE")
    assert of_vacancy(end_date=datetime.date(1066, 10, 14)) == ("end_date", "DATE_OUT_OF_RANGE")
    instance = TrainingInstance(start_date=DAY, end_date=early)
    assert of_training(instances=(instance,)) == ("instances[0].end_date", "DATES_CONTRADICTORY")


def test_publication_must_lie_before_the_end_of_the_closing_date() -> None:
    """The last second of the closing date in Helsinki is in time, its midnight is not."""
    midnight = datetime.datetime(2027, 1, 15, 22, 0, tzinfo=datetime.UTC)
    content = a_content(closing_date=DAY)
    admitted(a_draft(content=content, publish_time=midnight - timedelta(seconds=1)))
    (violation,) = violations(content, publish_time=midnight)
    assert (violation.field, violation.reason) == ("opening.publish_time", "DATES_CONTRADICTORY")
    (violation,) = violations(a_content(), publish_time=NOW.replace(year=2101))
    assert violation.reason == "DATE_OUT_OF_RANGE"


def test_a_closing_date_in_the_past_is_a_warning() -> None:
    """Such an item is accepted, and its publisher told that it is not shown."""
    found = admitted(a_draft(content=a_content(closing_date=NOW.date() - timedelta(days=1))))
    assert [(warning.reason, warning.field) for warning in found.warnings] == [("CLOSING_DATE_PASSED", "closing_date")]


@pytest.mark.parametrize("amount", [-1.0, math.nan, math.inf, 1e308, 1_000_001.0])
def test_pay_must_be_a_possible_amount(amount: float) -> None:
    """Negative, endless and absurd amounts are refused (row 12)."""
    assert of_vacancy(pay=Pay(minimum=amount)) == ("pay.minimum", "PAY_INVALID")
    assert of_vacancy(pay=Pay(maximum=amount)) == ("pay.maximum", "PAY_INVALID")
    assert of_training(cost=amount) == ("cost", "COST_INVALID")


def test_ranges_must_be_in_order() -> None:
    """The lowest pay, hours and seats must not lie above the highest."""
    assert of_vacancy(pay=Pay(minimum=15.0, maximum=14.5)) == ("pay.minimum", "PAY_CONTRADICTORY")
    assert of_vacancy(min_hours_per_week=40, max_hours_per_week=20) == ("min_hours_per_week", "HOURS_CONTRADICTORY")
    instance = TrainingInstance(seats=10, seats_left=11)
    assert of_training(instances=(instance,)) == ("instances[0].seats_left", "SEATS_CONTRADICTORY")


@pytest.mark.parametrize(
    ("content", "field", "nearest"),
    [
        (a_content(detail=Vacancy(isco_code="9199")), "opening.vacancy.isco_code", "91"),
        (a_content(places=(Place(municipality="048"),)), "opening.places[0].municipality", "049"),
        (
            a_content(detail=Vacancy(licences=(LicenceRequirement("hygiene-pasport"),))),
            "opening.vacancy.licences[0].code",
            "hygiene-passport",
        ),
        (
            a_content(detail=Training(gives_licences=("driving-licence-x",))),
            "opening.training.gives_licences[0]",
            "driving-licence-b",
        ),
        (a_content(descriptions=(LocalizedText("fin", "x"),)), "opening.descriptions[0].language", "fi"),
        (
            a_content(
                detail=ServiceOffer(language_demand=LanguageDemand(Statement.LISTED, (LanguageRequirement("enx"),)))
            ),
            "opening.service.language_demand.languages[0].language",
            "en",
        ),
        (a_content(detail=Training(isced_field="1099")), "opening.training.isced_field", "10"),
        (
            a_content(detail=Vacancy(education=EducationRequirement(isced_field="102"))),
            "opening.vacancy.education.isced_field",
            "10",
        ),
        (
            a_content(detail=Training(instances=(TrainingInstance(place=Place(municipality="092")),))),
            "opening.training.instances[0].place.municipality",
            "091",
        ),
        (
            a_content(detail=Vacancy(occupation=Concept(uri="http://data.europa.eu/esco/occupation/1"))),
            "opening.vacancy.occupation.uri",
            "http://data.europa.eu/esco/occupation/00030d09-2b3a-4efd-87cc-c4ea39d27c34",
        ),
        (
            a_content(detail=Vacancy(skills=(SkillRequirement(Concept(uri="http://data.europa.eu/esco/isco/C91")),))),
            "opening.vacancy.skills[0].skill.uri",
            "http://data.europa.eu/esco/skill/15a33d76-4640-438d-ae64-fdc0c1d3eebc",
        ),
    ],
)
def test_unknown_codes_are_refused_with_the_nearest_one(content: Content, field: str, nearest: str) -> None:
    """Every code of every kind of item is looked up, and the nearest known one is named (row 13)."""
    (violation,) = violations(content)
    assert (violation.field, violation.nearest) == (field, nearest)
    assert violation.reason.endswith("_UNKNOWN")
    assert violation.value


def test_an_esco_concept_that_is_not_loaded_is_a_warning() -> None:
    """A URI of the right form may be of another ESCO version; one of the wrong list is refused."""
    content = a_content(detail=Training(teaches=(KNOWN_SKILL, NEW_SKILL)))
    (warning,) = admitted(a_draft(content=content)).warnings
    assert (warning.reason, warning.field) == ("ESCO_URI_NOT_LOADED", "training.teaches[1].uri")
    assert of_training(leads_to=(KNOWN_SKILL,)) == ("leads_to[0].uri", "OCCUPATION_UNKNOWN")


def test_hints_are_given_for_the_first_five_wrong_codes() -> None:
    """A hint costs a comparison with a whole list; all wrong codes are reported nevertheless."""
    places = tuple(Place(municipality=f"04{number}") for number in range(9))
    found = violations(a_content(places=places))
    assert [violation.nearest for violation in found] == ["049"] * 5 + [""] * 4


def test_concepts_and_demands_must_say_something() -> None:
    """A concept has a URI or words; languages are listed exactly where the statement says so."""
    assert of_vacancy(skills=(SkillRequirement(Concept()),)) == ("skills[0].skill", "CONCEPT_EMPTY")
    contradictory = ("language_demand.statement", "LANGUAGE_DEMAND_CONTRADICTORY")
    assert of_vacancy(language_demand=LanguageDemand(Statement.LISTED)) == contradictory
    languages = (LanguageRequirement("fi"),)
    assert of_vacancy(language_demand=LanguageDemand(Statement.NONE, languages)) == contradictory
    twice = LanguageDemand(Statement.LISTED, languages * 2)
    assert of_vacancy(language_demand=twice) == ("language_demand.languages[1]", "LANGUAGE_REPEATED")


def test_titles_and_the_own_id_are_needed_and_addresses_are_web_addresses() -> None:
    """An item has an external id, a title once in each language, and an address that opens no script."""
    assert violations(a_content(), external_id="")[0].reason == "EXTERNAL_ID_MISSING"
    assert violations(replace(a_content(), titles=()))[0].reason == "TITLE_MISSING"
    twice = (LocalizedText("fi", "a"), LocalizedText("fi", "b"))
    assert violations(replace(a_content(), titles=twice))[0].reason == "LANGUAGE_REPEATED"
    for url in ("javascript:alert(1)", "https://", 'https://x"onclick=', "https://x\x00y"):
        assert violations(a_content(url=url))[0].reason == "URL_INVALID"


def test_an_item_fits_into_an_event() -> None:
    """All texts together have 48,000 bytes, and all weekly times are at most 300."""
    texts = tuple(LocalizedText(language, "x" * 16_000) for language in ("fi", "sv", "en"))
    (violation,) = violations(a_content(descriptions=texts))
    assert (violation.field, violation.reason) == ("opening", "TEXTS_TOO_LONG")
    times = tuple(WeeklyWindow(Weekday.MONDAY, 0, 60) for _ in range(50))
    instances = tuple(TrainingInstance(str(number), weekly_times=times) for number in range(7))
    assert of_training(instances=instances) == ("instances", "WEEKLY_TIMES_TOO_MANY")


def test_sets_have_one_form() -> None:
    """Shifts and themes are sets: their order is no difference."""
    vacancy = Vacancy(shifts=(Shift.NIGHT, Shift.DAY))
    service = ServiceOffer(themes=(Theme.MONEY, Theme.LANGUAGE))
    assert admitted(a_draft(content=a_content(detail=vacancy))).draft.content.detail == Vacancy(
        shifts=(Shift.DAY, Shift.NIGHT)
    )
    assert admitted(a_draft(content=a_content(detail=service))).draft.content.detail == ServiceOffer(
        themes=(Theme.LANGUAGE, Theme.MONEY)
    )


def test_many_violations_are_said_at_once() -> None:
    """The first 20 violations are listed; their reason stands alone only where it is the same for all."""
    wrong = Vacancy(isco_code="0", skills=tuple(SkillRequirement(Concept()) for _ in range(30)))
    with pytest.raises(InvalidArgument) as refused:
        admitted(a_draft(content=a_content(detail=wrong)))
    assert refused.value.reason == "OPENING_INVALID"
    assert len(refused.value.violations) == 20
