"""The wordings that linking knows: labels and everyday words of the vocabulary, which has the glossary in it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Literal

from services.matching.domain.linking.thesaurus import Wording
from services.matching.domain.linking.translating import Pair, Translator
from shared.vocabulary import Vocabulary
from shared.vocabulary.glossary import Glossary
from shared.vocabulary.held_out import is_held_out

_REMARK = re.compile(r"\s*\([^)]*\)")


def wordings(
    vocabulary: Vocabulary, kind: Literal["occupation", "skill"], *, with_held_out: bool = True
) -> Iterator[Wording]:
    """Every wording of occupations or of skills, each once; `with_held_out=False` is for measuring.

    Remarks in brackets are left out, and so are words with an open ending: they are stems.
    """
    tables = vocabulary.tables
    for uri, row in (tables.occupations if kind == "occupation" else tables.skills).items():
        if not with_held_out and is_held_out(uri):
            continue
        for language, label in row.labels.items():
            texts = (_REMARK.sub("", label) or label, *row.words.get(language, ()))
            once = {text.casefold(): text for text in reversed(texts) if not text.endswith("*")}
            yield from (Wording(uri, language, text) for text in reversed(once.values()))


TRANSLATED_INTO = ("fi", "sv", "en")
_MOST = 3  # wordings of a concept in one language that are paired
_MOST_LABELS = 2


def translators(vocabulary: Vocabulary, words: Glossary, *, with_held_out: bool = True) -> dict[str, Translator]:
    """By language of labels, what words of other languages become in it: from occupations, skills and the word list."""
    concepts: dict[str, dict[str, list[str]]] = {}
    for kind in ("occupation", "skill"):
        for wording in wordings(vocabulary, kind, with_held_out=with_held_out):
            concepts.setdefault(wording.concept, {}).setdefault(wording.language, []).append(wording.text)
    banned = set() if with_held_out else {one.text.casefold() for one in _held_out(vocabulary)}
    rows = [*concepts.values(), *(_without(entry.words, banned) for entry in words.of_kind("word"))]
    return {language: Translator(_pairs(rows, language)) for language in TRANSLATED_INTO}


def _pairs(rows: Iterable[Mapping[str, Sequence[str]]], into: str) -> Iterator[Pair]:
    for row in rows:
        for label in row.get(into, ())[:_MOST_LABELS]:
            for language, texts in row.items():
                if language != into:
                    yield from (Pair(text, label) for text in texts[:_MOST])


def _held_out(vocabulary: Vocabulary) -> Iterator[Wording]:
    kinds: tuple[Literal["occupation", "skill"], ...] = ("occupation", "skill")
    return (one for kind in kinds for one in wordings(vocabulary, kind) if is_held_out(one.concept))


def _without(words: Mapping[str, Sequence[str]], banned: Set[str]) -> dict[str, list[str]]:
    return {language: [text for text in texts if text.casefold() not in banned] for language, texts in words.items()}
