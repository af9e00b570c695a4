"""Character n-grams of many short texts, compared by TF-IDF cosine; numpy alone.

N-grams stay within a word and its edges, counts are dampened (1 + ln), rare n-grams count more (smoothed idf). Those of
a query that no text has count in its length too, so that a word of another language is alike to nothing, instead of to
whatever shares its last remaining n-gram.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_Hashes = npt.NDArray[np.uint64]

SIZES = (2, 3, 4)
_PRIME = np.uint64(1_099_511_628_211)  # FNV's; collisions among millions of n-grams do not matter
_WORD_END = "\0"


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a query: their hashes (unique, ascending) and how often each occurs."""

    hashes: _Hashes
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WeightedGrams:
    """N-grams of what is looked for: hashes (unique, ascending) and how much of each is expected."""

    hashes: _Hashes
    weights: npt.NDArray[np.float64]


def grams_of(text: str, sizes: Sequence[int] = SIZES) -> Grams:
    """The n-grams of one folded text."""
    _, hashes = _all_grams([text], sizes)
    return Grams(*np.unique(hashes, return_counts=True))


def grams_of_each(texts: Sequence[str], sizes: Sequence[int]) -> tuple[npt.NDArray[np.int64], _Hashes]:
    """The n-grams of many folded texts as (number of the text, hash), each once a text."""
    owners, hashes = _all_grams(texts, sizes)
    order = np.lexsort((hashes, owners))
    owners, hashes = owners[order], hashes[order]
    first = np.ones(len(hashes), bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return owners[first], hashes[first]


class NgramIndex:
    """Texts by their n-grams: `scores` gives the cosine of a query to each of them."""

    def __init__(self, texts: Sequence[str], sizes: Sequence[int] = SIZES) -> None:
        """Index folded texts: about 100,000 a second, 12 bytes an n-gram of a text."""
        self.size = len(texts)
        self._sizes = tuple(sizes)
        owners, hashes = _all_grams(texts, sizes)
        order = np.lexsort((owners, hashes))
        owners, hashes = owners[order], hashes[order]
        first = np.ones(len(hashes), bool)
        first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
        places = np.flatnonzero(first)
        counts = np.diff(np.append(places, len(hashes)))
        self._owners = owners[places].astype(np.int32)
        self._hashes, starts, frequency = np.unique(hashes[places], return_index=True, return_counts=True)
        self._starts = np.append(starts, len(places))
        self._idf = _idf(frequency, self.size)
        self._unknown_idf = float(_idf(np.zeros(1), self.size)[0])
        weights = (1 + np.log(counts)) * np.repeat(self._idf, frequency)
        norms = np.sqrt(np.bincount(self._owners, weights**2, minlength=self.size))
        self._weights = (weights / norms[self._owners]).astype(np.float32)

    def scores(self, text: str) -> Floats:
        """The cosine of a folded text to each indexed one, float32 (size,) in [0, 1]."""
        grams = grams_of(text, self._sizes)
        return self.weighted_scores(WeightedGrams(grams.hashes, 1 + np.log(grams.counts)))

    def weighted_scores(self, grams: WeightedGrams) -> Floats:
        """The cosine of expected n-grams to each indexed text, float32 (size,) in [0, 1]."""
        places, known = self._find(grams.hashes)
        dampened = grams.weights
        idf = np.where(known, self._idf[places], self._unknown_idf) if len(self._hashes) else self._unknown_idf
        norm = float(np.sqrt(np.sum((dampened * idf) ** 2)))
        if not norm or not known.any():
            return np.zeros(self.size, np.float32)
        found = places[known]
        spans = [np.arange(self._starts[place], self._starts[place + 1]) for place in found]
        flat = np.concatenate(spans)
        each = np.repeat((dampened * idf)[known] / norm, [len(span) for span in spans])
        totals = np.bincount(self._owners[flat], self._weights[flat] * each, minlength=self.size)
        return np.minimum(totals, 1.0).astype(np.float32)

    def coverage(self, text: str) -> float:
        """The share of a folded text's n-grams that some indexed text has; 0 for a text without n-grams."""
        grams = grams_of(text, self._sizes[-1:])
        return float(np.mean(self._find(grams.hashes)[1])) if len(grams.hashes) else 0.0

    def _find(self, hashes: _Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        places = np.minimum(np.searchsorted(self._hashes, hashes), max(len(self._hashes) - 1, 0))
        if not len(self._hashes):
            return places, np.zeros(len(places), bool)
        return places, self._hashes[places] == hashes


def _idf(frequency: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.float64]:
    return np.asarray(np.log((1 + size) / (1 + frequency.astype(np.float64))) + 1)


def _all_grams(texts: Sequence[str], sizes: Sequence[int]) -> tuple[npt.NDArray[np.int64], _Hashes]:
    """(owner, hash) of every n-gram of every text, one entry an occurrence."""
    padded = [_WORD_END + _WORD_END.join(f" {word} " for word in text.split()) + _WORD_END for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    ends = np.append(0, np.cumsum(codes == 0))
    all_owners, all_hashes = [], []
    for size in sizes:
        if len(codes) < size:
            continue
        windows = len(codes) - size + 1
        hashes = np.full(windows, np.uint64(size))
        for place in range(size):
            hashes = hashes * _PRIME ^ codes[place : place + windows]
        whole = ends[size:] == ends[:-size]
        all_owners.append(owners[:windows][whole])
        all_hashes.append(hashes[whole] * _PRIME)
    if not all_hashes:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return np.concatenate(all_owners), np.concatenate(all_hashes)
