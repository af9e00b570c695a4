"""Puts an ESCO package in the place of the starter vocabulary's occupations, skills, relations and ISCO labels.

What ESCO does not have stays, joined by URI: Polku's own lists (licences, municipalities, languages, ...), the licences
that an occupation asks for in Finland, the occupations between which people change, skills of Polku's own, everyday
words in every language, and labels in the languages that the package lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal

from shared.vocabulary.compiled import signed_version
from shared.vocabulary.esco_csv.concepts import (
    ISCO_GROUPS,
    OCCUPATIONS,
    SKILLS,
    Concept,
    read_concepts,
    read_relations,
)
from shared.vocabulary.esco_csv.files import LABEL_FILES, RELATION_FILES, Package, open_package
from shared.vocabulary.tables import Tables, read_tables
from shared.vocabulary.types import IscoGroup, Labels, Occupation, Skill, Words

_OWN_SKILL = "urn:polku:skill:"


@dataclass(frozen=True, slots=True)
class Merged:
    """The tables with the package in them, the languages it has, and the files that it lacks."""

    tables: Tables
    languages: tuple[str, ...]
    missing: tuple[str, ...]


def read_package(folder: Path, version: str | None = None, languages: Collection[str] | None = None) -> Merged:
    """Read the package in `folder`; see `open_package` for the arguments.

    Of the files only occupations_<language>.csv in one language must be there. Where another kind of file is missing,
    the starter vocabulary's rows of that kind stay, and `missing` names it. Raises VocabularyFileError for a file that
    cannot be used, with file, line, what is wrong and what to do.
    """
    package = open_package(folder, version, languages)
    starter = read_tables()
    skills = _skills(package, starter)
    occupations = _occupations(package, starter, skills)
    tables = replace(starter, occupations=occupations, skills=skills, isco_groups=_isco_groups(package, starter))
    return Merged(
        tables=replace(tables, esco_version=signed_version(package.version, tables)),
        languages=package.languages,
        missing=_missing(package),
    )


def _missing(package: Package) -> tuple[str, ...]:
    labels = (
        f"{stem}_{language}.csv"
        for stem in LABEL_FILES
        for language in package.languages
        if language not in package.files.get(stem, {})
    )
    relations = (f"{stem}_en.csv" for stem in RELATION_FILES if package.relations(stem) is None)
    return (*labels, *relations)


# -- skills ------------------------------------------------------------------------------------------------------------


def _skills(package: Package, starter: Tables) -> dict[str, Skill]:
    concepts = read_concepts(package, SKILLS)
    if not concepts:
        return dict(starter.skills)
    path = package.relations("broaderRelationsSkillPillar")
    broader = _grouped(read_relations(path, "conceptUri", "broaderUri")) if path else None
    skills = {uri: _skill(uri, concept, starter.skills.get(uri), broader) for uri, concept in concepts.items()}
    return skills | {uri: own for uri, own in starter.skills.items() if uri.startswith(_OWN_SKILL)}


def _skill(uri: str, concept: Concept, own: Skill | None, broader: Mapping[str, list[str]] | None) -> Skill:
    labels, words = _terms(concept, own)
    kind: Literal["skill", "knowledge"] = "knowledge" if concept.fact == "knowledge" else "skill"
    parents = tuple(broader.get(uri, ())) if broader is not None else own.broader if own else ()
    return Skill(uri=uri, kind=kind, labels=labels, words=words, broader=parents)


# -- occupations -------------------------------------------------------------------------------------------------------


def _occupations(package: Package, starter: Tables, skills: Mapping[str, Skill]) -> dict[str, Occupation]:
    concepts = read_concepts(package, OCCUPATIONS)
    essential = _essential(package, starter, skills)
    related = _related(package, starter, concepts)
    return {
        uri: _occupation(uri, concept, starter.occupations.get(uri), essential.get(uri, ()), related.get(uri, ()))
        for uri, concept in concepts.items()
    }


def _occupation(
    uri: str, concept: Concept, own: Occupation | None, essential: Iterable[str], related: Iterable[str]
) -> Occupation:
    labels, words = _terms(concept, own)
    return Occupation(
        uri=uri,
        isco=concept.fact,
        labels=labels,
        words=words,
        essential_skills=tuple(essential),
        related=tuple(related),
        regulated=own.regulated if own else concept.regulated,
        required_licences=own.required_licences if own else (),
        usual_licences=own.usual_licences if own else (),
    )


def _essential(package: Package, starter: Tables, skills: Mapping[str, Skill]) -> dict[str, list[str]]:
    """URIs of essential skills that are among `skills`, by occupation."""
    path = package.relations("occupationSkillRelations")
    if path is not None:
        pairs = read_relations(path, "occupationUri", "skillUri", relationType="essential")
    else:
        pairs = ((row.uri, skill) for row in starter.occupations.values() for skill in row.essential_skills)
    return _grouped(pairs, lambda _, skill: skill in skills)


def _related(package: Package, starter: Tables, concepts: Mapping[str, Concept]) -> dict[str, list[str]]:
    """Occupations that are one broader than the other in ESCO, or between which people change, both ways."""
    path = package.relations("broaderRelationsOccPillar")
    ours = ((row.uri, other) for row in starter.occupations.values() for other in row.related)
    theirs = list(read_relations(path, "conceptUri", "broaderUri")) if path else []
    pairs = chain(ours, theirs, ((broader, narrower) for narrower, broader in theirs))
    return _grouped(pairs, lambda one, other: one in concepts and other in concepts and one != other)


# -- ISCO groups -------------------------------------------------------------------------------------------------------


def _isco_groups(package: Package, starter: Tables) -> dict[str, IscoGroup]:
    groups = dict(starter.isco_groups)
    for uri, concept in read_concepts(package, ISCO_GROUPS).items():
        code = uri.rpartition("/C")[2]
        own = groups.get(code)
        groups[code] = IscoGroup(code, {**(own.labels if own else {}), **concept.labels}, broader=code[:-1])
    return groups


# -- shared ------------------------------------------------------------------------------------------------------------


def _terms(concept: Concept, own: Occupation | Skill | None) -> tuple[Labels, Words]:
    """The package's labels, the starter's in languages that the package lacks, and the words of both.

    The starter's label is a word where the package has another: ESCO's labels are seldom what adverts and people say.
    """
    if own is None:
        return concept.labels, concept.words
    labels = {**own.labels, **concept.labels}
    words: dict[str, tuple[str, ...]] = {}
    for language, label in labels.items():
        ours = (own.labels.get(language, label), *own.words.get(language, ()))
        merged = {word.casefold(): word for word in (*ours, *concept.words.get(language, ()))}
        merged.pop(label.casefold(), None)
        if merged:
            words[language] = tuple(merged.values())
    return labels, words


def _grouped(
    pairs: Iterable[tuple[str, str]], wanted: Callable[[str, str], bool] = lambda _one, _other: True
) -> dict[str, list[str]]:
    """The second of each pair by the first, without repeats, in order."""
    grouped: dict[str, dict[str, None]] = {}
    for one, other in pairs:
        if wanted(one, other):
            grouped.setdefault(one, {})[other] = None
    return {one: list(others) for one, others in grouped.items()}
