"""Wordings that are known, by the concept they name: from any of its languages to all the others.

Looked up from the surest to the least sure, and the first that finds something decides: as it is written, the same
letters in another script or without diacritics, an inflected form, nearly the same letters (a slip of the pen).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.matching.domain.linking.label_search import Expansion
from services.matching.domain.linking.ngrams import NgramIndex
from services.matching.domain.linking.normalising import fold, skeleton

WRITTEN, TRANSLITERATED, MISSPELT = 1.0, 0.9, 0.8
_TRUST = 4
"""Power of a strength in an expansion: an unlisted title often resembles a listed one that is another's, so that what
only resembles a wording counts a quarter of what it seems."""
ALIKE = 0.72
"""The n-gram cosine from which a wording is taken for a misspelt other one."""
_SHORTEST = 4
"""Letters of a skeleton below which different words are too often alike."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of a concept in one language, as it is written."""

    concept: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A concept that a text names as a whole, the language that it is written in, and how sure that is, in (0, 1]."""

    concept: str
    language: str
    strength: float


class Thesaurus:
    """Wordings by their folded form, skeleton and n-grams."""

    def __init__(self, wordings: Iterable[Wording], ngrams: NgramIndex | None = None) -> None:
        """`ngrams` is an index of the wordings' folded forms in their order, where there is one already."""
        self._wordings = tuple(wordings)
        folded = [fold(wording.text) for wording in self._wordings]
        self._folded: dict[str, list[int]] = {}
        self._skeletons: dict[str, list[int]] = {}
        self._concepts: dict[str, list[int]] = {}
        for place, (wording, form) in enumerate(zip(self._wordings, folded, strict=True)):
            self._folded.setdefault(form, []).append(place)
            self._concepts.setdefault(wording.concept, []).append(place)
            bones = skeleton(form)
            if len(bones) >= _SHORTEST:
                self._skeletons.setdefault(bones, []).append(place)
        self._forms = folded
        self._ngrams = ngrams or NgramIndex(folded)

    def named(self, folded: str) -> tuple[Named, ...]:
        """Concepts that a folded text names as a whole, the surest first."""
        bones = skeleton(folded)
        for places, strength in ((self._folded.get(folded), WRITTEN), (self._skeletons.get(bones), TRANSLITERATED)):
            if places:
                return self._each(dict.fromkeys(places, strength))
        return self._each(self._alike(folded))

    def expansions(self, folded: str) -> tuple[Expansion, ...]:
        """What the concepts that a folded text names are called otherwise, in every language."""
        found: dict[tuple[str, str], float] = {}
        for named in self.named(folded):
            for place in self._concepts[named.concept]:
                key = (self._forms[place], self._wordings[place].language)
                found[key] = max(found.get(key, 0.0), named.strength**_TRUST)
        return tuple(Expansion(form, language, strength) for (form, language), strength in found.items())

    def _alike(self, folded: str) -> dict[int, float]:
        if not self._wordings or len(folded) < _SHORTEST:
            return {}
        cosines = self._ngrams.scores(folded)
        best = float(cosines.max())
        places = np.flatnonzero(cosines >= max(ALIKE, best - 0.02))
        return {int(place): MISSPELT * float(cosines[place]) for place in places}

    def _each(self, places: dict[int, float]) -> tuple[Named, ...]:
        best: dict[str, Named] = {}
        for place, strength in places.items():
            wording = self._wordings[place]
            before = best.get(wording.concept)
            if before is None or strength > before.strength:
                best[wording.concept] = Named(wording.concept, wording.language, strength)
        return tuple(sorted(best.values(), key=lambda named: -named.strength))
