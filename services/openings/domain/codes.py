"""Checking the codes of an item against the standard lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Protocol

from services.openings.domain.content import Content
from services.openings.domain.offers import ServiceOffer, Training, Vacancy
from services.openings.domain.requirements import EducationRequirement, LanguageRequirement, LicenceRequirement
from services.openings.domain.values import Concept, LocalizedText, Place
from shared.kernel.errors import FieldViolation

# Source: ESCO's own form of concept URIs, esco.ec.europa.eu, "ESCO URIs".
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class CodeList(StrEnum):
    """The lists. The values are those of the vocabulary."""

    OCCUPATION = "occupation"
    SKILL = "skill"
    LICENCE = "licence"
    LANGUAGE = "language"
    ISCO = "isco"
    ISCED_FIELD = "isced_field"
    MUNICIPALITY = "municipality"


# A hint compares the code with a whole list, and an item may hold hundreds of wrong codes.
_MOST_HINTS = 5
_ESCO_FORM = {
    CodeList.OCCUPATION: re.compile(f"http://data\\.europa\\.eu/esco/occupation/{_UUID}"),
    CodeList.SKILL: re.compile(f"http://data\\.europa\\.eu/esco/skill/{_UUID}"),
}
_RULES = {
    CodeList.OCCUPATION: "Use the URI of an ESCO occupation, or words alone.",
    CodeList.SKILL: "Use the URI of an ESCO skill, or words alone.",
    CodeList.LICENCE: "Use a licence code of the vocabulary.",
    CodeList.LANGUAGE: "Use a BCP 47 tag whose language is in the vocabulary.",
    CodeList.ISCO: "Use an ISCO-08 code of one to four digits.",
    CodeList.ISCED_FIELD: "Use an ISCED-F 2013 field of two to four digits.",
    CodeList.MUNICIPALITY: "Use the three-digit code of a Finnish municipality.",
}


class Codes(Protocol):
    """The standard lists that are loaded."""

    def knows(self, code_list: CodeList, code: str) -> bool:
        """Whether the list has the code. A language tag is known by its language, "fi-FI" by "fi"."""
        ...

    def nearest(self, code_list: CodeList, code: str) -> str:
        """The code of the list most like this one, "" where none is."""
        ...


@dataclass(frozen=True, slots=True)
class ItemWarning:
    """Something that the publisher should look at although the item was accepted; `field` is its path in the item."""

    reason: str
    field: str
    description: str


@dataclass(frozen=True, slots=True)
class _Use:
    code_list: CodeList
    code: str
    path: str


def code_faults(content: Content, codes: Codes, path: str) -> tuple[list[FieldViolation], list[ItemWarning]]:
    """Return what is wrong with the codes, and a warning for each ESCO URI of the right form that is not loaded.

    ESCO is published in versions, and not all of it may be loaded here: a URI that is unknown here may well exist.
    """
    violations: list[FieldViolation] = []
    warnings: list[ItemWarning] = []
    for use in _uses(content, path):
        if not use.code or codes.knows(use.code_list, use.code):
            continue
        form = _ESCO_FORM.get(use.code_list)
        if form is not None and form.fullmatch(use.code):
            rule = (
                "This ESCO concept is not loaded here: it is matched by its words alone. Add words, or check the URI."
            )
            warnings.append(ItemWarning("ESCO_URI_NOT_LOADED", use.path.removeprefix(f"{path}."), rule))
        else:
            hints = codes if len(violations) < _MOST_HINTS else None
            violations.append(unknown_code(use.code_list, use.code, use.path, hints))
    return violations, warnings


def unknown_code(code_list: CodeList, code: str, path: str, hints: Codes | None) -> FieldViolation:
    """The violation, with the nearest known code where there are hints."""
    nearest = hints.nearest(code_list, code) if hints is not None else ""
    return FieldViolation(path, f"{code_list.name}_UNKNOWN", _RULES[code_list], value=code, nearest=nearest)


def _uses(content: Content, path: str) -> Iterator[_Use]:
    yield from _common_uses(content, path)
    match content.detail:
        case Vacancy() as vacancy:
            yield from _vacancy_uses(vacancy, f"{path}.vacancy")
        case Training() as training:
            yield from _training_uses(training, f"{path}.training")
        case ServiceOffer() as service:
            yield from _service_uses(service, f"{path}.service")


def _vacancy_uses(vacancy: Vacancy, path: str) -> Iterator[_Use]:
    yield _Use(CodeList.OCCUPATION, vacancy.occupation.uri, f"{path}.occupation.uri")
    yield _Use(CodeList.ISCO, vacancy.isco_code, f"{path}.isco_code")
    for number, each in enumerate(vacancy.skills):
        yield _Use(CodeList.SKILL, each.skill.uri, f"{path}.skills[{number}].skill.uri")
    yield from _common_uses(vacancy, path)


def _training_uses(training: Training, path: str) -> Iterator[_Use]:
    yield from _concepts(CodeList.SKILL, training.teaches, f"{path}.teaches")
    yield from _concepts(CodeList.OCCUPATION, training.leads_to, f"{path}.leads_to")
    yield from _licences(training.gives_licences, f"{path}.gives_licences")
    yield _Use(CodeList.ISCED_FIELD, training.isced_field, f"{path}.isced_field")
    yield from _common_uses(training, path)


def _service_uses(service: ServiceOffer, path: str) -> Iterator[_Use]:
    yield from _concepts(CodeList.SKILL, service.helps_with, f"{path}.helps_with")
    yield from _licences(service.gives_licences, f"{path}.gives_licences")
    yield from _common_uses(service, path)


def _concepts(code_list: CodeList, concepts: tuple[Concept, ...], path: str) -> Iterator[_Use]:
    for number, each in enumerate(concepts):
        yield _Use(code_list, each.uri, f"{path}[{number}].uri")


def _licences(licences: tuple[str, ...], path: str) -> Iterator[_Use]:
    for number, code in enumerate(licences):
        yield _Use(CodeList.LICENCE, code, f"{path}[{number}]")


def _common_uses(part: object, path: str) -> Iterator[_Use]:
    """The codes whose list follows from the type that holds them, wherever in the tree that is."""
    if isinstance(part, tuple):
        for number, item in enumerate(part):
            yield from _common_uses(item, f"{path}[{number}]")
        return
    if not is_dataclass(part):
        return
    match part:
        case LocalizedText() | Concept() | LanguageRequirement():
            yield _Use(CodeList.LANGUAGE, part.language, f"{path}.language")
        case Place():
            yield _Use(CodeList.MUNICIPALITY, part.municipality, f"{path}.municipality")
        case LicenceRequirement():
            yield _Use(CodeList.LICENCE, part.code, f"{path}.code")
        case EducationRequirement():
            yield _Use(CodeList.ISCED_FIELD, part.isced_field, f"{path}.isced_field")
    for each in fields(part):
        if each.name != "detail":
            yield from _common_uses(getattr(part, each.name), f"{path}.{each.name}")
