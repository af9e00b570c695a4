"""Columns of what the work is: occupations, experience asked, skills asked, what a training or service teaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists
from services.matching.domain.signals import AskedSkill, LinkedConcept
from services.matching.domain.values import Necessity

_Weighed = tuple[tuple[str, float], ...]


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


class Work:
    """Writes these columns."""

    def __init__(self) -> None:
        self._occupations: Facets[str] = Facets()
        self._skills: Facets[str] = Facets()
        self._teachables: Facets[str] = Facets()
        self._occupation_atoms = ListColumn(np.int32, np.float64)
        self._skill_atoms = ListColumn(np.int32, np.float64)
        self._taught_atoms = ListColumn(np.int32, np.float64)
        self._occupation_sets = _sets(self._occupations, self._occupation_atoms)
        self._skill_sets = _sets(self._skills, self._skill_atoms)
        self._taught_sets = _sets(self._teachables, self._taught_atoms)
        self._occupation, self._must, self._nice = Column(np.int32), Column(np.int32), Column(np.int32)
        self._taught, self._months = Column(np.int32), Column(np.float64)

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        signals = candidate.signals
        self._occupation.append(self._occupation_sets.number(_concepts(signals.occupations)))
        self._months.append(candidate.snapshot.experience_months or 0)
        required = Necessity.REQUIRED
        self._must.append(self._skill_sets.number(_asked(s for s in signals.skills if s.necessity is required)))
        self._nice.append(self._skill_sets.number(_asked(s for s in signals.skills if s.necessity is not required)))
        self._taught.append(self._taught_sets.number(_concepts(signals.taught)))

    def view(self) -> WorkTables:
        """The rows so far."""
        return WorkTables(
            occupation=self._occupation.view(),
            occupation_atoms=self._occupation_atoms.view(),
            months=self._months.view(),
            must=self._must.view(),
            nice=self._nice.view(),
            skill_atoms=self._skill_atoms.view(),
            taught=self._taught.view(),
            taught_atoms=self._taught_atoms.view(),
            occupations=self._occupations,
            skills=self._skills,
            teachables=self._teachables,
        )


def _sets(concepts: Facets[str], atoms: ListColumn) -> Facets[_Weighed]:
    def add(key: _Weighed) -> None:
        atoms.append([concepts.number(code) for code, _ in key], [weight for _, weight in key])

    return Facets(add)


def _concepts(found: tuple[LinkedConcept, ...]) -> _Weighed:
    return tuple((concept.code, concept.strength) for concept in found)


def _asked(skills: Iterable[AskedSkill]) -> _Weighed:
    return tuple((skill.code, skill.weight) for skill in skills)
