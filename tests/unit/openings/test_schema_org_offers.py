"""schema.org Course and Service → trainings and services: what each term becomes."""

from polku.openings.v1 import opening_pb2 as pb

from tests.builders.schema_org import CLEANING, course, extra, mapped, service


def test_a_course_with_instances_becomes_a_training() -> None:
    """Instances keep their own place and mode where these differ; the languages of instruction have no level."""
    body = mapped(
        course(
            inLanguage=["fi", "en"],
            provider={"@type": "Organization", "name": "Opisto"},
            teaches=["siivous", CLEANING],
            about={"@type": "DefinedTerm", "termCode": "023", "inDefinedTermSet": {"name": "ISCED-F 2013"}},
            occupationalCredentialAwarded={"@type": "EducationalOccupationalCredential", "identifier": "first-aid-ea1"},
            coursePrerequisites={
                "@type": "EducationalOccupationalCredential",
                "credentialCategory": "high school",
            },
            offers={"@type": "Offer", "price": "40.50", "priceCurrency": "EUR", "validThrough": "2026-03-20"},
            hasCourseInstance=[
                {
                    "@type": "CourseInstance",
                    "identifier": "a",
                    "startDate": "2026-04-01",
                    "endDate": "2026-05-01",
                    "courseMode": "onsite",
                    "location": {"@type": "Place", "name": "Tapiola"},
                    "courseSchedule": {
                        "@type": "Schedule",
                        "repeatFrequency": "P1W",
                        "byDay": ["https://schema.org/Monday", "WE"],
                        "startTime": "17:00:00",
                        "endTime": "20:00",
                    },
                    "courseWorkload": "6 h/week",
                    "maximumAttendeeCapacity": 16,
                    "remainingAttendeeCapacity": 0,
                    "additionalProperty": extra(seatsConfirmedOn="2026-02-27"),
                },
                {
                    "@type": "CourseInstance",
                    "startDate": "2026-09-01",
                    "location": {"@type": "Place", "address": {"addressLocality": "Tampere"}},
                    "courseMode": ["full-time", "blended"],
                },
                {"@type": "CourseInstance", "location": {"@type": "VirtualLocation"}},
            ],
            additionalProperty=extra(trainingKind="Language_Course", givesLanguage="fi A2", childcareOnSite=True),
        )
    )
    training = body["training"]
    first, second, third = training.pop("instances")
    windows = [{"weekday": f"WEEKDAY_{day}", "start": "17:00", "end": "20:00"} for day in ("MONDAY", "WEDNESDAY")]
    assert first["weeklyTimes"] == windows
    assert (first["place"], first["remote"]) == ({"municipality": "049", "district": "Tapiola"}, "KIND_NONE")
    assert (first["seats"], first["seatsLeft"], first["seatsConfirmedOn"]) == (16, 0, "2026-02-27")
    assert (second["place"], second["remote"]) == ({"municipality": "837"}, "KIND_PARTLY")
    assert third == {"remote": "KIND_FULLY"}
    assert body["places"] == [first["place"], second["place"]]
    assert body["closingDate"] == "2026-03-20"
    assert training["languageDemand"]["languages"] == [
        {"language": tag, "necessity": "KIND_PREFERRED", "basis": "KIND_STATED"} for tag in ("fi", "en")
    ]
    assert training["entryEducation"] == {"iscedLevel": 3}
    assert (training["kind"], training["cost"], training["childcareOnSite"]) == (
        "KIND_LANGUAGE_COURSE",
        40.5,
        "VALUE_YES",
    )
    assert (training["givesLicences"], training["iscedField"]) == (["first-aid-ea1"], "023")
    assert training["givesLanguage"]["levels"]["writing"] == "LEVEL_A2"
    assert training["teaches"] == [{"text": "siivous"}, {"uri": CLEANING}]


def test_a_service_becomes_a_service_offer() -> None:
    """Place and address come from the channel, themes from the type, hours from OpeningHoursSpecification."""
    body = mapped(
        service(
            identifier=17,
            provider="Neuvola",
            serviceType="family",
            audience={"@type": "Audience", "audienceType": {"fi": "Perheet"}},
            availableLanguage=[{"@type": "Language", "name": "Finnish", "alternateName": "fi"}],
            availableChannel={
                "@type": "ServiceChannel",
                "serviceUrl": "https://neuvola.example",
                "serviceLocation": {"@type": "Place", "name": "Iso Omena"},
            },
            hoursAvailable={
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": ["Tuesday", "PublicHolidays"],
                "opens": "09:00",
                "closes": "15:00",
            },
            additionalProperty=extra(
                theme="money",
                participation="if-agreed-in-plan",
                consentNeeded=False,
                accessibility=[{"@value": "Hissi", "@language": "fi"}],
                helpsWith=CLEANING,
            ),
        )
    )
    offer = body["service"]
    assert (body["externalId"], body["url"]) == ("17", "https://neuvola.example")
    assert body["titles"] == [{"language": "fi", "text": "Neuvonta"}, {"language": "uk", "text": "Поради"}]
    assert body["places"] == [{"municipality": "049", "district": "Iso Omena"}]
    assert offer["themes"] == ["THEME_MONEY", "THEME_FAMILY"]
    assert offer["openingHours"] == [{"weekday": "WEEKDAY_TUESDAY", "start": "09:00", "end": "15:00"}]
    assert offer["languageDemand"]["languages"][0]["necessity"] == "KIND_REQUIRED"
    assert (offer["participation"], offer["consentNeeded"]) == ("PARTICIPATION_IF_AGREED_IN_PLAN", "VALUE_NO")
    assert offer["audiences"] == [{"language": "fi", "text": "Perheet"}]
    assert offer["helpsWith"] == [{"uri": CLEANING}]


def test_other_rhythms_than_the_week_say_nothing_about_the_week() -> None:
    """A course on every second Saturday has no weekly times."""
    schedule = {"repeatFrequency": "P2W", "byDay": "Saturday", "startTime": "09:00", "endTime": "15:00"}
    body = mapped(course(hasCourseInstance={"startDate": "2026-04-01", "courseSchedule": schedule}))
    assert body["training"]["instances"] == [{"startDate": "2026-04-01"}]


def test_enums_of_the_protos_have_words() -> None:
    """Each theme, kind of training and shift of the protos can be said."""
    for theme in pb.ServiceOffer.Theme.values()[1:]:
        word = pb.ServiceOffer.Theme.Name(theme).removeprefix("THEME_").lower()
        body = mapped(service(additionalProperty=extra(theme=word)))
        assert body["service"]["themes"] == [pb.ServiceOffer.Theme.Name(theme)]
