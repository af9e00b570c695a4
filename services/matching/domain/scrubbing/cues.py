"""What announces a name ("my name is", "regards", "Mr"), and what an e-mail address tells of one."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from services.matching.domain.scrubbing.lexicon import Classes, cell, keys_of, neutral, rows
from services.matching.domain.scrubbing.tokens import Tokens
from shared.vocabulary.inflection import normalise

_MAIL_PARTS = re.compile(r"[^\W\d_]{3,}")
_NOT_IN_MAIL = frozenset(
    ("info", "mail", "email", "gmail", "cook", "chef", "nurse", "work", "job", "contact", "office")
)


class Cues:
    """What announces a name: phrases by their first word."""

    def __init__(self) -> None:
        known: list[tuple[str, str]] = [(row["kind"], word) for row in rows("cues.tsv") for word in cell(row["words"])]
        self._known = Classes(known)
        self._by_kind: dict[str, set[str]] = {}
        for kind, word in known:
            self._by_kind.setdefault(kind, set()).update(keys_of(word))
        self.words = frozenset(key for keys in self._by_kind.values() for key in keys) | frozenset(neutral())

    def of(self, kind: str) -> Collection[str]:
        """The keys of the words of a kind."""
        return self._by_kind[kind]

    def at(self, tokens: Tokens, place: int) -> Iterator[tuple[str, int]]:
        """(kind, the word after it) of what stands at a place, the longest of each kind."""
        if place >= len(tokens):
            return
        key = tokens[place].key
        ends = dict.fromkeys(self._known.of(key), place + 1)
        for rest, kind in self._known.phrases.get(key, ()):
            end = place + 1 + len(rest)
            if end <= len(tokens) and all(tokens[place + 1 + step].key == word for step, word in enumerate(rest)):
                ends[kind] = max(end, ends.get(kind, 0))
        yield from ends.items()


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cues of cues.tsv."""
    return Cues()


def mail_names(words: str) -> Iterator[str]:
    """What an e-mail address says of a name: the words before the @."""
    for match in _MAIL_PARTS.finditer(words.split("@")[0]):
        key = normalise(match.group())
        if key not in _NOT_IN_MAIL:
            yield key
