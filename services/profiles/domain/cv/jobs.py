"""Jobs out of the lines about work: each has a span of time, around which title, employer and place stand.

The lines of a job come in any order ("title / employer / time", "time / title / employer", all on one line), so the
time is the anchor: what is short and near it is the header, what follows are the tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.profiles.domain.cv.lines import Line, first_sentence, parts
from services.profiles.domain.cv.periods import Period, period

MOST_JOBS = 30
_LONGEST_HEADER = 100  # characters
_HEADER_LINES = 2  # beside the line with the time
_MOST_PARTS = 6
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A job as a CV tells of it.

    parts    of the header, in their order: title, employer, place; which one is the title is not known yet
    months   length, None where it is not said
    country  ISO 3166-1 alpha-2, "" where it is not known
    """

    parts: tuple[str, ...] = field(repr=False)
    months: int | None
    tasks: str = field(default="", repr=False)
    country: str = ""


def jobs(lines: Sequence[Line], today: date) -> tuple[Job, ...]:
    """The jobs in the order of the text. Lines without a time give none."""
    found = [(number, span) for number, line in enumerate(lines) if (span := _anchor(line, today))]
    heads = [_head(lines, number, span, found) for number, span in found]
    read = []
    for place, ((number, span), (first, last)) in enumerate(zip(found, heads, strict=True)):
        ends = heads[place + 1][0] if place + 1 < len(heads) else len(lines)
        header, rest = _header(lines, number, span, range(first, last))
        told = [rest, *(line.text for line in lines[last:ends])]
        read.append(Job(header[:_MOST_PARTS], span.months, "\n".join(filter(None, told))))
    return tuple(job for job in read if job.parts)[:MOST_JOBS]


def _anchor(line: Line, today: date) -> Period | None:
    """The time of a line that may be a job's; a list item or a sentence speaks of a time in passing."""
    span = period(line.text, today)
    if span is None or (line.bullet and span.months is None):
        return None
    begins_with_it = not any(sign.isalpha() for sign in line.text[: span.start])
    return span if span.months is not None or begins_with_it else None


def _head(lines: Sequence[Line], number: int, span: Period, anchors: Sequence[tuple[int, Period]]) -> tuple[int, int]:
    """First line of a job's header, and the line after its last one."""
    line = lines[number]
    if _says_more(line, span):
        first, last = number, number + 1
        if not _title_inside(line, span):
            first = _upwards(lines, number, anchors)
        return first, last
    first = _upwards(lines, number, anchors)
    if first < number:
        return first, number + 1
    return number, _downwards(lines, number)


def _upwards(lines: Sequence[Line], number: int, anchors: Sequence[tuple[int, Period]]) -> int:
    """The first of the header's lines above the one with the time."""
    first, times = number, {place for place, _ in anchors}
    while number - first < _HEADER_LINES and not lines[first].after_blank:
        above = first - 1
        if above < 0 or above in times or not _may_head(lines[above]):
            break
        first = above
    return first


def _downwards(lines: Sequence[Line], number: int) -> int:
    last = number + 1
    while last < len(lines) and last - number <= _HEADER_LINES:
        if lines[last].after_blank or not _may_head(lines[last]):
            break
        last += 1
    return last


def _may_head(line: Line) -> bool:
    if line.bullet or len(line.text) > _LONGEST_HEADER:
        return False
    return not line.text.rstrip().endswith((".", "!", "؛"))


def _says_more(line: Line, span: Period) -> bool:
    """Whether there are words beside the time."""
    return sum(sign.isalpha() for sign in line.text[: span.start] + line.text[span.end :]) >= _LEAST_LETTERS


def _title_inside(line: Line, span: Period) -> bool:
    """Whether the line with the time has several parts or is all there is: then its title is on it."""
    return line.after_blank or len(parts(_without(line.text, span))) > 1


def _without(text: str, span: Period) -> str:
    return f"{text[: span.start]}, {text[span.end :]}"


def _header(lines: Sequence[Line], number: int, span: Period, places: range) -> tuple[tuple[str, ...], str]:
    """The header's parts, and what follows it on its last line."""
    header: list[str] = []
    rest = ""
    for place in places:
        text = _without(lines[place].text, span) if place == number else lines[place].text
        words, after = first_sentence(text.lstrip(" ,")) if place == places[-1] else (text, "")
        header.extend(parts(words))
        rest = after
    return tuple(header), rest
