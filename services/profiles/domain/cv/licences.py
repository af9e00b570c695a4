"""Driving licences by their classes: "Ajokortti: CE", "права категорій B, C", "Driving licence B"."""

import re
from collections.abc import Iterator

_LICENCE = re.compile(
    r"ajokort|körkort|driving licen|driver'?s? licen|водійськ\w+ (?:прав|посвідч)|посвідчення водія|водительск|"
    r"(?<!\w)права(?!\w)|رخصة|رخص",
    re.IGNORECASE,
)
_CLASS = re.compile(r"(?<![A-Za-z0-9])(AM|A|BE|B|C1|CE|C|D1|DE|D|T)(?![A-Za-z0-9'’])")
_LOOKALIKES = str.maketrans("АВСЕТ", "ABCET")
_WORDS_BETWEEN = 40
_KNOWN = {
    code: f"driving-licence-{code.lower()}" for code in ("AM", "A", "B", "BE", "C1", "C", "CE", "D1", "D", "DE", "T")
}


def driving_licences(text: str) -> Iterator[tuple[str, str]]:
    """Codes of the classes that a line names beside the words for a driving licence, with the words that say so."""
    if _LICENCE.search(text) is None:
        return
    plain = text.translate(_LOOKALIKES)
    for word in _LICENCE.finditer(text):
        start, end = max(0, word.start() - _WORDS_BETWEEN // 4), word.end() + _WORDS_BETWEEN
        for found in _CLASS.finditer(plain, start, min(end, len(plain))):
            yield _KNOWN[found.group(1)], text[min(word.start(), found.start()) : max(word.end(), found.end())]


def names_classes(text: str) -> bool:
    """Whether a line says which classes: then "driving licence" alone does not mean class B."""
    return any(True for _ in driving_licences(text))
