"""Columns of what the work is: occupations, experience asked, skills asked, what a training or service teaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.distinct import Distinct
from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists, Table
from services.matching.domain.signals import AskedSkill, LinkedConcept
from services.matching.domain.values import Necessity


@dataclass(frozen=True, slots=True)
class WorkTables:
    """Per row the number of each facet, and the facets' lists.

    occupation         row → facet; `occupation_atoms`: number of the occupation, strength
    months             float64 per row: months of experience asked, 0 for none
    must, nice         row → facet; `skill_atoms`: number of the skill, weight. Must-have and nice-to-have share them
    taught             row → facet; `taught_atoms`: number of the concept, strength
    """

    occupation: Array
    occupation_atoms: Lists
    months: Array
    must: Array
    nice: Array
    skill_atoms: Lists
    taught: Array
    taught_atoms: Lists
    occupations: Facets[str]
    skills: Facets[str]
    teachables: Facets[str]


class Work(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._occupations: Facets[str] = Facets()
        self._skills: Facets[str] = Facets()
        self._teachables: Facets[str] = Facets()
        self._occupation_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)))
        self._skill_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)))
        self._taught_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)))
        self._occupation, self._must, self._nice = Column(np.int32), Column(np.int32), Column(np.int32)
        self._taught, self._months = Column(np.int32), Column(np.float64)

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        signals = candidate.signals
        required = [skill for skill in signals.skills if skill.necessity is Necessity.REQUIRED]
        useful = [skill for skill in signals.skills if skill.necessity is not Necessity.REQUIRED]
        self._occupation.append(_number_of(self._occupation_sets, self._occupations, _concepts(signals.occupations)))
        self._months.append(candidate.snapshot.experience_months or 0)
        self._must.append(_number_of(self._skill_sets, self._skills, _asked(required)))
        self._nice.append(_number_of(self._skill_sets, self._skills, _asked(useful)))
        self._taught.append(_number_of(self._taught_sets, self._teachables, _concepts(signals.taught)))

    def view(self) -> WorkTables:
        """The rows so far."""
        (occupation_atoms,), (skill_atoms,) = self._occupation_sets.view(), self._skill_sets.view()
        (taught_atoms,) = self._taught_sets.view()
        return WorkTables(
            occupation=self._occupation.view(),
            occupation_atoms=occupation_atoms,
            months=self._months.view(),
            must=self._must.view(),
            nice=self._nice.view(),
            skill_atoms=skill_atoms,
            taught=self._taught.view(),
            taught_atoms=taught_atoms,
            occupations=self._occupations,
            skills=self._skills,
            teachables=self._teachables,
        )

    def kept(self, rows: Array) -> Work:
        """These rows alone, with what they refer to."""
        kept = Work()
        kept._occupations, kept._skills, kept._teachables = self._occupations, self._skills, self._teachables
        kept._months = self._months.kept(rows)
        kept._occupation_sets, (kept._occupation,) = self._occupation_sets.kept(self._occupation.view()[rows])
        must, nice = self._must.view()[rows], self._nice.view()[rows]
        kept._skill_sets, (kept._must, kept._nice) = self._skill_sets.kept(must, nice)
        kept._taught_sets, (kept._taught,) = self._taught_sets.kept(self._taught.view()[rows])
        return kept


def _number_of(sets: Distinct, concepts: Facets[str], weighed: Sequence[tuple[str, float]]) -> int:
    return sets.number(([concepts.number(code) for code, _ in weighed], [weight for _, weight in weighed]))


def _concepts(found: Sequence[LinkedConcept]) -> list[tuple[str, float]]:
    return [(concept.code, concept.strength) for concept in found]


def _asked(skills: Sequence[AskedSkill]) -> list[tuple[str, float]]:
    return [(skill.code, skill.weight) for skill in skills]
