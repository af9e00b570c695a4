"""Draws of the case benchmark: they repeat, and what is measured is kept apart from what calibrates."""

from services.matching.evaluation.cases.drawing import Cases, Part, Source, draw
from services.matching.evaluation.cases.people import Facts, Given
from services.matching.evaluation.cases.texts import OPENING_LANGUAGES, SEEKER_LANGUAGES, read_texts
from shared.vocabulary.held_out import is_held_out
from tests.unit.matching.evaluation.conftest import CASES


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


def _occupations(facts: Facts) -> list[str]:
    return [*facts.wished, *(job.occupation for job in facts.held)]
