"""The first of a list are found without comparing all texts, and are the same."""

import numpy as np
import pytest

from services.matching.application.comparing import compare, rank, select
from services.matching.application.people import Person, stored_profile
from services.matching.domain.candidates import Candidate
from services.matching.domain.matches import NO_FILTER
from services.matching.domain.pipeline import TOP, match
from services.matching.domain.values import Concept
from tests.builders.matching import NOW, vacancy, vocabulary, weights
from tests.builders.matching_random import numbered
from tests.builders.matching_vocabulary import CLEANER, COOK
from tests.builders.matching_world import PERSON, World
from tests.fakes.matching import MODEL, vector

OF_ONE = 30
NEAR = vector(1.0, 0.5)


def openings(employers: list[str], wished: str, other: str) -> list[Candidate]:
    """So many of the wished occupation at "One", and after them one of another occupation at each employer."""
    made = [vacancy(number, organisation="One", occupation=Concept(wished)) for number in range(1, OF_ONE + 1)]
    for number, employer in enumerate(employers, start=OF_ONE + 1):
        made.append(vacancy(number, organisation=employer, occupation=Concept(other)))
    return numbered(made)


@pytest.mark.parametrize("longest", [TOP, OF_ONE, 2 * OF_ONE])
@pytest.mark.parametrize(("wished", "other"), [(COOK, CLEANER), (CLEANER, COOK)])
def test_openings_far_down_come_into_the_top_where_one_employer_has_the_best(
    longest: int, wished: str, other: str
) -> None:
    """Also where only the employer's own could be among the first, and however many are asked for."""
    world, candidates = World(PERSON), openings([f"Other {number}" for number in range(12)], wished, other)
    world.live = type(world.live)(candidates)
    person = Person(stored_profile(PERSON, vocabulary(), MODEL), NEAR, waiting=False)
    compared = compare(person.query(world.engine, NOW, NO_FILTER, "en"), world.engine)
    listed = compared.live.columns.ids(select(compared, person, world.engine, longest).rows)
    reference = match(compared.query, candidates, {}, weights()).matches
    assert listed == [one.judgement.candidate.id for one in reference[:longest]]


def test_a_row_that_no_text_could_lift_among_the_first_is_no_contender() -> None:
    """Contenders are all rows that some text could lift there, and only these."""
    world, candidates = World(PERSON), openings(["Other"] * 20, COOK, CLEANER)
    world.live = type(world.live)(candidates)
    person = Person(stored_profile(PERSON, vocabulary(), MODEL), NEAR, waiting=False)
    ranking = rank(compare(person.query(world.engine, NOW, NO_FILTER, "en"), world.engine), world.engine, TOP)
    text = ranking.scorer.shares["text"]
    bar = np.sort(ranking.besides)[-TOP] - text
    assert set(ranking.contenders) == set(np.flatnonzero(ranking.besides >= bar - 1e-8))
