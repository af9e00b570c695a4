"""The truth of the case benchmark holds on the map, and eligibility agrees with it both ways."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from services.matching.evaluation.cases.bench import CaseBench, Errors
from services.matching.evaluation.cases.drawing import Cases, Part, Source, draw
from services.matching.evaluation.cases.people import Facts, Opening, Reach, Right, Times, Windows
from services.matching.evaluation.cases.places import PLACES
from services.matching.evaluation.cases.truth import Truth
from shared import vocabulary
from shared.vocabulary.relations import distance_km
from tests.unit.matching.evaluation.conftest import CASES, TODAY

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
