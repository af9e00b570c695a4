"""Finds what a person's texts say about who they are, and gives the texts without it.

All texts of a person are read together: a name that one of them announces is a name in the others.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.matching.domain.scrubbing.cues import mail_names
from services.matching.domain.scrubbing.kinds import Found, Kind, Neutral
from services.matching.domain.scrubbing.known_words import known_words
from services.matching.domain.scrubbing.labels import find_labelled
from services.matching.domain.scrubbing.lexicon import neutral
from services.matching.domain.scrubbing.names import NameFinder, Run
from services.matching.domain.scrubbing.patterns import find_forms
from services.matching.domain.scrubbing.statements import statements
from services.matching.domain.scrubbing.tokens import Tokens, tokens_of
from shared.vocabulary import Vocabulary

_EMPTY_BRACKETS = re.compile(r"[(\[{\"“«]\s*[,;.–-]*\s*[)\]}\"”»]")
_SPACE = re.compile(r"\s+")
_WORDS = re.compile(r"[^\n]")
_BEFORE_MARK = re.compile(r"\s+([,;:.!?،؛؟])")
_MARKS = re.compile(r"([,;:.!?،؛؟|•])(?:\s*[,;:.!?،؛؟|•])+")
_STRONG = re.compile(r"[.!?؟]")
_EDGE = " ,;:.!?،؛؟|•–—-"
_END = " ,;:،؛|•–—-"
# Left over at the beginning of a sentence: "My name is … and I cook".
_JOINING = re.compile(
    r"(^|[.!?؟]\s)(?:and|but|who|ja|sekä|mutta|och|men|та|і|й|а|але|и|но|oo|iyo)(?:\s|(?=[.,;!?]|$))", re.IGNORECASE
)
_AFTER_STOP = re.compile(r"([.!?؟])\s*[,;:–—-]\s+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a person; `title` says that it is a short name of work, which is no head of a CV."""

    text: str
    title: bool = False


class Scrubber:
    """Reads texts with one vocabulary. Pure; building it takes half a second."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names = NameFinder(known_words(vocabulary))

    def find(self, texts: Sequence[Text]) -> list[tuple[Found, ...]]:
        """What each of a person's texts says about who they are, in order, without overlaps."""
        read = [tokens_of(text.text) for text in texts]
        found = [[*find_forms(tokens.text), *find_labelled(tokens.text)] for tokens in read]
        runs = [list(self._names.find(tokens, head=not text.title)) for tokens, text in zip(read, texts, strict=True)]
        told = {key for tokens, own in zip(read, runs, strict=True) for key in self._names.taught(tokens, own)}
        told |= {key for tokens, own in zip(read, found, strict=True) for key in _told_by(tokens, own, self._names)}
        for tokens, own, their in zip(read, found, runs, strict=True):
            for run in (*their, *self._names.repeated(tokens, told)):
                own.append(_name(tokens, run))
            own.extend(statements().find(tokens))
        return [tuple(_apart(own, tokens.text)) for tokens, own in zip(read, found, strict=True)]

    def scrubbed(self, texts: Sequence[Text]) -> list[str]:
        """The texts without what was found, and with words that show a gender made alike."""
        return [_without(text.text, cut) for text, cut in zip(texts, self.find(texts), strict=True)]

    def blanked(self, text: str, *, title: bool = False) -> str:
        """A text with blanks in the place of what was found: all else stays where it is."""
        for each in self.find([Text(text, title)])[0]:
            text = text[: each.start] + _WORDS.sub(" ", each.words) + text[each.end :]
        return text


@lru_cache(maxsize=4)
def scrubber(vocabulary: Vocabulary) -> Scrubber:
    """The scrubber of a vocabulary."""
    return Scrubber(vocabulary)


def _told_by(tokens: Tokens, found: Iterable[Found], names: NameFinder) -> Iterator[str]:
    """Names that an e-mail address or a label of the text tells."""
    for each in found:
        if each.kind is Kind.EMAIL:
            yield from mail_names(tokens.text[each.start : each.end])
        elif each.kind is Kind.NAME:
            value = tokens.text.find(":", each.start) + 1
            first = next((at for at in range(len(tokens)) if tokens[at].start >= value), len(tokens))
            last = next((at for at in range(first, len(tokens)) if tokens[at].start >= each.end), len(tokens))
            yield from names.taught(tokens, [Run(first, last, sure=True)])


def _name(tokens: Tokens, run: Run) -> Found:
    return Found(tokens[run.start].start, tokens[run.last - 1].end, Kind.NAME)


def _apart(found: Iterable[Found], text: str) -> Iterator[Found]:
    """Findings without overlaps: of those that overlap one, of the kind of the longest."""
    joined: list[Found] = []
    longest = 0
    for each in sorted(found):
        if joined and each.start < joined[-1].end:
            last = joined[-1]
            kind = each.kind if each.end - each.start > longest else last.kind
            longest = max(longest, each.end - each.start)
            joined[-1] = replace(last, end=max(last.end, each.end), kind=kind)
        else:
            joined.append(each)
            longest = each.end - each.start
    return (replace(each, words=text[each.start : each.end]) for each in joined)


def _without(text: str, cut: Iterable[Found]) -> str:
    pieces: list[str] = []
    end = 0
    for each in cut:
        pieces.append(text[end : each.start])
        end = each.end
    pieces.append(text[end:])
    left = " ".join(pieces)
    return _tidy(_neutralised(left))


def _neutralised(text: str) -> str:
    changed: list[str] = []
    end = 0
    for each in _gendered(text):
        changed.append(text[end : each.start])
        changed.append(each.instead)
        end = each.end
    return "".join((*changed, text[end:]))


def _gendered(text: str) -> Iterator[Neutral]:
    known = neutral()
    tokens = tokens_of(text)
    for place in range(len(tokens)):
        token = tokens[place]
        instead = known.get(token.key)
        if instead is not None:
            yield Neutral(token.start, token.end, instead.capitalize() if token.capital and instead else instead)


def _tidy(text: str) -> str:
    """One line, without empty brackets and doubled marks: as if what was cut out had never been there."""
    text = _SPACE.sub(" ", text)
    text = _EMPTY_BRACKETS.sub(" ", text)
    text = _BEFORE_MARK.sub(r"\1", text)
    text = _MARKS.sub(_stronger, text)
    text = _AFTER_STOP.sub(r"\1 ", text)
    text = _SPACE.sub(" ", text).lstrip(_EDGE).rstrip(_END)
    return _JOINING.sub(r"\1", text).lstrip(_EDGE)


def _stronger(match: re.Match[str]) -> str:
    """Of marks in a row the first one that ends a sentence, else the first."""
    strong = _STRONG.search(match.group())
    return strong.group() if strong else match.group(1)
