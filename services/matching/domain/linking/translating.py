"""Words of any language as letters of another one, learnt from wordings that name the same concept.

IBM's Model 1 (Brown et al., The Mathematics of Statistical Machine Translation, 1993) between the beginnings of words
on one side and character n-grams on the other: compounds, which Finnish and Swedish are full of, need no splitting on
the side of the labels, and endings, of which Slavic languages are full, cost nothing. A title that nobody has listed is
then searched by what its words usually become; a word that nobody has listed, by those like it (`beginnings`).
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.matching.domain.linking.beginnings import Beginnings, stem
from services.matching.domain.linking.ngrams import WeightedGrams, grams_of_each
from services.matching.domain.linking.normalising import fold

_Ints = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.int32]  # half the memory counts: there are millions of alignments
_Rows = tuple[_Ints, _Numbers, npt.NDArray[np.float32]]

_SIZES = (4,)
_ROUNDS = 4
_LEAST = 2e-3  # probabilities below are left out: half of the memory, none of the effect
_PART = 500_000
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
        self._words: dict[str, int] = {}
        labels: dict[str, int] = {}
        # Flat arrays from the beginning: a list of words for each pair would leave a hundred megabytes of holes.
        words, lengths, named = array("i"), array("i"), array("i")
        for pair in pairs:
            numbers = self._numbers(pair.written)
            words.extend(numbers)
            lengths.append(len(numbers))
            named.append(labels.setdefault(fold(pair.label), len(labels)))
        owners, hashes = grams_of_each(list(labels), _SIZES)
        self._hashes, columns = np.unique(hashes, return_inverse=True)
        width = len(self._hashes)
        starts = np.searchsorted(owners, np.arange(len(labels) + 1))
        rows = _rows_of(np.asarray(named, np.int64), starts, columns.astype(np.int32))
        cells, occurrence = _alignments(np.asarray(words, np.int32), np.asarray(lengths, np.int32), *rows, width)
        self._starts, self._columns, self._chances = _learn(cells, occurrence, width, len(self._words) + 1)
        self._beginnings = Beginnings(self._words)

    def translated(self, folded: str) -> WeightedGrams:
        """The n-grams that a folded text's words become, ascending, with their expected numbers; none if unknown."""
        found = [one for word in folded.split() for one in self._beginnings.of(word).items()]
        if not found:
            return WeightedGrams(self._hashes[:0], np.zeros(0))
        spans = [np.arange(self._starts[row], self._starts[row + 1]) for row, _ in found]
        shares = np.repeat([share for _, share in found], [len(span) for span in spans])
        flat = np.concatenate(spans)
        columns, place = np.unique(self._columns[flat], return_inverse=True)
        expected = np.bincount(place, self._chances[flat] * shares, minlength=len(columns))
        return WeightedGrams(self._hashes[columns], np.sqrt(expected))

    def _numbers(self, text: str) -> list[int]:
        stems = dict.fromkeys(map(stem, fold(text).split()))
        return [_ANY_WORD, *(self._words.setdefault(one, len(self._words) + 1) for one in stems)]


def _rows_of(rows: _Ints, starts: _Ints, columns: _Numbers) -> tuple[_Numbers, _Numbers]:
    """What the chosen rows of a table of n-grams hold: (place among the chosen, n-gram), one after the other."""
    lengths = starts[rows + 1] - starts[rows]
    owners = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    places = np.arange(len(owners)) + np.repeat(starts[rows] - (np.cumsum(lengths) - lengths), lengths)
    return owners, columns[places]


def _alignments(
    words: _Numbers, lengths: _Numbers, owners: _Numbers, columns: _Numbers, width: int
) -> tuple[_Ints, _Numbers]:
    """Every word of a pair against every n-gram of it: (word * width + n-gram, number of the n-gram's occurrence).

    `lengths` says how many of `words` each pair has.
    """
    starts = (np.cumsum(lengths) - lengths).astype(np.int32)
    each = lengths[owners]
    first = (starts[owners] - (np.cumsum(each) - each)).astype(np.int32)
    places = np.arange(each.sum(), dtype=np.int32)
    places += np.repeat(first, each)
    cells = words[places].astype(np.int64)
    cells *= width
    cells += np.repeat(columns, each)
    return cells, np.repeat(np.arange(len(owners), dtype=np.int32), each)


def _learn(alignments: _Ints, occurrence: _Numbers, width: int, count: int) -> _Rows:
    """Expectation maximisation: rows of words as (starts, n-grams, chances)."""
    parts = _parts(occurrence)
    cells = np.unique(np.concatenate([alignments[:0], *(np.unique(alignments[part]) for part in parts)]))
    place = np.empty(len(alignments), np.int32)
    for part in parts:
        place[part] = np.searchsorted(cells, alignments[part])
    rows = cells // width
    chances = 1 / np.bincount(rows, minlength=count)[rows]
    for _ in range(_ROUNDS):
        counted = np.zeros(len(cells))
        for part in parts:
            share, own = chances[place[part]], occurrence[part] - occurrence[part.start]
            share /= np.bincount(own, share)[own]
            counted += np.bincount(place[part], share, minlength=len(cells))
        chances = counted / np.bincount(rows, counted, minlength=count)[rows]
    kept = chances > _LEAST
    starts = np.searchsorted(rows[kept], np.arange(count + 1))
    return starts, (cells % width)[kept].astype(np.int32), chances[kept].astype(np.float32)


def _parts(occurrence: _Numbers) -> list[slice]:
    """Pieces of the alignments that are worked on one after the other, each with whole occurrences: memory counts."""
    edges = occurrence[_PART - 1 :: _PART]
    bounds = [0, *np.unique(np.searchsorted(occurrence, edges, side="right")).tolist(), len(occurrence)]
    return [slice(start, end) for start, end in pairwise(bounds) if start < end]
