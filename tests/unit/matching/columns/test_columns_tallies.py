"""Tallies of facets are kept up with every change."""

import numpy as np
import pytest

from services.matching.domain.columns import Catalogue, View, judge_view, person_beside
from services.matching.domain.pipeline import count_rules, judge_all
from services.matching.domain.query import query_of
from services.matching.domain.signals import ProfileSignals
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_generated import Generator

ROUNDS = ([], [3, 4, 40], [4, 60, 119], [])
"""Rows that are given up in each of four rounds: older ones, some twice, and some that were never published."""


def counted(view: View) -> dict[str, list[int]]:
    """The tallies, counted row by row."""
    alive = np.flatnonzero(view.alive)
    plain = np.setdiff1d(alive, view.occasions.staged)
    columns = {
        "language": (view.demands.language, alive),
        "licence": (view.demands.licence, alive),
        "education": (view.demands.education, alive),
        "adds": (view.demands.adds, alive),
        "timing": (view.occasions.first_timing, plain),
    }
    return {
        facet: np.bincount(numbers[rows], minlength=len(view.tallies[facet])).tolist()
        for facet, (numbers, rows) in columns.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_tallies_are_those_of_the_rows_that_are_alive(seed: int) -> None:
    """After each publication, whatever has come and gone; a view keeps its own."""
    generator, catalogue, views = Generator(seed), Catalogue(), []
    for dead in ROUNDS:
        for _ in range(40):
            catalogue.append(generator.candidate())
        views.append(catalogue.publish(dead))
    for view in views:
        assert {facet: tally.tolist() for facet, tally in view.tallies.items()} == counted(view)


def test_what_rules_leave_out_is_counted_without_the_openings_that_are_gone() -> None:
    """Of the openings that are left, as the reference counts them; also after they are written anew."""
    generator, catalogue = Generator(5), Catalogue()
    candidates = [generator.candidate() for _ in range(90)]
    for candidate in candidates:
        catalogue.append(candidate)
    catalogue.publish()
    view = catalogue.publish(list(range(0, 90, 4)))
    left = [candidate for row, candidate in enumerate(candidates) if row % 4]
    anew = catalogue.kept(np.flatnonzero(view.alive)).publish()
    for _ in range(20):
        query = query_of(generator.profile(), ProfileSignals("generated"), vocabulary(), NOW)
        expected = count_rules(judge_all(query, left).excluded)
        for each in (view, anew):
            assert judge_view(person_beside(query, each), each).count_rules() == expected
