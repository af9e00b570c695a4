"""The opening's side of a snapshot: what is asked, what is given, when and where. Not stated is UNKNOWN, None or empty.

Mirrors polku.openings.v1.Opening without contacts; the numbers of the enums are the proto's.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.matching.domain.values import (
    NO_LEVELS,
    Answer,
    Basis,
    CefrProfile,
    Concept,
    LocalizedText,
    Necessity,
    Place,
    Remote,
    WeeklyWindow,
)


@dataclass(frozen=True, slots=True)
class LanguageRequirement:
    """A language (BCP 47) that the work or the teaching needs, level by CEFR activity."""

    language: str
    levels: CefrProfile = NO_LEVELS
    necessity: Necessity = Necessity.REQUIRED
    basis: Basis = Basis.STATED


class LanguageStatement(IntEnum):
    """What is known of the demand: "not stated" is not the same as "none"."""

    UNKNOWN = 0
    NONE = 1
    LISTED = 2


@dataclass(frozen=True, slots=True)
class LanguageDemand:
    """The languages that an opening needs; `languages` is read where the statement is LISTED."""

    statement: LanguageStatement = LanguageStatement.UNKNOWN
    languages: tuple[LanguageRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillRequirement:
    """A needed or useful skill. `weight` is among those of the same kind, above 0 to 10 (the wire's 0 is 1)."""

    skill: Concept
    necessity: Necessity = Necessity.REQUIRED
    weight: float = 1.0
    basis: Basis = Basis.STATED


@dataclass(frozen=True, slots=True)
class LicenceRequirement:
    """A licence or card that is needed, by Polku's code."""

    code: str
    necessity: Necessity = Necessity.REQUIRED
    basis: Basis = Basis.STATED


@dataclass(frozen=True, slots=True)
class EducationRequirement:
    """An education that is needed: lowest ISCED 2011 level, ISCED-F 2013 field; None and "" are not asked."""

    isced_level: int | None = None
    isced_field: str = ""
    recognition_required: bool = False
    necessity: Necessity = Necessity.REQUIRED


class PayUnit(IntEnum):
    """The unit of time of a pay."""

    UNKNOWN = 0
    HOUR = 1
    DAY = 2
    MONTH = 3
    YEAR = 4


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay, as schema.org's MonetaryAmount; `currency` is ISO 4217 ("" is EUR)."""

    minimum: float | None = None
    maximum: float | None = None
    currency: str = ""
    unit: PayUnit = PayUnit.UNKNOWN


class Contract(IntEnum):
    """Kinds of contract of a vacancy."""

    UNKNOWN = 0
    PERMANENT = 1
    FIXED_TERM = 2
    ON_CALL = 3
    APPRENTICESHIP = 4
    SEASONAL = 5


class TrainingKind(IntEnum):
    """Kinds of training."""

    UNKNOWN = 0
    LABOUR_MARKET = 1
    LANGUAGE_COURSE = 2
    INTEGRATION = 3
    VOCATIONAL = 4
    UPPER_SECONDARY = 5
    SHORT_COURSE = 6


class Theme(IntEnum):
    """What a service is about."""

    EMPLOYMENT = 1
    INTEGRATION = 2
    LANGUAGE = 3
    FAMILY = 4
    WELLBEING = 5
    MONEY = 6
    HOUSING = 7
    EDUCATION_GUIDANCE = 8
    ENTREPRENEURSHIP = 9


class Participation(IntEnum):
    """Whether taking part in a service is free to choose."""

    UNKNOWN = 0
    VOLUNTARY = 1
    IF_AGREED_IN_PLAN = 2
    OBLIGATORY = 3


@dataclass(frozen=True, slots=True)
class TrainingInstance:
    """One time that a training is held, as schema.org's CourseInstance. `place` None: where the training is."""

    id: str = ""
    start_date: date | None = None
    end_date: date | None = None
    weekly_times: tuple[WeeklyWindow, ...] = ()
    hours_per_week: float | None = None
    place: Place | None = None
    remote: Remote = Remote.UNKNOWN
    seats: int | None = None
    seats_left: int | None = None
    seats_confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Gives:
    """What a training or a service gives: skills, occupations it leads to, licences, a language up to a level."""

    skills: tuple[Concept, ...] = ()
    leads_to: tuple[Concept, ...] = ()
    licences: tuple[str, ...] = ()
    language: LanguageRequirement | None = None


@dataclass(frozen=True, slots=True)
class TrainingDetail:
    """What only trainings have. `cost` is in euros, 0 is free."""

    kind: TrainingKind = TrainingKind.UNKNOWN
    isced_field: str = ""
    instances: tuple[TrainingInstance, ...] = ()
    cost: float | None = None
    childcare_on_site: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """What only services have."""

    themes: tuple[Theme, ...] = ()
    audiences: tuple[LocalizedText, ...] = ()
    opening_hours: tuple[WeeklyWindow, ...] = ()
    participation: Participation = Participation.UNKNOWN
    consent_needed: Answer = Answer.UNKNOWN


# Nothing stated and nothing given, as defaults.
NO_DEMAND = LanguageDemand()
NO_GIVES = Gives()
