"""Columns of what openings ask of a person: languages, licences, education, the right to work, what a training adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists
from services.matching.domain.offers import LanguageRequirement, LanguageStatement
from services.matching.domain.query import primary
from services.matching.domain.values import ACTIVITIES, Basis, Necessity, OpeningKind

NO_SECTOR = ("", False)
"""Key of openings whose sector is not compared."""

_LicenceKey = tuple[tuple[str, str], ...]
_EducationKey = tuple[int, str, bool, bool, bool]
_AddsKey = tuple[str, tuple[int, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DemandTables:
    """Per row the number of each facet, and the facets' own columns.

    language        row → facet; `language_atoms` lists per facet: number of the language, whether required, and in
                    `language_needs` int8[4] by activity (0: not asked)
    licence         row → facet; `licence_atoms` lists per facet the required ones: number of the code, by law or not
    education       row → facet; columns level (−1: not asked), field number (0: not asked), recognition, required, and
                    whether the profession is reserved for those with a recognised qualification
    sector          row → facet: (ISCO-08 code, whether it is inferred); vacancies only
    adds            row → facet: what a training gives that is compared with what the person has
    """

    language: Array
    language_atoms: Lists
    language_needs: Array
    licence: Array
    licence_atoms: Lists
    education: Array
    education_level: Array
    education_field: Array
    education_recognition: Array
    education_required: Array
    profession: Array
    sector: Array
    adds: Array
    adds_language: Array
    adds_levels: Array
    adds_cards: Lists
    languages: Facets[str]
    licences: Facets[str]
    fields: Facets[str]
    sectors: Facets[tuple[str, bool]]


class Demands:
    """Writes these columns."""

    def __init__(self) -> None:
        self._languages: Facets[str] = Facets()
        self._licences: Facets[str] = Facets()
        self._fields: Facets[str] = Facets()
        self._fields.number("")
        self._language, self._licence, self._education = Column(np.int32), Column(np.int32), Column(np.int32)
        self._sector, self._adds = Column(np.int32), Column(np.int32)
        self._language_sets: Facets[tuple[LanguageRequirement, ...]] = Facets(self._add_languages)
        self._language_atoms = ListColumn(np.int32, bool)
        self._language_needs = Column(np.int8, len(ACTIVITIES))
        self._licence_sets: Facets[_LicenceKey] = Facets(self._add_licences)
        self._licence_atoms = ListColumn(np.int32, bool)
        self._educations: Facets[_EducationKey] = Facets(self._add_education)
        self._education_columns = (Column(np.int8), Column(np.int32), Column(bool), Column(bool), Column(bool))
        self._sectors: Facets[tuple[str, bool]] = Facets()
        self._sectors.number(NO_SECTOR)
        self._adds_sets: Facets[_AddsKey] = Facets(self._add_adds)
        self._adds_language, self._adds_levels = Column(np.int32), Column(np.int8, len(ACTIVITIES))
        self._adds_cards = ListColumn(np.int32)
        self._adds_sets.number(("", (), ()))

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        demand = candidate.snapshot.language_demand
        listed = demand.languages if demand.statement is LanguageStatement.LISTED else ()
        self._language.append(self._language_sets.number(listed))
        self._licence.append(self._licence_sets.number(_required_licences(candidate)))
        self._education.append(self._educations.number(_education(candidate)))
        self._sector.append(self._sectors.number(_sector(candidate)))
        self._adds.append(self._adds_sets.number(_adds(candidate)))

    def view(self) -> DemandTables:
        """The rows so far."""
        level, field, recognition, required, profession = (column.view() for column in self._education_columns)
        return DemandTables(
            language=self._language.view(),
            language_atoms=self._language_atoms.view(),
            language_needs=self._language_needs.view(),
            licence=self._licence.view(),
            licence_atoms=self._licence_atoms.view(),
            education=self._education.view(),
            education_level=level,
            education_field=field,
            education_recognition=recognition,
            education_required=required,
            profession=profession,
            sector=self._sector.view(),
            adds=self._adds.view(),
            adds_language=self._adds_language.view(),
            adds_levels=self._adds_levels.view(),
            adds_cards=self._adds_cards.view(),
            languages=self._languages,
            licences=self._licences,
            fields=self._fields,
            sectors=self._sectors,
        )

    def _add_languages(self, requirements: tuple[LanguageRequirement, ...]) -> None:
        self._language_needs.extend(
            [[getattr(requirement.levels, activity) for activity in ACTIVITIES] for requirement in requirements]
        )
        self._language_atoms.append(
            [self._languages.number(primary(requirement.language)) for requirement in requirements],
            [requirement.necessity is Necessity.REQUIRED for requirement in requirements],
        )

    def _add_licences(self, key: _LicenceKey) -> None:
        self._licence_atoms.append(
            [self._licences.number(code) for code, _ in key], [rule == "licence.by_law" for _, rule in key]
        )

    def _add_education(self, key: _EducationKey) -> None:
        level, field, *flags = key
        for column, value in zip(self._education_columns, (level, self._fields.number(field), *flags), strict=True):
            column.append(value)

    def _add_adds(self, key: _AddsKey) -> None:
        language, levels, cards = key
        self._adds_language.append(self._languages.number(language) if language else -1)
        self._adds_levels.append(levels or (0,) * len(ACTIVITIES))
        self._adds_cards.append([self._licences.number(code) for code in cards])


def _required_licences(candidate: Candidate) -> _LicenceKey:
    """The codes that can leave someone out, with the rule that asks for them; see `licence_verdicts`."""
    fields = candidate.snapshot.licences
    found = [(one.code, "licence.held") for one in fields if one.necessity is Necessity.REQUIRED]
    asked = {one.code for one in fields}
    for lawful in candidate.signals.licences_by_law:
        if lawful.code not in asked:
            asked.add(lawful.code)
            if lawful.basis is not Basis.INFERRED:
                found.append((lawful.code, "licence.by_law"))
    return tuple(found)


def _education(candidate: Candidate) -> _EducationKey:
    requirement, signals = candidate.snapshot.education, candidate.signals
    regulated = signals.regulated
    profession = regulated is not None and not signals.licences_by_law and regulated.basis is not Basis.INFERRED
    if requirement is None:
        return -1, "", False, False, profession
    level = -1 if requirement.isced_level is None else requirement.isced_level
    required = requirement.necessity is Necessity.REQUIRED
    return level, requirement.isced_field, requirement.recognition_required, required, profession


def _sector(candidate: Candidate) -> tuple[str, bool]:
    if candidate.snapshot.kind is not OpeningKind.VACANCY:
        return NO_SECTOR
    return candidate.signals.isco, candidate.signals.isco_basis is Basis.INFERRED


def _adds(candidate: Candidate) -> _AddsKey:
    gives = candidate.snapshot.gives
    if candidate.snapshot.kind is not OpeningKind.TRAINING:
        return "", (), ()
    if gives.language is not None:
        levels = tuple(int(getattr(gives.language.levels, activity)) for activity in ACTIVITIES)
        return primary(gives.language.language), levels, ()
    cards = gives.licences if gives.licences and not gives.skills and not gives.leads_to else ()
    return "", (), cards
