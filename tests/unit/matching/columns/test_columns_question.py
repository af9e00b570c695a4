"""The question counted over all openings at once, against the reference that reads one verdict after another."""

from hypothesis import given, settings

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Catalogue, Closeness, judge_view, person_beside
from services.matching.domain.columns.question import question_of_all
from services.matching.domain.linking import link_profile
from services.matching.domain.pipeline import judge_all
from services.matching.domain.query import query_of
from services.matching.domain.question import question_of
from services.matching.domain.snapshots import ProfileSnapshot
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_generated import Generator
from tests.builders.matching_random import live_openings, nearly_fitting, profiles


def same_as_reference(profile: ProfileSnapshot, candidates: list[Candidate]) -> None:
    """Compare field, subject and count."""
    query = query_of(profile, link_profile(profile, vocabulary()), vocabulary(), NOW)
    catalogue = Catalogue()
    for candidate in candidates:
        catalogue.append(candidate)
    view = catalogue.publish()
    person = person_beside(query, view)
    skills = Closeness(vocabulary()).skills(query.signals, view.work)
    reference = question_of(query, judge_all(query, candidates).eligible)
    assert question_of_all(person, judge_view(person, view), skills) == reference


@settings(max_examples=400)
@given(profiles, live_openings)
def test_the_question_is_the_references(profile: ProfileSnapshot, candidates: list[Candidate]) -> None:
    """Any people and openings."""
    same_as_reference(profile, candidates)


@settings(max_examples=200)
@given(profiles, nearly_fitting)
def test_the_question_is_the_references_where_little_is_asked(
    profile: ProfileSnapshot, candidates: list[Candidate]
) -> None:
    """Openings of which many fit."""
    same_as_reference(profile, candidates)


def test_the_question_is_the_references_for_many_openings() -> None:
    """Counts over hundreds of openings, with people who have told little."""
    generator = Generator(41)
    candidates = [generator.candidate() for _ in range(400)]
    for _ in range(40):
        same_as_reference(generator.profile(), candidates)
