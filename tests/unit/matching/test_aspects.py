"""How a person stands to a vacancy in coarse terms: nothing of their own gets into what the vacancy asks."""

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings

from services.matching.domain.aspects import (
    KINDS,
    LATER_KINDS,
    PARTS,
    Aspect,
    Standing,
    aspects_of,
    explained,
    values_of,
)
from services.matching.domain.eligibility import judge
from services.matching.domain.matches import ListFilter
from services.matching.domain.offers import LicenceRequirement
from services.matching.domain.pipeline import Ranked
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import (
    Answer,
    CefrLevel,
    Concept,
    Necessity,
    OpeningKind,
    Place,
    Remote,
    Shift,
    TravelMode,
)
from services.matching.domain.work import (
    EverydayLimits,
    LanguageSkill,
    Licence,
    RightStatus,
    RightToWork,
    SeekerWeights,
    WorkExperience,
)
from tests.builders.matching import NOW, asks, candidate, levels, profile, query, vacancy, vocabulary, weights, workdays
from tests.builders.matching_random import openings, profiles
from tests.builders.matching_vocabulary import CLEANER


def compared(person: ProfileSnapshot, opening: OpeningSnapshot) -> Ranked:
    """The person beside the opening."""
    asked = query(person, list_filter=ListFilter())
    judgement = judge(asked, candidate(opening))
    return Ranked(judgement, score(asked, judgement, None, weights(), part_weights(weights(), SeekerWeights())))


def asked_of(opening: OpeningSnapshot) -> tuple[Aspect, ...]:
    """What the opening asks."""
    return aspects_of(candidate(opening), vocabulary(), NOW)


def value(person: ProfileSnapshot, opening: OpeningSnapshot, kind: str, subject: str = "") -> str:
    """How the person stands to one thing."""
    return values_of(compared(person, opening))[kind, subject]


def test_the_hardest_activity_decides_about_a_language() -> None:
    """Enough in three of four and unknown in one: unknown. What is asked is the highest level."""
    opening = vacancy(language_demand=asks("fi", CefrLevel.B1))
    partly = profile(languages=(LanguageSkill("fi", replace(levels(CefrLevel.B2), writing=CefrLevel.UNKNOWN)),))
    assert value(partly, opening, "language", "fi") == "unknown"
    assert value(profile(languages=(LanguageSkill("fi", levels(CefrLevel.B2)),)), opening, "language", "fi") == "met"
    (asked,) = [each for each in asked_of(opening) if each.kind == "language"]
    assert asked == Aspect("language", "fi", "B1", Necessity.REQUIRED)


def test_experience_is_told_in_bands() -> None:
    """Under one, three and five years, and more; not known where no job is."""
    opening = vacancy(occupation=Concept(CLEANER), experience_months=12)
    for months, band in ((3, "under_12_months"), (12, "12_to_35_months"), (59, "36_to_59_months")):
        person = profile(experiences=(WorkExperience(Concept(CLEANER), months),))
        assert value(person, opening, "experience", CLEANER) == band
    person = profile(experiences=(WorkExperience(Concept(CLEANER), 60),))
    assert value(person, opening, "experience", CLEANER) == "60_months_or_more"
    assert value(profile(), opening, "experience", CLEANER) == "unknown"


def test_the_way_is_told_in_bands() -> None:
    """Minutes never leave; work from home needs no way, and a home that is not known gives none."""
    bicycle = EverydayLimits(home=Place("049"), travel_modes=(TravelMode.BICYCLE,))
    assert value(profile(limits=bicycle), vacancy(places=(Place("049"),)), "travel") == "under_30_minutes"
    assert value(profile(), vacancy(places=(Place("049"),)), "travel") == "unknown"
    assert value(profile(limits=bicycle), vacancy(remote=Remote.FULLY), "travel") == "remote"
    walk = EverydayLimits(home=Place("091"), travel_modes=(TravelMode.WALK,))
    assert value(profile(limits=walk), vacancy(places=(Place("049"),)), "travel") == "over_60_minutes"


def test_limits_of_a_permit_are_part_of_the_right_to_work() -> None:
    """Of someone whose permit must be looked at only that is told; sectors, hours and dates stay with them."""
    limited = profile(
        right_to_work=RightToWork(RightStatus.LIMITED, single_employer=True, valid_until=date(2027, 1, 9))
    )
    found = compared(limited, vacancy())
    assert values_of(found)["right_to_work", ""] == "unknown"
    assert [each for each in asked_of(vacancy()) if each.kind == "right_to_work"] == [Aspect("right_to_work")]


def test_what_is_asked_comes_in_the_order_of_its_weight() -> None:
    """Required before preferred, experience and travel after them, parts of the score last."""
    opening = vacancy(
        licences=(LicenceRequirement("hygiene-passport", Necessity.PREFERRED),),
        language_demand=asks("fi", CefrLevel.B1),
        shifts=(Shift.NIGHT,),
        weekly_times=workdays(8, 16),
        experience_months=12,
        min_hours_per_week=20.0,
    )
    kinds = [each.kind for each in asked_of(opening)]
    assert kinds[:6] == ["right_to_work", "language", "shift.night", "hours", "times", "licence"]
    assert kinds[6:] == ["experience", "travel", *(f"part.{part}" for part in PARTS)]


def test_reasons_and_gaps_come_from_what_is_shown_alone() -> None:
    """Parts that fit well by their weight; then what is required and not known, and what is known to be missing."""
    standings = (
        Standing(Aspect("right_to_work"), "unknown"),
        Standing(Aspect("language", "fi", "B1"), "withheld"),
        Standing(Aspect("licence", "hygiene-passport", necessity=Necessity.PREFERRED), "not_met"),
        Standing(Aspect("part.hours"), "high"),
        Standing(Aspect("part.occupation"), "high"),
        Standing(Aspect("part.text"), "middle"),
        Standing(Aspect("part.experience"), "unknown"),
    )
    reasons, gaps = explained(standings, weights())
    assert [each.aspect.kind for each in reasons] == ["part.occupation", "part.hours"]
    assert [each.aspect.kind for each in gaps] == ["right_to_work", "licence"]


@given(opening=openings, person=profiles)
@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_everything_that_is_compared_is_asked_of_everybody(opening: OpeningSnapshot, person: ProfileSnapshot) -> None:
    """Whatever is compared of anybody is an aspect of the vacancy, found out without them, and of a few kinds."""
    opening = replace(opening, kind=OpeningKind.VACANCY, training=None, service=None)
    asked = [each.key for each in asked_of(opening)]
    assert len(asked) == len(set(asked))
    assert values_of(compared(person, opening)).keys() <= set(asked)
    assert {kind.partition(".")[0] for kind, _ in asked} <= {*KINDS, *LATER_KINDS, "part"}


def test_a_licence_that_is_held_is_met_without_its_last_day() -> None:
    """Nor does the day on which the work starts get into what is asked."""
    person = profile(licences=(Licence("hygiene-passport", Answer.YES, date(2027, 5, 4)),))
    opening = vacancy(licences=(LicenceRequirement("hygiene-passport"),))
    assert values_of(compared(person, opening))["licence", "hygiene-passport"] == "met"
    assert Aspect("licence", "hygiene-passport") in asked_of(opening)
