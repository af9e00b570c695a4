"""A vocabulary with the glossary's wordings in it: what `find` then finds, and what linking looks up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared.vocabulary.glossary import Glossary, GlossaryEntry
from shared.vocabulary.types import Labels, Occupation, Skill, Words
from shared.vocabulary.vocabulary import Vocabulary


def with_glossary(vocabulary: Vocabulary, glossary: Glossary) -> Vocabulary:
    """Everyday words beside the vocabulary's own, labels in languages that it lacks, and concepts that it lacks.

    A concept that only the glossary has comes without relations. The vocabulary that was given stays as it is.
    """
    tables = vocabulary.tables
    occupations = dict(tables.occupations)
    skills = dict(tables.skills)
    for entry in glossary.of_kind("occupation"):
        occupations[entry.uri] = _occupation(occupations.get(entry.uri), entry)
    for entry in glossary.of_kind("skill"):
        skills[entry.uri] = _skill(skills.get(entry.uri), entry)
    return Vocabulary(replace(tables, occupations=occupations, skills=skills))


def _occupation(known: Occupation | None, entry: GlossaryEntry) -> Occupation:
    if known is None:
        labels, words = _merged({}, {}, entry)
        return Occupation(entry.uri, entry.isco, labels, words, essential_skills=(), related=(), regulated=False)
    labels, words = _merged(known.labels, known.words, entry)
    return replace(known, labels=labels, words=words)


def _skill(known: Skill | None, entry: GlossaryEntry) -> Skill:
    if known is None:
        labels, words = _merged({}, {}, entry)
        return Skill(entry.uri, "skill", labels, words)
    labels, words = _merged(known.labels, known.words, entry)
    return replace(known, labels=labels, words=words)


def _merged(labels: Labels, words: Words, entry: GlossaryEntry) -> tuple[Labels, Words]:
    """The glossary's first wording is the label where there is none yet; everything else is an everyday word."""
    merged_labels: dict[str, str] = dict(labels)
    merged_words: dict[str, tuple[str, ...]] = dict(words)
    for language, wordings in entry.words.items():
        merged_labels.setdefault(language, wordings[0])
        own = merged_labels[language].casefold()
        more = (word for word in wordings if word.casefold() != own)
        merged_words[language] = _once(merged_words.get(language, ()), more)
    return merged_labels, merged_words


def _once(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    seen = {word.casefold() for word in known}
    return (*known, *(word for word in more if word.casefold() not in seen))
