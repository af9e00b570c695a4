"""Results: what a list, an explanation, a next step and a question are made of, and the record of a list served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from services.matching.domain.parts import ScorePart
from services.matching.domain.values import OpeningKind, Place
from services.matching.domain.verdicts import Verdict

Args = tuple[tuple[str, str], ...]
"""Named values of a sentence, for machines: ("skill", uri), ("months", "24"). Labels come in the reader's language."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason or a gap: the code of a sentence, the part or rule it was made from, and the values it names."""

    code: str
    origin: str
    args: Args = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """At most three reasons and at most two gaps, made from verdicts and parts alone."""

    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningSummary:
    """What a list shows of an opening. `title` is in `title_language` (BCP 47); places by code and name."""

    id: str
    version: int
    kind: OpeningKind
    title: str
    title_language: str
    organisation: str
    places: tuple[Place, ...]
    closing_date: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Match:
    """An opening beside the person. `rank` is from 1, 0 outside a list; without ranking total is 0 and parts empty."""

    opening: OpeningSummary
    rank: int
    total: float
    parts: tuple[ScorePart, ...]
    verdicts: tuple[Verdict, ...]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An opening that was left out, with the verdicts that did it."""

    opening: OpeningSummary
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class StepChange:
    """One small change: what is to be reached, and the value today."""

    rule: str
    subject: str
    required: str
    actual: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """One small change, or two together where one is not enough, and what it would open.

    opened    how many live openings become eligible with it
    together  how many of them only both changes together open; 0 of a single one
    openings  ids of some of them, newest first
    ways      trainings and services that give it and that the person can enter, the earliest and nearest first
    effort    how much it asks of the person, on the scale of `efforts.toml`
    """

    changes: tuple[StepChange, ...]
    opened: int
    together: int
    openings: tuple[str, ...]
    ways: tuple[OpeningSummary, ...]
    effort: float


@dataclass(frozen=True, slots=True)
class Question:
    """The unknown field of the profile (a mask path) whose answer decides for most openings."""

    field: str
    subject: str
    undecided: int


class Order(IntEnum):
    """How a list is ordered; the numbers are the proto's."""

    BEST_FIRST = 1
    NEWEST_FIRST = 2


class Note(StrEnum):
    """Codes of notes on a list as a whole."""

    NO_SIGNAL = "no_signal"
    MATCHING_PAUSED = "matching_paused"
    HIDDEN = "hidden_by_feedback"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of all that a list was made with."""

    model: str
    weights: str
    rules: str
    index_generation: int
    profile_version: int
    vocabulary: str


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a list is cut down to; None and "" are any. `municipality` is a Finnish municipality code.

    hidden  ids of openings that the person's own feedback keeps out
    """

    kind: OpeningKind | None = None
    municipality: str = ""
    hidden: frozenset[str] = frozenset()


NO_FILTER = ListFilter()


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """A place in the order of a decision: the opening's id and version, and what gave it its place.

    cosine  of the two texts, rounded as it was used; None where one was not encoded, or nothing was ranked
    """

    opening_id: str
    version: int
    total: float
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A list that was served.

    shortlist         the order of the list, 200 at most; later pages follow it
    matches           the items served so far, whole, by rank
    excluded_by_rule  how many openings each rule left out (one opening may count under several rules)
    pending           True: some texts were still being read when the order was made
    hidden_count      openings that the person's own feedback kept out; they are in no other count
    watched           True: told to a watcher, the openings that were new or changed; else a list
    method            version of how scores, order and reasons were worked out
    """

    id: str
    create_time: datetime
    profile_id: str
    language: str
    filter: ListFilter
    order: Order
    versions: Versions
    eligible_count: int
    excluded_count: int
    excluded_by_rule: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    pending: bool = False
    hidden_count: int = 0
    method: str = ""
    shortlist: tuple[Shortlisted, ...] = ()
    matches: tuple[Match, ...] = ()
    watched: bool = False
