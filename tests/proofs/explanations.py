"""How faithful explanations are: what a reason names can be taken away, and what a gap names can be added.

Without the datum that a reason names the score is lower, or the requirement that it names is met no more. With what a
gap names the score is higher, or the requirement is met. A case counts as faithful where all of it is.

usage: python -m tests.proofs.explanations [CASES] [SEED]
"""

import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import EDUCATION, LICENCE, RECOGNITION, Change, applied
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.explanation import explain
from services.matching.domain.linking import link_profile
from services.matching.domain.matches import Reason
from services.matching.domain.parts import Score
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, Concept, Place, TravelMode, Weekday, WeeklyWindow
from services.matching.domain.verdicts import Outcome
from services.matching.domain.work import EverydayLimits, Goals, Skill, SkillLevel, WorkExperience, WorkProfile
from tests.builders.matching import query, vocabulary, weights
from tests.builders.matching_generated import Generator

_SHIFTS = ("shift.evening", "shift.night", "shift.weekend")
_LEAST = 1e-9
NOT_THE_PERSONS = ("language.not_stated", "right_to_work.", "dates.closing", "training.")
"""Gaps that no datum of the person fills: the publisher's silence, a permit, a day that has passed, a full course."""
_OF_THE_WAY = ("place.travel", "windows.weekly")
"""Gaps that the publisher's silence about the place leaves open, whatever the person tells."""


@dataclass
class Tally:
    """What was counted; `unfaithful` by code of the sentence or rule."""

    cases: int = 0
    faithful: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    unfaithful: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Compared:
    """A person beside an opening."""

    profile: ProfileSnapshot
    opening: Candidate
    cosine: float | None
    judgement: Judgement
    score: Score


def compared(profile: ProfileSnapshot, opening: Candidate, cosine: float | None) -> Compared:
    """Judge and score."""
    asked = query(profile)
    judgement = judge(asked, opening)
    shares = part_weights(weights(), profile.work.goals.weights)
    return Compared(profile, opening, cosine, judgement, score(asked, judgement, cosine, weights(), shares))


def prove(cases: int, seed: int) -> Tally:
    """Explain generated cases of which something can be said, and try every reason and gap."""
    generator, tally = Generator(seed), Tally()
    cosines = (None, 0.1, 0.3, 0.45)
    while tally.cases < cases:
        before = compared(generator.profile(), generator.candidate(), cosines[tally.cases % len(cosines)])
        explained = explain(before.score.parts, before.judgement.verdicts)
        gaps = [gap for gap in explained.gaps if _is_the_persons(gap, before)]
        if not (explained.reasons or gaps):
            continue
        wrong = [f"reason {one.code} {one.origin}" for one in explained.reasons if not _holds(before, one)]
        wrong += [f"gap {one.origin}" for one in gaps if not _fills(before, one)]
        tally.cases += 1
        tally.faithful += not wrong
        tally.reasons.update(one.code for one in explained.reasons)
        tally.gaps.update(one.origin for one in gaps)
        tally.unfaithful.update(wrong)
    return tally


def _is_the_persons(gap: Reason, before: Compared) -> bool:
    occasion = before.judgement.occasion
    placed = bool(occasion.points) and not occasion.unplaced
    if (gap.code, gap.origin) == ("verdict.unknown", "profession.recognition"):
        return False  # whoever practises a regulated profession is checked by its authority, whatever is told
    return not gap.origin.startswith(NOT_THE_PERSONS) and (placed or gap.origin not in _OF_THE_WAY)


# -- taking away ---------------------------------------------------------------------------------------------------


def _holds(before: Compared, reason: Reason) -> bool:
    """Whether the score is lower, or the requirement not met, without what the reason names."""
    work, cosine = _without(before.profile, reason), before.cosine
    if reason.code == "text.close":
        cosine = None
    after = compared(replace(before.profile, work=work), before.opening, cosine)
    if reason.code == "verdict.met":
        return not _met(after, reason)
    return after.score.total < before.score.total - _LEAST


def _without(profile: ProfileSnapshot, reason: Reason) -> WorkProfile:
    args, work = dict(reason.args), profile.work
    limits = work.limits
    if reason.code == "travel.near":
        return replace(work, limits=replace(limits, home=Place()))
    if reason.code == "hours.fit":
        return replace(work, limits=replace(limits, min_hours_per_week=None, max_hours_per_week=None))
    if reason.code == "language.enough":
        return replace(work, languages=tuple(one for one in work.languages if one.language != args["language"]))
    if reason.code == "verdict.met":
        if reason.origin == "windows.weekly":
            return replace(work, limits=replace(limits, windows=()))
        covers = vocabulary().licence_covers
        kept = tuple(one for one in work.licences if not covers(one.code, args["subject"]))
        return replace(work, licences=kept)
    named = set((args.get("had") or args.get("occupation") or args.get("skills") or "").split(","))
    return _without_concepts(work, named)


def _without_concepts(work: WorkProfile, named: set[str]) -> WorkProfile:
    """Without the jobs, wishes and skills that say what is named, by their concept or in words."""
    goals = work.goals
    return replace(
        work,
        experiences=tuple(one for one in work.experiences if not _says(named, WorkProfile(experiences=(one,)))),
        skills=tuple(one for one in work.skills if not _says(named, WorkProfile(skills=(one,)))),
        goals=replace(
            goals,
            occupations=tuple(
                one for one in goals.occupations if not _says(named, WorkProfile(goals=Goals(occupations=(one,))))
            ),
            trainings=tuple(
                one for one in goals.trainings if not _says(named, WorkProfile(goals=Goals(trainings=(one,))))
            ),
        ),
    )


def _says(named: set[str], work: WorkProfile) -> bool:
    found = link_profile(ProfileSnapshot("", 1, work), vocabulary())
    items: tuple[Any, ...] = (*found.held, *found.wished, *found.learning)
    return bool(named & ({one.code for one in items} | {one.code for one in found.skills if not one.occupation}))


# -- adding --------------------------------------------------------------------------------------------------------


def _fills(before: Compared, gap: Reason) -> bool:
    """Whether the score is higher, or the requirement met, with what the gap names."""
    after = compared(_with(before.profile, gap), before.opening, before.cosine)
    opened = gap.code == "verdict.not_met" and not _in_the_way(after, gap)
    return after.score.total > before.score.total + _LEAST or _met(after, gap) or opened


def _in_the_way(after: Compared, gap: Reason) -> bool:
    subject = dict(gap.args)["subject"]
    return any(one.rule == gap.origin and one.subject == subject for one in after.judgement.blocking)


def _with(profile: ProfileSnapshot, gap: Reason) -> ProfileSnapshot:
    args, rule, work = dict(gap.args), gap.origin, profile.work
    if rule == "skill.must_have":
        asked = args["subject"]
        concept = Concept(asked) if asked.startswith("http") else Concept(text=asked)
        return replace(profile, work=replace(work, skills=(*work.skills, Skill(concept, SkillLevel.EXPERT))))
    if rule == "experience.months":
        job = WorkExperience(Concept(args["subject"]), int(args["required"]))
        return replace(profile, work=replace(work, experiences=(*work.experiences, job)))
    if rule.startswith("language."):
        level = args["required"] or CefrLevel.NATIVE.name
        return applied(profile, Change("language", args["subject"], level))
    if rule.startswith("licence."):
        return applied(profile, Change(LICENCE, args["subject"], "yes"))
    if rule.endswith("recognition"):
        return applied(profile, Change(RECOGNITION, "", "recognised"))
    if rule == "education.level":
        return applied(profile, Change(EDUCATION, "", args["required"]))
    if rule == "education.field":
        return applied(profile, Change(EDUCATION, args["required"], "8"))
    return replace(profile, work=replace(work, limits=_limits(profile, gap)))


def _limits(profile: ProfileSnapshot, gap: Reason) -> EverydayLimits:
    rule, limits = gap.origin, profile.work.limits
    if rule in _OF_THE_WAY:
        modes = (*limits.travel_modes, TravelMode.CAR)
        moved = replace(limits, home=Place("049"), max_travel_minutes=100_000, travel_modes=modes)
        always = tuple(WeeklyWindow(day, 0, 1440) for day in Weekday)
        return moved if rule == "place.travel" else replace(moved, windows=always)
    if rule in _SHIFTS:
        return replace(limits, **{f"{rule.removeprefix('shift.')}s": Answer.YES})
    if rule == "dates.start":
        return replace(limits, available_from=date(2020, 1, 1))
    most = {"hours.most": {"max_hours_per_week": 168.0}, "hours.fewest": {"min_hours_per_week": 0.0}}
    return replace(limits, **most[rule])


def _met(after: Compared, reason: Reason) -> bool:
    """Whether the requirement that a sentence is about is met."""
    subject = "" if reason.origin == "place.travel" else dict(reason.args)["subject"]
    same = [one for one in after.judgement.verdicts if one.rule == reason.origin and subject in ("", one.subject)]
    return bool(same) and all(one.outcome is Outcome.MET for one in same)


def main(arguments: list[str]) -> int:
    """The command."""
    cases, seed = (int(text) for text in (*arguments, *("2000", "7")[len(arguments) :]))
    tally = prove(cases, seed)
    share = tally.faithful / tally.cases
    named = tally.reasons.total() + tally.gaps.total()
    print(f"{tally.faithful:,} of {tally.cases:,} cases faithful ({share:.1%}); {named:,} reasons and gaps tried")
    for what, count in tally.unfaithful.most_common(12):
        print(f"  {count:>5}  {what}")
    return 0 if share >= 0.95 else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
