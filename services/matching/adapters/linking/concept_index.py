"""All wordings of the occupations, or of the skills, ready to be searched; vectors come in while it is used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.adapters.linking.vector_store import Floats
from services.matching.domain.linking.concepts import ConceptLabels, ConceptScores
from services.matching.domain.linking.label_search import LabelSearch, Query
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.thesaurus import Named, Thesaurus, Wording
from services.matching.domain.linking.translating import Translator


@dataclass(frozen=True, slots=True)
class Ranked:
    """Scores of all concepts for one text, and those that it names as a whole."""

    scores: ConceptScores
    named: tuple[Named, ...]


class ConceptIndex:
    """Searches wordings by letters, and by vectors as far as they are there. Safe to use from several threads."""

    def __init__(
        self, wordings: Iterable[Wording], dimension: int, translators: Mapping[str, Translator] | None = None
    ) -> None:
        kept = tuple(wordings)
        self.texts = tuple(wording.text for wording in kept)
        self.labels = ConceptLabels([wording.concept for wording in kept])
        self._vectors = np.zeros((len(kept), dimension), np.float16)
        self._there = np.zeros(len(kept), bool)
        languages = [wording.language for wording in kept]
        self.search = LabelSearch(self.texts, languages, self._vectors, translators=translators)
        self.thesaurus = Thesaurus(kept, self.search.ngrams)
        self._places: dict[str, list[int]] = {}
        for place, text in enumerate(self.texts):
            self._places.setdefault(text, []).append(place)

    @property
    def complete(self) -> bool:
        """Whether every wording has its vector."""
        return bool(self._there.all())

    def fill(self, texts: Iterable[str], vectors: Floats) -> None:
        """Take in the vectors of some wordings, (texts, dimension)."""
        for text, vector in zip(texts, vectors, strict=True):
            places = self._places[text]
            self._vectors[places] = vector
            self._there[places] = True  # after the vector: whoever reads meanwhile leaves it out

    def title(self, text: str, language: str, vector: Floats | None) -> Ranked:
        """Concepts for a short text that names one as a whole; `vector` is the text's, None without a model."""
        folded = fold(text)
        query = Query(folded, language, self.thesaurus.expansions(folded))
        return Ranked(self._scores(query, vector), self.thesaurus.named(folded))

    def passage(self, text: str, language: str, vector: Floats | None) -> ConceptScores:
        """Concepts for running text that may speak of several."""
        return self._scores(Query(fold(text), language, running=True), vector)

    def _scores(self, query: Query, vector: Floats | None) -> ConceptScores:
        there = self._there.copy()
        if vector is None or not there.any():
            return self.labels.scores(self.search.scores(query))
        cosines = self.search.cosines(vector)
        cosines[~there] = cosines[there].mean()  # says neither yes nor no
        return self.labels.scores(self.search.scores(query, cosines))
