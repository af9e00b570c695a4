"""Values that snapshots are made of. *Unknown* is a value of its own: UNKNOWN, None or an empty tuple, never "no".

The numbers of the enums are those of the protos (a test compares them), so that they mean the same everywhere. Where a
proto says that "not stated" counts as something (necessity: required; basis: stated), the adapter has put that in.
"""

import datetime
from dataclasses import dataclass
from enum import IntEnum


class Answer(IntEnum):
    """An answer to a yes-no question that may not have been asked yet."""

    UNKNOWN = 0
    YES = 1
    NO = 2


class CefrLevel(IntEnum):
    """Levels of the Common European Framework of Reference for Languages, rising; NONE is known to be below A1."""

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


class Source(IntEnum):
    """Where a claim comes from."""

    UNKNOWN = 0
    SELF_REPORTED = 1
    EMPLOYMENT = 2
    EDUCATION = 3
    ASSESSED = 4
    CERTIFICATE = 5
    IMPORTED = 6
    REGISTER = 7


class Purpose(IntEnum):
    """What a call that reads a person is for."""

    JOB_MATCHING = 1
    INTEGRATION_PLAN = 2
    STATISTICS = 3
    AUDIT = 4
    OWN_DATA = 5


class TravelMode(IntEnum):
    """Ways of travelling; the lower-case name is the vocabulary's code."""

    WALK = 1
    BICYCLE = 2
    PUBLIC_TRANSPORT = 3
    CAR = 4


class OpeningKind(IntEnum):
    """What is on offer."""

    VACANCY = 1
    TRAINING = 2
    SERVICE = 3


class Remote(IntEnum):
    """Whether something can be done from home."""

    UNKNOWN = 0
    NONE = 1
    PARTLY = 2
    FULLY = 3


class Necessity(IntEnum):
    """How needful a requirement is. Only a required one can leave an opening out."""

    REQUIRED = 1
    PREFERRED = 2
    LEARN_ON_THE_JOB = 3


class Basis(IntEnum):
    """How sure something is: said in a field, read from a text, or read from a text and confirmed."""

    STATED = 1
    INFERRED = 2
    CONFIRMED = 3


class Shift(IntEnum):
    """When work is done."""

    DAY = 1
    EVENING = 2
    NIGHT = 3
    WEEKEND = 4


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text in one language (BCP 47)."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept by its ESCO URI, by words, or both; `language` is that of the words, "" where it is not known."""

    uri: str = ""
    text: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class CefrProfile:
    """Levels of one language for each CEFR activity. UNKNOWN: not known (a person), not asked (an opening)."""

    listening: CefrLevel = CefrLevel.UNKNOWN
    reading: CefrLevel = CefrLevel.UNKNOWN
    speaking: CefrLevel = CefrLevel.UNKNOWN
    writing: CefrLevel = CefrLevel.UNKNOWN


ACTIVITIES = ("listening", "reading", "speaking", "writing")
"""The CEFR activities, as the fields of CefrProfile are named."""


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
    """An area. `municipality` is a Finnish municipality code, `district` a name. Streets are not needed to match."""

    municipality: str = ""
    district: str = ""
    postal_code: str = ""
    point: GeoPoint | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a claim comes from and when it was made or checked."""

    source: Source = Source.UNKNOWN
    date: datetime.date | None = None


# Values of which nothing is known, as defaults.
NO_CONCEPT = Concept()
NO_LEVELS = CefrProfile()
NO_PLACE = Place()
NO_PROVENANCE = Provenance()
