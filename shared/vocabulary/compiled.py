"""The compiled vocabulary: occupations, skills and ISCO groups of an ESCO package in one file that is quick to read.

One line of ASCII, `polku-vocabulary <format> <version>`, then zlib-compressed JSON. It holds data only (nothing in it
is ever run), and the version ends with a digest of that JSON, so that a damaged file is noticed. Polku's own lists are
not in the file: they come with the program.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from shared.vocabulary.errors import VocabularyFileError
from shared.vocabulary.tables import Tables, read_tables
from shared.vocabulary.types import IscoGroup, Occupation, Skill, Words

FORMAT = "1"
_MAGIC = "polku-vocabulary"
_DIGEST_LETTERS = 12
_LONGEST_HEAD = 200
_COMPILE = "Compile the ESCO package again: python -m shared.vocabulary compile FOLDER OUT"

Kind = Literal["skill", "knowledge"]
_KINDS: tuple[Kind, Kind] = ("skill", "knowledge")


def signed_version(version: str, tables: Tables) -> str:
    """The ESCO version with a digest of everything that the compiled file would hold: "1.2.0+sha256.3f2a91c07b5e"."""
    return _signed(version, _encoded(tables))


def write_compiled(tables: Tables, path: Path) -> int:
    """Write tables that `read_package` made; answers the file's size in bytes. The file is whole or not there."""
    body = _encoded(tables)
    version = _signed(tables.esco_version.partition("+")[0], body)
    content = f"{_MAGIC} {FORMAT} {version}\n".encode("ascii") + zlib.compress(body, level=9)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
    return len(content)


def read_compiled(path: Path) -> Tables:
    """Read a compiled file. Raises VocabularyFileError where it is missing, of another format, or damaged."""
    version, body = _opened(path)
    content = json.loads(body)
    skills = {row[0]: _skill(row) for row in content["skills"]}
    return replace(
        read_tables(),
        esco_version=version,
        skills=skills,
        occupations=_occupations(content["occupations"], tuple(skills)),
        isco_groups={code: IscoGroup(code, labels, code[:-1]) for code, labels in content["isco"].items()},
    )


# -- writing -----------------------------------------------------------------------------------------------------------


def _signed(version: str, body: bytes) -> str:
    return f"{version}+sha256.{sha256(body).hexdigest()[:_DIGEST_LETTERS]}"


def _encoded(tables: Tables) -> bytes:
    """Compact JSON; skills and occupations are referred to by their number, which is shorter than a URI."""
    skill_number = {uri: number for number, uri in enumerate(tables.skills)}
    number = {uri: number for number, uri in enumerate(tables.occupations)}
    content = {
        "skills": [
            [row.uri, _KINDS.index(row.kind), row.labels, _filled(row.words), row.broader]
            for row in tables.skills.values()
        ],
        "occupations": [
            [
                row.uri,
                row.isco,
                row.labels,
                _filled(row.words),
                _numbers(row.essential_skills, skill_number),
                _numbers(row.related, number),
                row.regulated,
                row.required_licences,
                row.usual_licences,
            ]
            for row in tables.occupations.values()
        ],
        "isco": {code: group.labels for code, group in tables.isco_groups.items()},
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(words: Words) -> dict[str, tuple[str, ...]]:
    return {language: row for language, row in words.items() if row}


def _numbers(uris: Iterable[str], number: Mapping[str, int]) -> list[int]:
    return [number[uri] for uri in uris]


# -- reading -----------------------------------------------------------------------------------------------------------


def _opened(path: Path) -> tuple[str, bytes]:
    """Version and JSON of the file, once the digest has been compared."""
    if path.is_dir():
        raise VocabularyFileError(path, "this is a folder, not a compiled vocabulary", _COMPILE)
    if not path.is_file():
        raise VocabularyFileError(path, "there is no such file", _COMPILE)
    head, _, rest = path.read_bytes().partition(b"\n")
    magic, _, version = head[:_LONGEST_HEAD].decode("ascii", "replace").rpartition(" ")
    if magic != f"{_MAGIC} {FORMAT}":
        raise VocabularyFileError(path, f"this is no compiled vocabulary of format {FORMAT}", _COMPILE)
    try:
        body = zlib.decompress(rest)
    except zlib.error:
        body = b""
    if _signed(version.partition("+")[0], body) != version:
        raise VocabularyFileError(path, "the file is damaged: its content does not have the digest it names", _COMPILE)
    return version, body


def _words(row: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in row.items()}


def _skill(row: list[Any]) -> Skill:
    uri, kind, labels, words, broader = row
    return Skill(uri, _KINDS[kind], labels, _words(words), tuple(broader))


def _occupations(rows: list[list[Any]], skills: tuple[str, ...]) -> dict[str, Occupation]:
    uris = [row[0] for row in rows]
    found = {}
    for uri, isco, labels, words, essential, related, regulated, required, usual in rows:
        found[uri] = Occupation(
            uri=uri,
            isco=isco,
            labels=labels,
            words=_words(words),
            essential_skills=tuple(skills[number] for number in essential),
            related=tuple(uris[number] for number in related),
            regulated=regulated,
            required_licences=tuple(required),
            usual_licences=tuple(usual),
        )
    return found
