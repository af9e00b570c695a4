"""Values that an opening is made of. *Not stated* is a value of its own: UNKNOWN, None or an empty tuple, never "no".

The numbers of the enums are those of the protos (a test compares them), so that they mean the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TypeVar

Member = TypeVar("Member", bound=IntEnum)
TEXT_FORM = "text_form"
"""The key of a field's `TextForm` in its metadata."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """What a text for people may be: its greatest length in characters, and whether it may have several lines.

    `noun` begins the reasons of its violations: TEXT_TOO_LONG, DESCRIPTION_TOO_LONG.
    """

    longest: int
    many_lines: bool = False
    noun: str = "TEXT"


def text_of(longest: int, *, many_lines: bool = False, noun: str = "TEXT") -> Mapping[str, TextForm]:
    """Metadata of a field that holds texts for people, itself or in its LocalizedText parts; others hold codes."""
    return MappingProxyType({TEXT_FORM: TextForm(longest, many_lines, noun)})


def as_set(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """The one form of a set of codes: sorted, each once."""
    return tuple(sorted(set(members)))


class Answer(IntEnum):
    """An answer to a yes-no question that may not have been asked yet."""

    UNKNOWN = 0
    YES = 1
    NO = 2


class CefrLevel(IntEnum):
    """Levels of the Common European Framework of Reference for Languages, in rising order. UNKNOWN: not asked for."""

    UNKNOWN = 0
    NONE = 1
    A1 = 2
    A2 = 3
    B1 = 4
    B2 = 5
    C1 = 6
    C2 = 7
    NATIVE = 8


class Weekday(IntEnum):
    """Days of the week, ISO 8601."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


class Remote(IntEnum):
    """Whether something can be done from home."""

    UNKNOWN = 0
    NONE = 1
    PARTLY = 2
    FULLY = 3


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text in one language (BCP 47). What the text may be is said by the field that holds it."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept by its ESCO URI, by words, or both; `language` is that of the words, "" where it is not known."""

    uri: str = ""
    text: str = field(default="", metadata=text_of(300))
    language: str = ""


@dataclass(frozen=True, slots=True)
class CefrProfile:
    """Levels of one language for each CEFR activity."""

    listening: CefrLevel = CefrLevel.UNKNOWN
    reading: CefrLevel = CefrLevel.UNKNOWN
    speaking: CefrLevel = CefrLevel.UNKNOWN
    writing: CefrLevel = CefrLevel.UNKNOWN


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """A time span that recurs weekly, local time in Europe/Helsinki.

    `start` is in minutes after midnight, 0–1439, `end` 0–1440; an end at or before the start lies on the next day.
    """

    weekday: Weekday
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A point on the earth, WGS 84, degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: Finnish municipality code, district or service centre, postal code, street address."""

    municipality: str = ""
    district: str = field(default="", metadata=text_of(100))
    postal_code: str = ""
    street_address: str = field(default="", metadata=text_of(200))
    point: GeoPoint | None = None
