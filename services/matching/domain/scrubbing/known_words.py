"""Words that name work or everyday things: what is one of them is no unknown name.

From the vocabulary's labels and the glossary's word list: some 80,000 words, kept as hashes, for they are only asked
whether they are there.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from services.matching.domain.scrubbing.lexicon import keys_of
from shared.vocabulary import LANGUAGES, Vocabulary
from shared.vocabulary.glossary import load_glossary

_LEAST, _ENDING = 5, 3
"""A known word of at least five letters is known with up to three more letters behind it."""


class KnownWords:
    """Words by their keys (`normalise`)."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._hashes = array("q", sorted({hash(key) for key in keys}))

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        return any(self._has(key[:length]) for length in range(len(key), max(_LEAST, len(key) - _ENDING) - 1, -1)) or (
            self._has(key)
        )

    def _has(self, key: str) -> bool:
        wanted = hash(key)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted


@lru_cache(maxsize=4)
def known_words(vocabulary: Vocabulary) -> KnownWords:
    """The known words of a vocabulary; half a second, once."""
    words = {word for phrase in set(_phrases(vocabulary)) for word in phrase.split()}
    return KnownWords(key for word in words for key in keys_of(word))


def _phrases(vocabulary: Vocabulary) -> Iterator[str]:
    tables = vocabulary.tables
    for occupation in tables.occupations.values():
        yield from _named(occupation.labels, occupation.words)
    for skill in tables.skills.values():
        yield from _named(skill.labels, skill.words)
    for licence in tables.licences.values():
        yield from _named(licence.labels, licence.words)
    for language in tables.languages.values():
        yield from _named(language.labels, language.words)
    for municipality in tables.municipalities.values():
        yield from municipality.labels.values()
    for place in tables.places.values():
        yield from place.labels.values()
    # Read past the cache: it is needed once, and would else stay in memory as a whole.
    for entry in load_glossary.__wrapped__().entries:
        for language_code in LANGUAGES:
            yield from entry.words.get(language_code, ())


def _named(labels: Mapping[str, str], words: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield from labels.values()
    for wordings in words.values():
        yield from wordings
