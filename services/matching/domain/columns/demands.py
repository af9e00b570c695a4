"""Columns of what openings ask of a person: languages, licences, education, the right to work, what a training adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.distinct import Distinct
from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists, Table
from services.matching.domain.offers import LanguageRequirement, LanguageStatement
from services.matching.domain.query import primary
from services.matching.domain.values import ACTIVITIES, Basis, CefrProfile, Necessity, OpeningKind

NO_SECTOR = ("", False)
"""Key of openings whose sector is not compared."""

_ACTIVITIES = len(ACTIVITIES)
_NOTHING_ADDED = (-1, (0,) * _ACTIVITIES, ((),))


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


class Demands(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._languages: Facets[str] = Facets()
        self._licences: Facets[str] = Facets()
        self._fields: Facets[str] = Facets()
        self._fields.number("")
        self._sectors: Facets[tuple[str, bool]] = Facets(tuple[str, bool])
        self._sectors.number(NO_SECTOR)
        self._language, self._licence, self._education = Column(np.int32), Column(np.int32), Column(np.int32)
        self._sector, self._adds = Column(np.int32), Column(np.int32)
        needs = Column(np.int8, _ACTIVITIES)
        self._language_sets = Distinct(ListColumn(Column(np.int32), Column(bool), needs))
        self._licence_sets = Distinct(ListColumn(Column(np.int32), Column(bool)))
        self._educations = Distinct(Column(np.int8), Column(np.int32), Column(bool), Column(bool), Column(bool))
        self._adds_sets = Distinct(Column(np.int32), Column(np.int8, _ACTIVITIES), ListColumn(Column(np.int32)))
        self._adds_sets.number(*_NOTHING_ADDED)

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        demand = candidate.snapshot.language_demand
        listed = demand.languages if demand.statement is LanguageStatement.LISTED else ()
        self._language.append(self._number_of_languages(listed))
        self._licence.append(self._number_of_licences(_required_licences(candidate)))
        level, field, *flags = _education(candidate)
        self._education.append(self._educations.number(level, self._fields.number(field), *flags))
        self._sector.append(self._sectors.number(_sector(candidate)))
        self._adds.append(self._number_of_adds(candidate))

    def view(self) -> DemandTables:
        """The rows so far."""
        (languages,) = self._language_sets.view()
        (licences,) = self._licence_sets.view()
        level, field, recognition, required, profession = self._educations.view()
        adds_language, adds_levels, adds_cards = self._adds_sets.view()
        return DemandTables(
            language=self._language.view(),
            language_atoms=Lists(languages.starts, languages.items[:2]),
            language_needs=languages.items[2],
            licence=self._licence.view(),
            licence_atoms=licences,
            education=self._education.view(),
            education_level=level,
            education_field=field,
            education_recognition=recognition,
            education_required=required,
            profession=profession,
            sector=self._sector.view(),
            adds=self._adds.view(),
            adds_language=adds_language,
            adds_levels=adds_levels,
            adds_cards=adds_cards,
            languages=self._languages,
            licences=self._licences,
            fields=self._fields,
            sectors=self._sectors,
        )

    def kept(self, rows: Array) -> Demands:
        """These rows alone, with what they refer to."""
        kept = Demands()
        kept._languages, kept._licences, kept._fields = self._languages, self._licences, self._fields
        kept._sectors, kept._sector = self._sectors, self._sector.kept(rows)
        kept._language_sets, (kept._language,) = self._language_sets.kept(self._language.view()[rows])
        kept._licence_sets, (kept._licence,) = self._licence_sets.kept(self._licence.view()[rows])
        kept._educations, (kept._education,) = self._educations.kept(self._education.view()[rows])
        kept._adds_sets, (kept._adds,) = self._adds_sets.kept(self._adds.view()[rows])
        return kept

    def _number_of_languages(self, requirements: tuple[LanguageRequirement, ...]) -> int:
        languages = [self._languages.number(primary(requirement.language)) for requirement in requirements]
        required = [requirement.necessity is Necessity.REQUIRED for requirement in requirements]
        return self._language_sets.number((languages, required, [_levels(one.levels) for one in requirements]))

    def _number_of_licences(self, licences: list[tuple[str, bool]]) -> int:
        codes = [self._licences.number(code) for code, _ in licences]
        return self._licence_sets.number((codes, [by_law for _, by_law in licences]))

    def _number_of_adds(self, candidate: Candidate) -> int:
        gives = candidate.snapshot.gives
        if candidate.snapshot.kind is not OpeningKind.TRAINING:
            return self._adds_sets.number(*_NOTHING_ADDED)
        if gives.language is not None:
            language = self._languages.number(primary(gives.language.language))
            return self._adds_sets.number(language, _levels(gives.language.levels), ((),))
        cards = gives.licences if gives.licences and not gives.skills and not gives.leads_to else ()
        _, levels, _ = _NOTHING_ADDED
        return self._adds_sets.number(-1, levels, ([self._licences.number(code) for code in cards],))


def _levels(levels: CefrProfile) -> tuple[int, ...]:
    return tuple(getattr(levels, activity) for activity in ACTIVITIES)


def _required_licences(candidate: Candidate) -> list[tuple[str, bool]]:
    """The codes that can leave someone out, and whether the law alone asks for them; see `licence_verdicts`."""
    fields = candidate.snapshot.licences
    found = [(one.code, False) for one in fields if one.necessity is Necessity.REQUIRED]
    asked = {one.code for one in fields}
    for lawful in candidate.signals.licences_by_law:
        if lawful.code not in asked:
            asked.add(lawful.code)
            if lawful.basis is not Basis.INFERRED:
                found.append((lawful.code, True))
    return found


def _education(candidate: Candidate) -> tuple[int, str, bool, bool, bool]:
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
