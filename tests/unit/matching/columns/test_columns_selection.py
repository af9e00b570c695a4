"""What is selected of many rows, against the reference that sorts all of them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.application.comparing import compare, items_of, places_of, select
from services.matching.application.people import Person, stored_profile
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Eligibility
from services.matching.domain.columns.selection import nearest_first
from services.matching.domain.matches import NO_FILTER, Order
from services.matching.domain.pipeline import MOST_OF_ONE, TOP, MatchList, match, match_of, nearness
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Concept
from services.matching.domain.work import Choices
from tests.builders.matching import NOW, opening_id, vacancy, vocabulary, weights
from tests.builders.matching_generated import Generator
from tests.builders.matching_random import live_openings, nearly_fitting, numbered, profiles
from tests.builders.matching_vocabulary import CLEANER, COOK
from tests.builders.matching_world import PERSON, World
from tests.fakes.matching import MODEL, vector

LONGEST = 6
NEAR = vector(1.0, 0.5)
angles = st.lists(st.none() | st.integers(-3, 9), min_size=10, max_size=10)


def both(
    snapshot: ProfileSnapshot,
    candidates: list[Candidate],
    near: list[int | None],
    *,
    longest: int = LONGEST,
    hidden: frozenset[str] = frozenset(),
) -> MatchList:
    """Make a list by columns and by the reference, compare them in everything, and give the reference's."""
    world = World(snapshot)
    world.live = type(world.live)(candidates)
    for candidate, angle in zip(candidates, near, strict=False):
        if angle is not None:
            world.live.put_vector(candidate.id, "", vector(1.0, angle / 3))
    person = Person(stored_profile(snapshot, vocabulary(), MODEL), NEAR, waiting=False)
    query = person.query(world.engine, NOW, NO_FILTER, "en")
    compared = compare(query, world.engine, hidden)
    selection = select(compared, person, world.engine, longest)
    reference = match(compared.query, candidates, cosines(world, candidates), weights())
    same_hidden(compared.query.filter.hidden, hidden, candidates)
    shortlist = places_of(compared, selection)
    first = reference.matches[:longest]
    assert [place.opening_id for place in shortlist] == [one.judgement.candidate.id for one in first]
    assert [place.total for place in shortlist] == [one.score.total for one in first]
    assert [place.version for place in shortlist] == [one.judgement.candidate.snapshot.version for one in first]
    assert selection.order is reference.order
    assert selection.eligible == len(reference.matches)
    assert compared.found.count_rules() == reference.excluded_by_rule
    items = items_of(compared, shortlist, selection.rows[:3], weights())
    assert items == tuple(match_of(compared.query, one, place) for place, one in enumerate(first[:3], start=1))
    assert [item.total for item in items] == [place.total for place in shortlist[:3]]
    left_out_in_order(compared.found, reference)
    return reference


def same_hidden(recorded: frozenset[str], hidden: frozenset[str], candidates: list[Candidate]) -> None:
    """Only openings that are published are recorded as hidden."""
    assert recorded == hidden & {candidate.id for candidate in candidates}


def cosines(world: World, candidates: list[Candidate]) -> dict[str, float]:
    """By opening, where there are texts, as the list rounds them."""
    live = world.live.view()
    rows = np.array([live.row(candidate.id) for candidate in candidates])
    found = np.round(live.cosines(NEAR, rows), 4)
    return {one.id: float(cosine) for one, cosine in zip(candidates, found, strict=True) if not np.isnan(cosine)}


def left_out_in_order(found: Eligibility, reference: MatchList) -> None:
    """Page by page, nearest first."""
    seen: list[str] = []
    after = None
    while True:
        rows = nearest_first(found, after, 2)
        if not len(rows):
            break
        seen += [found.view.id(row) for row in rows]
        last = int(rows[-1])
        after = (int(found.blocks[last]), -float(found.view.newness[last]), found.view.id(last))
    expected = sorted(reference.excluded, key=nearness)
    assert seen == [judgement.candidate.id for judgement in expected]


@settings(max_examples=250)
@given(profiles, live_openings, angles, st.booleans(), st.sets(st.integers(1, 12), max_size=3))
def test_any_list_is_the_references(
    profile: ProfileSnapshot, candidates: list[Candidate], near: list[int | None], opted_out: bool, hidden: set[int]
) -> None:
    """Order, totals, counts, items and what is left out, with and without ranking, some openings hidden."""
    snapshot = replace(profile, choices=Choices(ranking_opt_out=opted_out))
    both(snapshot, candidates, near, hidden=frozenset(opening_id(number) for number in hidden))


@settings(max_examples=150)
@given(profiles, nearly_fitting, angles, st.integers(1, 12))
def test_lists_of_which_much_fits_are_the_references(
    profile: ProfileSnapshot, candidates: list[Candidate], near: list[int | None], longest: int
) -> None:
    """The same where more fits than is listed."""
    both(profile, candidates, near, longest=longest)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(("", "A", "B", "C", "D")), st.integers(0, 4), st.sampled_from((None, CLEANER, COOK))),
        min_size=1,
        max_size=60,
    )
)
def test_one_employer_has_three_of_the_top_ten_while_others_fit(made: list[tuple[str, int, str | None]]) -> None:
    """Whatever the employers, and however deep the others lie; equal totals and equal days included."""
    openings = [
        vacancy(
            number,
            organisation=organisation,
            publish_time=NOW - timedelta(days=days),
            occupation=Concept(occupation or ""),
        )
        for number, (organisation, days, occupation) in enumerate(made, start=1)
    ]
    reference = both(PERSON, numbered(openings), [], longest=25)
    top = Counter(one.judgement.candidate.snapshot.organisation for one in reference.matches[:TOP])
    there = Counter(organisation for organisation, _, _ in made)
    fill = sum(min(count, MOST_OF_ONE) if name else count for name, count in there.items())
    assert fill < TOP or all(count <= MOST_OF_ONE for name, count in top.items() if name)


def test_a_long_list_is_the_references() -> None:
    """Hundreds of openings, of which a part is sorted."""
    generator = Generator(17)
    candidates = [generator.candidate() for _ in range(700)]
    for number in range(8):
        person = generator.profile()
        near = [number % 5 if number % 3 else None for number in range(len(candidates))]
        reference = both(person, candidates, near, longest=40)
        assert reference.order is Order.BEST_FIRST, number
