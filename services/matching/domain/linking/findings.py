"""What linking finds: concepts with how sure each is, whether it was said or concluded, and the words that say so."""

from dataclasses import dataclass, field

from services.matching.domain.values import Basis


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text: `start` and `end` in code points, `words` is text[start:end]."""

    start: int
    end: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """A concept: ESCO URI, licence code or language tag. `score` is in (0, 1]; what is implied has no evidence."""

    code: str
    score: float
    basis: Basis
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedTitle:
    """A title's occupations and the skills that they imply, the surest first.

    `language` is the one it was read in, "" where that is not clear. `notes` are codes: what was not at hand.
    """

    occupations: tuple[Finding, ...]
    implied_skills: tuple[Finding, ...] = ()
    language: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedText:
    """What a text speaks of, each list the surest first."""

    occupations: tuple[Finding, ...] = ()
    skills: tuple[Finding, ...] = ()
    licences: tuple[Finding, ...] = ()
    languages: tuple[Finding, ...] = ()
    implied_skills: tuple[Finding, ...] = ()
    language: str = ""
    notes: tuple[str, ...] = ()
