"""What a CV puts behind a label and a colon ("Name: …", "Kansalaisuus: …")."""

import re
from collections.abc import Iterator
from functools import lru_cache

from services.matching.domain.scrubbing.kinds import Found, Kind
from services.matching.domain.scrubbing.lexicon import cell, classes, rows
from shared.vocabulary.inflection import TOKEN, normalise

_LISTED = frozenset(("origin", "land", "finland", "religion", "faith", "health", "marital", "children", "person"))
_VALUE = re.compile(r"\s*[^\n|;•\t,]{0,80}")
_SENTENCE_END = re.compile(r"[.!?](?=\s)")
_NEXT = re.compile(r"\s*,\s*")
_BEFORE = re.compile(r"(?:^|[\n|;•,.\t·(*–]|\s\s)[ \t\-•*]*$")
_LOOK_BACK = 6
_NUMBERS = (Kind.BIRTH, Kind.TELEPHONE, Kind.IDENTITY_CODE, Kind.WEB_ADDRESS, Kind.EMAIL)


def find_labelled(text: str) -> Iterator[Found]:
    """Labels with their values, at the beginning of a line or part, or behind another label on the line.

    A value ends at a comma, a bar, the end of the sentence or line, or the next label.
    """
    form, kinds = _labels()
    starts: list[tuple[int, int, Kind]] = []
    for match in form.finditer(text):
        same_line = bool(starts) and "\n" not in text[starts[-1][0] : match.start(1)]
        if same_line or _BEFORE.search(text[max(0, match.start(1) - _LOOK_BACK) : match.start(1)]):
            starts.append((match.start(1), match.end(), kinds[_folded(match.group(1))]))
    for number, (start, value, kind) in enumerate(starts):
        following = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        yield Found(start, _end(text, value, following, kind), kind)


def _end(text: str, value: int, following: int, kind: Kind) -> int:
    match = _VALUE.match(text, value, following)
    end = match.end() if match else value
    if kind not in _NUMBERS:
        stop = _SENTENCE_END.search(text, value, end)
        end = stop.start() if stop else end
    while kind not in _NUMBERS and kind is not Kind.NAME and (more := _NEXT.match(text, end, following)):
        word = TOKEN.match(text, more.end(), following)
        if word is None or not classes().of(normalise(word.group())) & _LISTED:
            break
        end = word.end()
    return end


@lru_cache(maxsize=1)
def _labels() -> tuple[re.Pattern[str], dict[str, Kind]]:
    kinds = {_folded(label): Kind[row["kind"]] for row in rows("labels.tsv") for label in cell(row["labels"])}
    words = "|".join(re.escape(label).replace(r"\ ", r"\s+") for label in sorted(kinds, key=lambda one: -len(one)))
    return re.compile(rf"(?<![\w'’-])({words})[ \t]*(?:\([^)\n]{{0,20}}\))?[ \t]*[:：]", re.IGNORECASE), kinds


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())
