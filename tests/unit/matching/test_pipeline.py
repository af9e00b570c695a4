"""The list: what is in it, in which order, and what was left out."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.matches import ListFilter, Order
from services.matching.domain.offers import LicenceRequirement, TrainingInstance
from services.matching.domain.pipeline import MatchList, exclusion_of, match, match_of, passes, summary_of
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Answer, Concept, LocalizedText, OpeningKind, Place
from services.matching.domain.work import Choices, Goals, Licence
from tests.builders.matching import NOW, TODAY, candidate, opening_id, profile, query, training, vacancy, weights
from tests.builders.matching_random import live_openings, profiles
from tests.builders.matching_vocabulary import CLEANER, COOK

EXAMPLES = settings(max_examples=100, deadline=None)


def _ids(found: MatchList) -> list[str]:
    return [ranked.judgement.candidate.id for ranked in found.matches]


def _cosines(live: list[Candidate]) -> dict[str, float]:
    """A different cosine for each opening but every third, which is not encoded yet."""
    return {one.id: place / 10 for place, one in enumerate(live) if place % 3}


@EXAMPLES
@given(profiles, live_openings, st.sampled_from((None, *OpeningKind)))
def test_eligible_and_excluded_are_all_of_the_kind(
    person: ProfileSnapshot, live: list[Candidate], kind: OpeningKind | None
) -> None:
    """Every live opening of the kind is in exactly one of the two, an ineligible one never in the list."""
    asked = query(person, list_filter=ListFilter(kind))
    found = match(asked, live, _cosines(live), weights())
    listed, excluded = set(_ids(found)), {judgement.candidate.id for judgement in found.excluded}
    assert listed | excluded == {one.id for one in live if kind in (None, one.snapshot.kind)}
    assert listed.isdisjoint(excluded)
    assert not any(verdict.blocks for ranked in found.matches for verdict in ranked.judgement.verdicts)
    assert all(judgement.blocking for judgement in found.excluded)


@EXAMPLES
@given(profiles, live_openings, st.randoms())
def test_the_order_in_which_openings_come_does_not_matter(
    person: ProfileSnapshot, live: list[Candidate], chance: random.Random
) -> None:
    """The same openings in any order give the same list."""
    asked, shuffled = query(person), list(live)
    chance.shuffle(shuffled)
    assert match(asked, live, _cosines(live), weights()) == match(asked, shuffled, _cosines(live), weights())


@EXAMPLES
@given(live_openings)
def test_unknown_never_excludes(live: list[Candidate]) -> None:
    """Someone of whom nothing is known is left out only by dates and seats, which are not about the person."""
    found = match(query(profile()), live, {}, weights())
    assert set(found.excluded_by_rule) <= {"dates.closing", "training.seats", "training.begun"}


@EXAMPLES
@given(profiles, live_openings)
def test_counts_by_rule(person: ProfileSnapshot, live: list[Candidate]) -> None:
    """Each rule counts the openings that it left out, each once."""
    found = match(query(person), live, {}, weights())
    for rule, count in found.excluded_by_rule.items():
        assert count == sum(any(v.rule == rule for v in one.blocking) for one in found.excluded)


def test_order_by_total_then_newer_then_id() -> None:
    """The wished occupation first; of two alike the newer; of two as new the smaller id."""
    wished = vacancy(4, occupation=Concept(COOK), publish_time=NOW - timedelta(days=30))
    older, first, second = (
        vacancy(number, publish_time=NOW - timedelta(days=days)) for number, days in ((1, 9), (2, 2), (3, 2))
    )
    person = profile(goals=Goals((Concept(COOK),)))
    found = match(query(person), [candidate(one) for one in (second, older, wished, first)], {}, weights())
    assert _ids(found) == [opening_id(number) for number in (4, 2, 3, 1)]
    assert found.order is Order.BEST_FIRST


def test_three_of_one_employer_in_the_top_ten_while_others_fit() -> None:
    """Of twelve better ones of one employer three are in the top ten, if seven others fit; none is lost."""
    many = [vacancy(n, organisation=" Suuri Oy", occupation=Concept(COOK)) for n in range(1, 13)]
    others = [vacancy(n, organisation=f"Pieni {n}") for n in range(20, 27)]
    person = profile(goals=Goals((Concept(COOK),)))
    found = match(query(person), [candidate(one) for one in (*many, *others)], {}, weights())
    names = [ranked.judgement.candidate.snapshot.organisation for ranked in found.matches]
    assert names[:10].count(" Suuri Oy") == 3
    assert (len(names), names[10:]) == (19, [" Suuri Oy"] * 9)
    alone = match(query(person), [candidate(one) for one in many], {}, weights())
    assert len(alone.matches) == 12


def test_without_ranking_the_newest_come_first_and_nothing_is_scored() -> None:
    """Someone who has opted out gets the same openings by date, without total and parts."""
    person = replace(profile(goals=Goals((Concept(COOK),))), choices=Choices(ranking_opt_out=True))
    old = vacancy(1, occupation=Concept(COOK), publish_time=NOW - timedelta(days=5))
    new = vacancy(2, publish_time=NOW - timedelta(days=1))
    asked = query(person)
    found = match(asked, [candidate(old), candidate(new)], {}, weights())
    assert (found.order, _ids(found)) == (Order.NEWEST_FIRST, [opening_id(2), opening_id(1)])
    item = match_of(asked, found.matches[0], 1)
    assert (item.total, item.parts, item.explanation.reasons) == (0.0, (), ())


def test_excluded_nearest_to_fitting_first() -> None:
    """One obstacle before two, then the newer."""
    none = (Licence("hygiene-passport", Answer.NO), Licence("driving-licence-b", Answer.NO))
    two = vacancy(1, licences=(LicenceRequirement("hygiene-passport"), LicenceRequirement("driving-licence-b")))
    one = vacancy(2, licences=(LicenceRequirement("hygiene-passport"),), publish_time=NOW - timedelta(days=3))
    newer = vacancy(3, closing_date=TODAY - timedelta(days=1))
    asked = query(profile(licences=none))
    found = match(asked, [candidate(opening) for opening in (two, one, newer)], {}, weights())
    assert [judgement.candidate.id for judgement in found.excluded] == [opening_id(n) for n in (3, 2, 1)]
    item = exclusion_of(asked, found.excluded[1])
    assert [verdict.rule for verdict in item.verdicts] == ["licence.held"]


def test_municipality_filter_reads_places_and_instances() -> None:
    """An opening passes where it or one of its instances is in the municipality."""
    here, there = candidate(vacancy(places=(Place("049"),))), candidate(vacancy(places=(Place("091"),)))
    course = candidate(training(places=(Place("091"),), instances=(TrainingInstance(place=Place("049")),)))
    espoo = ListFilter(municipality="049")
    assert [passes(one, espoo) for one in (here, there, course)] == [True, False, True]
    assert passes(here, ListFilter(OpeningKind.VACANCY))
    assert not passes(here, ListFilter(OpeningKind.TRAINING))


def test_the_title_is_in_the_readers_language_where_there_is_one() -> None:
    """Else it is the publisher's first, with its own language."""
    one = candidate(vacancy(titles=(LocalizedText("sv-FI", "Städare"), LocalizedText("fi", "Siivooja"))))
    assert [summary_of(one, language).title for language in ("sv", "fi", "en")] == ["Städare", "Siivooja", "Städare"]
    assert summary_of(one, "en").title_language == "sv-FI"
    assert summary_of(candidate(vacancy(titles=())), "en").title == ""


def test_a_missing_vector_does_not_take_an_opening_out() -> None:
    """An opening whose text waits for the encoder is in the list with the neutral value."""
    found = match(query(profile()), [candidate(vacancy(occupation=Concept(CLEANER)))], {}, weights())
    assert [part.known for part in found.matches[0].score.parts if part.part == "text"] == [False]
