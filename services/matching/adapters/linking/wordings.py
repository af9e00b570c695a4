"""The wordings that linking knows: labels and everyday words of the vocabulary, which has the glossary in it."""

import re
from collections.abc import Iterator
from typing import Literal

from services.matching.domain.linking.thesaurus import Wording
from shared.vocabulary import Vocabulary
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
