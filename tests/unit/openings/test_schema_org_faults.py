"""schema.org JSON-LD → openings: what is refused, and how a publisher is told."""

import json

import pytest
from google.protobuf import json_format

from services.openings.adapters.schema_org import PROPERTIES, Item
from shared.kernel.errors import InvalidArgument
from tests.builders.schema_org import MAPPER, course, extra, job, service


def faults(value: object) -> list[tuple[str, str, str]]:
    """Pointer, reason and nearest value of each fault."""
    with pytest.raises(InvalidArgument) as caught:
        MAPPER.opening(Item(value, "/item"))
    return [(each.field, each.reason, each.nearest) for each in caught.value.violations]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("no item", ("/item", "TYPE_UNKNOWN", "")),
        ({"@type": "JobPostings", "title": "x"}, ("/item", "TYPE_UNKNOWN", "JobPosting")),
        (job(title=""), ("/item", "TITLE_MISSING", "")),
        (job(inLanguage=None), ("/item/title", "LANGUAGE_MISSING", "")),
        (job(title={"@value": "x", "@language": "suomi"}), ("/item/title", "LANGUAGE_INVALID", "")),
        (job(title="\ud800"), ("/item/title", "TEXT_INVALID", "")),
        (job(title=["Leipuri", {"name": 3}]), ("/item/title/1", "TEXT_EXPECTED", "")),
        (job(identifier="a b"), ("/item/identifier", "IDENTIFIER_INVALID", "")),
        (job(url="leipomo.example"), ("/item/url", "URL_INVALID", "")),
        (job(validThrough="31.3.2026"), ("/item/validThrough", "DATE_INVALID", "2026-03-31")),
        (job(jobStartDate="2026-02-30"), ("/item/jobStartDate", "DATE_INVALID", "2026-02-28")),
        (job(employmentType="TEMPORAL"), ("/item/employmentType", "EMPLOYMENT_TYPE_UNKNOWN", "temporary")),
        (
            job(employmentType=["PERMANENT", "SEASONAL"]),
            ("/item/employmentType/1", "EMPLOYMENT_TYPE_CONTRADICTORY", ""),
        ),
        (job(totalJobOpenings=2.5), ("/item/totalJobOpenings", "NUMBER_NOT_WHOLE", "2")),
        (job(totalJobOpenings=-1), ("/item/totalJobOpenings", "NUMBER_OUT_OF_RANGE", "0")),
        (job(totalJobOpenings=True), ("/item/totalJobOpenings", "NUMBER_INVALID", "")),
        (job(workHours="90 h/week"), ("/item/workHours", "NUMBER_OUT_OF_RANGE", "80")),
        (
            job(baseSalary={"value": {"value": 9, "unitText": "HOURS"}}),
            ("/item/baseSalary/value/unitText", "PAY_UNIT_UNKNOWN", "hour"),
        ),
        (job(baseSalary={"currency": "€", "value": 9}), ("/item/baseSalary/currency", "CURRENCY_INVALID", "EUR")),
        (job(baseSalary={"currency": "EUR"}), ("/item/baseSalary", "PAY_EMPTY", "")),
        (job(jobLocation="Esbpo"), ("/item/jobLocation", "MUNICIPALITY_UNKNOWN", "Espoo")),
        (
            job(jobLocation={"address": {"addressCountry": "SE"}}),
            ("/item/jobLocation/address/addressCountry", "COUNTRY_UNSUPPORTED", "FI"),
        ),
        (
            job(jobLocation={"address": {"postalCode": "2610"}}),
            ("/item/jobLocation/address/postalCode", "POSTAL_CODE_INVALID", ""),
        ),
        (
            job(hiringOrganization={"name": "x", "taxID": "FI12345678"}),
            ("/item/hiringOrganization/taxID", "BUSINESS_ID_INVALID", ""),
        ),
        (job(skills={"@type": "DefinedTerm", "url": "https://x.example"}), ("/item/skills", "CONCEPT_EMPTY", "")),
        (
            job(additionalProperty=extra(shifts="day")),
            ("/item/additionalProperty/0/propertyID", "PROPERTY_UNKNOWN", "polku:shift"),
        ),
        (
            job(additionalProperty=extra(theme="money")),
            ("/item/additionalProperty/0/propertyID", "PROPERTY_UNKNOWN", ""),
        ),
        (
            job(additionalProperty=extra(remote=["partly", "fully"])),
            ("/item/additionalProperty/1/propertyID", "PROPERTY_REPEATED", ""),
        ),
        (job(additionalProperty=[{"propertyID": "polku:shift"}]), ("/item/additionalProperty/0", "PROPERTY_EMPTY", "")),
        (job(additionalProperty=extra(shift="nigth")), ("/item/additionalProperty/0/value", "SHIFT_UNKNOWN", "night")),
        (
            job(additionalProperty=extra(workTrial="perhaps")),
            ("/item/additionalProperty/0/value", "ANSWER_INVALID", ""),
        ),
        (
            job(additionalProperty=extra(workingLanguage="fi speking B1")),
            ("/item/additionalProperty/0/value", "WORD_UNKNOWN", "speaking"),
        ),
        (
            job(additionalProperty=extra(workingLanguage="fi speaking required")),
            ("/item/additionalProperty/0/value", "LEVEL_MISSING", ""),
        ),
        (
            job(additionalProperty=extra(workingLanguage="suomi B1")),
            ("/item/additionalProperty/0/value", "LANGUAGE_INVALID", ""),
        ),
        (
            job(additionalProperty=extra(licence="Hygiene required")),
            ("/item/additionalProperty/0/value", "LICENCE_INVALID", ""),
        ),
        (
            job(additionalProperty=extra(weeklyTimes="Ma-Pe 08:00-16:00")),
            ("/item/additionalProperty/0/value", "WEEKDAY_UNKNOWN", ""),
        ),
        (
            job(additionalProperty=extra(weeklyTimes="Mo 8:00-16:00")),
            ("/item/additionalProperty/0/value", "TIME_INVALID", "08:00"),
        ),
        (
            job(additionalProperty=extra(weeklyTimes="weekdays")),
            ("/item/additionalProperty/0/value", "WEEKLY_TIMES_INVALID", ""),
        ),
        (
            course(offers={"price": 10, "priceCurrency": "SEK"}),
            ("/item/offers/priceCurrency", "CURRENCY_UNSUPPORTED", "EUR"),
        ),
        (
            course(hasCourseInstance=[{"maximumAttendeeCapacity": "many"}]),
            ("/item/hasCourseInstance/0/maximumAttendeeCapacity", "NUMBER_INVALID", ""),
        ),
        (
            course(additionalProperty=extra(trainingKind="language")),
            ("/item/additionalProperty/0/value", "TRAINING_KIND_UNKNOWN", "language-course"),
        ),
        (
            service(hoursAvailable={"dayOfWeek": "Funday", "opens": "09:00", "closes": "10:00"}),
            ("/item/hoursAvailable/dayOfWeek", "WEEKDAY_UNKNOWN", "sunday"),
        ),
        (
            service(additionalProperty=extra(participation="forced")),
            ("/item/additionalProperty/0/value", "PARTICIPATION_UNKNOWN", ""),
        ),
    ],
)
def test_faults_name_the_pointer_the_reason_and_the_nearest_value(
    value: object, expected: tuple[str, str, str]
) -> None:
    """Each wrong value is told by where it stands, what is wrong and what would be right."""
    assert expected in faults(value)


def test_all_faults_are_told_at_once() -> None:
    """One answer names every fault, so that a partner need not send the item again and again."""
    found = faults(job(validThrough="soon", totalJobOpenings="lots", url="nowhere"))
    assert {pointer for pointer, _, _ in found} == {"/item/validThrough", "/item/totalJobOpenings", "/item/url"}


def test_faults_never_show_a_contact() -> None:
    """A wrong value of a contact person is not repeated: it would travel into logs."""
    with pytest.raises(InvalidArgument) as caught:
        MAPPER.opening(Item(job(url="x", applicationContact={"name": "Aino \ud800", "email": "aino@example.org"})))
    assert "aino" not in repr(caught.value.violations).lower()


def test_an_integer_of_thousands_of_digits_is_refused() -> None:
    """A number that no float holds is out of range, not a crash."""
    assert faults(job(totalJobOpenings=10**4000))[0][1] == "NUMBER_OUT_OF_RANGE"


def test_one_language_has_one_necessity() -> None:
    """Two properties of one language that contradict each other are refused."""
    contrary = extra(workingLanguage=["fi B1 required", "fi B2 preferred"])
    assert faults(job(additionalProperty=contrary)) == [("/item/additionalProperty/1/value", "LANGUAGE_REPEATED", "")]


def test_every_polku_property_is_read() -> None:
    """No id is documented that the mapping does not read: each accepts nonsense nowhere, or keeps it as words."""
    words = {"polku:howToApply", "polku:accessibility", "polku:howToGetIn", "polku:benefitEffect"}
    concepts = {"polku:leadsTo", "polku:helpsWith"}
    items = {"JobPosting": job, "Course": course, "Service": service}
    for name, rule in PROPERTIES.items():
        nonsense = [{"propertyID": name, "value": "% nonsense"}]
        for schema_type in rule.on:
            if schema_type == "CourseInstance":
                item = course(hasCourseInstance={"additionalProperty": nonsense})
            elif schema_type == "DefinedTerm":
                item = job(skills={"name": "siivous", "additionalProperty": nonsense})
            else:
                item = items[schema_type](additionalProperty=nonsense)
            if name in words | concepts:
                opening = MAPPER.opening(Item(item, "", "fi"))
                assert "% nonsense" in json.dumps(json_format.MessageToDict(opening))
            else:
                assert faults(item), (name, schema_type)
