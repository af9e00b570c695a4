"""Educations out of the lines about them: what the qualification is called, and its level where a word tells it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.profiles.domain.cv.lines import Line
from services.profiles.domain.cv.periods import period

MOST_EDUCATIONS = 15
_LONGEST_TITLE = 200
_LEAST_LETTERS = 5
_EDGES = " \t,.;:|–—-()[]/•·"
_LEVEL_WORDS: Mapping[int, str] = {
    8: r"tohtori|doktor|ph\.?d|doctorate|кандидат наук|доктор|دكتوراه",
    7: r"maisteri|magister|master|\bmsc\b|\bm\.sc|\bmba\b|magist|diplomi-insinööri|магістр|магистр|ماجستير",
    6: (
        r"kandidaat|kandidat|bachelor|\bbsc\b|\bb\.sc|\bbe\b|\bba\b|\bbba\b|\bamk\b|yrkeshögskol|ammattikorkea|бакалавр"
        r"|بكالوريوس|ليسانس"
    ),
    3: (
        r"perustutkin|ammattikoulu|lukio|ylioppila|grundexamen|yrkesskol|gymnasi|vocational|high school"
        r"|higher secondary"
        r"|upper secondary|secondary school|профтех|професійно-технічн|\bпту\b|училищ|повна середня|школа|ثانوي"
    ),
}
"""ISCED 2011 levels by words that leave no doubt; a college or a university alone may be several levels."""
_LEVELS = [(level, re.compile(words, re.IGNORECASE)) for level, words in _LEVEL_WORDS.items()]


@dataclass(frozen=True, slots=True)
class Studies:
    """An education: its name as the CV has it, and the ISCED 2011 level, None where no word tells it."""

    title: str = field(repr=False)
    isced_level: int | None


def educations(lines: Sequence[Line], today: date) -> Iterator[Studies]:
    """One for each line that names something; lines with a time alone belong to the line above."""
    for line in lines[: MOST_EDUCATIONS * 2]:
        title = _without_time(line.text, today)
        if sum(sign.isalpha() for sign in title) >= _LEAST_LETTERS:
            yield Studies(title[:_LONGEST_TITLE], level_of(title))


def level_of(title: str) -> int | None:
    """The ISCED level that a title names, the highest one; None where it names none."""
    return next((level for level, pattern in _LEVELS if pattern.search(title)), None)


def _without_time(text: str, today: date) -> str:
    span = period(text, today)
    if span is None:
        return text.strip(_EDGES)
    before, after = text[: span.start].strip(_EDGES), text[span.end :].strip(_EDGES)
    return ", ".join(filter(None, (before, after)))
