"""A person laid out beside the columns: what each facet's number has to be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matching.domain.columns.catalogue import View
from services.matching.domain.columns.demands import DemandTables
from services.matching.domain.columns.storage import Array, Facets
from services.matching.domain.eligibility.qualifications import field_outcome, level_outcome, recognition_outcome
from services.matching.domain.query import Query
from services.matching.domain.values import ACTIVITIES, Answer
from services.matching.domain.verdicts import Outcome
from services.matching.domain.work import Education, Licence

FOREVER = date.max.toordinal() + 1
"""A last day that never comes: the licence has no end, or nothing is known of it."""
NEVER = -1
"""A last day that is long past: the person is known not to have the licence."""

_EDUCATION_RULES = ("education.level", "education.field", "education.recognition")


@dataclass(frozen=True, slots=True)
class Person:
    """A query with what the tables of a view need. Arrays have one row more than there are numbers, of nothing known.

    today             ordinal of the day in Europe/Helsinki
    levels            int8[languages + 1, 4]: CefrLevel by activity, 0 where not known
    licence_last_day  int32[codes + 1]: last day on which the licence is held, FOREVER or NEVER
    licence_lasting   bool[codes + 1]: held without end
    """

    query: Query
    today: int
    levels: Array
    licence_last_day: Array
    licence_lasting: Array

    @property
    def educations(self) -> tuple[Education, ...]:
        """The educations told; one of which nothing is known where none is told."""
        return self.query.profile.work.educations or (Education(),)

    @property
    def recognition_refused(self) -> bool:
        """Whether every education told is known not to be recognised."""
        told = self.query.profile.work.educations
        return bool(told) and all(recognition_outcome(education) is Outcome.NOT_MET for education in told)

    def outside_sectors(self, sectors: Facets[tuple[str, bool]]) -> Array:
        """bool by sector facet: known to lie outside the sectors of a limited right to work."""
        allowed = self.query.profile.work.right_to_work.isco_sectors
        return np.array([_outside(isco, inferred, allowed) for isco, inferred in sectors.listed], bool)

    def unknown_education(self, tables: DemandTables) -> Array:
        """bool by education facet: something required that the education that comes nearest may or may not have."""
        chosen = _nearest_outcomes(self.educations, tables)
        asked = np.array([rule in self.query.rules for rule in _EDUCATION_RULES], bool)
        unknown: Array = ((chosen == Outcome.UNKNOWN) & asked).any(axis=1) & tables.education_required
        return unknown

    def missing_education(self, tables: DemandTables) -> dict[str, Array]:
        """Rule → uint8 by education facet: 1 where the education that comes nearest is known to lack it."""
        chosen = _nearest_outcomes(self.educations, tables)
        return {
            rule: ((chosen[:, number] == Outcome.NOT_MET) & tables.education_required).astype(np.uint8)
            for number, rule in enumerate(_EDUCATION_RULES)
        }


def person_beside(query: Query, view: View) -> Person:
    """Lay a query out beside a view."""
    languages, codes = view.demands.languages, view.demands.licences
    levels = np.zeros((len(languages) + 1, len(ACTIVITIES)), np.int8)
    for language, known in query.languages.items():
        number = languages.find(language)
        if number is not None and number < len(levels) - 1:
            levels[number] = [known.level(activity) for activity in ACTIVITIES]
    last_day = np.full(len(codes) + 1, FOREVER, np.int32)
    lasting = np.zeros(len(codes) + 1, bool)
    for code, rows in query.licences.items():
        number = codes.find(code)
        if number is not None and number < len(last_day) - 1:
            last_day[number] = _last_day(rows)
            lasting[number] = any(row.held is Answer.YES and row.valid_until is None for row in rows)
    return Person(query, query.today.toordinal(), levels, last_day, lasting)


def _last_day(rows: tuple[Licence, ...]) -> int:
    held = [row.valid_until for row in rows if row.held is Answer.YES]
    if None in held:
        return FOREVER
    if held:
        return max(until.toordinal() for until in held if until is not None)
    return NEVER if any(row.held is Answer.NO for row in rows) else FOREVER


def _outside(isco: str, inferred: bool, allowed: tuple[str, ...]) -> bool:
    if not isco or inferred or any(isco.startswith(sector) for sector in allowed):
        return False
    return not any(sector.startswith(isco) for sector in allowed)


def _nearest_outcomes(educations: tuple[Education, ...], tables: DemandTables) -> Array:
    """int8[facets, 3]: outcomes of the education that `education_verdicts` picks; 0 where a thing is not asked."""
    best = np.zeros((len(tables.education_level), len(_EDUCATION_RULES)), np.int8)
    least = np.full(len(best), np.iinfo(np.int64).max)
    for education in educations:
        outcomes = _outcomes(education, tables)
        distance = (outcomes == Outcome.NOT_MET).sum(axis=1) * 8 + (outcomes == Outcome.UNKNOWN).sum(axis=1)
        nearer = distance < least
        best[nearer], least[nearer] = outcomes[nearer], distance[nearer]
    return best


def _outcomes(education: Education, tables: DemandTables) -> Array:
    by_level = np.array([level_outcome(education, needed) for needed in range(9)], np.int8)
    by_field = np.array([field_outcome(education.isced_field, needed) for needed in tables.fields.listed], np.int8)
    level, field = tables.education_level, tables.education_field
    return np.column_stack(
        (
            np.where(level >= 0, by_level[level], 0),
            np.where(field > 0, by_field[field], 0),
            np.where(tables.education_recognition, np.int8(recognition_outcome(education)), 0),
        )
    ).astype(np.int8)
