"""Hours, shifts, weekly windows with travel, dates, place, and what only trainings have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.matching.domain.eligibility import judge
from services.matching.domain.offers import Gives, LanguageRequirement, TrainingInstance
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import (
    Answer,
    Basis,
    CefrLevel,
    CefrProfile,
    GeoPoint,
    Place,
    Remote,
    Shift,
    TravelMode,
    WeeklyWindow,
)
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import EverydayLimits, LanguageSkill, Licence
from tests.builders.matching import (
    TODAY,
    candidate,
    levels,
    profile,
    query,
    service,
    training,
    vacancy,
    window,
    workdays,
)

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
HOME = Place("049", "Leppävaara")
NEAR = EverydayLimits(home=HOME, travel_modes=(TravelMode.CAR,), max_travel_minutes=30)


def _verdicts(opening: OpeningSnapshot, limits: EverydayLimits, **work: object) -> dict[str, Verdict]:
    judged = judge(query(profile(limits=limits, **work)), candidate(opening))
    return {verdict.rule: verdict for verdict in judged.verdicts}


# -- weekly windows ------------------------------------------------------------------------------------------------


def test_childcare_hours() -> None:
    """Childcare from 8 to 16 and work from 7 to 15: not met, with both values."""
    opening = vacancy(weekly_times=workdays(7, 15), remote=Remote.FULLY)
    verdict = _verdicts(opening, EverydayLimits(windows=workdays(8, 16)))["windows.weekly"]
    assert verdict.blocks
    assert (verdict.required, verdict.actual) == ("MO-FR 07:00-15:00", "MO-FR 08:00-16:00")


@pytest.mark.parametrize(("start", "end", "outcome"), [(9, 15, MET), (8, 16, NOT_MET)])
def test_the_way_belongs_to_the_time_away(start: int, end: int, outcome: Outcome) -> None:
    """Work from 8 to 16 does not fit into childcare from 8 to 16, because one has to get there and back."""
    opening = vacancy(weekly_times=workdays(start, end), places=(HOME,))
    verdict = _verdicts(opening, replace(NEAR, windows=workdays(8, 16)))["windows.weekly"]
    assert verdict.outcome is outcome
    assert verdict.required.endswith(" +5")


def test_without_a_known_way_fitting_times_are_unknown() -> None:
    """The work alone fits, with the way nobody knows; work that does not fit even alone is not met."""
    limits = EverydayLimits(windows=workdays(8, 16))
    assert _verdicts(vacancy(weekly_times=workdays(9, 15)), limits)["windows.weekly"].outcome is UNKNOWN
    assert _verdicts(vacancy(weekly_times=workdays(9, 17)), limits)["windows.weekly"].outcome is NOT_MET


def test_nights_round_midnight_and_the_week() -> None:
    """A night from Sunday to Monday fits into a window that wraps in the same way, not into one that ends at 24."""
    night = vacancy(weekly_times=(window(7, 22, 6),), remote=Remote.FULLY)
    assert _verdicts(night, EverydayLimits(windows=(window(7, 21, 7),)))["windows.weekly"].outcome is MET
    until_midnight = EverydayLimits(windows=(window(7, 21, 24),))
    assert _verdicts(night, until_midnight)["windows.weekly"].outcome is NOT_MET
    both = EverydayLimits(windows=(window(7, 21, 24), window(1, 0, 8)))
    assert _verdicts(night, both)["windows.weekly"].outcome is MET


def test_no_windows_are_unknown() -> None:
    """A person who has told no times is not taken to have none."""
    verdict = _verdicts(vacancy(weekly_times=workdays(7, 15)), EverydayLimits())["windows.weekly"]
    assert (verdict.outcome, verdict.actual) == (UNKNOWN, "")


# -- hours and shifts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fewest", "longest", "most", "outcome"),
    [
        (20.0, 40.0, 30.0, MET),
        (35.0, 40.0, 30.0, NOT_MET),
        (None, 40.0, 30.0, UNKNOWN),
        (None, 25.0, 30.0, MET),
        (20.0, None, None, UNKNOWN),
    ],
)
def test_most_hours(fewest: float | None, longest: float | None, most: float | None, outcome: Outcome) -> None:
    """The fewest hours of the work must lie within what the person can do."""
    opening = vacancy(min_hours_per_week=fewest, max_hours_per_week=longest)
    assert _verdicts(opening, EverydayLimits(max_hours_per_week=most))["hours.most"].outcome is outcome


def test_fewest_hours_are_for_work_only() -> None:
    """Someone who wants thirty hours of work may still take a course of four hours a week."""
    limits = EverydayLimits(min_hours_per_week=30.0)
    assert _verdicts(vacancy(max_hours_per_week=10.0), limits)["hours.fewest"].blocks
    course = training(instances=(TrainingInstance(hours_per_week=4.0),))
    assert "hours.fewest" not in _verdicts(course, limits)


@pytest.mark.parametrize(("answer", "outcome"), [(Answer.UNKNOWN, UNKNOWN), (Answer.YES, MET), (Answer.NO, NOT_MET)])
def test_shifts(answer: Answer, outcome: Outcome) -> None:
    """Stated shifts are compared with the person's answers; work by day asks for nothing."""
    opening = vacancy(shifts=(Shift.DAY, Shift.EVENING, Shift.NIGHT, Shift.WEEKEND))
    found = _verdicts(opening, EverydayLimits(evenings=answer, nights=answer, weekends=answer))
    rules = ("shift.evening", "shift.night", "shift.weekend")
    assert [found[rule].outcome for rule in rules] == [outcome] * 3


def test_shifts_are_read_off_the_times_where_none_are_stated() -> None:
    """Saturday from 15 to 24 is weekend, evening and night work, marked as inferred; stated shifts go before."""
    times = (WeeklyWindow(window(6, 15, 24).weekday, 15 * 60, 24 * 60),)
    found = _verdicts(vacancy(weekly_times=times), EverydayLimits(nights=Answer.NO))
    assert (found["shift.night"].outcome, found["shift.night"].basis) == (NOT_MET, Basis.INFERRED)
    assert {"shift.evening", "shift.weekend"} <= set(found)
    assert "shift.night" not in _verdicts(vacancy(weekly_times=times, shifts=(Shift.DAY,)), EverydayLimits())


# -- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "available", "outcome"), [(7, 7, MET), (7, 8, NOT_MET), (-30, 0, MET)])
def test_start(start: int, available: int, outcome: Outcome) -> None:
    """The person must be free on the first day; work that has begun can be joined today."""
    opening = vacancy(start_date=TODAY + timedelta(days=start))
    limits = EverydayLimits(available_from=TODAY + timedelta(days=available))
    assert _verdicts(opening, limits)["dates.start"].outcome is outcome
    assert _verdicts(opening, EverydayLimits())["dates.start"].outcome is UNKNOWN


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (datetime(2026, 11, 24, 21, 59, tzinfo=UTC), MET),
        (datetime(2026, 11, 24, 22, 0, tzinfo=UTC), NOT_MET),
    ],
)
def test_closing_date_ends_with_the_day_in_helsinki(now: datetime, outcome: Outcome) -> None:
    """The last day to apply ends at 24:00 in Helsinki, which is 22:00 UTC in November."""
    judged = judge(query(profile(), now=now), candidate(vacancy(closing_date=TODAY)))
    assert [v.outcome for v in judged.verdicts if v.rule == "dates.closing"] == [outcome]
    assert judged.eligible is (outcome is MET)


# -- place ---------------------------------------------------------------------------------------------------------


def test_the_nearest_place_by_the_quickest_mode() -> None:
    """Of several places and modes the best counts, estimated from the straight line."""
    limits = replace(NEAR, travel_modes=(TravelMode.WALK, TravelMode.CAR))
    verdict = _verdicts(vacancy(places=(Place("698"), HOME)), limits)["place.travel"]
    assert (verdict.outcome, verdict.subject, verdict.required, verdict.actual) == (MET, "walk", "0", "30")
    far = _verdicts(vacancy(places=(Place("698"),)), limits)["place.travel"]
    assert far.blocks


@pytest.mark.parametrize(
    "limits",
    [
        replace(NEAR, home=Place()),
        replace(NEAR, home=Place("845")),
        replace(NEAR, travel_modes=()),
        replace(NEAR, max_travel_minutes=None),
    ],
)
def test_an_unknown_way_is_unknown(limits: EverydayLimits) -> None:
    """Without home, coordinates, mode or limit nothing can be said."""
    assert _verdicts(vacancy(places=(Place("698"),)), limits)["place.travel"].outcome is UNKNOWN


def test_places_without_coordinates() -> None:
    """No place, or one that no table knows, is unknown, also beside one that is too far."""
    assert _verdicts(vacancy(), NEAR)["place.travel"].outcome is UNKNOWN
    assert _verdicts(vacancy(places=(Place("698"), Place("845"))), NEAR)["place.travel"].outcome is UNKNOWN


def test_own_coordinates_go_before_the_names() -> None:
    """A point is nearer to the truth than a municipality's centre."""
    here = Place("698", point=GeoPoint(60.22, 24.81))
    assert _verdicts(vacancy(places=(here,)), NEAR)["place.travel"].outcome is MET


def test_work_from_home_needs_no_way() -> None:
    """Wholly remote work is met wherever it is."""
    found = _verdicts(vacancy(places=(Place("698"),), remote=Remote.FULLY), NEAR)
    assert found["place.remote"].outcome is MET
    assert "place.travel" not in found


# -- trainings and services ----------------------------------------------------------------------------------------


def test_the_instance_with_least_in_the_way_is_taken() -> None:
    """A full instance does not leave a training out that has a seat at another time."""
    full = TrainingInstance(id="1", start_date=TODAY, seats_left=0)
    begun = TrainingInstance(id="2", start_date=TODAY - timedelta(days=1), seats_left=4)
    open_one = TrainingInstance(id="3", start_date=TODAY + timedelta(days=30), seats_left=1)
    judged = judge(query(profile()), candidate(training(instances=(full, begun, open_one))))
    assert judged.eligible
    assert judged.occasion.instance == open_one
    blocked = judge(query(profile()), candidate(training(instances=(full, begun))))
    assert {verdict.rule for verdict in blocked.blocking} <= {"training.seats", "training.begun"}


def test_seats_that_nobody_counted_are_unknown() -> None:
    """Twenty seats of which nobody knows how many are left."""
    verdict = _verdicts(training(instances=(TrainingInstance(seats=20),)), EverydayLimits())["training.seats"]
    assert verdict.outcome is UNKNOWN


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        (levels(CefrLevel.A2), MET),
        (levels(CefrLevel.B1), NOT_MET),
        (CefrProfile(speaking=CefrLevel.C1), UNKNOWN),
        (CefrProfile(speaking=CefrLevel.A1), MET),
        (None, UNKNOWN),
    ],
)
def test_a_language_course_must_lead_further(known: CefrProfile | None, outcome: Outcome) -> None:
    """A course up to B1 is left out for someone who has B1 in everything."""
    course = training(gives=Gives(language=LanguageRequirement("fi", levels(CefrLevel.B1))))
    languages = (LanguageSkill("fi", known),) if known is not None else ()
    assert _verdicts(course, EverydayLimits(), languages=languages)["training.adds"].outcome is outcome


def test_a_course_for_a_card_that_is_held_adds_nothing() -> None:
    """A card without an end needs no second course; one that runs out does."""
    course = training(gives=Gives(licences=("hygiene-passport",)))
    held = _verdicts(course, EverydayLimits(), licences=(Licence("hygiene-passport", Answer.YES),))
    ending = _verdicts(course, EverydayLimits(), licences=(Licence("hygiene-passport", Answer.YES, TODAY),))
    assert [held["training.card"].outcome, ending["training.card"].outcome] == [NOT_MET, MET]


def test_a_service_asks_for_its_place_only() -> None:
    """Opening hours and hours a week do not bind the visitor of a service."""
    found = _verdicts(service(places=(HOME,), weekly_times=workdays(7, 15)), replace(NEAR, windows=workdays(8, 9)))
    assert set(found) == {"place.travel"}
