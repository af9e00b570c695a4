"""Concepts and relations of an ESCO package, read and checked, before they are merged with the starter vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from shared.vocabulary.errors import VocabularyFileError
from shared.vocabulary.esco_csv.files import Package, Row, read_rows

SHORTEST_WORD = 4
"""Letters of the shortest alternative label of one word that is kept: "AB" or "ISO" are words of other languages."""

_IN_USE = ("", "released")
_SEPARATOR = re.compile(r"\n| \| ")


class Kind(NamedTuple):
    """What a row of a label file must be: its URI, and a fact that all languages must agree on."""

    stem: str
    uri: re.Pattern[str]
    columns: tuple[str, ...]
    fact: str = ""
    fact_pattern: re.Pattern[str] = re.compile(".*", re.DOTALL)


OCCUPATIONS = Kind(
    stem="occupations",
    uri=re.compile(r"http://data\.europa\.eu/esco/occupation/[0-9A-Za-z-]+"),
    columns=("conceptUri", "preferredLabel", "altLabels", "iscoGroup"),
    fact="iscoGroup",
    fact_pattern=re.compile(r"\d{4}"),
)
SKILLS = Kind(
    stem="skills",
    uri=re.compile(r"http://data\.europa\.eu/esco/skill/[0-9A-Za-z.-]+"),
    columns=("conceptUri", "preferredLabel", "altLabels", "skillType"),
    fact="skillType",
)
ISCO_GROUPS = Kind(
    stem="ISCOGroups",
    uri=re.compile(r"http://data\.europa\.eu/esco/isco/C\d{1,4}"),
    columns=("conceptUri", "preferredLabel"),
)


@dataclass(slots=True)
class Concept:
    """An occupation, skill or ISCO group as the package's files tell it, in every language that they have."""

    fact: str
    regulated: bool
    labels: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_concepts(package: Package, kind: Kind) -> dict[str, Concept]:
    """Concepts by URI, in the order of the first file; concepts that no file gives a label are left out.

    Raises VocabularyFileError for a URI that is twice in one file or none of ESCO's, and for files that disagree.
    """
    concepts: dict[str, Concept] = {}
    for language, path in package.labels(kind.stem):
        seen: dict[str, int] = {}
        for row in read_rows(path, kind.columns):
            uri = _checked_uri(path, row, kind, seen)
            if row.cells.get("status", "") in _IN_USE:
                _add(concepts, path, row, kind, uri, language)
    return {uri: concept for uri, concept in concepts.items() if concept.labels}


def read_relations(path: Path, start: str, end: str, **only: str) -> Iterator[tuple[str, str]]:
    """Pairs of URIs from the columns `start` and `end`, of rows whose other columns have the values of `only`."""
    for row in read_rows(path, (start, end, *only)):
        if all(row.cells[column] == value for column, value in only.items()):
            yield row.cells[start], row.cells[end]


def _checked_uri(path: Path, row: Row, kind: Kind, seen: dict[str, int]) -> str:
    uri = row.cells["conceptUri"].strip()
    if not kind.uri.fullmatch(uri):
        problem = f'conceptUri "{uri[:100]}" is no URI of ESCO\'s {kind.stem}'
        raise VocabularyFileError(path, problem, "Unpack the file again as it was downloaded", line=row.line)
    if uri in seen:
        problem = f"{uri} is here for the second time, after line {seen[uri]}"
        raise VocabularyFileError(path, problem, "Keep one of the two rows", line=row.line)
    seen[uri] = row.line
    return uri


def _add(concepts: dict[str, Concept], path: Path, row: Row, kind: Kind, uri: str, language: str) -> None:
    fact = row.cells[kind.fact].strip() if kind.fact else ""
    if not kind.fact_pattern.fullmatch(fact):
        problem = f'{kind.fact} "{fact[:40]}" is no ISCO-08 unit group of four digits'
        raise VocabularyFileError(path, problem, "Correct the cell, leading zeros included", line=row.line)
    note = row.cells.get("regulatedProfessionNote", "")
    concept = concepts.setdefault(uri, Concept(fact, note.endswith("/regulated")))
    if concept.fact != fact:
        problem = f'{kind.fact} of {uri} is "{fact}" here and "{concept.fact}" in another language'
        raise VocabularyFileError(path, problem, "Take the files of all languages from one version", line=row.line)
    label = " ".join(row.cells["preferredLabel"].split())
    if label:
        concept.labels[language] = label
        words = _words(row, label)
        if words:
            concept.words[language] = words


def _words(row: Row, label: str) -> tuple[str, ...]:
    """Alternative and hidden labels without the label itself and without repeats; `*` would mean any ending."""
    cells: Sequence[str] = (row.cells.get("altLabels", ""), row.cells.get("hiddenLabels", ""))
    words: dict[str, str] = {}
    for written in (part for cell in cells for part in _SEPARATOR.split(cell)):
        word = " ".join(written.replace("*", "").split())
        if len(word) >= SHORTEST_WORD or " " in word:
            words.setdefault(word.casefold(), word)
    words.pop(label.casefold(), None)
    return tuple(words.values())
