"""The right to work: for vacancies, with the limits of a limited right."""

from datetime import timedelta

import pytest

from services.matching.domain.eligibility import judge
from services.matching.domain.values import Basis, Concept, LocalizedText
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import RightStatus, RightToWork
from tests.builders.matching import TODAY, candidate, profile, query, service, training, vacancy
from tests.builders.matching_vocabulary import CARER, CLEANER

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


def _verdicts(right: RightToWork, **fields: object) -> dict[str, Verdict]:
    judged = judge(query(profile(right_to_work=right)), candidate(vacancy(**fields)))
    prefix = "right_to_work."
    return {v.rule.removeprefix(prefix): v for v in judged.verdicts if v.rule.startswith(prefix)}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (RightStatus.UNKNOWN, UNKNOWN),
        (RightStatus.UNLIMITED, MET),
        (RightStatus.LIMITED, MET),
        (RightStatus.NONE, NOT_MET),
    ],
)
def test_status(status: RightStatus, outcome: Outcome) -> None:
    """Only a right that is known to be missing is not met."""
    assert _verdicts(RightToWork(status))["status"].outcome is outcome


@pytest.mark.parametrize("build", [training, service])
def test_only_vacancies_need_it(build: object) -> None:
    """A course or a service asks for no right to work."""
    judged = judge(query(profile(right_to_work=RightToWork(RightStatus.NONE))), candidate(build()))  # type: ignore[operator]
    assert not [verdict for verdict in judged.verdicts if verdict.rule.startswith("right_to_work")]


@pytest.mark.parametrize(
    ("sectors", "fields", "outcome"),
    [
        (("9",), {"occupation": Concept(CLEANER)}, MET),
        (("5321",), {"occupation": Concept(CLEANER)}, NOT_MET),
        (("5321",), {"isco_code": "53"}, UNKNOWN),
        (("9",), {}, UNKNOWN),
        (("5321",), {"titles": (LocalizedText("en", "cleaner"),)}, UNKNOWN),
    ],
)
def test_sectors(sectors: tuple[str, ...], fields: dict[str, object], outcome: Outcome) -> None:
    """A code of the vacancy decides; one that is less precise, missing or guessed from the title does not."""
    verdict = _verdicts(RightToWork(RightStatus.LIMITED, sectors), **fields)["sector"]
    assert verdict.outcome is outcome
    assert verdict.actual == ",".join(sectors)


def test_a_guessed_sector_says_so() -> None:
    """A sector read off the title is marked as inferred."""
    verdict = _verdicts(RightToWork(RightStatus.LIMITED, ("5321",)), titles=(LocalizedText("en", "cleaner"),))
    assert verdict["sector"].basis is Basis.INFERRED


@pytest.mark.parametrize(
    ("fewest", "longest", "outcome"),
    [(30.0, 40.0, MET), (31.0, 40.0, NOT_MET), (None, 30.0, MET), (None, 40.0, UNKNOWN), (None, None, UNKNOWN)],
)
def test_hours(fewest: float | None, longest: float | None, outcome: Outcome) -> None:
    """Thirty hours a week: the fewest hours of the work must lie within them."""
    right = RightToWork(RightStatus.LIMITED, max_hours_per_week=30.0)
    assert _verdicts(right, min_hours_per_week=fewest, max_hours_per_week=longest)["hours"].outcome is outcome


def test_one_employer_is_never_certain() -> None:
    """Matching does not know which employer a permit is for."""
    verdict = _verdicts(RightToWork(RightStatus.LIMITED, single_employer=True))["employer"]
    assert (verdict.outcome, verdict.required) == (UNKNOWN, "Employer 1")


@pytest.mark.parametrize(("days", "outcome"), [(-1, NOT_MET), (10, NOT_MET), (40, UNKNOWN), (400, MET)])
def test_end_of_the_right(days: int, outcome: Outcome) -> None:
    """It must hold on the first day (in 30 days); ending before the work does (in 90) is for a person to look at."""
    right = RightToWork(RightStatus.UNLIMITED, valid_until=TODAY + timedelta(days=days))
    start, end = TODAY + timedelta(days=30), TODAY + timedelta(days=90)
    assert _verdicts(right, start_date=start, end_date=end)["until"].outcome is outcome


def test_limits_hold_for_a_limited_right_only() -> None:
    """Sectors left over from an older permit do not limit an unlimited right."""
    right = RightToWork(RightStatus.UNLIMITED, ("5321",), 10.0, single_employer=True)
    assert set(_verdicts(right, occupation=Concept(CARER))) == {"status"}
