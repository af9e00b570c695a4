"""The vocabulary's types: frozen rows of the standard classifications.

Codes are the field's own: ESCO URIs, ISCO-08, CEFR, BCP 47, ISCED 2011, ISCED-F 2013, Finnish municipality codes.
Licences and cards have codes of Polku's own (see data/README.md), because no international list covers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LANGUAGES: tuple[str, ...] = ("fi", "sv", "en", "uk", "ru", "ar", "so")
"""Languages in which every occupation, skill, licence and code of the starter vocabulary has a label (BCP 47)."""

MentionKind = Literal["occupation", "skill", "licence", "language"]
MENTION_KINDS: frozenset[MentionKind] = frozenset(("occupation", "skill", "licence", "language"))

Labels = Mapping[str, str]
"""Language (BCP 47) to label; a label is never empty."""

Words = Mapping[str, tuple[str, ...]]
"""Language to the everyday words besides the label; a word that ends in `*` may have any ending of up to 5 letters."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point in WGS 84, degrees, rounded to two decimals (about one kilometre)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Occupation:
    """An ESCO occupation.

    `required_licences` are what the law or safety rules demand of everyone who does the work in Finland;
    `usual_licences` are what employers commonly ask for. Both hold codes of `Licence`.
    """

    uri: str
    isco: str
    labels: Labels
    words: Words
    essential_skills: tuple[str, ...]
    related: tuple[str, ...]
    regulated: bool
    required_licences: tuple[str, ...] = ()
    usual_licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """An ESCO skill or field of knowledge, or one of Polku's own (`urn:polku:skill:...`) where ESCO has none."""

    uri: str
    kind: Literal["skill", "knowledge"]
    labels: Labels
    words: Words
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence, card or proof of competence used in Finland; `includes` are the codes that it covers (CE: C, B)."""

    code: str
    group: Literal["driving", "card", "profession"]
    labels: Labels
    words: Words
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language of work or of a person, by BCP 47 code."""

    code: str
    labels: Labels
    words: Words


@dataclass(frozen=True, slots=True)
class Code:
    """A row of a small code list: a code, its rank in the list (0 is the lowest) and its labels."""

    code: str
    order: int
    labels: Labels


@dataclass(frozen=True, slots=True)
class Field:
    """An ISCED-F 2013 field: two digits for a broad field, three for a narrow one; `broader` of a broad one is ""."""

    code: str
    labels: Labels
    broader: str = ""


@dataclass(frozen=True, slots=True)
class IscoGroup:
    """An ISCO-08 group of 1 (major), 2 (sub-major), 3 (minor) or 4 (unit) digits; `broader` is "" for a major group.

    All codes are there; groups that the starter vocabulary does not use have no labels of their own.
    """

    code: str
    labels: Labels
    broader: str = ""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A Finnish municipality by its official three-digit code; `coordinates` of its centre are given for Uusimaa."""

    code: str
    labels: Labels
    region: str
    coordinates: Coordinates | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A named place with coordinates: a municipality's centre, a district or a service centre."""

    code: str
    kind: Literal["municipality", "district", "service_centre"]
    labels: Labels
    municipality: str
    coordinates: Coordinates


@dataclass(frozen=True, slots=True)
class TravelMode:
    """A way to travel: door-to-door speed (km/h), route length over the straight line, and fixed minutes a trip."""

    code: str
    labels: Labels
    speed_kmh: float
    detour: float
    fixed_minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named in running text.

    `start` and `end` are offsets into the text as given, `words` is text[start:end]. `code` is a URI for occupations
    and skills, a code for licences and languages. `strength` is in (0, 1]: see `find`.
    """

    code: str
    kind: MentionKind
    language: str
    start: int
    end: int
    words: str = field(repr=False)
    strength: float = 1.0
