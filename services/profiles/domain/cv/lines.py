"""A text as lines, each in its section, and a header line as its parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.profiles.domain.cv.headings import Section, heading

_BULLET = re.compile(r"^\s*(?:[-–—•·*▪●○◦‣➢✓]|\d{1,2}[.)])\s+")
_PART = re.compile(r"\s*[,،;|•·\t]\s*|\s+[-–—/]\s+|\s*[—|]\s*|\s{3,}")
_WHERE = re.compile(r"\s+(?:at|hos|vid|på|в|у|في|لدى)\s+(?=\S)")
_SENTENCE_END = re.compile(r"(?<=[^\W\d]{3})[.:](?:\s+|$)|(?<=[)»”\"])[.:](?:\s+|$)")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
_EDGES = " \t,.;:|–—-()[]/•·"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a CV. `bullet`: it began with a sign of a list; `after_blank`: a blank line or a heading is before."""

    text: str
    section: Section
    bullet: bool = False
    after_blank: bool = False


def lines(text: str) -> Iterator[Line]:
    """The lines with words in them, without their bullets; headings are not among them."""
    section, blank = Section.IDENTITY, True
    for raw in _INVISIBLE.sub("", text).splitlines():
        if not raw.strip():
            blank = True
            continue
        words = _BULLET.sub("", raw, count=1)
        opened = heading(words)
        if opened is not None:
            section, rest = opened
            if rest:
                # "Driving licence: CE" says less without its heading.
                yield Line(words.strip() if section is Section.LICENCES else rest, section, after_blank=True)
            blank = True
            continue
        yield Line(words.strip(), section, bullet=words != raw, after_blank=blank)
        blank = False


def parts(header: str) -> tuple[str, ...]:
    """What commas, dashes, bars and "at" separate in a header line, the empty ones left out."""
    apart = (piece for part in _PART.split(header) for piece in _WHERE.split(part))
    return tuple(cut for piece in apart if any(map(str.isalnum, cut := piece.strip(_EDGES))))


def first_sentence(text: str) -> tuple[str, str]:
    """A header line up to the end of its first sentence, and what comes after it on the same line."""
    found = _SENTENCE_END.search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")
