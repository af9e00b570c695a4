"""The person's side of a snapshot: competence, limits, goals, choices. A part that is unknown equals its default.

Mirrors polku.profiles.v1.WorkProfile and Choices; the numbers of the enums are the proto's.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.matching.domain.values import (
    NO_LEVELS,
    NO_PLACE,
    NO_PROVENANCE,
    Answer,
    CefrProfile,
    Concept,
    LocalizedText,
    Place,
    Provenance,
    TravelMode,
    WeeklyWindow,
)


class SkillLevel(IntEnum):
    """How well a skill is mastered: with guidance, on one's own, teaching others."""

    UNKNOWN = 0
    BASIC = 1
    INDEPENDENT = 2
    EXPERT = 3


class Recognition(IntEnum):
    """Whether a foreign qualification is recognised in Finland."""

    UNKNOWN = 0
    NOT_NEEDED = 1
    GUIDANCE_GIVEN = 2
    APPLIED = 3
    PARTLY = 4
    RECOGNISED = 5
    REFUSED = 6


class RightStatus(IntEnum):
    """How far the right to work in Finland goes."""

    UNKNOWN = 0
    UNLIMITED = 1
    LIMITED = 2
    NONE = 3


@dataclass(frozen=True, slots=True)
class WorkExperience:
    """A job that the person held. `months` is its length, `country` ISO 3166-1 alpha-2."""

    occupation: Concept
    months: int | None = None
    country: str = ""
    tasks: str = ""
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill of the person, by its ESCO concept or in words."""

    skill: Concept
    level: SkillLevel = SkillLevel.UNKNOWN
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class Education:
    """An education: ISCED 2011 level 0–8, ISCED-F 2013 field, country ISO 3166-1 alpha-2."""

    isced_level: int | None = None
    isced_field: str = ""
    title: str = ""
    country: str = ""
    recognition: Recognition = Recognition.UNKNOWN
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence or card by Polku's code; `valid_until` None: no end known."""

    code: str
    held: Answer = Answer.UNKNOWN
    valid_until: date | None = None
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class LanguageSkill:
    """How well the person knows a language (BCP 47)."""

    language: str
    levels: CefrProfile = NO_LEVELS
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class RightToWork:
    """The right to work. The limits (ISCO-08 sectors, hours a week, one employer) hold where the status is LIMITED."""

    status: RightStatus = RightStatus.UNKNOWN
    isco_sectors: tuple[str, ...] = ()
    max_hours_per_week: float | None = None
    single_employer: bool = False
    valid_until: date | None = None
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True, slots=True)
class EverydayLimits:
    """When, where and how the person can work. Hours are a week's, travel is one way in minutes."""

    available_from: date | None = None
    min_hours_per_week: float | None = None
    max_hours_per_week: float | None = None
    windows: tuple[WeeklyWindow, ...] = ()
    evenings: Answer = Answer.UNKNOWN
    nights: Answer = Answer.UNKNOWN
    weekends: Answer = Answer.UNKNOWN
    home: Place = NO_PLACE
    travel_modes: tuple[TravelMode, ...] = ()
    max_travel_minutes: int | None = None
    own_car: Answer = Answer.UNKNOWN
    remote: Answer = Answer.UNKNOWN
    accessibility_needs: tuple[str, ...] = ()
    interpreter_needed: Answer = Answer.UNKNOWN
    interpreter_language: str = ""


@dataclass(frozen=True, slots=True)
class SeekerWeights:
    """How much each thing matters: 0.5 (half) to 2 (double); 0 means "as usual"."""

    skills: float = 0.0
    interest: float = 0.0
    nearness: float = 0.0
    hours: float = 0.0
    pay: float = 0.0


@dataclass(frozen=True, slots=True)
class Goals:
    """What the person wishes for, most wished first."""

    occupations: tuple[Concept, ...] = ()
    trainings: tuple[Concept, ...] = ()
    text: str = ""
    weights: SeekerWeights = SeekerWeights()


@dataclass(frozen=True, slots=True)
class WorkProfile:
    """Competence, limits and goals."""

    summaries: tuple[LocalizedText, ...] = ()
    experiences: tuple[WorkExperience, ...] = ()
    skills: tuple[Skill, ...] = ()
    educations: tuple[Education, ...] = ()
    licences: tuple[Licence, ...] = ()
    languages: tuple[LanguageSkill, ...] = ()
    right_to_work: RightToWork = RightToWork()
    limits: EverydayLimits = EverydayLimits()
    goals: Goals = Goals()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person has agreed to. Each choice takes effect at once."""

    matching: Answer = Answer.UNKNOWN
    employer_requests: Answer = Answer.UNKNOWN
    analytics: Answer = Answer.UNKNOWN
    ranking_opt_out: bool = False
    matching_paused: bool = False


# Profiles of which nothing is known, as defaults.
NO_WORK = WorkProfile()
NO_CHOICES = Choices()
