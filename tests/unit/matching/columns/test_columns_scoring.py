"""The score of many openings at once against the reference, one opening after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Catalogue, Closeness, Scorer, judge_view, person_beside
from services.matching.domain.eligibility import judge
from services.matching.domain.linking import link_profile
from services.matching.domain.query import query_of
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import ProfileSnapshot
from tests.builders.matching import NOW, vocabulary, weights
from tests.builders.matching_random import limited, live_openings, nearly_fitting, profiles

cosines = st.lists(st.floats(-0.2, 0.9) | st.just(float("nan")), min_size=10, max_size=10)


def same_as_reference(profile: ProfileSnapshot, candidates: list[Candidate], similarities: list[float]) -> None:
    """Compare every part of every opening, whether it fits or not."""
    query = query_of(profile, link_profile(profile, vocabulary()), vocabulary(), NOW)
    catalogue, closeness = Catalogue(), Closeness(vocabulary())
    for candidate in candidates:
        catalogue.append(candidate)
    view = catalogue.publish()
    person = person_beside(query, view)
    occupations = closeness.occupations(query, view.work)
    skills = closeness.skills(query.signals, view.work)
    scorer = Scorer(person, judge_view(person, view), occupations, skills, weights())
    rows = np.arange(len(candidates))
    given_cosines = np.array(similarities[: len(candidates)])
    parts, totals = scorer.parts(rows, given_cosines), scorer.totals(rows, given_cosines)
    shares = part_weights(weights(), profile.work.goals.weights)
    for row, candidate in enumerate(candidates):
        cosine = None if np.isnan(given_cosines[row]) else float(given_cosines[row])
        reference = score(query, judge(query, candidate), cosine, weights(), shares)
        found = {part: values[row] for part, values in parts.items()}
        assert found == pytest.approx({part.part: part.value for part in reference.parts}, abs=1e-12)
        assert totals[row] == reference.total


@settings(max_examples=400)
@given(profiles, live_openings, cosines)
def test_any_openings_are_scored_as_the_reference_does(
    profile: ProfileSnapshot, candidates: list[Candidate], similarities: list[float]
) -> None:
    """Every part to 12 decimals, the total exactly."""
    same_as_reference(profile, candidates, similarities)


@settings(max_examples=200)
@given(limited, nearly_fitting, cosines)
def test_openings_that_nearly_fit_are_scored_as_the_reference_does(
    profile: ProfileSnapshot, candidates: list[Candidate], similarities: list[float]
) -> None:
    """The same for openings that ask for little."""
    same_as_reference(profile, candidates, similarities)
