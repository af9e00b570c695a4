"""What is on offer: a vacancy, a training or a service. A part that is wholly unstated equals its default."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from services.openings.domain.requirements import (
    EducationRequirement,
    LanguageDemand,
    LanguageRequirement,
    LicenceRequirement,
    SkillRequirement,
)
from services.openings.domain.values import (
    Answer,
    Concept,
    LocalizedText,
    Place,
    Remote,
    WeeklyWindow,
    text_of,
)

LONGEST_TEXT = 20_000
"""Of a description or another text of several lines: in UTF-8 bytes as it is sent, in characters as it is stored."""
_WORDS = text_of(LONGEST_TEXT, many_lines=True)


class PayUnit(IntEnum):
    """The unit of time of a pay."""

    UNKNOWN = 0
    HOUR = 1
    DAY = 2
    MONTH = 3
    YEAR = 4


class Contract(IntEnum):
    """Kinds of contract."""

    UNKNOWN = 0
    PERMANENT = 1
    FIXED_TERM = 2
    ON_CALL = 3
    APPRENTICESHIP = 4
    SEASONAL = 5


class Shift(IntEnum):
    """When the work is done."""

    DAY = 1
    EVENING = 2
    NIGHT = 3
    WEEKEND = 4


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
class Pay:
    """A pay as schema.org's MonetaryAmount; `currency` is ISO 4217, "" means EUR."""

    minimum: float | None = None
    maximum: float | None = None
    currency: str = ""
    unit: PayUnit = PayUnit.UNKNOWN


@dataclass(frozen=True, slots=True)
class Employer:
    """Who offers a job; `business_id` is the Finnish one, such as "1234567-8"."""

    name: str = field(default="", metadata=text_of(200))
    business_id: str = ""


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A job. Hours are a week's; `isco_code` is ISCO-08, one to four digits; `positions` 0 means 1."""

    employer: Employer = field(default_factory=Employer)
    occupation: Concept = field(default_factory=Concept)
    isco_code: str = ""
    skills: tuple[SkillRequirement, ...] = ()
    language_demand: LanguageDemand = field(default_factory=LanguageDemand)
    licences: tuple[LicenceRequirement, ...] = ()
    education: EducationRequirement = field(default_factory=EducationRequirement)
    experience_months: int | None = None
    contract: Contract = Contract.UNKNOWN
    min_hours_per_week: float | None = None
    max_hours_per_week: float | None = None
    shifts: tuple[Shift, ...] = ()
    weekly_times: tuple[WeeklyWindow, ...] = ()
    start_date: date | None = None
    end_date: date | None = None
    pay: Pay = field(default_factory=Pay)
    positions: int = 0
    pay_subsidy: Answer = Answer.UNKNOWN
    work_trial: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class TrainingInstance:
    """One time that a training is held, as schema.org's CourseInstance; `place` None: as the training's."""

    id: str = field(default="", metadata=text_of(200))
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
class Training:
    """A training. `cost` is in euros, 0 is free; licences are given by Polku's codes."""

    provider: str = field(default="", metadata=text_of(200))
    kind: TrainingKind = TrainingKind.UNKNOWN
    teaches: tuple[Concept, ...] = ()
    leads_to: tuple[Concept, ...] = ()
    gives_licences: tuple[str, ...] = ()
    gives_language: LanguageRequirement | None = None
    language_demand: LanguageDemand = field(default_factory=LanguageDemand)
    entry_education: EducationRequirement = field(default_factory=EducationRequirement)
    isced_field: str = ""
    instances: tuple[TrainingInstance, ...] = ()
    cost: float | None = None
    childcare_on_site: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class ServiceOffer:
    """A service with its premises."""

    provider: str = field(default="", metadata=text_of(200))
    themes: tuple[Theme, ...] = ()
    audiences: tuple[LocalizedText, ...] = field(default=(), metadata=_WORDS)
    language_demand: LanguageDemand = field(default_factory=LanguageDemand)
    accessibility: tuple[LocalizedText, ...] = field(default=(), metadata=_WORDS)
    opening_hours: tuple[WeeklyWindow, ...] = ()
    how_to_get_in: tuple[LocalizedText, ...] = field(default=(), metadata=_WORDS)
    participation: Participation = Participation.UNKNOWN
    benefit_effect: tuple[LocalizedText, ...] = field(default=(), metadata=_WORDS)
    consent_needed: Answer = Answer.UNKNOWN
    helps_with: tuple[Concept, ...] = ()
    gives_licences: tuple[str, ...] = ()
    gives_language: LanguageRequirement | None = None


Detail = Vacancy | Training | ServiceOffer
