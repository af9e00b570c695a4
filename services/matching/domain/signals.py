"""What linking reads out of a snapshot once, at ingest: concepts of the vocabulary with how sure each is.

Signals are stored beside the snapshot together with the version of the vocabulary that they were read with.
"""

from dataclasses import dataclass

from services.matching.domain.values import Basis, Necessity
from services.matching.domain.work import SkillLevel


@dataclass(frozen=True, slots=True)
class LinkedConcept:
    """A concept (ESCO URI, licence code or language tag) with its basis and a strength in (0, 1]."""

    code: str
    basis: Basis = Basis.STATED
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class HeldOccupation:
    """An occupation that the person has worked in; `months` None: not known how long."""

    code: str
    months: int | None = None
    basis: Basis = Basis.STATED
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class HeldSkill:
    """A skill of the person. Inferred ones come from words in a text or from an occupation held (`occupation`).

    Words that the vocabulary does not know are their own code, in lower case, as in `AskedSkill`.
    """

    code: str
    level: SkillLevel = SkillLevel.UNKNOWN
    basis: Basis = Basis.STATED
    strength: float = 1.0
    occupation: str = ""


@dataclass(frozen=True, slots=True)
class ProfileSignals:
    """Concepts read out of a profile.

    vocabulary  version of the vocabulary
    wished      occupations that the person wishes for
    learning    skills that the person wishes to learn
    held        occupations that the person has worked in
    skills      skills of the person, stated and inferred
    """

    vocabulary: str
    wished: tuple[LinkedConcept, ...] = ()
    learning: tuple[LinkedConcept, ...] = ()
    held: tuple[HeldOccupation, ...] = ()
    skills: tuple[HeldSkill, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that an opening asks for; `weight` is among those of the same necessity.

    A skill in words that the vocabulary does not know has the words, in lower case, as its code: it is met only by
    someone who gives the same words.
    """

    code: str
    necessity: Necessity = Necessity.REQUIRED
    weight: float = 1.0
    basis: Basis = Basis.STATED


@dataclass(frozen=True, slots=True)
class OpeningSignals:
    """Concepts read out of an opening.

    occupations          what the work is, or what a training leads to
    isco                 ISCO-08 code of a vacancy's work, "" where not known; `isco_basis` says how sure
    skills               asked for (vacancy), stated ones first
    taught               given by a training or service
    licences_mentioned   codes that a vacancy's text names although no field asks for them
    licences_by_law      codes that the law asks of everyone in the occupation
    languages_mentioned  BCP 47 tags that the text names although the publisher has not said what is needed
    regulated            the occupation, where only those with a recognised qualification may practise it
    """

    vocabulary: str
    occupations: tuple[LinkedConcept, ...] = ()
    isco: str = ""
    isco_basis: Basis = Basis.STATED
    skills: tuple[AskedSkill, ...] = ()
    taught: tuple[LinkedConcept, ...] = ()
    licences_mentioned: tuple[str, ...] = ()
    licences_by_law: tuple[LinkedConcept, ...] = ()
    languages_mentioned: tuple[str, ...] = ()
    regulated: LinkedConcept | None = None
