"""Finds the vocabulary's words in running text: a token trie over stems, in any mix of the seven languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shared.vocabulary.inflection import (
    ANY_ENDING,
    LONGEST_ENDING,
    OPEN_ENDING,
    TOKEN,
    arabic_variants,
    is_arabic,
    normalise,
    stems,
)
from shared.vocabulary.types import LANGUAGES, Mention, MentionKind

LABEL_STRENGTH = 1.0
WORD_STRENGTH = 0.9
INFLECTED_FACTOR = 0.9

_SHORTEST_STEM = 3
_HEAD = 4  # letters by which words that start no stem are passed over
_TOKEN_GAPS = frozenset(" \t\n\r\u00a0-–/·")
_LANGUAGE_ORDER = {language: (order, "") for order, language in enumerate(LANGUAGES)}


class Entry(NamedTuple):
    """A phrase of the vocabulary and the concept it names."""

    phrase: str
    code: str
    kind: MentionKind
    language: str
    is_label: bool


class _Token(NamedTuple):
    start: int
    end: int
    keys: tuple[tuple[int, bool], ...]  # dictionary words that this word may be; True where it is written exactly so


@dataclass(slots=True)
class _Node:
    """A place in the trie. Most are ends without children, and of all of ESCO there are half a million."""

    children: dict[int, _Node] | None = None
    entries: list[Entry] | None = None

    def grown(self, key: int) -> _Node:
        """The child for a word, made where there is none."""
        if self.children is None:
            self.children = {}
        child = self.children.get(key)
        if child is None:
            child = self.children[key] = _Node()
        return child


class _Hit(NamedTuple):
    first: int
    last: int
    entry: Entry
    exact: bool

    @property
    def strength(self) -> float:
        base = LABEL_STRENGTH if self.entry.is_label else WORD_STRENGTH
        return base if self.exact else base * INFLECTED_FACTOR


class Finder:
    """A prefix dictionary of word stems and a trie of phrases, built once from the vocabulary's entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._written: dict[tuple[str, str, bool], int] = {}
        self._keys: dict[tuple[str, str, bool], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._stems: dict[str, list[tuple[int, frozenset[str]]]] = {}
        self._heads: set[str] = set()
        self._root = _Node()
        for entry in entries:
            self._add(entry)
        self._heads.update(stem[:_HEAD] for stem in self._stems)
        self._written.clear()
        self._keys.clear()

    def find(self, text: str, kinds: Collection[MentionKind]) -> list[Mention]:
        """Mentions in the order of the text; they never overlap, except that one span may name several concepts.

        The longest phrase wins over shorter ones inside it, whatever the kinds. `strength` is 1 for a label and .9 for
        an everyday word, times .9 where the word is inflected, divided by the number of concepts of the same kind that
        the same words name. A word that several languages share is read in the language that explains most of the text.
        """
        tokens = [_Token(m.start(), m.end(), self._read(m.group())) for m in TOKEN.finditer(text)]
        spans = _longest(self._hits(text, tokens))
        main = _main_languages(spans)
        mentions: list[Mention] = []
        for (first, last), hits in sorted(spans.items()):
            best = _best_per_concept(hits, main)
            named = Counter(hit.entry.kind for hit in best)
            start, end = tokens[first].start, tokens[last].end
            mentions.extend(
                Mention(
                    code=hit.entry.code,
                    kind=hit.entry.kind,
                    language=hit.entry.language,
                    start=start,
                    end=end,
                    words=text[start:end],
                    strength=round(hit.strength / named[hit.entry.kind], 4),
                )
                for hit in best
                if hit.entry.kind in kinds
            )
        return mentions

    # -- building --------------------------------------------------------------------------------------------------

    def _add(self, entry: Entry) -> None:
        node = self._root
        inflects = entry.kind != "language"
        for written in _words(entry.phrase):
            key = self._written.get((written, entry.language, inflects))
            if key is None:
                key = self._key(normalise(written), entry.language, inflects=inflects)
                self._written[written, entry.language, inflects] = key
            node = node.grown(key)
        if node.entries is None:
            node.entries = []
        node.entries.append(entry)

    def _key(self, raw: str, language: str, *, inflects: bool) -> int:
        """The number of a dictionary word. Names of languages do not inflect: they share their stems with countries."""
        known = self._keys.get((raw, language, inflects))
        if known is not None:
            return known
        key = self._keys[raw, language, inflects] = len(self._keys)
        word = raw.rstrip("*")
        self._exact.setdefault(word, []).append(key)
        if raw.endswith("*"):
            self._stems.setdefault(word, []).append((key, ANY_ENDING))
        elif inflects:
            for stem, endings in stems(word, language):
                self._stems.setdefault(stem, []).append((key, endings))
        return key

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self, raw: str) -> tuple[tuple[int, bool], ...]:
        word = normalise(raw)
        variants = arabic_variants(word) if is_arabic(word) else (word,)
        found: dict[int, bool] = {}
        for variant in variants:
            for key in self._exact.get(variant, ()):
                found.setdefault(key, variant is word)
            for key in self._inflected(variant):
                found.setdefault(key, False)
        return tuple(found.items())

    def _inflected(self, word: str) -> Iterator[int]:
        if word[:_HEAD] not in self._heads and word[:_SHORTEST_STEM] not in self._heads:
            return
        length = len(word)
        for cut in range(length, max(_SHORTEST_STEM, length - LONGEST_ENDING) - 1, -1):
            for key, endings in self._stems.get(word[:cut], ()):
                if (length - cut <= OPEN_ENDING) if endings is ANY_ENDING else (word[cut:] in endings):
                    yield key

    def _hits(self, text: str, tokens: list[_Token]) -> Iterator[_Hit]:
        for first, token in enumerate(tokens):
            if token.keys:
                yield from self._walk(text, tokens, first)

    def _walk(self, text: str, tokens: list[_Token], first: int) -> Iterator[_Hit]:
        paths = [(self._root, True)]
        for last in range(first, len(tokens)):
            if last > first and not _joined(text[tokens[last - 1].end : tokens[last].start]):
                return
            paths = [
                (node.children[key], exact and is_exact)
                for node, exact in paths
                if node.children is not None
                for key, is_exact in tokens[last].keys
                if key in node.children
            ]
            if not paths:
                return
            for node, exact in paths:
                for entry in node.entries or ():
                    yield _Hit(first, last, entry, exact)


def _words(phrase: str) -> list[str]:
    """Words of a phrase of the data as they are written, each with its `*` where it has one."""
    if "*" not in phrase:
        return TOKEN.findall(phrase)
    return [
        match.group() + ("*" if phrase[match.end() : match.end() + 1] == "*" else "")
        for match in TOKEN.finditer(phrase)
    ]


def _joined(gap: str) -> bool:
    """Whether two neighbouring words may belong to one phrase: blanks, dashes, slashes or a bare dot between."""
    return gap == "." or all(sign in _TOKEN_GAPS for sign in gap)


def _longest(hits: Iterable[_Hit]) -> dict[tuple[int, int], list[_Hit]]:
    """Keeps, of spans that overlap, the one with most words, then the leftmost."""
    spans: dict[tuple[int, int], list[_Hit]] = {}
    for hit in hits:
        spans.setdefault((hit.first, hit.last), []).append(hit)
    taken: set[int] = set()
    kept: dict[tuple[int, int], list[_Hit]] = {}
    for first, last in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        places = range(first, last + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            kept[first, last] = spans[first, last]
    return kept


def _order(language: str) -> tuple[int, str]:
    """Polku's own languages first, others by their code."""
    return _LANGUAGE_ORDER.get(language, (len(LANGUAGES), language))


def _main_languages(spans: dict[tuple[int, int], list[_Hit]]) -> Counter[str]:
    """How many spans each language explains."""
    return Counter(language for hits in spans.values() for language in {hit.entry.language for hit in hits})


def _best_per_concept(hits: list[_Hit], main: Counter[str]) -> list[_Hit]:
    """One hit a concept: in the language that explains most of the text, then the strongest; codes in a fixed order.

    Where the words are exactly those of some concept, concepts that they could name by inflection only are left out.
    """
    written = [hit for hit in hits if hit.exact]
    best: dict[str, _Hit] = {}
    for hit in sorted(
        written or hits,
        key=lambda h: (-main[h.entry.language], -h.strength, _order(h.entry.language), h.entry.code),
    ):
        best.setdefault(hit.entry.code, hit)
    return list(best.values())
