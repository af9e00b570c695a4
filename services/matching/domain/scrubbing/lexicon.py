"""Lists of words by class, read once: what a word may be ("origin", "religion", "person"), whatever its ending.

A word of the data may end in `*`: any ending of up to five letters may follow (three letters of the word at least).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shared.vocabulary.inflection import OPEN_ENDING, TOKEN, arabic_variants, is_arabic, normalise

DATA = Path(__file__).parent / "data"
_NONE: frozenset[str] = frozenset()
_LEAST = 3
_FINNISH_PLACES = ("ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "aan", "ään", "iin", "een", "hin")
Phrase = tuple[str, ...]


class Classes:
    """Words and phrases by class. `of(key)` gives a word's classes; `phrases` those of several words by the first."""

    def __init__(self, entries: Sequence[tuple[str, str]]) -> None:
        """`entries` holds (class, word or phrase, perhaps with `*` at its end)."""
        self._whole: dict[str, frozenset[str]] = {}
        self._stems: dict[str, frozenset[str]] = {}
        self.phrases: dict[str, list[tuple[Phrase, str]]] = {}
        for name, entry in entries:
            keys = tuple(keys_of(entry.removesuffix("*")))
            if len(keys) > 1:
                self.phrases.setdefault(keys[0], []).append((keys[1:], name))
            elif keys:
                known = self._stems if entry.endswith("*") else self._whole
                known[keys[0]] = known.get(keys[0], _NONE) | {name}

    def of(self, key: str) -> frozenset[str]:
        """The classes of a word by its key, with any ending that its entry allows."""
        if not is_arabic(key):
            return self._of(key)
        found = _NONE
        for variant in arabic_variants(key):
            found |= self._of(variant)
        return found

    def _of(self, key: str) -> frozenset[str]:
        found = self._whole.get(key, _NONE)
        for length in range(len(key), max(_LEAST, len(key) - OPEN_ENDING) - 1, -1):
            stem = self._stems.get(key[:length])
            if stem is not None:
                found |= stem
        return found


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of given and of family names; `unsure` are those that are also ordinary words."""

    given: frozenset[str]
    family: frozenset[str]
    unsure: frozenset[str]


@lru_cache(maxsize=1)
def classes() -> Classes:
    """All classes: words.tsv, and the lands and peoples of origins.tsv."""
    entries = [(row["class"], word) for row in rows("words.tsv") for word in cell(row["words"])]
    for row in rows("origins.tsv"):
        name = "finland" if row["code"] == "FI" else "land"
        entries += [(name, word) for column in row if column.startswith("land_") for word in cell(row[column])]
        if name == "land":
            entries += [("abroad", word) for stem in cell(row["land_fi"]) for word in _places(stem)]
        entries += [("origin", word) for column in row if column.startswith("people_") for word in cell(row[column])]
    return Classes(entries)


def _places(stem: str) -> Iterator[str]:
    """Where, from where and to where in Finnish: "Somaliassa", "Irakista", "Venäjälle"."""
    if not stem.endswith("*"):
        if stem.endswith(_FINNISH_PLACES):
            yield stem
        return
    for vowel in ("", "i", "e", "a", "ä"):
        for ending in _FINNISH_PLACES:
            yield f"{stem[:-1]}{vowel}{ending}"


@lru_cache(maxsize=1)
def names() -> Names:
    """The names of names.tsv; one with a question mark is an ordinary word as well."""
    given: set[str] = set()
    family: set[str] = set()
    unsure: set[str] = set()
    for row in rows("names.tsv"):
        for word in row["names"].split():
            keys = tuple(keys_of(word.rstrip("?")))
            # Of a name in two parts the longer ones: "Al-" and "Yli-" alone are none.
            keys = keys if len(keys) == 1 else tuple(key for key in keys if len(key) > _LEAST)
            (given if row["kind"] == "given" else family).update(keys)
            if word.endswith("?"):
                unsure.update(keys)
    return Names(frozenset(given), frozenset(family), frozenset(unsure))


@lru_cache(maxsize=1)
def neutral() -> Mapping[str, str]:
    """Words that show a gender → what stands for both, "" for nothing."""
    return {normalise(row["form"]): row["instead"] for row in rows("neutral.tsv")}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of data/ by column; lines that begin with # are remarks."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def cell(text: str | None) -> list[str]:
    """The words of a cell, `|` between them."""
    return [word.strip() for word in (text or "").split("|") if word.strip()]


def keys_of(phrase: str) -> Iterator[str]:
    """The keys of a phrase's words."""
    return (normalise(match.group()) for match in TOKEN.finditer(phrase))
