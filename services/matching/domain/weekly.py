"""Weekly time spans in local time of Europe/Helsinki, as minutes from Monday 00:00 (0 to 10,080), round the week's end.

A weekly pattern is read on the clock on the wall, so daylight saving time does not move it.
"""

from collections.abc import Iterable

from services.matching.domain.values import WeeklyWindow

DAY = 24 * 60
WEEK = 7 * DAY
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # RFC 5545 weekday codes

Spans = tuple[tuple[int, int], ...]
"""(start, end) with 0 ≤ start < WEEK and start < end ≤ start + WEEK; an end above WEEK lies in the next week."""


def spans_of(windows: Iterable[WeeklyWindow]) -> Spans:
    """Windows as minutes of the week, in rising order; one that ends at or before its start ends on the next day."""
    spans = set()
    for window in windows:
        start = (window.weekday - 1) * DAY + window.start
        length = window.end - window.start if window.end > window.start else window.end - window.start + DAY
        spans.add((start, start + length))
    return tuple(sorted(spans))


def merged(spans: Spans) -> Spans:
    """The union of spans: touching and overlapping ones become one, laid out twice so that any span of a week fits in.

    A span inside the union lies inside one of the merged spans after shifting it into [0, WEEK).
    """
    doubled = sorted(spans + tuple((start + WEEK, end + WEEK) for start, end in spans))
    # A span that crosses the week's end also reaches into the beginning of the first week.
    doubled = sorted([*doubled, *((start - WEEK, end - WEEK) for start, end in spans if end > WEEK)])
    union: list[tuple[int, int]] = []
    for start, end in doubled:
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return tuple(union)


def widened(spans: Spans, minutes: int) -> Spans:
    """Every span begun so many minutes earlier and ended so many later (travel at both ends); a week at the most."""
    wider = []
    for start, end in spans:
        if end - start + 2 * minutes >= WEEK:
            wider.append((0, WEEK))
        else:
            shift = WEEK if start < minutes else 0
            wider.append((start - minutes + shift, end + minutes + shift))
    return tuple(wider)


def covers(union: Spans, spans: Spans) -> bool:
    """Whether each span lies within `union`, which comes from `merged`."""
    return all(any(low <= start and end <= high for low, high in union) for start, end in spans)


def overlaps(window: WeeklyWindow, start: int, end: int) -> bool:
    """Whether a window touches the time of day from `start` to `end` (minutes; an end before the start is next day)."""
    begin = window.start
    finish = window.end if window.end > window.start else window.end + DAY
    stop = end if end > start else end + DAY
    return any(begin < stop + day and start + day < finish for day in (-DAY, 0, DAY))


def text_of(spans: Spans) -> str:
    """Spans in a form for machines, same times joined over days: "MO-FR 08:00-16:00,SA 22:00-06:00"."""
    by_time: dict[tuple[int, int], list[int]] = {}
    for start, end in spans:
        by_time.setdefault((start % DAY, (end - 1) % DAY + 1), []).append(start // DAY)
    pieces = [
        f"{_run(first, last)} {_clock(time[0])}-{_clock(time[1])}"
        for time, days in by_time.items()
        for first, last in _runs(days)
    ]
    return ",".join(pieces)


def _runs(days: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _run(first: int, last: int) -> str:
    return _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
