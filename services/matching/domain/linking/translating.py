"""Words of any language as letters of another one, learnt from wordings that name the same concept.

IBM's Model 1 (Brown et al., The Mathematics of Statistical Machine Translation, 1993) between the beginnings of words
on one side and character n-grams on the other: compounds, which Finnish and Swedish are full of, need no splitting, and
endings, of which Slavic languages are full, cost nothing. A title that nobody has listed is then searched by what its
words usually become.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.domain.linking.ngrams import WeightedGrams, grams_of_each
from services.matching.domain.linking.normalising import fold

_Ints = npt.NDArray[np.int64]
_Rows = tuple[_Ints, npt.NDArray[np.int32], npt.NDArray[np.float32]]

_STEM = 6  # letters of a word's beginning that stand for it
_ARTICLES = ("وال", "ال", "لل")
_SIZES = (4,)
_ROUNDS = 4
_LEAST = 2e-3  # probabilities below are left out: half of the memory, none of the effect
_ANY_WORD = 0  # the row of Model 1's empty word


@dataclass(frozen=True, slots=True)
class Pair:
    """Two wordings of one concept: as a seeker writes it, and in the language that labels are in."""

    written: str
    label: str


class Translator:
    """What words become in the language of the labels."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        """Learns from pairs: about two seconds for 100,000 of them."""
        kept = list(pairs)
        self._words: dict[str, int] = {}
        sources = [self._numbers(pair.written) for pair in kept]
        owners, hashes = grams_of_each([fold(pair.label) for pair in kept], _SIZES)
        self._hashes, columns = np.unique(hashes, return_inverse=True)
        rows, cells, targets = _alignments(sources, owners, columns)
        self._starts, self._columns, self._chances = _learn(rows, cells, targets, len(self._words) + 1)

    def translated(self, folded: str) -> WeightedGrams:
        """The n-grams that a folded text's words become, ascending, with their expected numbers; none if unknown."""
        found = [self._words[stem] for stem in map(_stem, folded.split()) if stem in self._words]
        if not found:
            return WeightedGrams(self._hashes[:0], np.zeros(0))
        spans = np.concatenate([np.arange(self._starts[row], self._starts[row + 1]) for row in found])
        columns, place = np.unique(self._columns[spans], return_inverse=True)
        expected = np.bincount(place, self._chances[spans], minlength=len(columns))
        return WeightedGrams(self._hashes[columns], np.sqrt(expected))

    def _numbers(self, text: str) -> list[int]:
        stems = dict.fromkeys(_stem(word) for word in fold(text).split())
        return [_ANY_WORD, *(self._words.setdefault(stem, len(self._words) + 1) for stem in stems)]


def _stem(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 2:
            word = word[len(article) :]
            break
    return word[:_STEM]


def _alignments(sources: Sequence[Sequence[int]], owners: _Ints, columns: _Ints) -> tuple[_Ints, _Ints, _Ints]:
    """Every word of a pair against every n-gram of it: (word, n-gram, number of the n-gram's occurrence)."""
    lengths = np.asarray([len(words) for words in sources], np.int64)
    flat = np.asarray([word for words in sources for word in words], np.int64)
    starts = np.cumsum(lengths) - lengths
    each = lengths[owners]
    occurrence = np.repeat(np.arange(len(owners)), each)
    within = np.arange(len(occurrence)) - np.repeat(np.cumsum(each) - each, each)
    return flat[starts[owners[occurrence]] + within], columns[occurrence], occurrence


def _learn(words: _Ints, grams: _Ints, occurrence: _Ints, count: int) -> _Rows:
    """Expectation maximisation: rows of words as (starts, n-grams, chances)."""
    width = int(grams.max(initial=0)) + 1
    cells, place = np.unique(words * width + grams, return_inverse=True)
    rows = cells // width
    chances = 1 / np.bincount(rows, minlength=count)[rows]
    for _ in range(_ROUNDS):
        share = chances[place]
        share /= np.bincount(occurrence, share)[occurrence]
        counted = np.bincount(place, share, minlength=len(cells))
        chances = counted / np.bincount(rows, counted, minlength=count)[rows]
    kept = chances > _LEAST
    starts = np.searchsorted(rows[kept], np.arange(count + 1))
    return starts, (cells % width)[kept].astype(np.int32), chances[kept].astype(np.float32)
