"""Reasons and gaps: made from parts and verdicts alone, naming the person's own data, and true."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.explanation import explain
from services.matching.domain.matches import Explanation, Reason
from services.matching.domain.offers import LicenceRequirement, SkillRequirement
from services.matching.domain.parts import Evidence, Score, ScorePart
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, Concept, Necessity, Place, Remote, TravelMode
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import (
    EverydayLimits,
    Goals,
    LanguageSkill,
    Licence,
    Skill,
    SkillLevel,
    WorkExperience,
    WorkProfile,
)
from tests.builders.matching import asks, candidate, levels, profile, query, vacancy, weights
from tests.builders.matching_random import openings, profiles
from tests.builders.matching_vocabulary import CARE, CLEANER, CLEANING, COOKING, FLOORS, HOTEL_CLEANER, LAUNDRY
from tests.proofs.explanations import prove

EXAMPLES = settings(max_examples=150, deadline=None)
TINY = 1e-9


def _scored(person: ProfileSnapshot, opening: Candidate, cosine: float | None = None) -> tuple[Judgement, Score]:
    asked = query(person)
    judgement = judge(asked, opening)
    return judgement, score(asked, judgement, cosine, weights(), part_weights(weights(), person.work.goals.weights))


def _explained(person: ProfileSnapshot, opening: OpeningSnapshot, cosine: float | None = None) -> Explanation:
    judgement, found = _scored(person, candidate(opening), cosine)
    return explain(found.parts, judgement.verdicts)


def _codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


# -- examples ------------------------------------------------------------------------------------------------------


def test_reasons_name_the_persons_own_data_best_first() -> None:
    """What adds most is named first, with what the person has."""
    person = profile(
        goals=Goals((Concept(CLEANER),)),
        experiences=(WorkExperience(Concept(HOTEL_CLEANER), 24),),
        skills=(Skill(Concept(COOKING), SkillLevel.EXPERT),),
    )
    opening = vacancy(occupation=Concept(CLEANER), skills=(SkillRequirement(Concept(COOKING)),))
    reasons = _explained(person, opening).reasons
    assert _codes(reasons) == ["occupation.wished", "skill.same", "experience.months"]
    assert [reason.origin for reason in reasons] == ["occupation", "must_have_skills", "experience"]
    assert dict(reasons[1].args) == {"asked": COOKING, "had": COOKING}
    assert dict(reasons[2].args) == {"occupation": HOTEL_CLEANER, "months": "24"}


def test_how_long_someone_has_worked_says_that_they_have() -> None:
    """Of two reasons about one occupation held the one with the months stays."""
    person = profile(experiences=(WorkExperience(Concept(CLEANER), 24),))
    codes = _codes(_explained(person, vacancy(occupation=Concept(CLEANER))).reasons)
    assert "experience.months" in codes
    assert "occupation.held" not in codes


def test_each_kind_of_skill_reason() -> None:
    """The same skill, several of them, a near one, one from a job."""
    opening = vacancy(skills=tuple(SkillRequirement(Concept(code)) for code in (CLEANING, LAUNDRY)))
    same = profile(skills=(Skill(Concept(LAUNDRY)),))
    several = profile(skills=(Skill(Concept(LAUNDRY)), Skill(Concept(CLEANING))))
    near = profile(skills=(Skill(Concept(FLOORS), SkillLevel.EXPERT),))
    job = profile(experiences=(WorkExperience(Concept(CLEANER)),))
    found = [_codes(_explained(person, opening).reasons)[0] for person in (same, several, near, job)]
    assert found == ["skill.same", "skill.several", "skill.near", "skill.job"]


def test_everyday_reasons() -> None:
    """A short way, fitting hours and more language than asked for."""
    limits = EverydayLimits(
        min_hours_per_week=20.0, max_hours_per_week=40.0, home=Place("049"), travel_modes=(TravelMode.WALK,)
    )
    person = profile(limits=limits, languages=(LanguageSkill("fi", levels(CefrLevel.C1)),))
    opening = vacancy(places=(Place("049"),), min_hours_per_week=30.0, language_demand=asks("fi", CefrLevel.B1))
    reasons = {reason.code: dict(reason.args) for reason in _explained(person, opening).reasons}
    assert reasons == {
        "travel.near": {"minutes": "0", "mode": "walk"},
        "hours.fit": {"asked": "30-30", "had": "20-40"},
        "language.enough": {"language": "fi", "level": "C1"},
    }
    remote = _explained(profile(), vacancy(remote=Remote.FULLY), cosine=1.0)
    assert _codes(remote.reasons) == ["text.close"]


def test_explanations_are_faithful_both_ways() -> None:
    """What a reason names can be taken away, and what a gap names added, in 95 of 100 generated cases at least."""
    tally = prove(400, seed=5)
    assert tally.faithful >= 0.95 * tally.cases, tally.unfaithful
    assert min(tally.reasons.total(), tally.gaps.total()) > 300


def test_requirements_that_are_met_follow_the_parts() -> None:
    """A card that is held is worth saying where parts leave room."""
    held = profile(licences=(Licence("hygiene-passport", Answer.YES),))
    reasons = _explained(held, vacancy(licences=(LicenceRequirement("hygiene-passport"),))).reasons
    assert [(reason.code, reason.origin) for reason in reasons] == [("verdict.met", "licence.held")]


def test_nothing_told_gives_no_reason() -> None:
    """A profile that says nothing is given no reason, however fresh and well paid the opening is."""
    assert _explained(profile(), vacancy(occupation=Concept(CLEANER))).reasons == ()


def test_gaps_worst_first_and_one_of_each_subject() -> None:
    """What blocks, then what is unknown and required, then a missing advantage; four activities are one gap."""
    person = profile(
        languages=(LanguageSkill("fi", levels(CefrLevel.A1)),), licences=(Licence("driving-licence-b", Answer.NO),)
    )
    opening = vacancy(
        language_demand=asks("fi", CefrLevel.B1),
        skills=(SkillRequirement(Concept(CARE)),),
        licences=(LicenceRequirement("driving-licence-b", Necessity.PREFERRED),),
    )
    gaps = _explained(person, opening).gaps
    assert [(gap.code, gap.origin) for gap in gaps] == [
        ("verdict.not_met", "language.listening"),
        ("verdict.unknown", "skill.must_have"),
    ]
    assert dict(gaps[0].args)["required"] == "B1"


def test_explaining_sees_parts_and_verdicts_only() -> None:
    """The same parts and verdicts give the same explanation, without a person or an opening at hand."""
    part = ScorePart("occupation", 1.0, 0.5, evidence=(Evidence(CLEANER, HOTEL_CLEANER, 0.8, "wished"),))
    verdict = Verdict("skill.must_have", CARE, Outcome.UNKNOWN)
    found = explain([part], [verdict])
    assert (_codes(found.reasons), _codes(found.gaps)) == (["occupation.wished_near"], ["verdict.unknown"])


# -- properties ----------------------------------------------------------------------------------------------------


@EXAMPLES
@given(profiles, openings.map(candidate), st.none() | st.floats(-1, 1))
def test_three_reasons_and_two_gaps_each_from_a_record(
    person: ProfileSnapshot, opening: Candidate, cosine: float | None
) -> None:
    """Every reason comes from a part that gained or a met verdict, every gap from a verdict that is not met."""
    judgement, found = _scored(person, opening, cosine)
    explained = explain(found.parts, judgement.verdicts)
    assert len(explained.reasons) <= 3
    assert len(explained.gaps) <= 2
    gained = {part.part for part in found.parts if part.known and part.value > part.neutral}
    met = {verdict.rule for verdict in judgement.verdicts if verdict.outcome is Outcome.MET}
    missing = {verdict.rule for verdict in judgement.verdicts if verdict.outcome is not Outcome.MET}
    assert {reason.origin for reason in explained.reasons} <= gained | met
    assert {gap.origin for gap in explained.gaps} <= missing
    if not judgement.eligible:
        assert explained.gaps[0].code == "verdict.not_met"


@EXAMPLES
@given(profiles, openings.map(candidate))
def test_taking_away_what_a_reason_names_lowers_the_score(person: ProfileSnapshot, opening: Candidate) -> None:
    """Without the datum that a reason names, the part that it came from is lower, or another datum held it up."""
    judgement, before = _scored(person, opening)
    values = {part.part: part.value for part in before.parts}
    for reason in explain(before.parts, judgement.verdicts).reasons:
        without = _without(person.work, reason)
        if reason.origin not in values or without is None:
            continue
        _, after = _scored(replace(person, work=without), opening)
        now = {part.part: part.value for part in after.parts}
        assert now[reason.origin] <= values[reason.origin] + TINY, reason
        assert after.total <= before.total + TINY, reason


def _without(work: WorkProfile, reason: Reason) -> WorkProfile | None:
    """The work profile without what a reason names; None for reasons that name nothing that can be taken away alone."""
    args = dict(reason.args)
    had = set((args.get("had") or args.get("occupation") or args.get("skills") or "").split(","))
    if reason.code.startswith("occupation.wished"):
        kept = tuple(concept for concept in work.goals.occupations if concept.uri not in had)
        return replace(work, goals=replace(work.goals, occupations=kept))
    if reason.code in ("occupation.held", "occupation.held_near", "experience.months", "skill.job"):
        jobs = tuple(job for job in work.experiences if job.occupation.uri not in had)
        return replace(work, experiences=jobs)
    if reason.code.startswith("skill."):
        skills = tuple(skill for skill in work.skills if skill.skill.uri not in had)
        return replace(work, skills=skills)
    if reason.code == "language.enough":
        return replace(work, languages=tuple(one for one in work.languages if one.language != args["language"]))
    if reason.code == "travel.near":
        return replace(work, limits=replace(work.limits, home=Place()))
    if reason.code == "hours.fit":
        return replace(work, limits=replace(work.limits, min_hours_per_week=None, max_hours_per_week=None))
    return None


@EXAMPLES
@given(profiles, openings.map(candidate))
def test_adding_a_skill_that_a_gap_names_raises_the_score(person: ProfileSnapshot, opening: Candidate) -> None:
    """The skill that is said to be missing makes the total higher and the requirement met."""
    judgement, before = _scored(person, opening)
    for gap in explain(before.parts, judgement.verdicts).gaps:
        if gap.origin != "skill.must_have":
            continue
        subject = dict(gap.args)["subject"]
        concept = Concept(subject) if subject.startswith("http") else Concept(text=subject)
        added = replace(person.work, skills=(*person.work.skills, Skill(concept)))
        now, after = _scored(replace(person, work=added), opening)
        assert after.total > before.total, gap
        outcomes = {v.outcome for v in now.verdicts if v.rule == "skill.must_have" and v.subject == subject}
        assert outcomes == {Outcome.MET}
