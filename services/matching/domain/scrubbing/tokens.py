"""Words of a text with their places, and what stands between two of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.vocabulary.inflection import TOKEN, normalise

_BESIDE = re.compile(r"[^\S\n]{0,3}(?:\n[^\S\n]{0,3})?[-–'’\"“”«»]?[^\S\n]{0,3}")


@dataclass(frozen=True, slots=True)
class Token:
    """A word: text[start:end], and its key (`normalise`)."""

    start: int
    end: int
    key: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text."""

    text: str = field(repr=False)
    words: tuple[Token, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, place: int) -> Token:
        return self.words[place]

    def beside(self, place: int) -> bool:
        """Whether the word at `place` follows the one before it with nothing but blanks, a dash or a quote."""
        if not 0 < place < len(self.words):
            return False
        return _BESIDE.fullmatch(self.text, self.words[place - 1].end, self.words[place].start) is not None

    def begins_line(self, place: int) -> bool:
        """Whether nothing but blanks and marks stands before a word on its line."""
        start = self.text.rfind("\n", 0, self.words[place].start) + 1
        return place == 0 or self.words[place - 1].end <= start

    def ends_line(self, place: int) -> bool:
        """Whether a word is the last of its line."""
        return place + 1 == len(self.words) or "\n" in self.text[self.words[place].end : self.words[place + 1].start]


def tokens_of(text: str) -> Tokens:
    """The words of a text."""
    return Tokens(text, tuple(_words(text)))


def _words(text: str) -> Iterator[Token]:
    for match in TOKEN.finditer(text):
        word = match.group()
        yield Token(match.start(), match.end(), normalise(word), word[0].isupper())
