"""The table of rules: complete, in force by date, and the only source of verdicts."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import judge
from services.matching.domain.rules import BY_ID, RULES, in_force
from services.matching.domain.snapshots import ProfileSnapshot
from tests.builders.matching import TODAY, candidate, profile, query, vacancy
from tests.builders.matching_random import openings, profiles


def test_ids_are_unique_and_every_rule_has_a_source() -> None:
    """A rule has one id, and says where it comes from."""
    assert len(BY_ID) == len(RULES)
    assert all(rule.source and rule.text_key for rule in RULES)


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    """Both days belong to it."""
    rule = replace(RULES[0], valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [rule.id in in_force(day, (rule,)) for day in days] == [False, True, True, False]
    assert in_force(TODAY) == set(BY_ID)


def test_a_rule_that_is_not_in_force_gives_no_verdict() -> None:
    """An opening that closed yesterday is not left out under a rule that does not hold."""
    asked = query(profile())
    closed = candidate(vacancy(closing_date=date(2026, 1, 1)))
    assert not judge(asked, closed).eligible
    assert judge(replace(asked, rules=asked.rules - {"dates.closing"}), closed).eligible


@settings(max_examples=120, deadline=None)
@given(profiles, openings.map(candidate))
def test_every_verdict_names_a_rule_of_the_table(person: ProfileSnapshot, opening: Candidate) -> None:
    """No verdict comes from outside the table, and none is made twice about one thing."""
    verdicts = judge(query(person), opening).verdicts
    assert {verdict.rule for verdict in verdicts} <= set(BY_ID)
    several = ("language.", "licence.", "skill.")
    about = [verdict.rule for verdict in verdicts if not verdict.rule.startswith(several)]
    assert len(about) == len(set(about))
