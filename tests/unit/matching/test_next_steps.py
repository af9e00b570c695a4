"""Next steps: what a change is said to open is exactly what opens; and the one question worth asking."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from services.matching.adapters.efforts import read_efforts
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import judge_view, person_beside
from services.matching.domain.matches import NextStep
from services.matching.domain.next_steps import next_steps, shown
from services.matching.domain.offers import (
    EducationRequirement,
    Gives,
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
    ServiceDetail,
    Theme,
    TrainingDetail,
    TrainingInstance,
)
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, CefrProfile, Place, Remote, Shift, TravelMode
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
from tests.proofs.next_steps import Tally, prove, prove_case, view_of

A2, B1, B2 = CefrLevel.A2, CefrLevel.B1, CefrLevel.B2


def _all(person: ProfileSnapshot, *snapshots: OpeningSnapshot) -> list[NextStep]:
    live = [candidate(snapshot) for snapshot in snapshots]
    view = view_of(live)
    beside = person_beside(query(person), view)
    found = judge_view(beside, view)
    return [shown(step, beside, found, live.__getitem__, "en") for step in next_steps(beside, found, read_efforts())]


def _steps(person: ProfileSnapshot, *snapshots: OpeningSnapshot) -> dict[tuple[str, str, str], NextStep]:
    """The single steps by what they change."""
    singles = [step for step in _all(person, *snapshots) if len(step.changes) == 1]
    return {(step.changes[0].rule, step.changes[0].subject, step.changes[0].required): step for step in singles}


@settings(max_examples=200, deadline=None)
@given(limited, nearly_fitting)
def test_a_step_opens_exactly_what_it_is_said_to_open(person: ProfileSnapshot, live: list[Candidate]) -> None:
    """Each change and each pair makes as many openings eligible as it counts, and no change that opens is left out."""
    tally = Tally()
    prove_case(person, live, tally)
    assert tally.exact == tally.steps, tally.wrong
    assert not tally.left_out, tally.wrong


def test_a_step_opens_exactly_what_it_is_said_to_open_on_generated_cases() -> None:
    """The same on cases full of edges, courses with several instances among them."""
    tally = prove(30, seed=20)
    assert tally.exact == tally.steps > 100, tally.wrong
    assert tally.pairs > 10
    assert not tally.left_out, tally.wrong


def test_a_language_level_in_all_or_in_one_activity() -> None:
    """B1 in speaking opens one, B1 in everything two, B2 one more; what is no better than less is left out."""
    speaking = LanguageRequirement("fi", CefrProfile(speaking=B1))
    first = vacancy(1, language_demand=LanguageDemand(LanguageStatement.LISTED, (speaking,)))
    person = profile(languages=(LanguageSkill("fi", levels(A2)),))
    second, third = vacancy(2, language_demand=asks("fi", B1)), vacancy(3, language_demand=asks("fi", B2))
    found = _steps(person, first, second, third)
    assert {key: (step.opened, step.changes[0].actual) for key, step in found.items()} == {
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
    changes = [step.changes[0] for step in found.values()]
    assert [(change.rule, change.required, change.actual) for change in changes] == [expected]


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


# -- pairs ---------------------------------------------------------------------------------------------------------


def test_two_changes_together_where_one_is_not_enough() -> None:
    """A hygiene passport and evenings open a third opening that neither opens; each alone is told as well."""
    person = profile(
        right_to_work=RightToWork(RightStatus.UNLIMITED),
        licences=(Licence("hygiene-passport", Answer.NO),),
        limits=EverydayLimits(evenings=Answer.NO),
    )
    card, evening = (LicenceRequirement("hygiene-passport"),), (Shift.EVENING,)
    found = _all(
        person, vacancy(1, licences=card), *(vacancy(n, licences=card, shifts=evening) for n in (2, 3)), vacancy(4)
    )
    told = [(tuple(change.rule for change in step.changes), step.opened, step.together) for step in found]
    assert told == [(("licence.held", "shift.evening"), 3, 2), (("licence.held",), 1, 0)]
    assert found[0].effort == found[1].effort + read_efforts().evening


def test_two_licences_that_an_opening_asks_for() -> None:
    """Both cards are missing: neither opens anything alone, together they do."""
    codes = ("hygiene-passport", "hot-work-card")
    person = profile(licences=tuple(Licence(code, Answer.NO) for code in codes))
    found = _all(person, vacancy(1, licences=tuple(LicenceRequirement(code) for code in codes)))
    assert [(sorted(change.subject for change in step.changes), step.opened) for step in found] == [(sorted(codes), 1)]


def test_pairs_are_realistic() -> None:
    """The right to a profession, or two levels of a language and more, is nothing to add something else to."""
    asks_much = vacancy(1, licences=(LicenceRequirement("nurse-licence"),), shifts=(Shift.EVENING,))
    person = profile(licences=(Licence("nurse-licence", Answer.NO),), limits=EverydayLimits(evenings=Answer.NO))
    assert _all(person, asks_much) == []


def test_of_many_dates_three_that_lie_apart() -> None:
    """Twelve openings that begin on twelve days: the days that open a third, two thirds and all of them."""
    person = profile(limits=EverydayLimits(available_from=TODAY + timedelta(days=40)))
    live = [vacancy(n, start_date=TODAY + timedelta(days=n)) for n in range(1, 13)]
    assert sorted(step.opened for step in _steps(person, *live).values()) == [4, 8, 12]


def test_the_order_is_by_openings_then_effort_then_the_earliest_way() -> None:
    """Of two steps that open as many the lighter is first; of two cards the one whose course begins first."""
    codes = ("hot-work-card", "hygiene-passport", "driving-licence-b")
    person = profile(licences=tuple(Licence(code, Answer.NO) for code in codes))
    starts = {"hot-work-card": 40, "hygiene-passport": 10, "driving-licence-b": 5}
    courses = [
        training(20 + n, gives=Gives(licences=(code,)), instances=(TrainingInstance(start_date=_day(days)),))
        for n, (code, days) in enumerate(starts.items())
    ]
    asked = [vacancy(n, licences=(LicenceRequirement(code),)) for n, code in enumerate(codes, start=1)]
    found = _all(person, *asked, *courses)
    assert [step.changes[0].subject for step in found] == ["hygiene-passport", "hot-work-card", "driving-licence-b"]


def _day(days: int) -> date:
    return TODAY + timedelta(days=days)


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
    assert {rule for rule, _, _ in found} == {"shift.evening", "place.travel"}
