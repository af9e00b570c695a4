"""The benchmark's texts: sentences by kind of work and language, and frames for work that has none of its own."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from shared.vocabulary import Vocabulary
from shared.vocabulary.glossary import Glossary

DATA = Path(__file__).parent / "data"
SEEKER_LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar", "so")
OPENING_LANGUAGES = ("fi", "sv", "en")
_REMARK = re.compile(r"\s*\([^)]*\)")

Sentences = Mapping[str, Sequence[str]]
"""Kind of sentence to wordings."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Wordings by (occupation's URI, language) and frames by language.

    seekers    kinds "did" and "want"
    openings   kinds "title" and "task"
    frames     kinds "did", "want", "about", "title", "task", "offer", "course"
    """

    seekers: Mapping[tuple[str, str], Sentences]
    openings: Mapping[tuple[str, str], Sentences]
    frames: Mapping[str, Sentences]

    def written(self, occupation: str) -> bool:
        """Whether the occupation has sentences of its own."""
        return (occupation, SEEKER_LANGUAGES[0]) in self.seekers


@lru_cache(maxsize=1)
def read_texts(folder: Path = DATA) -> Texts:
    """Read the files of `data/`, once a process."""
    works = {row[0]: row[1] for row in _rows(folder / "works.tsv")[1:]}
    return Texts(
        seekers=_by_work(folder, "seekers", SEEKER_LANGUAGES, works),
        openings=_by_work(folder, "openings", OPENING_LANGUAGES, works),
        frames=_frames(folder / "frames.tsv"),
    )


class Wordings:
    """What an occupation is called in a language: the vocabulary's and the glossary's wordings."""

    def __init__(self, vocabulary: Vocabulary, glossary: Glossary) -> None:
        self._vocabulary = vocabulary
        self._glossary = glossary
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, occupation: str, language: str) -> tuple[str, ...]:
        """Wordings without remarks, at least one: where a language has none, the label of another."""
        key = (occupation, language)
        if key not in self._known:
            self._known[key] = self._find(occupation, language)
        return self._known[key]

    def _find(self, occupation: str, language: str) -> tuple[str, ...]:
        row, entry = self._vocabulary.occupation(occupation), self._glossary.get(occupation)
        words = [*(row.words.get(language, ()) if row else ()), *(entry.words.get(language, ()) if entry else ())]
        if row is not None and language in row.labels:
            words.append(row.labels[language])
        cleaned = (_REMARK.sub("", word) for word in words if not word.endswith("*"))
        found = tuple(dict.fromkeys(word for word in cleaned if word))
        return found or (self._vocabulary.label(occupation, language),)


def one(random: Random, sentences: Sentences, kind: str) -> str:
    """One of the wordings of a kind."""
    return random.choice(sentences[kind])


def _by_work(
    folder: Path, name: str, languages: Sequence[str], works: Mapping[str, str]
) -> dict[tuple[str, str], Sentences]:
    found: dict[tuple[str, str], Sentences] = {}
    for language in languages:
        header, *rows = _rows(folder / f"{name}_{language}.tsv")
        for work, *cells in rows:
            found[works[work], language] = _grouped(zip(header[1:], cells, strict=True))
    return found


def _frames(path: Path) -> dict[str, Sentences]:
    header, *rows = _rows(path)
    return {
        language: _grouped((row[0], row[place]) for row in rows if row[place])
        for place, language in enumerate(header)
        if place > 0
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for kind, sentence in pairs:
        grouped.setdefault(kind, []).append(sentence)
    return grouped


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
