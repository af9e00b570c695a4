"""Age: asked only where a law in force asks for it, never compared, never in the way."""

from dataclasses import replace
from datetime import date

import pytest

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import judge_view, person_beside
from services.matching.domain.columns.catalogue import Catalogue
from services.matching.domain.eligibility import judge
from services.matching.domain.explanation import explain
from services.matching.domain.rules import AGE_LIMITS, age_limits
from services.matching.domain.values import Basis, LocalizedText, Shift
from services.matching.domain.verdicts import Outcome, Verdict
from tests.builders.matching import TODAY, candidate, profile, query, training, vacancy

GUARD, CLERK = "5414", "4110"


def _work(isco: str, basis: Basis = Basis.STATED, *shifts: Shift) -> Candidate:
    opening = candidate(vacancy(shifts=shifts))
    return replace(opening, signals=replace(opening.signals, isco=isco, isco_basis=basis))


def _asked(opening: Candidate) -> list[Verdict]:
    return [verdict for verdict in judge(query(profile()), opening).verdicts if verdict.rule == "age.minimum"]


@pytest.mark.parametrize(
    ("opening", "basis"),
    [
        (_work(GUARD), Basis.STATED),
        (_work(GUARD, Basis.INFERRED), Basis.INFERRED),
        (_work(CLERK, Basis.STATED, Shift.NIGHT), Basis.STATED),
        (_work(GUARD, Basis.INFERRED, Shift.NIGHT), Basis.STATED),
    ],
    ids=["guard", "guard by its title", "night work", "guard by its title at night"],
)
def test_work_that_a_law_limits_asks_for_the_age(opening: Candidate, basis: Basis) -> None:
    """The age is not known and the opening is not left out; the surest of two laws with the same age is named."""
    (verdict,) = _asked(opening)
    assert (verdict.outcome, verdict.required, verdict.actual, verdict.basis) == (Outcome.UNKNOWN, "18", "", basis)
    assert judge(query(profile()), opening).eligible


def test_no_other_work_asks_for_an_age() -> None:
    """Not by day, not for a training, and not because an advert would like somebody young."""
    wish = (LocalizedText("fi", "Etsimme 20–30-vuotiasta nuorekasta myyjää."),)
    night_course = candidate(training(2, shifts=(Shift.NIGHT,)))
    by_evening = _work(CLERK, Basis.STATED, Shift.EVENING)
    for opening in (by_evening, candidate(vacancy(1, titles=wish, descriptions=wish)), night_course):
        assert _asked(opening) == []


def test_a_limit_holds_from_the_day_of_its_law() -> None:
    """Before the act on private security there was no such limit for guards in this table."""
    guards = next(limit for limit in AGE_LIMITS if limit.groups)
    assert guards in age_limits(TODAY)
    assert guards not in age_limits(date(2016, 12, 31))
    assert guards not in age_limits(TODAY, (replace(guards, valid_until=date(2026, 1, 1)),))


def test_without_the_rule_nobody_is_asked() -> None:
    """The rule that is not in force gives no verdict."""
    asked = query(profile())
    verdicts = judge(replace(asked, rules=asked.rules - {"age.minimum"}), _work(GUARD)).verdicts
    assert all(verdict.rule != "age.minimum" for verdict in verdicts)


def test_the_columns_leave_nobody_out_for_an_age() -> None:
    """As the reference: what is not known stands in no way."""
    catalogue = Catalogue()
    for opening in (_work(GUARD), _work(CLERK, Basis.STATED, Shift.NIGHT)):
        catalogue.append(opening)
    view = catalogue.publish()
    found = judge_view(person_beside(query(profile()), view), view)
    assert len(found.eligible) == 2
    assert "age.minimum" not in found.by_rule


def test_an_age_is_no_gap() -> None:
    """A gap is something that somebody can do something about."""
    age = Verdict("age.minimum", "", Outcome.UNKNOWN, required="18")
    card = Verdict("licence.held", "hygiene-passport", Outcome.UNKNOWN, required="2026-11-24")
    assert [gap.origin for gap in explain((), (age, card)).gaps] == ["licence.held"]
