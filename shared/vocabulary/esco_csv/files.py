"""The files of an ESCO package: which are there, of which version and language, and their rows with line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shared.vocabulary.errors import VocabularyFileError

OLDEST = (1, 1)
LABEL_FILES = ("occupations", "skills", "ISCOGroups")
"""Files with labels: one for each language."""
RELATION_FILES = ("occupationSkillRelations", "broaderRelationsOccPillar", "broaderRelationsSkillPillar")
"""Files with relations: each language's package has a copy of the same rows, so that one is read."""

_FILE_NAME = re.compile(r"^([A-Za-z]+?)(?:_([a-z]{2,3}))?\.csv$")
_STEMS = {stem.casefold(): stem for stem in (*LABEL_FILES, *RELATION_FILES)}
_VERSION = re.compile(r"^v?(\d+)\.(\d+)(?:\.\d+)*$")
_VERSION_IN_NAME = re.compile(r"\bv(\d+\.\d+(?:\.\d+)*)", re.IGNORECASE)
_GET_ESCO = "Download the classification as CSV from the ESCO portal and unpack it here"


class Row(NamedTuple):
    """A row of a CSV file by column name, and the line on which it starts."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package that Polku reads, by name without language and by language ("" where it has none)."""

    folder: Path
    version: str
    languages: tuple[str, ...]
    files: Mapping[str, Mapping[str, Path]]

    def labels(self, stem: str) -> Iterator[tuple[str, Path]]:
        """Language and path of each file of a kind that is there, in the order of `languages`."""
        there = self.files.get(stem, {})
        return ((language, there[language]) for language in self.languages if language in there)

    def relations(self, stem: str) -> Path | None:
        """The file with these relations, from whichever language's package; None where it is missing."""
        there = self.files.get(stem, {})
        return next((there[language] for language in ("", "en", *sorted(there)) if language in there), None)


def open_package(folder: Path, version: str | None = None, languages: Collection[str] | None = None) -> Package:
    """Find the files in `folder` and in the folders right below it (one for each language, as they are downloaded).

    `version` is needed where no folder's name tells it ("ESCO dataset - v1.2.0 - classification - en - csv");
    `languages` limits the package to some languages. Raises VocabularyFileError where the package cannot be used.
    """
    if not folder.is_dir():
        raise VocabularyFileError(folder, "there is no such folder", _GET_ESCO)
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    files = _files(folders)
    if not files.get("occupations"):
        raise VocabularyFileError(folder, "there is no occupations_<language>.csv in it", _GET_ESCO)
    found = {language for stem in LABEL_FILES for language in files.get(stem, {}) if language}
    wanted = found if languages is None else set(languages)
    if wanted - found:
        missing = ", ".join(sorted(wanted - found))
        raise VocabularyFileError(folder, f"it has no files in: {missing}", f"It has: {', '.join(sorted(found))}")
    in_use = [path for path in folders if any(file.parent == path for by in files.values() for file in by.values())]
    return Package(folder, _checked_version(folder, version or _named(folder, in_use)), _ordered(wanted), files)


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Rows of a comma-separated UTF-8 file that must have `columns`; cells may span lines.

    Raises VocabularyFileError for a file that is empty, not UTF-8, without one of the columns, or with a ragged row.
    """
    header: list[str] = []
    rows = 0
    for line, cells in _numbered(path):
        if not header:
            header = _checked_header(path, line, cells, columns)
        elif len(cells) != len(header):
            problem = f"the row has {len(cells)} cells, the header has {len(header)}"
            raise VocabularyFileError(path, problem, "Unpack the file again as it was downloaded", line=line)
        else:
            rows += 1
            yield Row(line, dict(zip(header, cells, strict=True)))
    if not rows:
        raise VocabularyFileError(path, "the file is empty", "Unpack it again as it was downloaded, or remove it")


def _files(folders: Iterable[Path]) -> dict[str, dict[str, Path]]:
    files: dict[str, dict[str, Path]] = {}
    for path in (file for folder in folders for file in sorted(folder.iterdir())):
        name = _FILE_NAME.match(path.name)
        stem = _STEMS.get(name.group(1).casefold()) if name else None
        if name is None or stem is None:
            continue
        language = name.group(2) or ""
        if stem in LABEL_FILES and not language:
            raise VocabularyFileError(path, "the name does not say the language", f"Name it {stem}_<language>.csv")
        other = files.setdefault(stem, {}).setdefault(language, path)
        if other != path:
            raise VocabularyFileError(path, f"the same file is also at {other}", "Keep one of them")
    return files


def _named(folder: Path, folders: Iterable[Path]) -> str:
    """The version that the folders' names tell, all the same one."""
    names = [*(path.resolve().name for path in folders), folder.resolve().name]
    versions = sorted({match.group(1) for name in names for match in _VERSION_IN_NAME.finditer(name)})
    if len(versions) > 1:
        problem = f"it mixes the versions {', '.join(versions)}"
        raise VocabularyFileError(folder, problem, "Keep the files of one version, in every language")
    if not versions:
        raise VocabularyFileError(
            folder, "no folder's name tells the version of ESCO", "Give the version, such as --esco-version 1.2.0"
        )
    return versions[0]


def _checked_version(folder: Path, version: str) -> str:
    numbers = _VERSION.match(version)
    if numbers is None:
        raise VocabularyFileError(folder, f'"{version[:40]}" is no version', "Write it as 1.2.0")
    if (int(numbers.group(1)), int(numbers.group(2))) < OLDEST:
        problem = f"version {version} of ESCO is older than 1.1"
        raise VocabularyFileError(folder, problem, "Download version 1.1 or later from the ESCO portal")
    return version.removeprefix("v")


def _ordered(languages: Collection[str]) -> tuple[str, ...]:
    """English first, because ESCO is written in it and every other language is a translation."""
    return tuple(sorted(languages, key=lambda language: (language != "en", language)))


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise VocabularyFileError(
            path, f"byte {error.object[error.start]:#04x} is not UTF-8", "Save the file as UTF-8", line=line
        ) from None


def _numbered(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line on which it starts."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            remedy = "Unpack the file again as it was downloaded"
            raise VocabularyFileError(path, f"this is not CSV ({error})", remedy, line=line) from None
        if cells is None:
            return
        if cells:
            yield line, cells


def _checked_header(path: Path, line: int, cells: list[str], columns: Sequence[str]) -> list[str]:
    missing = [column for column in columns if column not in cells]
    if missing:
        problem = f"the column {', '.join(missing)} is missing; there are: {', '.join(cells)[:300]}"
        raise VocabularyFileError(
            path, problem, "Use the file as it was downloaded, with commas between the columns", line=line
        )
    return cells
