"""Names of people: by a list, by what announces one, and by where a name stands in a CV.

A listed name counts wherever it is written with a capital letter, one that is also an ordinary word only beside
another or behind what announces a name. Next to a name, unknown words with a capital are taken to belong to it. What
was found once in the texts of a person is a name in all of them.
"""

import re
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass

from services.matching.domain.scrubbing.cues import cues
from services.matching.domain.scrubbing.lexicon import classes, names
from services.matching.domain.scrubbing.tokens import Tokens
from shared.vocabulary.inflection import arabic_variants, is_arabic

MOST_WORDS = 4
"""Of a name."""
_LONG = 6
_CASE_ENDINGS = (
    "illa",
    "ille",
    "ilta",
    "ista",
    "issa",
    "iksi",
    "in",
    "lla",
    "llä",
    "lle",
    "lta",
    "ltä",
    "sta",
    "stä",
    "ssa",
    "ssä",
    "na",
    "nä",
    "n",
    "a",
    "ä",
    "s",
)
# Endings of family names and patronymics: they make an unknown word with a capital a name where another one is beside.
_SHAPE = re.compile(
    r".{3,}(?:enko|chuk|czuk|iuk|yuk|ovich|evich|ovych|evych|ivna|ovna|evna|sson|sdotter|qvist|kvist|ström|strom|gren|lund"
    r"|blad|ov|ova|ev|eva|ski|ska|skyi|ska|sky|skaya|skiy|ić|vić|escu|idze|dze|shvili|yan|ian|nen|zade|oglu|zai|pour|nejad"
    r"|енко|чук|юк|щук|ович|евич|івна|ївна|овна|евна|ович|йович|ська|ський|ская|ский|цька|цький|цкая|цкий|ова|ева|ёва|ов|ев"
    r"|ін|іна|ина|ян|дзе|швили|швілі|оглу|заде)$"
)
_NOT_NAMES = re.compile(r".*(?:minen|llinen|lainen|läinen|nainen|ellinen|inen|ning|tion|ism)$")


@dataclass(frozen=True, slots=True)
class Run:
    """Words `first` to before `last` of a text that make a name; `cue` is the first word of what announces it.

    `sure` says that it was announced or has several words, so that they count as names elsewhere too.
    """

    first: int
    last: int
    sure: bool
    cue: int = -1

    @property
    def start(self) -> int:
        """The first word that is cut out."""
        return self.first if self.cue < 0 else self.cue


class NameFinder:
    """Finds names in the texts of one person."""

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._names = names()
        self._cues = cues()
        self._classes = classes()

    def find(self, tokens: Tokens, *, head: bool = True) -> Iterator[Run]:
        """Names of a text; they may overlap. `head` says that the text may begin with a name, as a CV does."""
        for place in range(len(tokens)):
            yield from self._announced(tokens, place)
            yield from self._listed(tokens, place)
        if head:
            yield from self._opening(tokens)

    def repeated(self, tokens: Tokens, told: Collection[str]) -> Iterator[Run]:
        """Names found elsewhere, written here with a capital letter or in Arabic, perhaps with a case ending."""
        if not told:
            return
        for place in range(len(tokens)):
            token = tokens[place]
            if (token.capital or is_arabic(token.key)) and _told(token.key, told):
                yield Run(place, place + 1, sure=False)

    def taught(self, tokens: Tokens, runs: Collection[Run]) -> Iterator[str]:
        """The keys of announced names that are no ordinary words."""
        for run in runs:
            for place in range(run.first, run.last) if run.sure else ():
                key = tokens[place].key
                if len(key) >= 3 and key not in self._known and key not in self._cues.of("stop"):
                    yield key

    # -- what announces a name -------------------------------------------------------------------------------------

    def _announced(self, tokens: Tokens, place: int) -> Iterator[Run]:
        for kind, end in self._cues.at(tokens, place):
            if kind == "sure":
                yield from self._behind(tokens, place, end, sure=True)
            elif kind == "weak":
                yield from self._behind(tokens, place, end, sure=False)
            elif kind == "title":
                yield from self._titled(tokens, end)
            elif kind == "end" and tokens.begins_line(place):
                yield from self._signature(tokens, end)

    def _behind(self, tokens: Tokens, cue: int, first: int, *, sure: bool) -> Iterator[Run]:
        """A name right behind words that announce one; behind weak ones it must look like one."""
        last = first
        follows = _follows
        while last < len(tokens) and last - first < MOST_WORDS and follows(tokens, last):
            if not self._may_be_name(tokens, last, sure=sure):
                break
            last, follows = last + 1, _same_line
        count = last - first
        if count > 1 or (count and (sure or self._alone(tokens, first))):
            yield Run(first, last, sure=True, cue=cue)

    def _alone(self, tokens: Tokens, place: int) -> bool:
        """Whether one word behind "I am" is a name: a listed one; an Arabic one only where nothing is said of it."""
        key = tokens[place].key
        if self._is_sure(key):
            return True
        if is_arabic(key) and place + 1 < len(tokens) and tokens.beside(place + 1):
            return key in self._names.given and tokens[place + 1].key in self._cues.of("stop")
        return key in self._names.given

    def _may_be_name(self, tokens: Tokens, place: int, *, sure: bool) -> bool:
        token = tokens[place]
        if token.key in self._cues.of("stop") or token.key.isdecimal():
            return False
        if is_arabic(token.key):
            return sure or token.key in self._names.given or token.key in self._names.family
        if not token.capital:
            return sure and (self._listed_key(token.key) or token.key not in self._known)
        if self._classes.of(token.key) & {"origin", "religion", "person"}:
            return False
        return sure or self._listed_key(token.key) or token.key not in self._known

    def _titled(self, tokens: Tokens, first: int) -> Iterator[Run]:
        last = first
        while last < len(tokens) and last - first < 3 and (_follows(tokens, last) or _abbreviated(tokens, last)):
            token = tokens[last]
            written = token.capital or (is_arabic(token.key) and self._listed_key(token.key))
            if not written or token.key in self._known:
                break
            last += 1
        if last > first:
            yield Run(first, last, sure=True)

    def _signature(self, tokens: Tokens, first: int) -> Iterator[Run]:
        """Up to three words that close a text behind a greeting."""
        last = first
        while last < len(tokens) and last - first <= 3 and tokens[last].capital | is_arabic(tokens[last].key):
            last += 1
        closes = last == len(tokens) or tokens.ends_line(last - 1)
        ordinary = all(tokens[place].key in self._known for place in range(first, last))
        if 0 < last - first <= 3 and closes and not ordinary:
            yield Run(first, last, sure=True)

    # -- listed names ----------------------------------------------------------------------------------------------

    def _listed(self, tokens: Tokens, place: int) -> Iterator[Run]:
        token = tokens[place]
        if is_arabic(token.key):
            yield from self._listed_arabic(tokens, place)
        elif token.capital and (self._is_sure(token.key) or self._pair(tokens, place)):
            yield self._widened(tokens, place)
        elif not token.capital and self._is_sure(token.key) and place + 1 < len(tokens):
            following = tokens[place + 1]
            if not following.capital and _follows(tokens, place + 1) and self._is_sure(following.key):
                yield Run(place, place + 2, sure=True)

    def _listed_arabic(self, tokens: Tokens, place: int) -> Iterator[Run]:
        """Arabic has no capitals: a listed name alone, or two listed ones beside each other."""
        last = place
        while last < len(tokens) and last - place < MOST_WORDS and (last == place or _follows(tokens, last)):
            if not self._listed_key(tokens[last].key):
                break
            last += 1
        sure = any(tokens[at].key not in self._names.unsure for at in range(place, last))
        given = last > place and tokens[place].key in self._names.given
        if (sure and last > place) or (last - place > 1 and given and tokens[last - 1].key in self._names.family):
            yield Run(place, last, sure=last - place > 1)

    def _pair(self, tokens: Tokens, place: int) -> bool:
        """A given name that is also a word, before a family name or what has the form of one."""
        if place + 1 >= len(tokens) or not _follows(tokens, place + 1) or not tokens[place + 1].capital:
            return False
        key, following = tokens[place].key, tokens[place + 1].key
        if key not in self._names.given:
            return False
        return following in self._names.family or (_shaped(following) and following not in self._known)

    def _widened(self, tokens: Tokens, place: int) -> Run:
        """With the words on both sides that belong to the name."""
        first, last = place, place + 1
        while last < len(tokens) and last - first < MOST_WORDS and self._belongs(tokens, last, last):
            last += 1
        while first > 0 and last - first < MOST_WORDS and self._belongs(tokens, first - 1, first):
            first -= 1
        return Run(first, last, sure=last - first > 1)

    def _belongs(self, tokens: Tokens, place: int, later: int) -> bool:
        token = tokens[place]
        if not token.capital or not _same_line(tokens, later):
            return False
        key = token.key
        if self._listed_key(key):
            return True
        starts = place == 0 or tokens.text[tokens[place - 1].end : token.start].strip(" \t-'’") != ""
        if place < later and starts and not _shaped(key):
            return False  # the first word of a sentence has a capital of its own
        return self._unknown(key)

    def _listed_key(self, key: str) -> bool:
        return key in self._names.given or key in self._names.family or self._is_sure(key)

    def _is_sure(self, key: str) -> bool:
        """Listed and no ordinary word, as it is or with a case ending."""
        for bare in _bare(key):
            if (bare in self._names.given or bare in self._names.family) and bare not in self._names.unsure:
                return bare == key or key not in self._known
        return False

    # -- the head of a CV ------------------------------------------------------------------------------------------

    def _opening(self, tokens: Tokens) -> Iterator[Run]:
        """Two to four unknown words with capitals at the head of a text, below a heading or alone on a line."""
        first = 0
        for kind, end in self._cues.at(tokens, 0):
            if kind == "heading":
                first = max(first, end)
        last = first
        while last < len(tokens) and last - first < MOST_WORDS and (last == first or _same_line(tokens, last)):
            token = tokens[last]
            written = token.capital or is_arabic(token.key)
            if not written or not (self._unknown(token.key) or self._listed_key(token.key)):
                break
            last += 1
        if last - first >= 2 and self._stands_apart(tokens, last):
            yield Run(first, last, sure=True)

    def _stands_apart(self, tokens: Tokens, end: int) -> bool:
        """Whether a line, or a mark, ends before the word at `end`: else a sentence may begin there."""
        if tokens.ends_line(end - 1):
            return True
        return not is_arabic(tokens[end - 1].key) and not tokens.beside(end)

    def _unknown(self, key: str) -> bool:
        known = (
            any(variant in self._known for variant in arabic_variants(key)) if is_arabic(key) else key in self._known
        )
        return not (known or key in self._cues.words or self._classes.of(key))


def _follows(tokens: Tokens, place: int) -> bool:
    """Beside the word before it, or behind an initial and its full stop."""
    if place == 0:
        return False
    between = tokens.text[tokens[place - 1].end : tokens[place].start]
    initial = tokens[place - 1].end - tokens[place - 1].start == 1 and between in (". ", ".")
    return initial or tokens.beside(place) or between.strip(" \n") == ":"


def _abbreviated(tokens: Tokens, place: int) -> bool:
    """Behind a title and its full stop ("Mr. ")."""
    return tokens.text[tokens[place - 1].end : tokens[place].start] == ". "


def _same_line(tokens: Tokens, place: int) -> bool:
    return _follows(tokens, place) and "\n" not in tokens.text[tokens[place - 1].end : tokens[place].start]


def _shaped(key: str) -> bool:
    if _NOT_NAMES.match(key) is not None:
        return False
    return _SHAPE.match(key) is not None or (key.endswith("nen") and len(key) > _LONG)


def _bare(key: str) -> Iterator[str]:
    """The key, and the key without a Finnish or Swedish case ending."""
    yield key
    for ending in _CASE_ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= 3:
            yield key[: -len(ending)]


def _told(key: str, told: Collection[str]) -> bool:
    return any(bare in told for bare in _bare(key))
