"""Europass CVs whose fields are named: the JSON of the Skills Passport, and the XML that the Europass portal gives.

Names and contacts are not looked at. Sources: Europass Skills Passport data model 3.3 (Cedefop, "SkillsPassport"), and
the Europass XML of the portal since 2020 ("Candidate", an HR-XML 3 document).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

from services.profiles.adapters.documents import europass_xml
from services.profiles.adapters.documents.europass_values import (
    country_code,
    driving_licence,
    language_code,
    months_between,
    profile_of,
    words,
)
from services.profiles.adapters.documents.formats import DocumentRefused
from services.profiles.domain.cv.educations import Studies, level_of
from services.profiles.domain.cv.jobs import Job
from services.profiles.domain.cv.languages import SpokenLanguage
from services.profiles.domain.cv.reading import HeldLicence, Reading
from services.profiles.domain.values import CefrLevel, CefrProfile

_LONGEST_ISCED = 1
_TEXT_SKILLS = ("Communication", "Organisational", "JobRelated", "Computer", "Other")


def read_json(content: bytes) -> Reading:
    """What a Skills Passport says. Raises DocumentRefused."""
    try:
        learner = json.loads(content.decode("utf-8-sig"))["SkillsPassport"]["LearnerInfo"]
        skills = _part(learner, "Skills")
        reading = Reading(
            jobs=tuple(_jobs(learner)),
            educations=tuple(_educations(learner)),
            languages=tuple(_languages(_part(skills, "Linguistic"))),
            licences=tuple(_licences(_part(skills, "Driving"))),
            about=tuple(filter(None, (words(_part(skills, name).get("Description")) for name in _TEXT_SKILLS))),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DocumentRefused("DOCUMENT_UNREADABLE") from None
    return _not_empty(reading)


def read_xml(content: bytes) -> Reading:
    """What a Candidate says. Raises DocumentRefused; a document type, without which there are no entities, too."""
    try:
        parser = ElementTree.XMLParser(target=_NoDocumentType())  # noqa: S314 - no document type, so no entities
        root = ElementTree.fromstring(content, parser)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError):
        raise DocumentRefused("DOCUMENT_UNREADABLE") from None
    return _not_empty(europass_xml.reading_of(root, today()))


class _NoDocumentType(ElementTree.TreeBuilder):
    """Builds the tree of a document that declares nothing."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Called before anything in the declaration is read."""
        raise DocumentRefused("DOCUMENT_UNREADABLE")


def today() -> date:
    """The day until which a job that goes on is counted."""
    return datetime.now(UTC).date()


def _not_empty(reading: Reading) -> Reading:
    if reading == Reading():
        raise DocumentRefused("DOCUMENT_EMPTY")
    return reading


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name) or {}
    if not isinstance(found, Mapping):
        raise DocumentRefused("DOCUMENT_UNREADABLE")
    return found


def _listed(given: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    for item in given.get(name) or ():
        if isinstance(item, Mapping):
            yield item


def _jobs(learner: Mapping[str, Any]) -> Iterator[Job]:
    for item in _listed(learner, "WorkExperience"):
        employer = _part(item, "Employer")
        address = _part(_part(_part(employer, "ContactInfo"), "Address"), "Contact")
        parts = (words(_part(item, "Position").get("Label")), words(employer.get("Name")))
        if parts[0]:
            country = country_code(_part(address, "Country").get("Code"))
            yield Job(
                tuple(filter(None, parts)), _months(_part(item, "Period")), words(item.get("Activities")), country
            )


def _months(period: Mapping[str, Any]) -> int | None:
    begin, end = _point(_part(period, "From")), _point(_part(period, "To"))
    if period.get("Current") is True:
        now = today()
        end = (now.year, now.month)
    return months_between(begin, end)


def _point(given: Mapping[str, Any]) -> tuple[int, int | None] | None:
    if "Year" not in given:
        return None
    month = str(given.get("Month", "")).strip("-")
    return int(given["Year"]), int(month) if month.isdigit() else None


def _educations(learner: Mapping[str, Any]) -> Iterator[Studies]:
    for item in _listed(learner, "Education"):
        title = words(item.get("Title"))
        if title:
            level = str(_part(item, "Level").get("Code", ""))
            isced = int(level) if len(level) == _LONGEST_ISCED and level in "012345678" else level_of(title)
            yield Studies(title, isced)


def _languages(linguistic: Mapping[str, Any]) -> Iterator[SpokenLanguage]:
    native = CefrLevel.NATIVE
    for item in _listed(linguistic, "MotherTongue"):
        yield from _language(item, CefrProfile(native, native, native, native))
    for item in _listed(linguistic, "ForeignLanguage"):
        yield from _language(item, profile_of(_part(item, "ProficiencyLevel")))


def _language(item: Mapping[str, Any], levels: CefrProfile) -> Iterator[SpokenLanguage]:
    described = _part(item, "Description")
    code = language_code(described.get("Code"))
    if code:
        yield SpokenLanguage(code, levels, words(described.get("Label")) or code)


def _licences(driving: Mapping[str, Any]) -> Iterator[HeldLicence]:
    for given in driving.get("Description") or ():
        code = driving_licence(given)
        if code:
            yield HeldLicence(code, str(given))
