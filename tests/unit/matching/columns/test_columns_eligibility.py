"""Eligibility of all openings at once against the reference, one opening after another."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Catalogue, Eligibility, judge_view, person_beside
from services.matching.domain.matches import NO_FILTER, ListFilter
from services.matching.domain.pipeline import count_rules, judge_all
from services.matching.domain.query import Query, query_of
from services.matching.domain.signals import ProfileSignals
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import OpeningKind
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_random import limited, live_openings, nearly_fitting, profiles

filters = st.sampled_from((NO_FILTER, NO_FILTER, ListFilter(OpeningKind.VACANCY), ListFilter(None, "049")))


def asked(profile: ProfileSnapshot, list_filter: ListFilter) -> Query:
    """A query; eligibility reads no signals of the person."""
    return query_of(profile, ProfileSignals("test"), vocabulary(), NOW, list_filter=list_filter)


def judged(query: Query, candidates: list[Candidate]) -> Eligibility:
    """The columns' word on these openings."""
    catalogue = Catalogue()
    for candidate in candidates:
        catalogue.append(candidate)
    view = catalogue.publish()
    return judge_view(person_beside(query, view), view)


def same_as_reference(query: Query, candidates: list[Candidate]) -> None:
    """Compare both, opening by opening."""
    found, reference = judged(query, candidates), judge_all(query, candidates)
    assert {found.view.id(row) for row in found.eligible} == {one.candidate.id for one in reference.eligible}
    obstacles = {found.view.id(row): int(found.blocks[row]) for row in found.excluded}
    assert obstacles == {one.candidate.id: len(one.blocking) for one in reference.excluded}
    assert found.count_rules() == count_rules(reference.excluded)
    for row, candidate in enumerate(candidates):
        if found.considered[row]:
            position = int(found.occasion[row] - found.view.occasions.first[row])
            by_id = {one.candidate.id: one for one in (*reference.eligible, *reference.excluded)}
            assert candidate.occasions[position] == by_id[candidate.id].occasion


@settings(max_examples=400)
@given(profiles, live_openings, filters)
def test_any_openings_are_judged_as_the_reference_does(
    profile: ProfileSnapshot, candidates: list[Candidate], list_filter: ListFilter
) -> None:
    """What fits, how much is in the way, by which rule and at which occasion: all as `judge` says."""
    same_as_reference(asked(profile, list_filter), candidates)


@settings(max_examples=400)
@given(limited, nearly_fitting, filters)
def test_openings_that_nearly_fit_are_judged_as_the_reference_does(
    profile: ProfileSnapshot, candidates: list[Candidate], list_filter: ListFilter
) -> None:
    """The same where one or two demands decide."""
    same_as_reference(asked(profile, list_filter), candidates)
