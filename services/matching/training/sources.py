"""Reads the files that training learns from, as they come; what may be learnt is decided in corpus.py.

Two folders: the public data (ESCO, SkillSkape; see the model card) and the project's own vocabulary and glossary.
"""

import ast
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar", "so")
"""The languages of the seekers' pages, in the order of the glossary's columns."""

Forms = dict[str, list[str]]
"""Language → names of one concept, the preferred one first."""


class MissingData(RuntimeError):
    """A file or library that training needs is not there; the message says what to do."""


def esco_labels(folder: Path, name: str) -> dict[str, Forms]:
    """ESCO's preferred labels in Finnish, Swedish and English by URI; `name` is occupations or skills."""
    rows = json.loads(_existing(folder / "esco" / f"{name}.json").read_text(encoding="utf-8"))
    kind = f"/{name.removesuffix('s')}/"
    return {
        row["uri"]: {language: [label.strip()] for language, label in row["prefLabel"].items()}
        for row in rows
        if kind in row["uri"]
    }


def isco_groups(folder: Path) -> dict[str, str]:
    """ISCO-08 unit group (four digits) by occupation URI."""
    rows = _csv(folder / "esco" / "occupations_en.csv")
    return {row["conceptUri"]: row["iscoGroup"] for row in rows}


def alternative_labels(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(URI, language, names) of occupations from ESCO's own downloads: preferred label, then the alternatives."""
    for language in ("en", "es", "de"):
        for row in _csv(folder / "esco" / f"occupations_{language}.csv"):
            names = [row["preferredLabel"], *row["altLabels"].split("\n")]
            yield row["conceptUri"], language, [name.strip() for name in names if name.strip()]


def descriptions(folder: Path) -> dict[str, str]:
    """ESCO's English description by occupation URI."""
    return {row["conceptUri"]: row["description"] for row in _csv(folder / "esco" / "occupations_en.csv")}


def essential_skills(folder: Path) -> dict[str, list[str]]:
    """English labels of the essential skills by occupation URI. Needs pyarrow, which nothing else of Polku does."""
    try:
        import pyarrow.parquet as parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise MissingData("reading ESCO's occupation profiles needs pyarrow: `pip install pyarrow`") from error
    path = _existing(folder / "esco" / "esco_occupation_profiles.parquet")
    rows: list[dict[str, Any]] = parquet.read_table(path, columns=["occupation_uri", "essential_skills"]).to_pylist()
    return {row["occupation_uri"]: [name.strip() for name in row["essential_skills"] or ()] for row in rows}


def skill_sentences(folder: Path, split: str) -> list[tuple[str, list[str]]]:
    """(advert sentence, English skill labels) of SkillSkape; `split` is train, dev or test."""
    rows = _csv(folder / "skillskape" / f"{split}.csv")
    return [(row["sentence"].strip(), ast.literal_eval(row["skills"])) for row in rows]


def glossary_concepts(path: Path) -> dict[str, Forms]:
    """Names by URI of a table of the project's vocabulary or glossary; words with open endings are left out."""
    return {row["uri"]: _forms(row) for row in _tsv(path)}


def glossary_words(path: Path) -> list[Forms]:
    """The glossary's words of working life, a dictionary a row."""
    return [_forms(row) for row in _tsv(path)]


def _forms(row: dict[str, str]) -> Forms:
    forms: Forms = {}
    for language in LANGUAGES:
        names = [name.strip() for name in (row.get(language) or "").split("|")]
        if kept := [name for name in dict.fromkeys(names) if name and not name.endswith("*")]:
            forms[language] = kept
    return forms


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with _existing(path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _tsv(path: Path) -> Iterator[dict[str, str]]:
    with _existing(path).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise MissingData(f"{path} is missing: set POLKU_TRAINING_DATA to the folder that holds esco/ and skillskape/")
    return path
