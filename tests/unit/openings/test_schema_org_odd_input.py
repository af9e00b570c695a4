"""Whatever JSON a partner sends, the mapping of schema.org answers with an opening or with faults, never otherwise."""

from typing import Any

from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polku.openings.v1 import opening_pb2

from services.openings.adapters.schema_org import PROPERTIES, Item, items_of
from services.openings.domain.faults import MOST_VIOLATIONS
from shared.kernel.errors import InvalidArgument
from tests.builders.schema_org import MAPPER

TERMS = [
    "title",
    "name",
    "description",
    "responsibilities",
    "qualifications",
    "hiringOrganization",
    "jobLocation",
    "jobLocationType",
    "address",
    "geo",
    "latitude",
    "longitude",
    "addressLocality",
    "addressCountry",
    "postalCode",
    "streetAddress",
    "datePosted",
    "validThrough",
    "jobStartDate",
    "employmentType",
    "workHours",
    "baseSalary",
    "salaryCurrency",
    "value",
    "minValue",
    "maxValue",
    "unitText",
    "currency",
    "totalJobOpenings",
    "skills",
    "occupationalCategory",
    "termCode",
    "codeValue",
    "url",
    "educationRequirements",
    "educationalLevel",
    "credentialCategory",
    "about",
    "inDefinedTermSet",
    "experienceRequirements",
    "monthsOfExperience",
    "identifier",
    "inLanguage",
    "applicationContact",
    "email",
    "telephone",
    "taxID",
    "hasCourseInstance",
    "courseSchedule",
    "byDay",
    "startTime",
    "endTime",
    "repeatFrequency",
    "startDate",
    "endDate",
    "location",
    "courseMode",
    "courseWorkload",
    "maximumAttendeeCapacity",
    "remainingAttendeeCapacity",
    "offers",
    "price",
    "priceCurrency",
    "teaches",
    "coursePrerequisites",
    "occupationalCredentialAwarded",
    "provider",
    "serviceType",
    "audience",
    "audienceType",
    "availableLanguage",
    "availableChannel",
    "serviceLocation",
    "serviceUrl",
    "hoursAvailable",
    "dayOfWeek",
    "opens",
    "closes",
    "areaServed",
    "isAccessibleForFree",
    "additionalProperty",
    "propertyID",
    "@value",
    "@language",
    "@type",
    "@id",
    "@list",
    "@context",
]
WORDS = (
    "fi",
    "fi B1 required",
    "Mo-Fr 08:00-16:00",
    "Su-Mo,Tu 22:00-06:00",
    "20-30 h/week",
    "37.5",
    "1e999",
    "2026-02-30",
    "2026-03-01T00:00:00+99:99",
    "0001-01-01T00:00:01+14:00",
    "9999-12-31T23:59:59-12:00",
    "https://schema.org/Monday",
    "Espoo",
    "Iso Omena",
    "EUR",
    "HOUR",
    "TELECOMMUTE",
    "http://data.europa.eu/esco/skill/x",
    "\ud800",
    "",
    " ",
    "none",
    "JobPosting",
    "Place",
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**400, max_value=10**401),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=12),
)
KEYS = st.one_of(st.sampled_from(TERMS), st.text(max_size=6))
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
PROPERTY = st.fixed_dictionaries({"propertyID": st.sampled_from(sorted(PROPERTIES)), "value": VALUES})
ITEMS = st.builds(
    lambda schema_type, members, extra: {"@type": schema_type, **members, "additionalProperty": extra},
    st.sampled_from(["JobPosting", "Course", "Service", ["Thing", "schema:Service"]]),
    st.dictionaries(st.sampled_from(TERMS), VALUES, max_size=8),
    st.lists(PROPERTY, max_size=4),
)


def answer(item: Item) -> opening_pb2.Opening | None:
    """The opening; None where the item is refused with faults that can be sent."""
    try:
        return MAPPER.opening(item)
    except InvalidArgument as error:
        check_faults(error, item.pointer)
        return None


def check_faults(error: InvalidArgument, pointer: str) -> None:
    """There are some, not too many, each lies in the item, says what to do, and is whole Unicode."""
    assert 0 < len(error.violations) <= MOST_VIOLATIONS
    for violation in error.violations:
        assert violation.field.startswith(pointer)
        assert violation.description
        for text in (violation.field, violation.description, violation.value, violation.nearest):
            text.encode()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ITEMS, st.sampled_from(["", "fi"]))
def test_odd_items_give_an_opening_or_faults(value: dict[str, Any], language: str) -> None:
    """An item of the right type with anything in its fields is mapped, or refused by InvalidArgument with faults."""
    opening = answer(Item(value, "/@graph/0", language))
    if opening is not None:
        again = json_format.ParseDict(json_format.MessageToDict(opening), opening_pb2.Opening())
        assert again == opening
        assert opening.titles
        assert opening.WhichOneof("detail")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_odd_documents_give_items_that_are_answered(document: Any) -> None:
    """Any JSON document falls into items, and each is answered."""
    for item in items_of(document):
        answer(item)
