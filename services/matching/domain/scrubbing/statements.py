"""Statements about a person: patterns of words and classes of words, as statements.tsv writes them.

A pattern is a row of elements, one for each word:
  `i|we`       one of these words; `syntyn*` a word that begins so
  `<origin>`   a word or phrase of a class; `<religion>|<origin>` of either
  `_`          any word; `#` a number
  `x?`         an element that may be missing
  `-x`         a word that has to be there and stays in the text
  `!x`         a word that must not follow; nothing is read
The words lie beside each other: nothing but blanks, dashes and quotes between them. The whole is cut out but for what
stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.matching.domain.scrubbing.kinds import Found, Kind
from services.matching.domain.scrubbing.lexicon import Classes, classes, keys_of, rows
from services.matching.domain.scrubbing.tokens import Tokens

ANY, NUMBER = "_", "#"
_AND, _SHORT = "و", 3


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a pattern. `capital` asks for a word that is written with a capital letter."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    classes: frozenset[str]
    anything: bool = False
    number: bool = False
    optional: bool = False
    kept: bool = False
    refused: bool = False
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A statement of a kind."""

    kind: Kind
    elements: tuple[Element, ...]


class Statements:
    """Patterns by the words and classes that they may begin with, so that few of them are tried at a word."""

    def __init__(self, patterns: Sequence[Pattern], known: Classes) -> None:
        self._known = known
        self._by_key: dict[str, list[Pattern]] = {}
        self._by_class: dict[str, list[Pattern]] = {}
        self._anywhere: list[Pattern] = []
        for pattern in patterns:
            for element in _heads(pattern.elements):
                for word in element.words:
                    self._by_key.setdefault(word, []).append(pattern)
                for name in element.classes:
                    self._by_class.setdefault(name, []).append(pattern)
                if element.anything or element.number or element.beginnings:
                    self._anywhere.append(pattern)

    def find(self, tokens: Tokens) -> Iterator[Found]:
        """Every statement of a text; those that overlap are all told."""
        reading = _Reading(tokens, self._known)
        for place in range(len(tokens)):
            begun = [*self._anywhere]
            for key in _keys(tokens[place].key):
                begun += self._by_key.get(key, ())
            for name in reading.classes_at(place):
                begun += self._by_class.get(name, ())
            for pattern in begun:
                taken = reading.begin(pattern.elements, place)
                if taken:
                    yield from _cut(taken, tokens, pattern.kind)


Taken = tuple[tuple[int, int], ...]
"""(first word, word after the last) of what is cut, in order."""


class _Reading:
    """One text while patterns are tried on it."""

    def __init__(self, tokens: Tokens, known: Classes) -> None:
        self._tokens = tokens
        self._known = known
        self._ends: dict[int, dict[str, int]] = {}
        self._first = 0
        self._failed: set[tuple[int, int]] = set()

    def begin(self, elements: Sequence[Element], place: int) -> Taken | None:
        """What is cut where a pattern fits the words from a place on; None where it does not."""
        self._first = place
        self._failed.clear()
        return self._read(elements, 0, place, ())

    def _read(self, elements: Sequence[Element], number: int, place: int, taken: Taken) -> Taken | None:
        """The same from the element `number` on. What has failed once is not tried again on another way."""
        if number == len(elements):
            return taken
        if (number, place) in self._failed:
            return None
        for end, more in self._ways(elements[number], place, taken):
            found = self._read(elements, number + 1, end, more)
            if found is not None:
                return found
        self._failed.add((number, place))
        return None

    def _ways(self, element: Element, place: int, taken: Taken) -> Iterator[tuple[int, Taken]]:
        """Where to go on behind an element, and what is cut then: without it, where it may stay, before with it."""
        end = self._end(element, place)
        if element.refused:
            if not end:
                yield place, taken
            return
        if element.kept and element.optional:
            yield place, taken
        if end:
            yield end, taken if element.kept else (*taken, (place, end))
        if element.optional and not element.kept:
            yield place, taken

    def _end(self, element: Element, place: int) -> int:
        """The word after those that the element takes at `place`; 0 where it takes none."""
        tokens = self._tokens
        if place >= len(tokens) or (place > self._first and not tokens.beside(place)):
            return 0
        token = tokens[place]
        if element.capital and not token.capital:
            return 0
        ends = self.classes_at(place) if element.classes else {}
        end = max((ends[name] for name in element.classes if name in ends), default=0)
        if end or not _is_one(element, token.key):
            return end
        return place + 1

    def classes_at(self, place: int) -> dict[str, int]:
        """The classes that a word or a phrase belongs to, each with the word after it."""
        if place not in self._ends:
            key = self._tokens[place].key
            ends = dict.fromkeys(self._known.of(key), place + 1)
            for rest, name in self._known.phrases.get(key, ()):
                end = place + 1 + len(rest)
                if end <= len(self._tokens) and all(
                    self._tokens[place + 1 + step].key == word and self._tokens.beside(place + 1 + step)
                    for step, word in enumerate(rest)
                ):
                    ends[name] = max(end, ends.get(name, 0))
            self._ends[place] = ends
        return self._ends[place]


@lru_cache(maxsize=1)
def statements() -> Statements:
    """The statements of statements.tsv."""
    return Statements([read_pattern(row["kind"], row["pattern"]) for row in rows("statements.tsv")], classes())


def read_pattern(kind: str, pattern: str) -> Pattern:
    """A pattern from its row."""
    return Pattern(Kind[kind], tuple(_element(part) for part in pattern.split()))


def _is_one(element: Element, key: str) -> bool:
    """Whether a word is of an element by itself, whatever its classes."""
    if element.anything or (element.number and key.isdecimal()):
        return True
    if any(one in element.words for one in _keys(key)):
        return True
    return any(key.startswith(beginning) for beginning in element.beginnings)


def _keys(key: str) -> tuple[str, ...]:
    """A word, and an Arabic one without the "and" that is written onto it."""
    return (key, key[1:]) if key.startswith(_AND) and len(key) > _SHORT else (key,)


def _heads(elements: Sequence[Element]) -> Iterator[Element]:
    """The elements with which a pattern may begin: the first that must be there, and those before it."""
    for element in elements:
        yield element
        if not element.optional:
            return


def _element(part: str) -> Element:
    refused, kept = part.startswith("!"), part.startswith("-")
    optional = part.endswith("?")
    body = part.lstrip("!-").removesuffix("?")
    parts = body.split("|")
    named = [each.strip("<>") for each in parts if each.startswith("<")]
    plain = [each for each in parts if not each.startswith("<") and each not in (ANY, NUMBER)]
    return Element(
        words=frozenset(key for each in plain if not each.endswith("*") for key in keys_of(each)),
        beginnings=tuple(key for each in plain if each.endswith("*") for key in keys_of(each.removesuffix("*"))),
        classes=frozenset(each.lower() for each in named),
        anything=ANY in parts,
        number=NUMBER in parts,
        optional=optional,
        kept=kept,
        refused=refused,
        capital=any(each[:1].isupper() for each in named),
    )


def _cut(taken: Taken, tokens: Tokens, kind: Kind) -> Iterator[Found]:
    """Words that lie beside each other are one finding."""
    first, last = taken[0]
    for start, end in taken[1:]:
        if start != last:
            yield Found(tokens[first].start, tokens[last - 1].end, kind)
            first = start
        last = end
    yield Found(tokens[first].start, tokens[last - 1].end, kind)
