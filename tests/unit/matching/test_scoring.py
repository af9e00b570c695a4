"""The parts of a score: their scales, what is neutral, and the seeker's own weights."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.eligibility import judge
from services.matching.domain.offers import Gives, LanguageDemand, LanguageStatement, Pay, PayUnit, SkillRequirement
from services.matching.domain.parts import ScorePart
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, Concept, Necessity, Place, Remote, TravelMode
from services.matching.domain.weights import PARTS
from services.matching.domain.work import (
    EverydayLimits,
    Goals,
    LanguageSkill,
    SeekerWeights,
    Skill,
    SkillLevel,
    WorkExperience,
)
from tests.builders.matching import NOW, asks, candidate, levels, profile, query, training, vacancy, weights
from tests.builders.matching_vocabulary import (
    CARE,
    CLEANER,
    CLEANING,
    COOKING,
    FLOORS,
    HOTEL_CLEANER,
    LAUNDRY,
    NURSE,
    WINDOWS,
)

NOBODY = profile()


def _part(name: str, person: ProfileSnapshot, opening: OpeningSnapshot, similarity: float | None = None) -> ScorePart:
    asked = query(person)
    shares = part_weights(weights(), person.work.goals.weights)
    found = score(asked, judge(asked, candidate(opening)), similarity, weights(), shares)
    return next(part for part in found.parts if part.part == name)


def test_occupation_wished_goes_before_held() -> None:
    """A wish for the very occupation gives 1, having held it 0.7, both near ones together more than each."""
    opening = vacancy(occupation=Concept(CLEANER))
    wished = profile(goals=Goals((Concept(CLEANER),)))
    held = profile(experiences=(WorkExperience(Concept(CLEANER)),))
    near = profile(goals=Goals((Concept(HOTEL_CLEANER),)), experiences=(WorkExperience(Concept(HOTEL_CLEANER)),))
    values = [_part("occupation", person, opening).value for person in (wished, held, near, NOBODY)]
    assert values == pytest.approx([1.0, 0.7, 1 - 0.2 * (1 - 0.7 * 0.8), 0.0])


def test_an_opening_that_says_no_occupation_is_the_same_for_everyone() -> None:
    """Not known is the neutral value, whoever the person is."""
    wished = profile(goals=Goals((Concept(CLEANER),)))
    found = [_part("occupation", person, vacancy()) for person in (wished, NOBODY)]
    assert [(part.value, part.known) for part in found] == [(weights().neutral["occupation"], False)] * 2


def test_must_have_skills_are_compared_one_by_one_with_their_weights() -> None:
    """The same skill at its level, a special case less, one in general less still, none 0; weighted by the opening."""
    asked = tuple(
        SkillRequirement(Concept(code), weight=weight)
        for code, weight in ((CLEANING, 3.0), (WINDOWS, 1.0), (COOKING, 1.0))
    )
    person = profile(skills=(Skill(Concept(CLEANING), SkillLevel.EXPERT),))
    part = _part("must_have_skills", person, vacancy(skills=asked))
    assert [(pair.asked, pair.fit, pair.relation) for pair in part.evidence] == [
        (CLEANING, 1.0, "same"),
        (WINDOWS, 0.5, "broader"),
        (COOKING, 0.0, "none"),
    ]
    assert part.value == pytest.approx((3.0 + 0.5) / 5)


def test_each_level_of_a_skill_is_worth_at_least_the_one_below() -> None:
    """A level that is not known is worth as much as the lowest, so that telling it costs nothing."""
    opening = vacancy(skills=(SkillRequirement(Concept(CLEANING)),))
    people = [profile(skills=(Skill(Concept(CLEANING), level),)) for level in SkillLevel]
    assert [_part("must_have_skills", person, opening).value for person in people] == [0.7, 0.7, 0.9, 1.0]


def test_siblings_and_special_cases() -> None:
    """Windows beside floors fall under one skill; floors are a special case of cleaning."""
    person = profile(skills=(Skill(Concept(FLOORS), SkillLevel.EXPERT),))
    asked = tuple(SkillRequirement(Concept(code), Necessity.PREFERRED) for code in (WINDOWS, CLEANING))
    part = _part("nice_to_have_skills", person, vacancy(skills=asked))
    assert [(pair.fit, pair.relation) for pair in part.evidence] == [(0.3, "sibling"), (0.8, "narrower")]


def test_a_training_is_measured_by_what_the_person_wishes_for() -> None:
    """What a wished occupation needs, or what the person wants to learn, makes a course worth more."""
    course = training(gives=Gives(skills=(Concept(CARE), Concept(LAUNDRY))))
    nurse_to_be = profile(goals=Goals((Concept(NURSE),)))
    learner = profile(goals=Goals(trainings=(Concept(LAUNDRY), Concept(CARE))))
    values = [_part("nice_to_have_skills", person, course).value for person in (nurse_to_be, learner, NOBODY)]
    assert values == pytest.approx([0.5, 1.0, 0.0])


def test_text_is_laid_between_two_fixed_points() -> None:
    """Below the low point 0, above the high one 1, linear between, neutral while not encoded."""
    low, high = weights().text_low, weights().text_high
    values = [_part("text", NOBODY, vacancy(), cosine).value for cosine in (low - 1, (low + high) / 2, high + 1)]
    assert values == pytest.approx([0.0, 0.5, 1.0])
    waiting = _part("text", NOBODY, vacancy())
    assert (waiting.value, waiting.known) == (weights().neutral["text"], False)


@pytest.mark.parametrize(("months", "asked", "value"), [(12, 24, 0.5), (36, 24, 1.0), (24, None, 0.5), (None, 24, 0.0)])
def test_experience(months: int | None, asked: int | None, value: float) -> None:
    """The share of what is asked; where nothing is, half at the half point."""
    person = profile(experiences=(WorkExperience(Concept(CLEANER), months),))
    part = _part("experience", person, vacancy(occupation=Concept(CLEANER), experience_months=asked))
    assert part.value == pytest.approx(value)


def test_jobs_in_one_occupation_add_up() -> None:
    """Twice six months are a year, and are named as such."""
    person = profile(experiences=(WorkExperience(Concept(CLEANER), 6), WorkExperience(Concept(CLEANER), 6)))
    part = _part("experience", person, vacancy(occupation=Concept(CLEANER), experience_months=24))
    assert (part.value, part.evidence[0].amount) == (0.5, 12)


def test_travel_falls_with_the_minutes() -> None:
    """Nothing to travel is 1, an unknown way neutral, work from home 1 unless it is not wanted."""
    limits = EverydayLimits(home=Place("049"), travel_modes=(TravelMode.BICYCLE,))
    here, far = vacancy(places=(Place("049"),)), vacancy(places=(Place("091"),))
    assert _part("travel", profile(limits=limits), here).value == 1.0
    assert 0.0 < _part("travel", profile(limits=limits), far).value < 0.3
    assert _part("travel", NOBODY, here).value == weights().neutral["travel"]
    remote = vacancy(remote=Remote.FULLY)
    unwilling = profile(limits=replace(limits, remote=Answer.NO))
    assert [_part("travel", person, remote).value for person in (NOBODY, unwilling)] == [1.0, 0.5]


def test_hours_near_the_limits() -> None:
    """Within the limits 1, ten hours outside one half, unknown neutral."""
    person = profile(limits=EverydayLimits(min_hours_per_week=20.0, max_hours_per_week=30.0))
    values = [
        _part("hours", person, vacancy(min_hours_per_week=hours, max_hours_per_week=hours)).value
        for hours in (25.0, 40.0, 10.0)
    ]
    assert values == [1.0, 0.5, 0.5]
    assert _part("hours", NOBODY, vacancy(min_hours_per_week=25.0)).value == weights().neutral["hours"]


def test_language_margin() -> None:
    """The level asked for is one half, each level more or less a quarter; unknown is neutral; no demand one half."""
    opening = vacancy(language_demand=asks("fi", CefrLevel.B1))
    values = [
        _part("language_margin", profile(languages=(LanguageSkill("fi", levels(level)),)), opening).value
        for level in (CefrLevel.A1, CefrLevel.A2, CefrLevel.B1, CefrLevel.B2, CefrLevel.NATIVE)
    ]
    assert values == [0.0, 0.25, 0.5, 0.75, 1.0]
    unknown = _part("language_margin", NOBODY, opening)
    assert (unknown.value, unknown.known) == (weights().neutral["language_margin"], False)
    none, silent = LanguageDemand(LanguageStatement.NONE), LanguageDemand()
    found = [_part("language_margin", NOBODY, vacancy(language_demand=demand)) for demand in (none, silent)]
    assert [(part.value, part.known) for part in found] == [(0.5, True), (0.5, False)]


@pytest.mark.parametrize(
    ("pay", "hourly"),
    [
        (Pay(16.5, 20.0, unit=PayUnit.HOUR), 16.5),
        (Pay(None, 2681.25, "EUR", PayUnit.MONTH), 16.5),
        (Pay(16.5, currency="USD", unit=PayUnit.HOUR), None),
        (Pay(16.5), None),
        (None, None),
    ],
)
def test_pay_by_the_hour(pay: Pay | None, hourly: float | None) -> None:
    """The lowest pay stated, by the hour in euros; what cannot be told is neutral."""
    part = _part("pay", NOBODY, vacancy(pay=pay))
    scale = weights().pay_high - weights().pay_low
    expected = weights().neutral["pay"] if hourly is None else (hourly - weights().pay_low) / scale
    assert part.value == pytest.approx(expected)


def test_freshness_halves() -> None:
    """Half after the half-life, whole on the day, neutral where the day is not known."""
    days = weights().freshness_half_days
    times = (NOW, NOW - timedelta(days=days), NOW + timedelta(days=1))
    values = [_part("freshness", NOBODY, vacancy(publish_time=time)).value for time in times]
    assert values == pytest.approx([1.0, 0.5, 1.0])
    assert not _part("freshness", NOBODY, vacancy(publish_time=None)).known


def test_the_seekers_own_weights() -> None:
    """Twice as much nearness doubles its share against the others; 0 means as usual; shares sum to 1."""
    usual, near = part_weights(weights(), SeekerWeights()), part_weights(weights(), SeekerWeights(nearness=2.0))
    assert sum(usual.values()) == pytest.approx(1.0)
    assert sum(near.values()) == pytest.approx(1.0)
    assert near["travel"] / near["text"] == pytest.approx(2 * usual["travel"] / usual["text"])
    assert list(usual) == list(PARTS)


@pytest.mark.parametrize(
    "broken",
    [
        {"parts": {"occupation": 1.0}},
        {"parts": dict.fromkeys(PARTS, 0.0)},
        {"neutral": {"luck": 0.5}},
        {"neutral": {"text": 1.5}},
        {"text_high": -1.0},
        {"freshness_half_days": 0.0},
    ],
)
def test_weights_that_make_no_sense_are_refused(broken: dict[str, object]) -> None:
    """A part without weight, a neutral value of nothing, a scale without length."""
    with pytest.raises(ValueError, match="weights"):
        replace(weights(), **broken)
