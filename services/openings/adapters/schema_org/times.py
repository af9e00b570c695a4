"""Dates, and weekly times: openingHours texts, OpeningHoursSpecification and Schedule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from google.protobuf.timestamp_pb2 import Timestamp
from polku.type.v1.types_pb2 import WeeklyWindow

from services.openings.adapters.schema_org.reading import Node, choose, local_name
from services.openings.adapters.schema_org.texts import is_text
from services.openings.adapters.schema_org.words import SHORT_WEEKDAYS, WEEKDAYS
from services.openings.domain.times import HELSINKI

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](.+))?")
_NATIONAL = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_SECONDS = re.compile(r"(\d{2}:\d{2}):\d{2}")
_SHORT_CLOCK = re.compile(r"(\d)[:.](\d{2})")
_OPENING_HOURS = re.compile(
    r"(?P<days>[A-Za-z]{2}(?:\s*[-,]\s*[A-Za-z]{2})*)\s+(?P<start>[\d:.]+)\s*[-–]\s*(?P<end>[\d:.]+)"
)
_WEEKLY = frozenset(("", "p1w", "p7d", "weekly"))
_DAILY = frozenset(("p1d", "daily"))
_EXAMPLE = 'Write weekly times as "Mo-Fr 08:00-16:00".'


def day(node: Node | None) -> str:
    """ISO 8601 date of a Date or DateTime; an instant counts as the day in Helsinki in which it falls."""
    found = _day(node)
    return found.isoformat() if found is not None else ""


def start_of_day(node: Node | None) -> Timestamp | None:
    """The instant at which the day begins in Helsinki; that of a DateTime itself, where it has a time zone."""
    found = _day(node)
    if node is None or found is None:
        return None
    moment = _moment(node.text())
    if moment is None or moment.tzinfo is None:
        moment = datetime.combine(found, time.min, HELSINKI)
    try:
        stamp = Timestamp()
        stamp.FromDatetime(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        node.fault("DATE_OUT_OF_RANGE", "Give a date in the years 1900 to 2100.")
        return None
    return stamp


def weekly_times(nodes: Iterable[Node]) -> list[WeeklyWindow]:
    """The weekly windows of openingHours texts, OpeningHoursSpecification and Schedule nodes, in their order.

    A Schedule that repeats at another rhythm than the week says nothing about the week: it gives none.
    """
    return [window for node in nodes for window in (_spelt(node) if is_text(node) else _specified(node))]


def _day(node: Node | None) -> date | None:
    if node is None:
        return None
    written = node.text()
    found = _DATE.fullmatch(written)
    moment = _moment(written) if found is not None else None
    if moment is None:
        rule = "Give a day of the calendar as YYYY-MM-DD."
        node.fault("DATE_INVALID", rule, value=written, nearest=_nearest_date(written))
        return None
    if moment.tzinfo is None or moment.time() == time.min:
        return moment.date()  # midnight is how many systems write a day without a time
    try:
        return moment.astimezone(HELSINKI).date()
    except OverflowError:
        return moment.date()


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _nearest_date(written: str) -> str:
    """A date in the Finnish form in ISO 8601, and a day after the month's end as its last day."""
    national = _NATIONAL.fullmatch(written)
    parts = (national[3], national[2], national[1]) if national else tuple(written[:10].split("-"))
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return ""
    year, month, last = (int(part) for part in parts)
    for number in range(min(last, 31), 0, -1):
        try:
            return date(year, month, number).isoformat()
        except ValueError:
            continue
    return ""


def _spelt(node: Node) -> Iterator[WeeklyWindow]:
    for part in filter(None, (piece.strip() for piece in node.text().split(";"))):
        found = _OPENING_HOURS.fullmatch(part)
        if found is None:
            node.fault("WEEKLY_TIMES_INVALID", _EXAMPLE, value=part)
            continue
        start, end = _clock(node, found["start"]), _clock(node, found["end"])
        for weekday in _weekdays(node, found["days"]):
            if start and end:
                yield WeeklyWindow(weekday=weekday, start=start, end=end)


def _weekdays(node: Node, written: str) -> Iterator[WeeklyWindow.Weekday.ValueType]:
    for part in written.split(","):
        names = [name.strip().lower() for name in part.split("-")]
        if len(names) > 2 or not all(name in SHORT_WEEKDAYS for name in names):
            rule = f"Use Mo, Tu, We, Th, Fr, Sa and Su. {_EXAMPLE}"
            node.fault("WEEKDAY_UNKNOWN", rule, value=part.strip())
            continue
        first, last = SHORT_WEEKDAYS[names[0]], SHORT_WEEKDAYS[names[-1]]
        week = list(SHORT_WEEKDAYS.values())
        for step in range((last - first) % 7 + 1):
            yield week[(first - 1 + step) % 7]


def _specified(node: Node) -> Iterator[WeeklyWindow]:
    rhythm = node.one("repeatFrequency")
    word = rhythm.text().lower() if rhythm is not None else ""
    if word not in _WEEKLY | _DAILY:
        return
    days = _named_days(node)
    if not days and word in _DAILY:
        days = list(WEEKDAYS.values())
    first, last = node.first("opens", "startTime"), node.first("closes", "endTime")
    if first is None or last is None:
        node.fault("WEEKLY_TIMES_INVALID", "Give opens and closes, or startTime and endTime.")
        return
    start, end = _clock(first, first.text()), _clock(last, last.text())
    for weekday in days:
        if start and end:
            yield WeeklyWindow(weekday=weekday, start=start, end=end)


def _named_days(node: Node) -> list[WeeklyWindow.Weekday.ValueType]:
    days: list[WeeklyWindow.Weekday.ValueType] = []
    for item in [*node.all("dayOfWeek"), *node.all("byDay")]:
        word = local_name(item.text())
        if word.lower() == "publicholidays":
            continue  # schema.org's eighth day is in no week
        short = SHORT_WEEKDAYS.get(word.lower())
        found = short or choose(item, WEEKDAYS, "WEEKDAY_UNKNOWN", "a day of schema.org's DayOfWeek")
        days.extend([found] if found is not None else [])
    return days


def _clock(node: Node, written: str) -> str:
    seconds = _SECONDS.fullmatch(written)
    text = seconds[1] if seconds is not None else written
    if _CLOCK.fullmatch(text):
        return text
    short = _SHORT_CLOCK.fullmatch(text)
    near = f"0{short[1]}:{short[2]}" if short is not None else text.replace(".", ":")
    hint = near if _CLOCK.fullmatch(near) else ""
    node.fault("TIME_INVALID", "Give a local time as HH:MM.", value=written, nearest=hint)
    return ""
