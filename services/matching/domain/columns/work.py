"""Columns of what the work is: occupations, experience asked, skills asked, what a training or service teaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.distinct import Distinct
from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists, Table
from services.matching.domain.signals import AskedSkill, LinkedConcept
from services.matching.domain.values import Necessity


@dataclass(frozen=True)
class WorkTables:
    """Per row the number of each facet, and the facets' lists.

    job                row → facet: kind, occupations and experience. Its columns are `job_months` (float64: months of
                       experience asked, 0 for none), `job_kind` (uint8) and `job_occupation`, the number of the set of
                       occupations; `occupation_atoms` lists these: number of the occupation, strength
    must, nice         row → facet; `skill_atoms`: number of the skill, weight; `skill_weights` float64 by facet: their
                       sum. Must-have and nice-to-have share them
    taught             row → facet; `taught_atoms`: number of the concept, strength
    """

    job: Array
    job_months: Array
    job_kind: Array
    job_occupation: Array
    occupation_atoms: Lists
    must: Array
    nice: Array
    skill_atoms: Lists
    skill_weights: Array
    taught: Array
    taught_atoms: Lists
    occupations: Facets[str]
    skills: Facets[str]
    teachables: Facets[str]

    @cached_property
    def skill_owners(self) -> Array:
        """By item of `skill_atoms`: the facet that it belongs to."""
        return np.repeat(np.arange(len(self.skill_atoms)), self.skill_atoms.lengths)


class Work(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._occupations: Facets[str] = Facets()
        self._skills: Facets[str] = Facets()
        self._teachables: Facets[str] = Facets()
        self._occupation_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)))
        self._jobs = Distinct(Column(np.float64), Column(np.uint8), Column(np.int32))
        self._skill_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)), Column(np.float64))
        self._taught_sets = Distinct(ListColumn(Column(np.int32), Column(np.float64)))
        self._job, self._must, self._nice = Column(np.int32), Column(np.int32), Column(np.int32)
        self._taught = Column(np.int32)

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        signals = candidate.signals
        required = [skill for skill in signals.skills if skill.necessity is Necessity.REQUIRED]
        useful = [skill for skill in signals.skills if skill.necessity is not Necessity.REQUIRED]
        occupations = self._occupation_sets.number(_numbered(self._occupations, _concepts(signals.occupations)))
        months = candidate.snapshot.experience_months or 0
        self._job.append(self._jobs.number(months, candidate.snapshot.kind, occupations))
        self._must.append(self._skill_set(required))
        self._nice.append(self._skill_set(useful))
        self._taught.append(self._taught_sets.number(_numbered(self._teachables, _concepts(signals.taught))))

    def view(self) -> WorkTables:
        """The rows so far."""
        (occupation_atoms,), (taught_atoms,) = self._occupation_sets.view(), self._taught_sets.view()
        skill_atoms, skill_weights = self._skill_sets.view()
        months, kind, occupation = self._jobs.view()
        return WorkTables(
            job=self._job.view(),
            job_months=months,
            job_kind=kind,
            job_occupation=occupation,
            occupation_atoms=occupation_atoms,
            must=self._must.view(),
            nice=self._nice.view(),
            skill_atoms=skill_atoms,
            skill_weights=skill_weights,
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
        kept._jobs, (kept._job,) = self._jobs.kept(self._job.view()[rows])
        *_, occupation = kept._jobs.view()
        kept._occupation_sets, (occupation_anew,) = self._occupation_sets.kept(occupation)
        kept._jobs = kept._jobs.with_last(occupation_anew)
        must, nice = self._must.view()[rows], self._nice.view()[rows]
        kept._skill_sets, (kept._must, kept._nice) = self._skill_sets.kept(must, nice)
        kept._taught_sets, (kept._taught,) = self._taught_sets.kept(self._taught.view()[rows])
        return kept

    def _skill_set(self, asked: Sequence[AskedSkill]) -> int:
        skills = _numbered(self._skills, [(skill.code, skill.weight) for skill in asked])
        return self._skill_sets.number(skills, sum(skill.weight for skill in asked))


def _numbered(concepts: Facets[str], weighed: Sequence[tuple[str, float]]) -> tuple[list[int], list[float]]:
    return [concepts.number(code) for code, _ in weighed], [weight for _, weight in weighed]


def _concepts(found: Sequence[LinkedConcept]) -> list[tuple[str, float]]:
    return [(concept.code, concept.strength) for concept in found]
