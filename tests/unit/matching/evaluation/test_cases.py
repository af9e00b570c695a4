"""The case benchmark: draws that repeat, a truth that holds on the map, grades, metrics, and eligibility both ways."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest

from services.matching.evaluation.cases.bench import CaseBench, Errors
from services.matching.evaluation.cases.drawing import Cases, Part, Source, draw
from services.matching.evaluation.cases.metrics import ndcg, recall
from services.matching.evaluation.cases.people import Facts, Given, Opening, Reach, Right, Times, Windows
from services.matching.evaluation.cases.places import PLACES
from services.matching.evaluation.cases.relevance import Relevance
from services.matching.evaluation.cases.texts import OPENING_LANGUAGES, SEEKER_LANGUAGES, Wordings, read_texts
from services.matching.evaluation.cases.truth import Truth
from shared import vocabulary
from shared.vocabulary.glossary import load_glossary
from shared.vocabulary.held_out import is_held_out
from shared.vocabulary.relations import distance_km

TODAY = date(2026, 11, 24)
CASES = 40
OBSTACLES = frozenset(
    (
        *(
            "language",
            "education",
            "licence",
            "place",
            "shift",
            "times",
            "too many hours",
            "too few hours",
        ),
        *("right", "right ends", "right's hours", "sector", "closed", "full", "begun", "start"),
    )
)


@pytest.fixture(scope="module")
def source() -> Source:
    """The starter vocabulary with the benchmark's texts."""
    words = vocabulary.load()
    return Source(words, read_texts(), Wordings(words, load_glossary()), TODAY)


@pytest.fixture(scope="module")
def cases(source: Source) -> Cases:
    """A small draw."""
    return draw(CASES, 300, 7, Part.MEASURED, source)


# -- the draw ------------------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_cases(source: Source, cases: Cases) -> None:
    """Drawing again gives equal people and openings; another seed gives others."""
    assert draw(CASES, 300, 7, Part.MEASURED, source) == cases
    assert draw(CASES, 300, 8, Part.MEASURED, source) != cases


def test_seven_people_share_their_facts_and_differ_in_language(cases: Cases) -> None:
    """Whole sets of seven, one for each language of the seeker pages."""
    assert len(cases.seekers) == 42
    for start in range(0, len(cases.seekers), 7):
        seven = cases.seekers[start : start + 7]
        assert tuple(seeker.language for seeker in seven) == SEEKER_LANGUAGES
        assert all(seeker.facts is seven[0].facts for seeker in seven)


def test_measured_people_know_held_out_work_only_and_calibrating_ones_none(source: Source, cases: Cases) -> None:
    """Weights are never calibrated on the occupations that they are measured with."""
    measured = {code for seeker in cases.seekers for code in _occupations(seeker.facts)}
    others = draw(CASES, 300, 7, Part.CALIBRATING, source)
    calibrating = {code for seeker in others.seekers for code in _occupations(seeker.facts)}
    assert all(map(is_held_out, measured))
    assert not any(map(is_held_out, calibrating))
    assert not any(is_held_out(opening.occupation) for opening in others.openings)


def test_who_tells_by_codes_has_no_words_and_who_tells_by_words_has_them(source: Source) -> None:
    """All three ways of telling occur, and texts follow them."""
    seekers = draw(280, 0, 7, Part.MEASURED, source).seekers
    assert {seeker.facts.given for seeker in seekers} == set(Given)
    for seeker in seekers:
        assert any(seeker.did) is (seeker.facts.given is not Given.CODES)


def test_every_kind_of_work_has_sentences_in_every_language() -> None:
    """Two about what was done and one about what is wanted; adverts have a title and two tasks at least."""
    texts = read_texts()
    works = {work for work, _ in texts.seekers}
    assert len(works) >= 12
    for work in works:
        for language in SEEKER_LANGUAGES:
            sentences = texts.seekers[work, language]
            assert len(sentences["did"]) == 2
            assert all(sentences["want"])
        for language in OPENING_LANGUAGES:
            sentences = texts.openings[work, language]
            assert all(sentences["title"])
            assert len(sentences["task"]) >= 2


# -- the truth -----------------------------------------------------------------------------------------------------


def test_nobody_needs_a_formula_to_say_who_reaches_what(source: Source) -> None:
    """Districts lie 3 km apart or more, the capital region within 40 km, other zones 50 km or more away."""
    points = {}
    for key, spot in PLACES.items():
        found = source.vocabulary.place(
            spot.district or source.vocabulary.label_in("municipality", spot.municipality, "fi")
        )
        assert found is not None
        assert found.municipality == spot.municipality
        points[key] = found.coordinates
    for one, other in combinations(PLACES, 2):
        km = distance_km(points[one], points[other])
        assert km >= 3.0
        assert km <= 40.0 if PLACES[one].zone == PLACES[other].zone == "capital" else True
        assert km >= 50.0 if PLACES[one].zone != PLACES[other].zone else True


def _lacking(facts: Facts, opening: Opening) -> Iterator[tuple[str, Facts, Opening]]:
    """Pairs that each have one obstacle, by name."""
    finnish_b2 = (("fi", (4, 4, 4, 4), True),)
    yield "language", replace(facts, levels={"fi": (3, 3, 3, 3)}), replace(opening, languages=finnish_b2)
    yield "right", replace(facts, right=Right.NONE), opening
    yield "right ends", replace(facts, right=Right.UNLIMITED, right_until=TODAY - timedelta(days=1)), opening
    yield "sector", replace(facts, right=Right.LIMITED, sectors=("93",)), replace(opening, isco="2512")
    yield "right's hours", replace(facts, right=Right.LIMITED, right_hours=30), replace(opening, fewest_hours=37.5)
    asked = replace(opening, licences=(("hygiene-passport", True),))
    yield "licence", replace(facts, licences={"hygiene-passport": None}), asked
    yield "education", replace(facts, education=(2, None)), replace(opening, education=(3, False, True))
    yield "education", replace(facts, education=(6, False)), replace(opening, education=(3, True, True))
    yield "too many hours", replace(facts, most_hours=30), replace(opening, fewest_hours=37.5, most_hours=40)
    yield "too few hours", replace(facts, fewest_hours=30), replace(opening, fewest_hours=10, most_hours=20)
    yield "shift", replace(facts, evenings=False), replace(opening, times=Times.EVENING)
    yield "shift", replace(facts, nights=False), replace(opening, nights=True)
    yield "times", replace(facts, windows=Windows.DAYTIME), replace(opening, times=Times.WEEKEND)
    yield "place", replace(facts, home="tapiola"), replace(opening, place="hanko")
    yield "place", replace(facts, home="tapiola", reach=Reach.DISTRICT), replace(opening, place="malmi")
    yield "closed", facts, replace(opening, closing=TODAY - timedelta(days=1))
    late = replace(facts, available_from=TODAY + timedelta(days=30))
    yield "start", late, replace(opening, first_day=TODAY + timedelta(days=7))
    yield "full", facts, replace(opening, training=True, seats=0)
    yield "begun", facts, replace(opening, training=True, first_day=TODAY - timedelta(days=1))


def _plain(cases: Cases, source: Source) -> tuple[Facts, Opening]:
    """A person who has told nothing of limits, and a vacancy that asks for nothing."""
    facts = replace(
        cases.seekers[0].facts,
        levels={},
        right=None,
        sectors=(),
        right_hours=None,
        right_until=None,
        licences={},
        education=None,
        fewest_hours=None,
        most_hours=None,
        evenings=None,
        nights=None,
        weekends=None,
        windows=None,
        home=None,
        reach=Reach.REGION,
        available_from=None,
    )
    free = next(code for code, row in source.vocabulary.tables.occupations.items() if not row.required_licences)
    opening = replace(
        cases.openings[0],
        training=False,
        occupation=free,
        coded=False,
        isco="",
        languages=(),
        licences=(),
        education=None,
        fewest_hours=None,
        most_hours=None,
        times=None,
        nights=False,
        place=None,
        remote=False,
        closing=None,
        first_day=None,
        seats=None,
    )
    return facts, opening


def test_the_truth_names_what_stands_in_the_way_and_nothing_unknown(source: Source, cases: Cases) -> None:
    """Each obstacle alone is found by its name; where the person has told nothing, the same opening is open."""
    truth = Truth(source.vocabulary, TODAY)
    silent, plain = _plain(cases, source)
    assert truth.obstacles(silent, plain) == frozenset()
    about_opening = {"closed", "full", "begun"}
    for name, facts, opening in _lacking(silent, plain):
        assert truth.obstacles(facts, opening) == {name}
        assert truth.obstacles(silent, opening) == ({name} if name in about_opening else frozenset())


def test_the_law_asks_its_licence_of_a_coded_occupation_only(source: Source, cases: Cases) -> None:
    """A title in words is not sure enough to leave anyone out."""
    truth = Truth(source.vocabulary, TODAY)
    silent, plain = _plain(cases, source)
    lawful = next(row for row in source.vocabulary.tables.occupations.values() if row.required_licences)
    without = replace(silent, licences={lawful.required_licences[0]: None})
    assert truth.obstacles(without, replace(plain, occupation=lawful.uri, coded=True)) == {"licence"}
    assert truth.obstacles(without, replace(plain, occupation=lawful.uri, coded=False)) == frozenset()


def test_a_reserved_profession_asks_for_a_recognised_education(source: Source, cases: Cases) -> None:
    """Where the law reserves the work and no licence proves it, an education known not to count stands in the way."""
    silent, plain = _plain(cases, source)
    row = replace(source.vocabulary.occupation(plain.occupation), regulated=True, required_licences=())
    tables = replace(source.vocabulary.tables, occupations={row.uri: row})
    truth = Truth(vocabulary.Vocabulary(tables), TODAY)
    coded = replace(plain, coded=True)
    assert truth.obstacles(replace(silent, education=(6, False)), coded) == {"profession"}
    assert truth.obstacles(replace(silent, education=(6, None)), coded) == frozenset()


@pytest.mark.parametrize("part", list(Part))
def test_eligibility_agrees_with_the_truth_both_ways(source: Source, part: Part) -> None:
    """No opening is wrongly left out or let through, and unknowns and each obstacle occur in plenty."""
    bench = CaseBench(draw(CASES, 400, 7, part, source), source)
    errors = Errors()
    for _, sought, known in bench.sought():
        errors += bench.errors(sought, known)
    assert (errors.wrongly_excluded, errors.wrongly_let_through) == (0, 0)
    assert errors.pairs == 42 * 400
    assert 0 < errors.excluded < errors.pairs
    assert 0 < errors.undecided < errors.pairs


def test_every_kind_of_obstacle_occurs(source: Source) -> None:
    """A draw of ordinary size puts each rule of the truth to the test."""
    cases, truth = draw(700, 600, 7, Part.MEASURED, source), Truth(source.vocabulary, TODAY)
    met = Counter(
        name
        for seeker in cases.seekers[::7]
        for opening in cases.openings
        for name in truth.obstacles(seeker.facts, opening)
    )
    assert set(met) >= OBSTACLES
    assert sum(met.values()) > 600 * 100 * 0.3


def test_an_error_of_eligibility_would_be_counted(source: Source, cases: Cases) -> None:
    """A truth turned round makes every pair an error, in the direction that it is."""
    bench = CaseBench(cases, source)
    _, sought, known = next(bench.sought())
    turned = bench.errors(sought, replace(known, open=~known.open))
    assert turned.wrongly_let_through == int(known.open.sum())
    assert turned.wrongly_excluded == int((~known.open).sum())


# -- grades and metrics --------------------------------------------------------------------------------------------


def test_grades_follow_escos_relations(source: Source) -> None:
    """The same occupation 3, a related one or one of the unit group 2, of the minor group 1, a far one 0."""
    grades, rows = Relevance(source.vocabulary), source.vocabulary.tables.occupations
    related = next(row for row in rows.values() if row.related)
    assert grades.of(related.uri, related.uri) == 3
    assert grades.of(related.uri, related.related[0]) == grades.of(related.related[0], related.uri) == 2
    whole = [row for row in rows.values() if row.essential_skills]
    for one, other in combinations(whole[::3], 2):
        grade = grades.of(one.uri, other.uri)
        shared = set(one.essential_skills) & set(other.essential_skills)
        if other.uri in one.related or one.uri in other.related or one.isco == other.isco:
            assert grade == 2
        elif one.isco[:3] == other.isco[:3]:
            assert grade == 1
        else:
            assert grade == int(2 * len(shared) >= len(other.essential_skills))


def test_a_wish_counts_in_full_and_what_was_held_one_grade_less(source: Source, cases: Cases) -> None:
    """Who has said no wish is taken to look for what they did; a training is graded by the wish alone, one less."""
    grades = Relevance(source.vocabulary)
    by_label = {row.labels["en"]: row.uri for row in source.vocabulary.tables.occupations.values()}
    cook, welder = by_label["cook"], by_label["welder"]
    facts = replace(
        cases.seekers[0].facts, wished=(cook,), held=(replace(cases.seekers[0].facts.held[0], occupation=welder),)
    )
    vacancy = replace(cases.openings[0], training=False)
    assert grades.grade(facts, replace(vacancy, occupation=cook)) == 3
    assert grades.grade(facts, replace(vacancy, occupation=welder)) == 2
    assert grades.grade(replace(facts, wished=()), replace(vacancy, occupation=welder)) == 3
    assert grades.grade(facts, replace(vacancy, training=True, occupation=cook)) == 2
    assert grades.grade(facts, replace(vacancy, training=True, occupation=welder)) == 0


def test_ndcg_is_one_for_the_best_order_and_falls_with_the_rank() -> None:
    """Worked by hand: gains 7 and 1 at ranks 1 and 2; turned round, (1 + 7/log2 3) / (7 + 1/log2 3)."""
    assert ndcg(np.array([3, 1, 0])) == 1.0
    expected = (1 + 7 / np.log2(3)) / (7 + 1 / np.log2(3))
    assert ndcg(np.array([1, 3, 0])) == pytest.approx(expected)
    assert ndcg(np.array([0] * 10 + [3])) == 0.0
    assert ndcg(np.array([0, 0])) is None


def test_recall_counts_the_relevant_among_the_first_fifty() -> None:
    """Grade 1 is not relevant; with more than fifty relevant ones, fifty are enough for 1."""
    assert recall(np.array([2, 1, 3, 0])) == 1.0
    assert recall(np.array([2] + [0] * 50 + [3])) == 0.5
    assert recall(np.array([3] * 60)) == 1.0
    assert recall(np.array([1, 0])) is None


def _occupations(facts: Facts) -> list[str]:
    return [*facts.wished, *(job.occupation for job in facts.held)]
