"""Reads the package's data files into frozen rows: UTF-8 TSV with a header line; `#` starts a comment line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast

from shared.vocabulary.glossary import GlossaryEntry, GlossaryKind, load_glossary
from shared.vocabulary.types import (
    LANGUAGES,
    Code,
    Coordinates,
    Field,
    IscoGroup,
    Language,
    Licence,
    Municipality,
    Occupation,
    Place,
    Skill,
    TravelMode,
)

ESCO_VERSION = "1.2"
"""The ESCO version whose URIs and ISCO codes the starter vocabulary holds."""

Row = Mapping[str, str]
_Named = tuple[GlossaryEntry, dict[str, str], dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Tables:
    """All rows of a vocabulary, by code; the order is the files' own.

    `esco_version` is "1.2" for the starter vocabulary; for a loaded ESCO package a digest of its content follows
    ("1.2.0+sha256.3f2a91c07b5e").
    """

    esco_version: str
    occupations: Mapping[str, Occupation]
    skills: Mapping[str, Skill]
    licences: Mapping[str, Licence]
    languages: Mapping[str, Language]
    cefr_levels: Mapping[str, Code]
    cefr_skills: Mapping[str, Code]
    isced_levels: Mapping[str, Code]
    isced_fields: Mapping[str, Field]
    isco_groups: Mapping[str, IscoGroup]
    municipalities: Mapping[str, Municipality]
    places: Mapping[str, Place]
    travel_modes: Mapping[str, TravelMode]


def read_tables() -> Tables:
    """Reads every file of `data/`. Raises ValueError with file and line where a row has too few or too many cells."""
    return Tables(
        esco_version=ESCO_VERSION,
        occupations=_occupations(),
        skills=_skills(),
        licences={row["code"]: _licence(row) for row in _rows("licences.tsv")},
        languages={row["code"]: Language(row["code"], *_terms(row)) for row in _rows("languages.tsv")},
        cefr_levels=_codes("cefr_levels.tsv"),
        cefr_skills=_codes("cefr_skills.tsv"),
        isced_levels=_codes("isced_levels.tsv"),
        isced_fields={
            row["code"]: Field(row["code"], _labels(row), row["broader"]) for row in _rows("isced_fields.tsv")
        },
        isco_groups={row["code"]: _isco_group(row) for row in _rows("isco_groups.tsv")},
        municipalities={row["code"]: _municipality(row) for row in _rows("municipalities.tsv")},
        places={row["code"]: _place(row) for row in _rows("places.tsv")},
        travel_modes={row["code"]: _travel_mode(row) for row in _rows("travel_modes.tsv")},
    )


def _rows(name: str) -> Iterator[Row]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
        elif len(cells) != len(header):
            raise ValueError(f"{name}:{number} has {len(cells)} cells, its header has {len(header)}")
        else:
            yield dict(zip(header, cells, strict=True))


def _terms(row: Row) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Splits each language's cell `label|word|word` into its label and its everyday words."""
    parts = {language: row[language].split("|") for language in LANGUAGES}
    return (
        {language: cell[0] for language, cell in parts.items()},
        {language: tuple(cell[1:]) for language, cell in parts.items()},
    )


def _labels(row: Row) -> dict[str, str]:
    """Labels in the languages that the file has columns for; an empty cell is no label."""
    return {language: row[language] for language in LANGUAGES if row.get(language)}


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


def _codes(name: str) -> dict[str, Code]:
    return {row["code"]: Code(row["code"], order, _labels(row)) for order, row in enumerate(_rows(name))}


def _occupations() -> dict[str, Occupation]:
    skills: dict[str, list[str]] = {}
    for row in _rows("occupation_skills.tsv"):
        skills.setdefault(row["occupation"], []).append(row["skill"])
    related: dict[str, list[str]] = {}
    for row in _rows("occupation_related.tsv"):
        related.setdefault(row["occupation"], []).append(row["related"])
        related.setdefault(row["related"], []).append(row["occupation"])
    rows = {}
    for row in _rows("occupations.tsv"):
        uri = row["uri"]
        labels, words = _terms(row)
        rows[uri] = Occupation(
            uri=uri,
            isco=row["isco"],
            labels=labels,
            words=words,
            essential_skills=tuple(skills.get(uri, ())),
            related=tuple(related.get(uri, ())),
            regulated=row["regulated"] == "yes",
            required_licences=_list(row["required_licences"]),
            usual_licences=_list(row["usual_licences"]),
        )
    return rows | _from_glossary(rows, skills)


def _from_glossary(rows: Mapping[str, Occupation], skills: Mapping[str, list[str]]) -> dict[str, Occupation]:
    """The glossary's common occupations that have no row of their own."""
    found = {}
    for entry, labels, words in _own_words("occupation", rows):
        if entry.common:
            found[entry.uri] = Occupation(
                uri=entry.uri,
                isco=entry.isco,
                labels=labels,
                words=words,
                essential_skills=tuple(skills.get(entry.uri, ())),
                related=(),
                regulated=entry.regulated,
                required_licences=entry.required_licences,
            )
    return found


def _skills() -> dict[str, Skill]:
    rows = {row["uri"]: _skill(row) for row in _rows("skills.tsv")}
    found = {}
    for entry, labels, words in _own_words("skill", rows):
        kind: Literal["skill", "knowledge"] = "knowledge" if entry.knowledge else "skill"
        found[entry.uri] = Skill(entry.uri, kind, labels, words, entry.broader)
    return rows | found


def _own_words(kind: GlossaryKind, rows: Mapping[str, Occupation] | Mapping[str, Skill]) -> Iterator[_Named]:
    """Entries of the glossary that have no row, with the label and everyday words that are theirs alone.

    A wording names one concept only: a row's before the glossary's, there the first one's. Enumerations cannot be found
    in a text. What has no wording left in some language is left out.
    """
    taken = {
        (language, word.rstrip("*").casefold())
        for row in rows.values()
        for language in LANGUAGES
        for word in (row.labels[language], *row.words[language])
    }
    for entry in load_glossary().of_kind(kind):
        free = {
            language: [
                word
                for word in entry.words.get(language, ())
                if "," not in word and (language, word.casefold()) not in taken
            ]
            for language in LANGUAGES
        }
        if entry.uri not in rows and all(free.values()):
            taken.update((language, word.casefold()) for language, words in free.items() for word in words)
            labels = {language: words[0] for language, words in free.items()}
            yield entry, labels, {language: tuple(words[1:]) for language, words in free.items()}


def _skill(row: Row) -> Skill:
    labels, words = _terms(row)
    kind = cast(Literal["skill", "knowledge"], row["kind"])
    return Skill(uri=row["uri"], kind=kind, labels=labels, words=words, broader=_list(row["broader"]))


def _licence(row: Row) -> Licence:
    labels, words = _terms(row)
    group = cast(Literal["driving", "card", "profession"], row["group"])
    return Licence(code=row["code"], group=group, labels=labels, words=words, includes=_list(row["includes"]))


def _isco_group(row: Row) -> IscoGroup:
    code = row["code"]
    return IscoGroup(code=code, labels=_labels(row), broader=code[:-1])


def _coordinates(row: Row) -> Coordinates | None:
    if not row["latitude"]:
        return None
    return Coordinates(latitude=float(row["latitude"]), longitude=float(row["longitude"]))


def _municipality(row: Row) -> Municipality:
    return Municipality(code=row["code"], labels=_labels(row), region=row["region"], coordinates=_coordinates(row))


def _place(row: Row) -> Place:
    coordinates = _coordinates(row)
    if coordinates is None:
        raise ValueError(f"places.tsv: {row['code']} has no coordinates")
    kind = cast(Literal["municipality", "district", "service_centre"], row["kind"])
    return Place(row["code"], kind, _labels(row), row["municipality"], coordinates)


def _travel_mode(row: Row) -> TravelMode:
    return TravelMode(
        code=row["code"],
        labels=_labels(row),
        speed_kmh=float(row["speed_kmh"]),
        detour=float(row["detour"]),
        fixed_minutes=float(row["fixed_minutes"]),
    )
