"""How near a person's occupations and skills come to every one that openings have, worked out once for a list.

What depends on the vocabulary alone is kept between lists: `Closeness` grows with the concepts that openings bring.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from services.matching.domain.columns.storage import Array, Column, Facets, ListColumn, Lists
from services.matching.domain.columns.work import WorkTables
from services.matching.domain.fits import BROADER, MASTERY, NARROWER, RELATED_WORK, SAME, SIBLING
from services.matching.domain.query import Query
from services.matching.domain.signals import ProfileSignals
from shared.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class OccupationNearness:
    """By number of the occupation: nearness to a wished and to a held one (0–1), months of near experience.

    wish_to_learn  by number of a thing taught: how much the person wishes for it (0–1)
    """

    wished: Array
    held: Array
    months: Array
    wish_to_learn: Array


@dataclass(frozen=True, slots=True)
class SkillNearness:
    """By number of the skill: the best fit of the person's skills, as `SkillFits.of`."""

    fits: Array


class Closeness:
    """The vocabulary's closeness of the concepts in catalogues, kept for each catalogue as long as it is used.

    May be used from several threads: a row that two of them work out at once is the same row.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._rows: WeakKeyDictionary[Facets[str], dict[str, Array]] = WeakKeyDictionary()
        self._parents: WeakKeyDictionary[Facets[str], _Parents] = WeakKeyDictionary()
        self._lock = Lock()

    def occupations(self, query: Query, work: WorkTables) -> OccupationNearness:
        """Nearness of the person's occupations to all of the catalogue's."""
        codes = work.occupations.listed
        with self._lock:
            known = self._rows.setdefault(work.occupations, {})
        wished, held, months = np.zeros(len(codes)), np.zeros(len(codes)), np.zeros(len(codes))
        for wish in query.signals.wished:
            np.maximum(wished, wish.strength * self._row(known, wish.code, codes), out=wished)
        for job in query.signals.held:
            near = job.strength * self._row(known, job.code, codes)
            np.maximum(held, near, out=held)
            months += np.where(near >= RELATED_WORK, near * (job.months or 0), 0.0)
        return OccupationNearness(wished, held, months, _wish_to_learn(query, work))

    def skills(self, signals: ProfileSignals, work: WorkTables) -> SkillNearness:
        """Fits of the person's skills for all of the catalogue's."""
        with self._lock:
            nodes_of = self._parents.setdefault(work.skills, _Parents(self._vocabulary))
            own, parents = nodes_of.of(work.skills.listed)
        direct, under = np.zeros(len(nodes_of)), np.zeros(len(nodes_of))
        for skill in signals.skills:
            worth = skill.strength * MASTERY[skill.level]
            nodes_of.keep_best(direct, skill.code, worth)
            for broader in self._vocabulary.broader(skill.code):
                nodes_of.keep_best(under, broader, worth)
        (nodes,) = parents.items
        through = parents.reduced(np.maximum(BROADER * direct[nodes], SIBLING * under[nodes]), np.maximum)
        fits = np.maximum(np.maximum(SAME * direct[own], NARROWER * under[own]), through)
        return SkillNearness(fits)

    def _row(self, rows: dict[str, Array], code: str, others: list[str]) -> Array:
        """Closeness of an occupation to each of these; the list only ever grows."""
        known = rows.get(code)
        if known is None or len(known) < len(others):
            start = 0 if known is None else len(known)
            new = [self._vocabulary.closeness(code, other) for other in others[start:]]
            known = np.concatenate(([] if known is None else known, new))
            rows[code] = known
        return known[: len(others)]


class _Parents:
    """Numbers of skills and of what they fall under."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._numbers: Facets[str] = Facets()
        self._own = Column(np.int64)
        self._lists = ListColumn(Column(np.int64))

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, skills: list[str]) -> tuple[Array, Lists]:
        """By number of the skill: its own node, and the nodes of its parents."""
        for code in skills[len(self._own) :]:
            self._lists.append([self._numbers.number(parent) for parent in self._vocabulary.broader(code)])
            self._own.append(self._numbers.number(code))
        lists = self._lists.view()
        return self._own.view()[: len(skills)], Lists(lists.starts[: len(skills) + 1], lists.items)

    def keep_best(self, nodes: Array, code: str, worth: float) -> None:
        """Raise a node's value, where the concept is a node."""
        number = self._numbers.find(code)
        if number is not None and number < len(nodes):
            nodes[number] = max(nodes[number], worth)


def _wish_to_learn(query: Query, work: WorkTables) -> Array:
    wish = np.zeros(len(work.teachables))
    for code, fit in query.occupations.wishes_to_learn().items():
        number = work.teachables.find(code)
        if number is not None and number < len(wish):
            wish[number] = fit.fit
    return wish
