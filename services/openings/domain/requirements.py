"""What an opening asks of a person: languages, skills, licences, education."""

from dataclasses import dataclass, field
from enum import IntEnum

from services.openings.domain.values import CefrProfile, Concept


class Necessity(IntEnum):
    """How needful a requirement is. UNKNOWN counts as required."""

    UNKNOWN = 0
    REQUIRED = 1
    PREFERRED = 2
    LEARN_ON_THE_JOB = 3


class Basis(IntEnum):
    """How sure a requirement is. UNKNOWN counts as stated."""

    UNKNOWN = 0
    STATED = 1
    INFERRED = 2
    CONFIRMED = 3


class Statement(IntEnum):
    """What is known of a demand for languages: nothing, that none is needed, or which."""

    UNKNOWN = 0
    NONE = 1
    LISTED = 2


@dataclass(frozen=True, slots=True)
class LanguageRequirement:
    """A language (BCP 47) that the work or the teaching needs; it has nothing to do with the advert's own."""

    language: str
    levels: CefrProfile = field(default_factory=CefrProfile)
    necessity: Necessity = Necessity.UNKNOWN
    basis: Basis = Basis.UNKNOWN


@dataclass(frozen=True, slots=True)
class LanguageDemand:
    """The languages that an opening needs."""

    statement: Statement = Statement.UNKNOWN
    languages: tuple[LanguageRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillRequirement:
    """A skill that is needed or useful. `weight` is 0–10 among the skills of the same necessity; 0 means 1."""

    skill: Concept
    necessity: Necessity = Necessity.UNKNOWN
    weight: float = 0.0
    basis: Basis = Basis.UNKNOWN


@dataclass(frozen=True, slots=True)
class LicenceRequirement:
    """A licence or card, by Polku's code."""

    code: str
    necessity: Necessity = Necessity.UNKNOWN
    basis: Basis = Basis.UNKNOWN


@dataclass(frozen=True, slots=True)
class EducationRequirement:
    """An education: lowest ISCED 2011 level 0–8 (None: not asked), ISCED-F 2013 field ("": any)."""

    isced_level: int | None = None
    isced_field: str = ""
    recognition_required: bool = False
    necessity: Necessity = Necessity.UNKNOWN
