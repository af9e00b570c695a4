"""Sentences and lines of a text with their places: what is compared with labels one by one."""

import re
from collections.abc import Iterator

from services.matching.domain.linking.findings import Span

MOST_SEGMENTS = 80
"""About three pages; comparing more would keep other texts waiting."""
LONGEST_TITLE = 6
"""Words up to which a line may be a title, such as one of a CV or a list."""

_SEGMENT = re.compile(r"(?:[^\n\r.!?;•·*|]|\.(?=\S))+")
_EDGE = " \t-–—•*:,("
_WORD = re.compile(r"\w+")


def segments(text: str) -> Iterator[Span]:
    """Sentences, list items and lines with a word in them; a full stop inside of a word ends nothing."""
    for match in _SEGMENT.finditer(text):
        raw = match.group()
        start = match.start() + len(raw) - len(raw.lstrip(_EDGE))
        words = raw.strip(_EDGE)
        if _WORD.search(words):
            yield Span(start, start + len(words), words)


def may_be_title(span: Span) -> bool:
    """Whether a segment is short enough to be read as a title."""
    return len(span.words.split()) <= LONGEST_TITLE
