"""Columns of what trainings and services give: by them the ways to a change are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.storage import Array, Column, Facets, Table
from services.matching.domain.offers import Theme
from services.matching.domain.query import primary
from services.matching.domain.values import ACTIVITIES, CefrLevel, OpeningKind


@dataclass(frozen=True, slots=True)
class Given:
    """What an opening gives.

    language, levels  primary tag and the level reached by activity, "" and () where it teaches no language
    licences          codes
    field             ISCED-F field of a training, "" where not stated
    themes            of a service
    """

    language: str = ""
    levels: tuple[CefrLevel, ...] = ()
    licences: tuple[str, ...] = ()
    field: str = ""
    themes: tuple[Theme, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveTables:
    """Per row the number of the facet; `kinds` has the facets by number. 0 is nothing at all."""

    gives: Array
    kinds: Facets[Given]

    def rows_of(self, numbers: list[int], among: Array) -> Array:
        """Those of the rows `among` that give one of these facets."""
        wanted = np.zeros(len(self.kinds), bool)
        wanted[numbers] = True
        found: Array = among[wanted[self.gives[among]]]
        return found


class Gives(Table):
    """Writes these columns."""

    def __init__(self) -> None:
        self._kinds: Facets[Given] = Facets(Given)
        self._kinds.number(Given())
        self._gives = Column(np.int32)

    def append(self, candidate: Candidate) -> None:
        """Write one row."""
        self._gives.append(self._kinds.number(_given(candidate)))

    def view(self) -> GiveTables:
        """The rows so far."""
        return GiveTables(self._gives.view(), self._kinds)

    def kept(self, rows: Array) -> Gives:
        """These rows alone."""
        kept = Gives()
        kept._kinds, kept._gives = self._kinds, self._gives.kept(rows)
        return kept


def _given(candidate: Candidate) -> Given:
    snapshot = candidate.snapshot
    if snapshot.kind is OpeningKind.VACANCY:
        return Given()
    gives, language = snapshot.gives, snapshot.gives.language
    return Given(
        language="" if language is None else primary(language.language),
        levels=() if language is None else tuple(getattr(language.levels, activity) for activity in ACTIVITIES),
        licences=gives.licences,
        field=snapshot.training.isced_field if snapshot.training is not None else "",
        themes=snapshot.service.themes if snapshot.service is not None else (),
    )
