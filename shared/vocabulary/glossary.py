"""The glossary: what occupations, skills and things of working life are called in everyday language, by language.

Three files of data/: occupations and skills by ESCO URI, and words of working life, which have none. A cell holds the
wordings of one language, `|` between them, the commonest first; an empty cell says that none is known there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shared.vocabulary.errors import VocabularyFileError
from shared.vocabulary.held_out import is_held_out

GlossaryKind = Literal["occupation", "skill", "word"]

_DATA = Path(__file__).parent / "data"
_FILES: Mapping[GlossaryKind, str] = {
    "occupation": "glossary_occupations.tsv",
    "skill": "glossary_skills.tsv",
    "word": "glossary_words.tsv",
}
_NOT_LANGUAGES = frozenset(("uri", "isco", "common", "regulated", "required_licences", "kind", "broader"))


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One concept: its wordings by language (BCP 47), the commonest first, never an empty tuple.

    `uri` is the ESCO URI, "" for a word. `isco` is the occupation's ISCO-08 code, "" for others. `common` marks the
    occupations that many people do or look for; `regulated` and `required_licences` are as in `Occupation`. `broader`
    and `knowledge` are a skill's.
    """

    kind: GlossaryKind
    uri: str
    words: Mapping[str, tuple[str, ...]]
    isco: str = ""
    common: bool = False
    regulated: bool = False
    required_licences: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    knowledge: bool = False

    @property
    def held_out(self) -> bool:
        """Whether it is kept for measuring; words are not."""
        return bool(self.uri) and is_held_out(self.uri)


class Glossary:
    """Entries in the order of their files, and by URI."""

    def __init__(self, entries: tuple[GlossaryEntry, ...]) -> None:
        self.entries = entries
        self._by_uri = {entry.uri: entry for entry in entries if entry.uri}

    def get(self, uri: str) -> GlossaryEntry | None:
        """The entry of an ESCO URI; None where the glossary does not have it."""
        return self._by_uri.get(uri)

    def of_kind(self, *kinds: GlossaryKind) -> Iterator[GlossaryEntry]:
        """Entries of some kinds."""
        return (entry for entry in self.entries if entry.kind in kinds)

    def without_held_out(self) -> Glossary:
        """What quality is measured with: everything but the held-out fifth."""
        return Glossary(tuple(entry for entry in self.entries if not entry.held_out))


@lru_cache(maxsize=2)
def load_glossary(folder: Path = _DATA) -> Glossary:
    """Read the three files of a folder, by default those that come with Polku; once a process.

    Raises VocabularyFileError where a file is missing or a line has too few or too many cells.
    """
    return Glossary(tuple(entry for kind in _FILES for entry in _read(folder / _FILES[kind], kind)))


def _read(path: Path, kind: GlossaryKind) -> Iterator[GlossaryEntry]:
    if not path.is_file():
        raise VocabularyFileError(path, "there is no such file", "It comes with Polku: take it from the repository")
    header: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
            continue
        if len(cells) != len(header):
            problem = f"the line has {len(cells)} cells, its header has {len(header)}"
            raise VocabularyFileError(path, problem, "Put one TAB between cells", line=number)
        yield _entry(kind, dict(zip(header, cells, strict=True)))


def _entry(kind: GlossaryKind, row: dict[str, str]) -> GlossaryEntry:
    words = {name: _wordings(cell) for name, cell in row.items() if name not in _NOT_LANGUAGES}
    return GlossaryEntry(
        kind=kind,
        uri=row.get("uri", ""),
        words={language: wordings for language, wordings in words.items() if wordings},
        isco=row.get("isco", ""),
        common=row.get("common", "") in ("1", "yes", "true"),
        regulated=row.get("regulated", "") == "yes",
        required_licences=tuple(row.get("required_licences", "").split()),
        broader=tuple(row.get("broader", "").split()),
        knowledge=row.get("kind", "") == "knowledge",
    )


def _wordings(cell: str) -> tuple[str, ...]:
    stripped = (wording.strip() for wording in cell.split("|"))
    return tuple(dict.fromkeys(wording for wording in stripped if wording))
