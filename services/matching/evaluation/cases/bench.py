"""The benchmark in memory: cases, their truth and grades, the product, and the vectors of all texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.adapters.linking.vector_store import Floats
from services.matching.domain.columns.storage import Array
from services.matching.evaluation.cases.drawing import Cases, Source
from services.matching.evaluation.cases.people import Facts, Seeker
from services.matching.evaluation.cases.product import Product, Sought
from services.matching.evaluation.cases.relevance import Relevance
from services.matching.evaluation.cases.truth import Truth
from services.matching.evaluation.cases.vectors import Encoder


@dataclass(frozen=True, slots=True)
class Errors:
    """Pairs of a person and an opening in which eligibility and the truth differ, of all pairs.

    undecided  pairs in which the person or the opening has not said something that the other asks for; they count
               among the pairs, and nothing unknown may leave anyone out
    """

    pairs: int = 0
    excluded: int = 0
    wrongly_excluded: int = 0
    wrongly_let_through: int = 0
    undecided: int = 0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(
            self.pairs + other.pairs,
            self.excluded + other.excluded,
            self.wrongly_excluded + other.wrongly_excluded,
            self.wrongly_let_through + other.wrongly_let_through,
            self.undecided + other.undecided,
        )

    @property
    def count(self) -> int:
        """Errors both ways."""
        return self.wrongly_excluded + self.wrongly_let_through


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one set of facts: bool[openings] for whom each is open, int64[openings] its grade."""

    open: Array
    grades: Array
    undecided: int


class CaseBench:
    """One draw of cases. Truth and grades are worked out once for the seven people who share their facts."""

    def __init__(self, cases: Cases, source: Source) -> None:
        self.cases = cases
        self.product = Product(cases.openings, source.vocabulary, source.today)
        self.texts = [self.product.text_of(seeker) for seeker in cases.seekers]
        self._truth = Truth(source.vocabulary, source.today)
        self._relevance = Relevance(source.vocabulary)
        self._facts: Facts | None = None
        self._known = Known(np.zeros(0, bool), np.zeros(0, np.int64), 0)

    def sought(self) -> Iterator[tuple[Seeker, Sought, Known]]:
        """Each person with what the product and the truth say of all openings."""
        for seeker in self.cases.seekers:
            yield seeker, self.product.seek(seeker), self._of(seeker.facts)

    def errors(self, sought: Sought, known: Known) -> Errors:
        """Where the product's eligibility and the truth differ for one person."""
        let_through = np.zeros(len(known.open), bool)
        let_through[sought.found.eligible] = True
        return Errors(
            pairs=len(known.open),
            excluded=int((~known.open).sum()),
            wrongly_excluded=int((known.open & ~let_through).sum()),
            wrongly_let_through=int((~known.open & let_through).sum()),
            undecided=known.undecided,
        )

    def _of(self, facts: Facts) -> Known:
        if self._facts is not facts:
            openings = self.cases.openings
            is_open = np.array([not self._truth.obstacles(facts, opening) for opening in openings], bool)
            grades = np.array([self._relevance.grade(facts, opening) for opening in openings], np.int64)
            undecided = sum(self._truth.undecided(facts, opening) for opening in openings)
            self._facts, self._known = facts, Known(is_open, grades, undecided)
        return self._known


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of all people and openings by one model."""

    people: Floats
    openings: Floats

    def cosines(self, number: int) -> Array:
        """Cosines of one person with all openings, float64; NaN where the person has told nothing."""
        person = self.people[number]
        cosines = (self.openings @ person).astype(np.float64)
        return cosines if person.any() else np.full(len(cosines), np.nan)


def encoded(bench: CaseBench, encoder: Encoder) -> Vectors:
    """Encode as matching does: a person's text asks, an opening's answers."""
    return Vectors(
        people=encoder.vectors(bench.texts, "query", "people's texts"),
        openings=encoder.vectors(bench.product.texts, "passage", "openings' texts"),
    )


def strata(seekers: Sequence[Seeker]) -> dict[str, Array]:
    """Language → places of the people who write in it."""
    found: dict[str, list[int]] = {}
    for place, seeker in enumerate(seekers):
        found.setdefault(seeker.language, []).append(place)
    return {language: np.array(places) for language, places in found.items()}
