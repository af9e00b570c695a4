"""Next steps: what a change is said to open is exactly what opens; and the one question worth asking."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import Change, changes_for
from services.matching.domain.matches import NextStep, Question
from services.matching.domain.next_steps import after, next_steps
from services.matching.domain.offers import (
    EducationRequirement,
    Gives,
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
    ServiceDetail,
    SkillRequirement,
    Theme,
    TrainingDetail,
    TrainingInstance,
)
from services.matching.domain.pipeline import judge_all
from services.matching.domain.question import question_of
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, CefrProfile, Concept, Place, Remote, Shift, TravelMode
from services.matching.domain.work import (
    Education,
    EverydayLimits,
    LanguageSkill,
    Licence,
    Recognition,
    RightStatus,
    RightToWork,
)
from tests.builders.matching import (
    TODAY,
    asks,
    candidate,
    levels,
    opening_id,
    profile,
    query,
    service,
    training,
    vacancy,
    workdays,
)
from tests.builders.matching_random import limited, nearly_fitting
from tests.builders.matching_vocabulary import CARE

A2, B1, B2 = CefrLevel.A2, CefrLevel.B1, CefrLevel.B2


def _steps(person: ProfileSnapshot, *snapshots: OpeningSnapshot) -> dict[tuple[str, str, str], NextStep]:
    asked = query(person)
    found = next_steps(asked, judge_all(asked, [candidate(snapshot) for snapshot in snapshots]))
    return {(step.rule, step.subject, step.required): step for step in found}


@settings(max_examples=150, deadline=None)
@given(limited, nearly_fitting)
def test_a_change_opens_exactly_what_it_is_said_to_open(person: ProfileSnapshot, live: list[Candidate]) -> None:
    """Each change makes as many openings eligible as its step counts, those that it names included."""
    asked = query(person)
    judged = judge_all(asked, live)
    before = {judgement.candidate.id for judgement in judged.eligible}
    for step in next_steps(asked, judged):
        now = judge_all(after(asked, _change(step, person)), live)
        opened = {judgement.candidate.id for judgement in now.eligible} - before
        assert len(opened) == step.opened > 0, step
        assert set(step.openings) <= opened


@settings(max_examples=150, deadline=None)
@given(limited, nearly_fitting)
def test_no_single_change_is_left_out(person: ProfileSnapshot, live: list[Candidate]) -> None:
    """A change that opens something is a step, or a smaller or another of the same rule opens as much."""
    asked = query(person)
    judged = judge_all(asked, live)
    before = {judgement.candidate.id for judgement in judged.eligible}
    steps = next_steps(asked, judged)
    for change in {change for judgement in judged.excluded for change in changes_for(judgement)}:
        now = judge_all(after(asked, change), live)
        opened = {judgement.candidate.id for judgement in now.eligible} - before
        alike = [step.opened for step in steps if _change(step, person).within(change) or step.rule == change.rule]
        assert not opened or max(alike) >= len(opened), change


def _change(step: NextStep, person: ProfileSnapshot) -> Change:
    """The change behind a step: of travel the step tells the new limit, the change the minutes more."""
    if step.rule != "place.travel":
        return Change(step.rule, step.subject, step.required)
    more = int(step.required) - (person.work.limits.max_travel_minutes or 0)
    return Change(step.rule, step.subject, str(more))


def test_a_language_level_in_all_or_in_one_activity() -> None:
    """B1 in speaking opens one, B1 in everything two, B2 one more; what is no better than less is left out."""
    speaking = LanguageRequirement("fi", CefrProfile(speaking=B1))
    first = vacancy(1, language_demand=LanguageDemand(LanguageStatement.LISTED, (speaking,)))
    person = profile(languages=(LanguageSkill("fi", levels(A2)),))
    second, third = vacancy(2, language_demand=asks("fi", B1)), vacancy(3, language_demand=asks("fi", B2))
    found = _steps(person, first, second, third)
    assert {key: (step.opened, step.actual) for key, step in found.items()} == {
        ("language", "fi", "B2"): (3, "A2"),
        ("language", "fi", "B1"): (2, "A2"),
        ("language.speaking", "fi", "B1"): (1, "A2"),
    }


def test_a_language_with_different_levels_needs_the_highest() -> None:
    """B1 in listening and B2 in speaking are reached with B2 in the language."""
    mixed = LanguageRequirement("fi", CefrProfile(listening=B1, speaking=B2))
    opening = vacancy(1, language_demand=LanguageDemand(LanguageStatement.LISTED, (mixed,)))
    found = _steps(profile(languages=(LanguageSkill("fi", levels(A2)),)), opening)
    assert list(found) == [("language", "fi", "B2")]


def test_ways_are_courses_that_give_it_and_can_be_entered() -> None:
    """A course up to B1 with a seat at a time that fits; not one that is full, and not one that ends at A2."""
    given_b1 = Gives(language=LanguageRequirement("fi", levels(B1)))
    soon, later = (TrainingInstance(start_date=TODAY + timedelta(days=days), seats_left=2) for days in (10, 50))
    courses = (
        training(11, gives=given_b1, instances=(later,)),
        training(12, gives=given_b1, instances=(soon,)),
        training(13, gives=given_b1, instances=(replace(soon, seats_left=0),)),
        training(14, gives=Gives(language=LanguageRequirement("fi", levels(A2))), instances=(soon,)),
    )
    person = profile(languages=(LanguageSkill("fi", levels(CefrLevel.A1)),))
    step = _steps(person, vacancy(1, language_demand=asks("fi", B1)), *courses)["language", "fi", "B1"]
    assert [way.id for way in step.ways] == [opening_id(12), opening_id(11)]


def test_a_higher_licence_opens_what_a_lower_one_opens() -> None:
    """Licence C also opens what asks for B, with the course that gives it."""
    none = tuple(Licence(f"driving-licence-{letter}", Answer.NO) for letter in "bc")
    codes = ("driving-licence-b", "driving-licence-c")
    asked = [vacancy(number, licences=(LicenceRequirement(code),)) for number, code in enumerate(codes)]
    course = training(9, gives=Gives(licences=("driving-licence-c",)))
    found = _steps(profile(licences=none), *asked, course)
    assert {key[1]: step.opened for key, step in found.items()} == {"driving-licence-b": 1, "driving-licence-c": 2}
    assert [way.id for way in found["licence.held", "driving-licence-b", "yes"].ways] == [opening_id(9)]


def test_recognition_and_education() -> None:
    """A foreign degree that waits for recognition, and a level that is missing, each with guidance as a way."""
    guidance = service(9, service=ServiceDetail(themes=(Theme.EDUCATION_GUIDANCE,)))
    school = training(8, training=TrainingDetail(isced_field="0913"))
    degree = Education(6, "0913", country="UA", recognition=Recognition.APPLIED)
    asked = vacancy(1, education=EducationRequirement(6, "091", recognition_required=True))
    recognition = _steps(profile(educations=(degree,)), asked, guidance)
    assert [way.id for way in recognition["education.recognition", "", "recognised"].ways] == [opening_id(9)]
    lower = profile(educations=(Education(3, "07", country="FI"),))
    education = _steps(lower, asked, guidance, school)["education.level", "091", "6"]
    assert (education.opened, [way.id for way in education.ways]) == (1, [opening_id(8), opening_id(9)])


@pytest.mark.parametrize(
    ("limits", "opening", "expected"),
    [
        (
            EverydayLimits(home=Place("049"), travel_modes=(TravelMode.CAR,), max_travel_minutes=30),
            {"places": (Place("091"),)},
            ("place.travel", "45", "30"),
        ),
        (
            EverydayLimits(windows=workdays(8, 16)),
            {"weekly_times": workdays(7, 15), "remote": Remote.FULLY},
            ("windows.weekly", "60", ""),
        ),
        (EverydayLimits(evenings=Answer.NO), {"shifts": (Shift.EVENING,)}, ("shift.evening", "yes", "")),
        (EverydayLimits(max_hours_per_week=20.0), {"min_hours_per_week": 37.5}, ("hours.most", "37.5", "20")),
        (EverydayLimits(min_hours_per_week=30.0), {"max_hours_per_week": 20.0}, ("hours.fewest", "20", "30")),
        (
            EverydayLimits(available_from=TODAY + timedelta(days=9)),
            {"start_date": TODAY},
            ("dates.start", TODAY.isoformat(), (TODAY + timedelta(days=9)).isoformat()),
        ),
    ],
)
def test_limits_of_ones_own(limits: EverydayLimits, opening: dict[str, object], expected: tuple[str, ...]) -> None:
    """The smallest change of a limit that opens the opening, with the value today."""
    found = _steps(profile(limits=limits), vacancy(1, **opening))
    assert [(step.rule, step.required, step.actual) for step in found.values()] == [expected]


def test_what_nobody_can_change_and_two_obstacles_are_no_step() -> None:
    """A right to work, a closing date, and a single change where two are needed give none."""
    person = profile(
        right_to_work=RightToWork(RightStatus.NONE),
        licences=(Licence("hygiene-passport", Answer.NO),),
        limits=EverydayLimits(evenings=Answer.NO),
    )
    closed = training(1, closing_date=TODAY - timedelta(days=1))
    two = training(2, language_demand=LanguageDemand(LanguageStatement.NONE))
    both = replace(two, licences=(LicenceRequirement("hygiene-passport"),), shifts=(Shift.EVENING,))
    assert _steps(person, closed, vacancy(3), both) == {}


def test_an_occasion_that_was_not_the_best_may_be_the_one_that_opens() -> None:
    """Of two instances, each with another obstacle, clearing either one away opens the training."""
    evening = TrainingInstance(weekly_times=workdays(17, 20), remote=Remote.FULLY)
    far = TrainingInstance(place=Place("091"))
    limits = EverydayLimits(
        windows=workdays(0, 24),
        evenings=Answer.NO,
        home=Place("049"),
        travel_modes=(TravelMode.CAR,),
        max_travel_minutes=30,
    )
    found = _steps(profile(limits=limits), training(1, instances=(evening, far)))
    assert {step.rule for step in found.values()} == {"shift.evening", "place.travel"}


# -- the question --------------------------------------------------------------------------------------------------


def _question(person: ProfileSnapshot, *snapshots: OpeningSnapshot) -> Question | None:
    asked = query(person)
    return question_of(asked, judge_all(asked, [candidate(snapshot) for snapshot in snapshots]).eligible)


def test_the_question_that_decides_for_most_openings() -> None:
    """Two openings hang on the hygiene passport, one on evenings; an excluded one does not count."""
    person = profile(
        right_to_work=RightToWork(RightStatus.UNLIMITED), limits=EverydayLimits(home=Place("049"), nights=Answer.NO)
    )
    passport = (LicenceRequirement("hygiene-passport"),)
    found = _question(
        person,
        *(vacancy(n, licences=passport, remote=Remote.FULLY) for n in (1, 2)),
        vacancy(3, shifts=(Shift.EVENING,), remote=Remote.FULLY),
        *(vacancy(n, shifts=(Shift.EVENING, Shift.NIGHT), remote=Remote.FULLY) for n in (4, 5, 6)),
    )
    assert found == Question("work.licences", "hygiene-passport", 2)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (EverydayLimits(), "work.limits.home"),
        (EverydayLimits(home=Place("049")), "work.limits.travel_modes"),
        (EverydayLimits(home=Place("049"), travel_modes=(TravelMode.CAR,)), "work.limits.max_travel_minutes"),
    ],
)
def test_the_missing_part_of_a_way_is_asked_for(limits: EverydayLimits, field: str) -> None:
    """Home, then the ways of travelling, then the longest time."""
    assert _question(profile(limits=limits), service(1, places=(Place("091"),))) == Question(field, "", 1)


def test_nothing_unknown_means_no_question() -> None:
    """A publisher's silence is nothing to ask the person about."""
    assert _question(profile(), service(1, remote=Remote.FULLY, language_demand=LanguageDemand())) is None
    skill = vacancy(1, skills=(SkillRequirement(Concept(CARE)),), remote=Remote.FULLY)
    able = profile(right_to_work=RightToWork(RightStatus.UNLIMITED))
    assert _question(able, skill) == Question("work.skills", CARE, 1)
