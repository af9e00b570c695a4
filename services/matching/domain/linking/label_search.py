"""Searching labels: vectors and letters together, the one place where they are fused.

The same code ranks the labels of the vocabulary in the service and those of any corpus in `make quality`. A label's
score is its cosine to the query in standard deviations over all labels (cosines of one query lie in a narrow band, so
only their order and spread mean something), plus what its letters say, by as much as the language gate lets through,
plus what the wordings of a concept that the query is known to name say (`Expansion`), plus, across languages, what the
query's words usually become in the labels' language (`Translator`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.domain.linking.gate import LanguageGate
from services.matching.domain.linking.ngrams import NgramIndex
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.translating import Translator

Floats = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32] | npt.NDArray[np.float16]
_CHUNK = 4096  # rows of half precision that are widened at once


@dataclass(frozen=True, slots=True)
class Expansion:
    """A wording of a concept that the query is known to name, folded, and how sure that is, in (0, 1]."""

    folded: str
    language: str
    strength: float


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `language` is BCP 47, "" where it is not known; `expansions` come from a thesaurus.

    `running` says that it is a sentence or more, of which a label names only a part.
    """

    folded: str
    language: str = ""
    expansions: tuple[Expansion, ...] = ()
    running: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each source counts, in standard deviations of the cosine.

    Chosen on the development parts of the glossary, ESCO, HOUSE and SkillSkape; never on what is held out
    (docs/adr/0013-linking.md).
    """

    lexical: float = 3.0
    windows: float = 2.0
    expansion: float = 8.0
    translation: float = 6.0


WEIGHTS = Weights()
_WINDOWS = (2, 4, 6)
"""Words of a window of running text that is compared with labels."""


class LabelSearch:
    """Labels with their vectors, searched one query at a time; answers are float32 (labels,)."""

    def __init__(
        self,
        labels: Sequence[str],
        languages: Sequence[str],
        vectors: Vectors | None = None,
        weights: Weights = WEIGHTS,
        translators: Mapping[str, Translator] | None = None,
    ) -> None:
        """`languages` has one for each label, "" where it is not known; `vectors` is (labels, dimension) of length one,
        in half precision where memory counts. Without vectors only letters are compared. `translators` gives by
        language of labels what words of other languages become in it.
        """
        folded = [fold(label) for label in labels]
        self.vectors = vectors
        self._weights = weights
        self.ngrams = NgramIndex(folded)
        self._languages = tuple(dict.fromkeys(languages))
        number = {language: place for place, language in enumerate(self._languages)}
        self._language_of = np.asarray([number[language] for language in languages], np.int32)
        self._translators = {number[code]: one for code, one in (translators or {}).items() if code in number}
        self.gate = LanguageGate(by_language(folded, languages))

    def scores(self, query: Query, cosines: Floats | None = None) -> Floats:
        """The score of every label. `cosines` are the query's to each label; None where there is no model."""
        opened = self.gate.of(query.folded, query.language)
        gates = np.asarray([opened[language] for language in self._languages], np.float32)[self._language_of]
        scores = self._lexical(query) * gates + self._expanded(query.expansions)
        if not query.running:
            scores += self._translated(query.folded) * (1 - gates)
        if cosines is None:
            return scores
        return np.asarray(scores + _standardised(cosines), np.float32)

    def cosines(self, vector: Floats) -> Floats:
        """Cosines of a query's vector to every label's."""
        if self.vectors is None:
            return np.zeros(self.ngrams.size, np.float32)
        if self.vectors.dtype == np.float32:
            return np.asarray(self.vectors @ vector, np.float32)
        found = np.empty(len(self.vectors), np.float32)
        for start in range(0, len(found), _CHUNK):
            part = self.vectors[start : start + _CHUNK].astype(np.float32)
            np.matmul(part, vector, out=found[start : start + _CHUNK])
        return found

    def _lexical(self, query: Query) -> Floats:
        if not query.running:
            return self._weights.lexical * self.ngrams.scores(query.folded)
        best = np.zeros(self.ngrams.size, np.float32)
        for window in windows(query.folded):
            np.maximum(best, self.ngrams.scores(window), out=best)
        return self._weights.windows * best

    def _expanded(self, expansions: Sequence[Expansion]) -> Floats:
        best = np.zeros(self.ngrams.size, np.float32)
        for expansion in expansions:
            if max(self.gate.of(expansion.folded).values(), default=0.0) > 0:
                np.maximum(best, expansion.strength * self.ngrams.scores(expansion.folded), out=best)
        return self._weights.expansion * best

    def _translated(self, folded: str) -> Floats:
        found = np.zeros(self.ngrams.size, np.float32)
        for language, translator in self._translators.items():
            of_it = self._language_of == language
            found[of_it] = self.ngrams.weighted_scores(translator.translated(folded))[of_it]
        return self._weights.translation * found


def windows(folded: str, sizes: Sequence[int] = _WINDOWS) -> list[str]:
    """Every window of two, four and six words of a folded text; a shorter text is one window."""
    words = folded.split()
    found = [" ".join(words)] if words else []
    for size in sizes:
        if len(words) > size:
            found += [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
    return list(dict.fromkeys(found))


def by_language(folded: Sequence[str], languages: Sequence[str]) -> Mapping[str, list[str]]:
    """Folded texts by the language that stands at their place."""
    grouped: dict[str, list[str]] = {}
    for text, language in zip(folded, languages, strict=True):
        grouped.setdefault(language, []).append(text)
    return grouped


def _standardised(cosines: Floats) -> Floats:
    spread = float(cosines.std())
    return np.asarray((cosines - cosines.mean()) / spread if spread else np.zeros_like(cosines), np.float32)
