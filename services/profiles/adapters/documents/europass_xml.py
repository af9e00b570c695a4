"""The Candidate of the Europass portal: an HR-XML document, read by the local names of its elements."""

import re
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element

from services.profiles.adapters.documents.europass_values import (
    country_code,
    driving_licence,
    language_code,
    months_between,
    profile_of,
    words,
)
from services.profiles.domain.cv.educations import Studies, level_of
from services.profiles.domain.cv.jobs import Job
from services.profiles.domain.cv.languages import SpokenLanguage
from services.profiles.domain.cv.reading import HeldLicence, Reading
from services.profiles.domain.values import CefrLevel, CefrProfile

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
_DIMENSIONS = {
    "Listening": "Listening",
    "Reading": "Reading",
    "Interaction": "SpokenInteraction",
    "Production": "SpokenProduction",
    "Writing": "Writing",
}
"""Ends of the codes of the dimensions ("CEF-Understanding-Listening") and what Europass calls the activities."""


def reading_of(root: Element, today: date) -> Reading:
    """What the document says; of names and contacts nothing is read."""
    return Reading(
        jobs=tuple(_jobs(root, today)),
        educations=tuple(_educations(root)),
        languages=tuple(_languages(root)),
        licences=tuple(_licences(root)),
        about=tuple(filter(None, (_text(element) for element in _all(root, "ExecutiveSummary")))),
    )


def _jobs(root: Element, today: date) -> Iterator[Job]:
    for employer in _all(root, "EmployerHistory"):
        name, country = (
            _text(_first(employer, "OrganizationName")),
            country_code(_text(_first(employer, "CountryCode"))),
        )
        for position in _all(employer, "PositionHistory"):
            title = _text(_first(position, "PositionTitle"))
            if title:
                parts = tuple(filter(None, (title, name)))
                yield Job(parts, _months(position, today), _text(_first(position, "Description")), country)


def _months(position: Element, today: date) -> int | None:
    begin, end = _point(_first(position, "StartDate")), _point(_first(position, "EndDate"))
    if _text(_first(position, "CurrentIndicator")).lower() == "true":
        end = (today.year, today.month)
    return months_between(begin, end)


def _point(element: Element | None) -> tuple[int, int | None] | None:
    found = _DATE.match(_text(element))
    return (int(found[1]), int(found[2]) if found[2] else None) if found else None


def _educations(root: Element) -> Iterator[Studies]:
    for attended in _all(root, "EducationOrganizationAttendance"):
        title = _text(_first(attended, "DegreeName"))
        if title:
            # The portal states levels of the European Qualifications Framework, which are not those of ISCED.
            yield Studies(title, level_of(title))


def _languages(root: Element) -> Iterator[SpokenLanguage]:
    native = CefrLevel.NATIVE
    for element in _all(root, "PrimaryLanguageCode"):
        code = language_code(_text(element))
        if code:
            yield SpokenLanguage(code, CefrProfile(native, native, native, native), code)
    for competency in _all(root, "PersonCompetency"):
        code = language_code(_text(_first(competency, "CompetencyID")))
        if code and _text(_first(competency, "TaxonomyID")).lower() == "language":
            yield SpokenLanguage(code, profile_of(dict(_levels(competency))), code)


def _levels(competency: Element) -> Iterator[tuple[str, str]]:
    for dimension in _all(competency, "CompetencyDimension"):
        kind = _text(_first(dimension, "CompetencyDimensionTypeCode")).rpartition("-")[2]
        if kind in _DIMENSIONS:
            yield _DIMENSIONS[kind], _text(_first(dimension, "ScoreText"))


def _licences(root: Element) -> Iterator[HeldLicence]:
    for licence in _all(root, "License"):
        name = _text(_first(licence, "LicenseName")) or _text(_first(licence, "LicenseTypeCode"))
        code = driving_licence(name)
        if code:
            yield HeldLicence(code, name)


def _all(element: Element, name: str) -> Iterator[Element]:
    return element.iterfind(f".//{{*}}{name}")


def _first(element: Element, name: str) -> Element | None:
    return next(_all(element, name), None)


def _text(element: Element | None) -> str:
    return words("".join(element.itertext())) if element is not None else ""
