"""Words that nobody has listed by words that begin alike, or that are a part of them.

A title's words come in cases and derivations that no list holds ("катка" of "каток"), in another script ("povar"), and
in compounds whose last part alone is known ("kahvimyllynkäyttäjä"): what is known of such words is better than nothing.
"""

from bisect import bisect_left
from collections.abc import Mapping

from services.matching.domain.linking.normalising import skeleton

STEM = 6
"""Letters of a word's beginning that stand for it."""
_SHORTER = (5, 4, 3)
_BONES = 5
_LEAST_BONES = 4
_LIKE_IT = 0.5  # what a word counts that is only alike in Latin letters
_TAIL, _LEAST_TAIL, _HEAD, _COMPOUND = 0.3, 5, 3, 9
_ARTICLES = ("وال", "ال", "لل")
_LAST = "\U0010ffff"  # sorts behind every letter

Shares = dict[int, float]


def stem(word: str) -> str:
    """The beginning of a folded word that stands for it, without the Arabic article."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 2:
            word = word[len(article) :]
            break
    return word[:STEM]


class Beginnings:
    """The stems of known words: which of them a word is made of, and how much each counts."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        """`numbers` has the number of each stem; it is kept, not copied."""
        self._numbers = numbers
        self._stems = sorted(numbers)
        boned = sorted((bones, known) for known in numbers if len(bones := skeleton(known)) >= _LEAST_BONES)
        self._bones = [bones for bones, _ in boned]
        self._of_bones = [known for _, known in boned]

    def of(self, word: str) -> Shares:
        """Numbers of known stems with their shares for a folded word; empty for a word that is like none."""
        own = stem(word)
        found = {self._numbers[own]: 1.0} if own in self._numbers else self._alike(own)
        tail = self._tail(word)
        if tail is not None:
            found[tail] = found.get(tail, 0.0) + _TAIL
        return found

    def _alike(self, own: str) -> Shares:
        for size in _SHORTER:
            if len(own) >= size and (known := _starting(self._stems, own[:size], self._stems)):
                return {self._numbers[one]: 1 / len(known) for one in known}
        bones = skeleton(own)[:_BONES]
        known = _starting(self._bones, bones, self._of_bones) if len(bones) >= _LEAST_BONES else []
        return {self._numbers[one]: _LIKE_IT / len(known) for one in known}

    def _tail(self, word: str) -> int | None:
        """The longest known last part of a compound."""
        if len(word) < _COMPOUND:
            return None
        for start in range(_HEAD, len(word) - _LEAST_TAIL + 1):
            number = self._numbers.get(word[start : start + STEM])
            if number is not None:
                return number
        return None


def _starting(ordered: list[str], beginning: str, values: list[str]) -> list[str]:
    """The values at the places of the texts that begin so."""
    return values[bisect_left(ordered, beginning) : bisect_left(ordered, beginning + _LAST)]
