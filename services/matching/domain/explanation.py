"""Reasons and gaps, made from the recorded verdicts and parts of a match and from nothing else.

A reason names the person's own data, and stands only where these data raised the score above what a profile that says
nothing would get. A gap is a requirement that is not met or not known.
"""

from collections.abc import Callable, Iterable

from services.matching.domain.matches import Args, Explanation, Reason
from services.matching.domain.parts import Evidence, ScorePart
from services.matching.domain.query import REMOTE
from services.matching.domain.rules import BY_ID
from services.matching.domain.values import Necessity
from services.matching.domain.verdicts import Outcome, Verdict

MOST_REASONS = 3
MOST_GAPS = 2
GOOD = 0.5
"""Fit from which a pair is worth naming as a reason; a skill below it is named as missing."""
_LEAST_GAIN = 1e-9

OUTCOME_KEYS = {Outcome.MET: "met", Outcome.NOT_MET: "not_met", Outcome.UNKNOWN: "unknown"}


def explain(parts: Iterable[ScorePart], verdicts: Iterable[Verdict]) -> Explanation:
    """The best reasons by what they add to the score, then requirements that are met; and the worst gaps."""
    verdicts = tuple(verdicts)
    gains = sorted((part for part in parts if _gain(part) > _LEAST_GAIN), key=_gain, reverse=True)
    reasons = _without_echo([reason for part in gains if (reason := _of_part(part)) is not None])
    reasons += [reason for verdict in verdicts if (reason := _of_met(verdict)) is not None]
    return Explanation(tuple(reasons[:MOST_REASONS]), _gaps(verdicts))


def verdict_reason(verdict: Verdict) -> Reason:
    """A verdict as the code and values of a sentence."""
    args: Args = (
        ("subject", verdict.subject),
        ("required", verdict.required),
        ("actual", verdict.actual),
        ("necessity", verdict.necessity.name.lower()),
        ("basis", verdict.basis.name.lower()),
    )
    return Reason(f"verdict.{OUTCOME_KEYS[verdict.outcome]}", verdict.rule, args)


def _gain(part: ScorePart) -> float:
    return (part.value - part.neutral) * part.weight if part.known else 0.0


# -- reasons -------------------------------------------------------------------------------------------------------


def _of_part(part: ScorePart) -> Reason | None:
    build = _BUILDERS.get(part.part)
    return build(part) if build is not None else None


def _without_echo(reasons: list[Reason]) -> list[Reason]:
    """Without "has worked as", where another reason says how long."""
    told = {dict(reason.args)["occupation"] for reason in reasons if reason.code == "experience.months"}
    return [r for r in reasons if r.code != "occupation.held" or dict(r.args)["had"] not in told]


def _occupation(part: ScorePart) -> Reason | None:
    best = max(part.evidence, key=lambda pair: pair.fit, default=None)
    if best is None or not best.had:
        return None
    near = "" if best.asked == best.had else "_near"
    return Reason(f"occupation.{best.relation}{near}", part.part, (("asked", best.asked), ("had", best.had)))


def _skills(part: ScorePart) -> Reason | None:
    good = sorted((pair for pair in part.evidence if pair.fit >= GOOD), key=lambda pair: -pair.fit)
    if not good:
        return None
    best = good[0]
    if best.relation == "taught":
        return Reason("training.teaches", part.part, (("asked", best.asked), ("had", best.had)))
    same = [pair for pair in good if pair.relation == "same"]
    if len(same) > 1:
        names = ",".join(pair.had for pair in same[:MOST_REASONS])
        return Reason("skill.several", part.part, (("skills", names),))
    codes = {"same": "skill.same", "job": "skill.job"}
    return Reason(codes.get(best.relation, "skill.near"), part.part, (("asked", best.asked), ("had", best.had)))


def _text(part: ScorePart) -> Reason | None:
    return Reason("text.close", part.part) if part.value >= GOOD else None


def _experience(part: ScorePart) -> Reason | None:
    best = _first(part)
    return Reason("experience.months", part.part, (("occupation", best.had), ("months", str(best.amount))))


def _travel(part: ScorePart) -> Reason | None:
    best = _first(part)
    # That something can be done from home says nothing of the person: it is among the requirements, as met.
    if part.value < GOOD or best.had == REMOTE:
        return None
    return Reason("travel.near", part.part, (("minutes", str(best.amount)), ("mode", best.had)))


def _hours(part: ScorePart) -> Reason | None:
    best = _first(part)
    return Reason("hours.fit", part.part, (("asked", best.asked), ("had", best.had))) if part.value >= GOOD else None


def _language(part: ScorePart) -> Reason | None:
    best = max(part.evidence, key=lambda pair: pair.fit)
    if best.fit < GOOD:
        return None
    return Reason("language.enough", part.part, (("language", best.asked), ("level", best.had)))


def _first(part: ScorePart) -> Evidence:
    return part.evidence[0]


_BUILDERS: dict[str, Callable[[ScorePart], Reason | None]] = {
    "occupation": _occupation,
    "must_have_skills": _skills,
    "nice_to_have_skills": _skills,
    "text": _text,
    "experience": _experience,
    "travel": _travel,
    "hours": _hours,
    "language_margin": _language,
}
"""Pay and freshness say nothing of the person, so they are no reasons."""

_MET_REASONS = ("licence.held", "licence.by_law", "windows.weekly")
"""Requirements whose being met is worth naming after the parts."""


def _of_met(verdict: Verdict) -> Reason | None:
    if verdict.outcome is Outcome.MET and verdict.rule in _MET_REASONS:
        return verdict_reason(verdict)
    return None


# -- gaps ----------------------------------------------------------------------------------------------------------


def _gaps(verdicts: tuple[Verdict, ...]) -> tuple[Reason, ...]:
    """What stands in the way, then required things not known, then advantages that are missing; one of each subject."""
    found = [(urgency, verdict) for verdict in verdicts if (urgency := _urgency(verdict)) is not None]
    seen: set[tuple[str, str]] = set()
    gaps: list[Reason] = []
    for _, verdict in sorted(found, key=lambda pair: pair[0]):
        if len(gaps) == MOST_GAPS:
            break
        about = (BY_ID[verdict.rule].family, verdict.subject)
        if about not in seen:
            seen.add(about)
            gaps.append(verdict_reason(verdict))
    return tuple(gaps)


def _urgency(verdict: Verdict) -> int | None:
    """0 is most urgent; None is no gap."""
    if verdict.rule == "age.minimum":
        return None  # nobody can do anything about it, and most people have it
    if verdict.blocks:
        return 0
    if verdict.outcome is Outcome.UNKNOWN and verdict.necessity is Necessity.REQUIRED:
        return 2 if verdict.rule in ("language.not_stated", "right_to_work.status") else 1
    if verdict.outcome is Outcome.NOT_MET:
        return 3
    return None
