"""How a person stands to a vacancy, in coarse terms: only what the vacancy asks, and never a value of the person's own.

A place is no more than a band of minutes, experience a band of months, a level of a language no more than enough or
not. What the vacancy asks is found out without any person: by judging it for somebody of whom nothing is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.explanation import MOST_GAPS, MOST_REASONS, OUTCOME_KEYS
from services.matching.domain.linking import link_profile
from services.matching.domain.parts import ScorePart
from services.matching.domain.pipeline import Ranked
from services.matching.domain.query import NO_TRAVEL, query_of
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, Necessity
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.weights import Weights
from services.matching.domain.work import Choices
from shared.vocabulary import Vocabulary

MET, NOT_MET, UNKNOWN, REMOTE = "met", "not_met", "unknown", "remote"
HIGH, MIDDLE, LOW = "high", "middle", "low"
EXPERIENCE_BANDS = ((12, "under_12_months"), (36, "12_to_35_months"), (60, "36_to_59_months"))
MOST_EXPERIENCE = "60_months_or_more"
TRAVEL_BANDS = ((30, "under_30_minutes"), (61, "30_to_60_minutes"))
FARTHEST = "over_60_minutes"
_GOOD, _FAIR = 2 / 3, 1 / 3

_KINDS: Mapping[str, str] = {
    "language": "language",
    "right_to_work": "right_to_work",
    "licence": "licence",
    "education": "education",
    "profession": "education",
    "experience": "experience",
    "skill": "skill",
    "hours": "hours",
    "windows": "times",
    "shift": "shift",
    "dates": "start",
    "place": "travel",
}
"""First word of a rule → kind of aspect: rules of one kind and subject count as one."""
_NOT_OF_THE_PERSON = frozenset({"dates.closing", "language.not_stated"})
KINDS = ("right_to_work", "language", "licence", "education", "skill", "shift", "hours", "times", "start")
"""Kinds of aspects in the order in which they matter; experience and travel come after them, then parts."""
LATER_KINDS = ("experience", "travel")
PARTS = ("occupation", "must_have_skills", "nice_to_have_skills", "text", "experience", "hours", "language_margin")
"""Parts of a score that say something of the person; pay and freshness do not, and travel is an aspect."""
_NOBODY = ProfileSnapshot("", 0)
_HARD = {Outcome.MET: 0, Outcome.UNKNOWN: 1, Outcome.NOT_MET: 2}


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that a vacancy asks. `required` is a CEFR level or a number of months, "" for other kinds.

    kind  one of KINDS or LATER_KINDS, a shift as "shift.night", a part as "part.occupation"
    """

    kind: str
    subject: str = ""
    required: str = ""
    necessity: Necessity = Necessity.REQUIRED

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same aspect for two people."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Standing:
    """An aspect and how somebody stands to it: MET, NOT_MET, UNKNOWN, a band, or `anonymity.WITHHELD`."""

    aspect: Aspect
    value: str


Values = Mapping[tuple[str, str], str]


def is_willing(choices: Choices) -> bool:
    """Whether somebody may be shown for vacancies: they have said yes to requests, and are matched and ranked now."""
    stands_back = choices.matching_paused or choices.ranking_opt_out or choices.matching is Answer.NO
    return choices.employer_requests is Answer.YES and not stands_back


def aspects_of(vacancy: Candidate, vocabulary: Vocabulary, now: datetime) -> tuple[Aspect, ...]:
    """What a vacancy asks, what matters most first: what is required before what is an advantage."""
    nobody = query_of(_NOBODY, link_profile(_NOBODY, vocabulary), vocabulary, now)
    found: dict[tuple[str, str], Aspect] = {}
    for verdict in judge(nobody, vacancy).verdicts:
        aspect = _aspect(verdict)
        if aspect is not None:
            found[aspect.key] = _stricter(found.get(aspect.key, aspect), aspect)
    return (*sorted(found.values(), key=_place), *(Aspect(f"part.{part}") for part in PARTS))


def values_of(ranked: Ranked) -> Values:
    """How one person stands to each thing that was compared."""
    hardest: dict[tuple[str, str], Verdict] = {}
    for verdict in ranked.judgement.verdicts:
        aspect = _aspect(verdict)
        if aspect is None:
            continue
        known = hardest.get(aspect.key, verdict)
        hardest[aspect.key] = verdict if _HARD[verdict.outcome] > _HARD[known.outcome] else known
    values = {key: OUTCOME_KEYS[verdict.outcome] for key, verdict in hardest.items()}
    for key, verdict in hardest.items():
        if key[0] == "experience":
            values[key] = _months(verdict.actual)
        elif key[0] == "travel":
            values[key] = _minutes(ranked.judgement)
    return values | {(f"part.{part.part}", ""): _level(part) for part in ranked.score.parts if part.part in PARTS}


def explained(standings: Sequence[Standing], weights: Weights) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """The best reasons and the worst gaps of what is shown: the same for all of whom the same is shown."""
    good = [each for each in standings if each.aspect.kind.startswith("part.") and each.value == HIGH]
    reasons = sorted(good, key=lambda each: -weights.parts[each.aspect.kind.removeprefix("part.")])
    needed = [each for each in standings if each.value == UNKNOWN and each.aspect.necessity is Necessity.REQUIRED]
    gaps = [each for each in needed if not each.aspect.kind.startswith("part.")]
    gaps += [each for each in standings if each.value == NOT_MET]
    return tuple(reasons[:MOST_REASONS]), tuple(gaps[:MOST_GAPS])


def _aspect(verdict: Verdict) -> Aspect | None:
    """The aspect to which a verdict belongs, with the vacancy's side of it; None where it says nothing of a person."""
    kind = _KINDS.get(verdict.rule.partition(".")[0])
    if kind is None or verdict.rule in _NOT_OF_THE_PERSON:
        return None
    if kind == "shift":
        kind = verdict.rule
    # How somebody would travel is theirs, and so are the minutes; subjects of the other kinds are the vacancy's.
    subject = verdict.subject if kind in ("language", "licence", "skill", "experience") else ""
    required = verdict.required if kind in ("language", "experience") else ""
    return Aspect(kind, subject, required, verdict.necessity)


def _stricter(one: Aspect, other: Aspect) -> Aspect:
    required = max(one.required, other.required, key=_level_of) if one.kind == "language" else one.required
    return Aspect(one.kind, one.subject, required, min(one.necessity, other.necessity))


def _level_of(name: str) -> int:
    return CefrLevel[name] if name in CefrLevel.__members__ else -1


def _place(aspect: Aspect) -> tuple[bool, int, int, str, str]:
    general = aspect.kind.partition(".")[0]
    later = general in LATER_KINDS
    order = (LATER_KINDS if later else KINDS).index(general)
    return later, 0 if later else int(aspect.necessity), order, aspect.kind, aspect.subject


def _months(actual: str) -> str:
    if not actual:
        return UNKNOWN
    return next((band for end, band in EXPERIENCE_BANDS if int(actual) < end), MOST_EXPERIENCE)


def _minutes(judgement: Judgement) -> str:
    if judgement.travel is None:
        return UNKNOWN
    if judgement.travel is NO_TRAVEL:
        return REMOTE
    minutes = round(judgement.travel.minutes)
    return next((band for end, band in TRAVEL_BANDS if minutes < end), FARTHEST)


def _level(part: ScorePart) -> str:
    if not part.known:
        return UNKNOWN
    return HIGH if part.value >= _GOOD else MIDDLE if part.value >= _FAIR else LOW
