"""The spelling most like a wrong code, for an error's hint: quick enough for all of ESCO's labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from heapq import nlargest

CUTOFF = 0.6  # difflib's own default for close matches
_COMPARED = 60
_BITS = 256


class Nearest:
    """Spellings of several lists, each with the code it stands for."""

    def __init__(self, spellings: Mapping[str, Mapping[str, str]]) -> None:
        self._spellings = spellings
        self._marks: dict[str, list[tuple[str, int]]] = {}

    def __call__(self, kind: str, value: str) -> str:
        """The code whose spelling is most like `value` by difflib's ratio, "" where none reaches CUTOFF.

        Only the spellings that share most pairs of letters with it are compared letter by letter.
        """
        spellings = self._spellings[kind]
        if value in spellings:
            return spellings[value]
        marked = self._marks.setdefault(kind, [])
        if not marked:
            marked.extend((spelling, _marks(spelling)) for spelling in spellings)
        best, best_ratio = "", CUTOFF
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(value)
        for spelling, _ in nlargest(_COMPARED, marked, key=_likeness(_marks(value))):
            matcher.set_seq1(spelling)
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = spellings[spelling], ratio
        return best


def _marks(spelling: str) -> int:
    """A bit for each pair of neighbouring letters, the ends included."""
    marks = 0
    before = 32
    for letter in (*map(ord, spelling), 32):
        marks |= 1 << ((before * 31 + letter) % _BITS)
        before = letter
    return marks


def _likeness(wanted: int) -> Callable[[tuple[str, int]], float]:
    """Dice's coefficient of the pairs of letters of two spellings."""
    count = wanted.bit_count()
    return lambda row: 2 * (row[1] & wanted).bit_count() / (row[1].bit_count() + count)
