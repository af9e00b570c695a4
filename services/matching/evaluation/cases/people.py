"""The benchmark's own plain words for a person and an opening: what `truth` compares and `snapshots` writes out.

None stands for what is not told. Language levels are 0 (none) to 7 (first language); hours are a week's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

LEVELS = ("none", "A1", "A2", "B1", "B2", "C1", "C2", "native")
ACTIVITIES = ("listening", "reading", "speaking", "writing")
Levels = tuple[int | None, int | None, int | None, int | None]
"""By activity."""


class Given(Enum):
    """How a person's work is told: by ESCO codes, in their own words, or both."""

    CODES = "codes"
    TEXT = "text"
    BOTH = "both"


class Reach(Enum):
    """How far a person goes: anywhere in the capital region (a car, 90 minutes) or within the district (on foot)."""

    REGION = "region"
    DISTRICT = "district"


class Times(Enum):
    """When something takes place."""

    OFFICE = "office"  # Monday to Friday, 8 to 16
    EVENING = "evening"  # Monday to Friday, 16 to 22
    WEEKEND = "weekend"  # Saturday and Sunday, 8 to 16


class Windows(Enum):
    """When a person can work."""

    ALWAYS = "always"
    DAYTIME = "daytime"  # Monday to Friday, 6 to 18


class Right(Enum):
    """The right to work in Finland."""

    UNLIMITED = "unlimited"
    LIMITED = "limited"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was held; `months` None: not told how long."""

    occupation: str
    months: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of a person but the language in which they write.

    wished       occupations wished for, by URI
    skills       skills listed, by URI
    licences     code → last valid day, date.max for no end, None for "I do not have it"
    education    (ISCED level, whether it counts in Finland), each None where not told; None: no education told
    sectors, right_hours, right_until   limits of the right to work
    """

    wished: tuple[str, ...]
    held: tuple[Job, ...]
    skills: tuple[str, ...]
    given: Given
    titled: bool
    levels: Mapping[str, Levels]
    right: Right | None
    sectors: tuple[str, ...]
    right_hours: float | None
    right_until: date | None
    licences: Mapping[str, date | None]
    education: tuple[int | None, bool | None] | None
    fewest_hours: float | None
    most_hours: float | None
    evenings: bool | None
    nights: bool | None
    weekends: bool | None
    windows: Windows | None
    home: str | None
    reach: Reach
    available_from: date | None


@dataclass(frozen=True, slots=True)
class Seeker:
    """A person: the facts, the language of the texts, and the texts ("" where none is given).

    titles   what the jobs held are called, in the person's words, in the order of the jobs
    """

    number: int
    facts: Facts
    language: str
    titles: tuple[str, ...]
    did: tuple[str, ...]
    want: str
    about: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A vacancy or a training.

    coded        whether the occupation's ESCO code is given; `isco` is the ISCO-08 code that is given, "" for none
    languages    None: not stated; else (language, levels asked by activity, whether required)
    licences     (code, whether required)
    education    (ISCED level, whether recognition is asked, whether required)
    skills       (URI, whether required)
    place        None: not stated
    first_day    of the work or the course
    seats        of a training, those left; None: not stated
    """

    number: int
    training: bool
    occupation: str
    coded: bool
    isco: str
    language: str
    title: str
    description: str
    languages: tuple[tuple[str, Levels, bool], ...] | None
    licences: tuple[tuple[str, bool], ...]
    education: tuple[int | None, bool, bool] | None
    skills: tuple[tuple[str, bool], ...]
    months: int | None
    fewest_hours: float | None
    most_hours: float | None
    times: Times | None
    nights: bool
    place: str | None
    remote: bool
    closing: date | None
    first_day: date | None
    seats: int | None
    age_days: int
    hourly_pay: float | None
