"""schema.org JSON-LD → openings: what each term of a JobPosting becomes, and which items a document holds."""

import pytest

from services.openings.adapters.schema_org import items_of
from tests.builders.schema_org import BAKER, CLEANING, MAPPER, extra, job, mapped


def test_a_full_job_posting_becomes_a_vacancy() -> None:
    """Every documented term of a JobPosting arrives in its field."""
    body = mapped(
        job(
            identifier={"@type": "PropertyValue", "value": "KK-7"},
            title={"fi": "Leipuri", "sv": "Bagare"},
            description=[{"@value": "Leivot leipää.", "@language": "fi"}],
            hiringOrganization={"@type": "Organization", "name": "Leipomo", "taxID": "1234567-8"},
            jobLocation={
                "@type": "Place",
                "name": "Kilo",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "Kilonkatu 1",
                    "postalCode": "02610",
                    "addressLocality": "Esbo",
                    "addressCountry": "FI",
                },
                "geo": {"@type": "GeoCoordinates", "latitude": 60.22, "longitude": "24.78"},
            },
            datePosted="2026-03-01",
            validThrough="2026-03-31T23:59:00+03:00",
            jobStartDate="2026-04-15",
            employmentType=["FULL_TIME", "TEMPORARY"],
            workHours="37,5–40 h/week",
            baseSalary={
                "@type": "MonetaryAmount",
                "currency": "EUR",
                "value": {"@type": "QuantitativeValue", "minValue": 14, "maxValue": 16.5, "unitText": "HOUR"},
            },
            totalJobOpenings="2",
            occupationalCategory=[
                {"@type": "DefinedTerm", "name": "leipuri", "termCode": BAKER},
                {"@type": "CategoryCode", "codeValue": "7512"},
            ],
            skills=[
                {
                    "@type": "DefinedTerm",
                    "name": "siivous",
                    "url": CLEANING.replace("http:", "https:"),
                    "additionalProperty": extra(necessity="preferred", weight=3),
                }
            ],
            educationRequirements={
                "@type": "EducationalOccupationalCredential",
                "educationalLevel": {"@type": "DefinedTerm", "termCode": "ISCED 3"},
                "about": {"@type": "DefinedTerm", "termCode": "072", "inDefinedTermSet": "ISCED-F 2013"},
            },
            experienceRequirements={"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 12},
            applicationContact={"@type": "ContactPoint", "email": "mailto:rekry@leipomo.example", "telephone": "0401"},
            url="https://leipomo.example/7",
            additionalProperty=extra(
                workingLanguage=["fi speaking B1 listening B1 required", "ru A2 preferred inferred"],
                licence="hygiene-passport required",
                shift=["night", "weekend"],
                weeklyTimes=["Mo-We,Fr 02:00-10:00", "Sa 22:00-24:00"],
                endDate="2026-12-31",
                educationNecessity="preferred",
                recognitionRequired=True,
                paySubsidy=True,
                workTrial="no",
                remote="on-site",
                howToApply="Soita.",
            ),
        )
    )
    assert body == {
        "externalId": "KK-7",
        "titles": [{"language": "fi", "text": "Leipuri"}, {"language": "sv", "text": "Bagare"}],
        "descriptions": [{"language": "fi", "text": "Leivot leipää."}],
        "places": [
            {
                "municipality": "049",
                "district": "Kilo",
                "postalCode": "02610",
                "streetAddress": "Kilonkatu 1",
                "point": {"latitude": 60.22, "longitude": 24.78},
            }
        ],
        "remote": "KIND_NONE",
        "publishTime": "2026-02-28T22:00:00Z",
        "closingDate": "2026-03-31",
        "url": "https://leipomo.example/7",
        "howToApply": [{"language": "fi", "text": "Soita."}],
        "contacts": [{"email": "rekry@leipomo.example", "phone": "0401"}],
        "vacancy": {
            "employer": {"name": "Leipomo", "businessId": "1234567-8"},
            "occupation": {"uri": BAKER, "text": "leipuri", "language": "fi"},
            "iscoCode": "7512",
            "skills": [
                {
                    "skill": {"uri": CLEANING, "text": "siivous", "language": "fi"},
                    "necessity": "KIND_PREFERRED",
                    "weight": 3.0,
                    "basis": "KIND_STATED",
                }
            ],
            "languageDemand": {
                "statement": "STATEMENT_LISTED",
                "languages": [
                    {
                        "language": "fi",
                        "levels": {"listening": "LEVEL_B1", "speaking": "LEVEL_B1"},
                        "necessity": "KIND_REQUIRED",
                        "basis": "KIND_STATED",
                    },
                    {
                        "language": "ru",
                        "levels": dict.fromkeys(("listening", "reading", "speaking", "writing"), "LEVEL_A2"),
                        "necessity": "KIND_PREFERRED",
                        "basis": "KIND_INFERRED",
                    },
                ],
            },
            "licences": [{"code": "hygiene-passport", "necessity": "KIND_REQUIRED", "basis": "KIND_STATED"}],
            "education": {
                "iscedLevel": 3,
                "iscedField": "072",
                "recognitionRequired": True,
                "necessity": "KIND_PREFERRED",
            },
            "experienceMonths": 12,
            "contract": "CONTRACT_FIXED_TERM",
            "minHoursPerWeek": 37.5,
            "maxHoursPerWeek": 40.0,
            "shifts": ["SHIFT_NIGHT", "SHIFT_WEEKEND"],
            "weeklyTimes": [
                *(
                    {"weekday": f"WEEKDAY_{day}", "start": "02:00", "end": "10:00"}
                    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "FRIDAY")
                ),
                {"weekday": "WEEKDAY_SATURDAY", "start": "22:00", "end": "24:00"},
            ],
            "startDate": "2026-04-15",
            "endDate": "2026-12-31",
            "pay": {"minimum": 14.0, "maximum": 16.5, "currency": "EUR", "unit": "UNIT_HOUR"},
            "positions": 2,
            "paySubsidy": "VALUE_YES",
            "workTrial": "VALUE_NO",
        },
    }


def test_what_is_not_said_stays_unsaid() -> None:
    """The advert's language is no language of the work, and nothing is made up for what is missing."""
    assert mapped(job()) == {"titles": [{"language": "fi", "text": "Leipuri"}], "vacancy": {}}


def test_no_language_is_not_the_same_as_none_stated() -> None:
    """polku:workingLanguage "none" says that no language is needed."""
    body = mapped(job(additionalProperty=extra(workingLanguage="none")))
    assert body["vacancy"]["languageDemand"] == {"statement": "STATEMENT_NONE"}


def test_demands_of_one_language_are_joined() -> None:
    """Two properties of one language become one requirement; contradicting necessities are refused."""
    both = extra(workingLanguage=["fi speaking B1 required", "fi reading A2 required"])
    body = mapped(job(additionalProperty=both))
    assert body["vacancy"]["languageDemand"]["languages"][0]["levels"] == {
        "reading": "LEVEL_A2",
        "speaking": "LEVEL_B1",
    }


def test_names_may_be_written_in_full_or_with_a_prefix() -> None:
    """schema: and the full address of a term mean the plain term."""
    body = mapped(
        {
            "@type": "https://schema.org/JobPosting",
            "schema:title": "Cook",
            "http://schema.org/inLanguage": "en",
            "schema:employmentType": "https://schema.org/PER_DIEM",
        }
    )
    assert body["titles"] == [{"language": "en", "text": "Cook"}]
    assert body["vacancy"]["contract"] == "CONTRACT_ON_CALL"


def test_texts_without_a_field_become_paragraphs_of_the_description() -> None:
    """Duties, qualifications and hours in words are kept in the text, language by language."""
    body = mapped(
        job(
            description={"fi": "Leivot.", "en": "You bake."},
            responsibilities="Siivoat.",
            qualifications="Hygieniapassi.",
            workHours="aamuvuoro",
            experienceRequirements="Vuosi leipomossa.",
        )
    )
    assert body["descriptions"] == [
        {"language": "fi", "text": "Leivot.\n\nSiivoat.\n\nHygieniapassi.\n\nVuosi leipomossa.\n\naamuvuoro"},
        {"language": "en", "text": "You bake."},
    ]


@pytest.mark.parametrize(
    ("hours", "fewest", "most"),
    [("20-30 h/week", 20, 30), ("37,5 tuntia viikossa", 37.5, 37.5), (25, 25, 25), ("15 hours per week", 15, 15)],
)
def test_hours_a_week_are_read(hours: object, fewest: float, most: float) -> None:
    """workHours in numbers, in three languages."""
    vacancy = mapped(job(workHours=hours))["vacancy"]
    assert (vacancy["minHoursPerWeek"], vacancy["maxHoursPerWeek"]) == (fewest, most)


def test_clock_times_are_no_hours_a_week() -> None:
    """ "8-16" says when the day is, not how many hours the week has: it stays in the text."""
    body = mapped(job(workHours="8-16"))
    assert "minHoursPerWeek" not in body["vacancy"]
    assert body["descriptions"] == [{"language": "fi", "text": "8-16"}]


def test_telecommuting_is_fully_remote_unless_said_otherwise() -> None:
    """schema.org has one word for remote work; polku:remote says how far."""
    assert mapped(job(jobLocationType="TELECOMMUTE"))["remote"] == "KIND_FULLY"
    partly = job(jobLocationType="TELECOMMUTE", additionalProperty=extra(remote="partly"))
    assert mapped(partly)["remote"] == "KIND_PARTLY"


def test_weekly_pay_becomes_yearly_pay() -> None:
    """The protos know no weekly pay: 52 weeks make a year."""
    salary = {"@type": "MonetaryAmount", "value": {"value": 500, "unitText": "WEEK"}}
    body = mapped(job(baseSalary=salary, salaryCurrency="EUR"))
    assert body["vacancy"]["pay"] == {"minimum": 26000.0, "maximum": 26000.0, "currency": "EUR", "unit": "UNIT_YEAR"}


def test_items_of_a_graph_an_array_and_a_single_object() -> None:
    """Each item comes with its pointer; the graph's context gives the language of plain texts."""
    graph = {"@context": ["https://schema.org", {"@language": "sv"}], "@graph": [{"@type": "Course", "name": "Kurs"}]}
    (item,) = items_of(graph)
    assert (item.pointer, item.language) == ("/@graph/0", "sv")
    assert MAPPER.opening(item).titles[0].language == "sv"
    assert [each.pointer for each in items_of([1, {}])] == ["/0", "/1"]
    assert [each.pointer for each in items_of(job())] == [""]
