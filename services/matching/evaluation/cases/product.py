"""The product's own path over the benchmark: linking, columns, eligibility and score, as a list is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np

from services.matching.domain.candidates import prepare
from services.matching.domain.columns import (
    Catalogue,
    Closeness,
    Eligibility,
    Person,
    Scorer,
    judge_view,
    person_beside,
)
from services.matching.domain.columns.storage import Array
from services.matching.domain.embedding_input import opening_input, profile_input
from services.matching.domain.linking import link_opening, link_profile
from services.matching.domain.query import query_of
from services.matching.domain.weights import Weights
from services.matching.evaluation.cases.people import Opening, Seeker
from services.matching.evaluation.cases.snapshots import opening_of, profile_of
from shared.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Sought:
    """A person beside the openings: whom a list is made for, and what of the openings fits."""

    person: Person
    found: Eligibility


class Product:
    """The openings in memory, as matching holds them."""

    def __init__(self, openings: Sequence[Opening], vocabulary: Vocabulary, today: date) -> None:
        self._vocabulary = vocabulary
        self._now = datetime.combine(today, time(9), UTC)
        self._closeness = Closeness(vocabulary)
        catalogue = Catalogue()
        self.texts = []
        for opening in openings:
            snapshot = opening_of(opening, today)
            catalogue.append(prepare(snapshot, link_opening(snapshot, vocabulary), vocabulary))
            self.texts.append(opening_input(snapshot, vocabulary).text())
        self._view = catalogue.publish()

    @property
    def newness(self) -> Array:
        """Seconds of the publications, float64[openings]: of two openings with one score the newer comes first."""
        return self._view.newness

    def text_of(self, seeker: Seeker) -> str:
        """The text of a person that is encoded."""
        return profile_input(profile_of(seeker), self._vocabulary).text()

    def seek(self, seeker: Seeker) -> Sought:
        """Judge all openings for a person."""
        snapshot = profile_of(seeker)
        query = query_of(snapshot, link_profile(snapshot, self._vocabulary), self._vocabulary, self._now)
        person = person_beside(query, self._view)
        found = judge_view(person, self._view)
        return Sought(person, found)

    def scorer(self, sought: Sought, weights: Weights) -> Scorer:
        """What scores the openings for a person."""
        query = sought.person.query
        occupations = self._closeness.occupations(query, self._view.work)
        skills = self._closeness.skills(query.signals, self._view.work)
        return Scorer(sought.person, sought.found, occupations, skills, weights)


def in_order(scores: Array, newness: Array) -> Array:
    """Places by falling score, then newer, then by number, as lists are ordered."""
    return np.lexsort((np.arange(len(scores)), -newness, -scores))
