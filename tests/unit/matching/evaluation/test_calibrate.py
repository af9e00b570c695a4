"""Calibration: the same cases give the same weights, within bounds and no worse than before, in a file that reads."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from services.matching.adapters.weights import DEFAULT, read_weights
from services.matching.domain.weights import PARTS, Weights
from services.matching.evaluation.calibrate import written
from services.matching.evaluation.cases.__main__ import source_of
from services.matching.evaluation.cases.bench import CaseBench, Vectors
from services.matching.evaluation.cases.drawing import Part, draw
from services.matching.evaluation.cases.search import BOUNDS, EVERYDAY, FITTED_PARTS, START, fit, weights_of
from services.matching.evaluation.cases.trial import Trial


@pytest.fixture(scope="module")
def trial() -> Trial:
    """A few people with texts that say nothing: random unit vectors of a fixed seed stand for them."""
    source = source_of(None)
    bench = CaseBench(draw(14, 120, 3, Part.CALIBRATING, source), source)
    random = np.random.default_rng(1)
    vectors = [random.normal(size=(count, 8)).astype(np.float32) for count in (14, 120)]
    people, openings = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in vectors)
    return Trial(bench, Vectors(people, openings))


def _untold(done: int, everything: int) -> None:
    """Nobody listens."""


def test_the_same_cases_give_the_same_weights_and_never_worse_ones(trial: Trial) -> None:
    """Two searches end at the same numbers, and the objective has not fallen."""
    base = read_weights()
    first, before, after = fit(trial, base, _untold)
    second, _, _ = fit(trial, base, _untold)
    assert first == second
    assert after.objective >= before.objective
    assert trial.score(first).objective == pytest.approx(after.objective, abs=1e-9)


def test_fitted_weights_keep_their_bounds(trial: Trial) -> None:
    """No part is silenced, must-have skills count no less than nice-to-have ones, everyday life keeps its share."""
    fitted, _, _ = fit(trial, read_weights(), _untold)
    for part in FITTED_PARTS:
        low, high = BOUNDS[part]
        assert low - 1e-3 <= fitted.parts[part] <= high + 1e-3
        assert 0.02 <= fitted.parts[part] <= 0.4
    assert fitted.parts["must_have_skills"] >= fitted.parts["nice_to_have_skills"]
    assert {part: fitted.parts[part] for part in EVERYDAY} == EVERYDAY
    assert fitted.text_low < fitted.text_high


def test_weighing_again_is_the_same_as_scoring_anew(trial: Trial) -> None:
    """Parts that were worked out before give the score that the product's totals give."""
    weights = weights_of(START, read_weights())
    assert trial.weighed(trial.parts(weights), weights.parts) == trial.score(weights)


def test_the_file_reads_as_the_weights_that_were_written() -> None:
    """Numbers and provenance go in, comments stay, the version follows the numbers; writing again changes nothing."""
    base = read_weights()
    parts = {part: round(0.05 + 0.01 * place, 3) for place, part in enumerate(PARTS)}
    given = replace(base, parts=parts, text_low=-0.05, neutral={**base.neutral, "occupation": 0.02})
    content = written(DEFAULT.read_text(encoding="utf-8"), given, ("seed 1",))
    read = Weights(**tomllib.loads(content))
    assert replace(read, version="") == replace(given, version="")
    assert read.version.startswith("cases-")
    assert "#   seed 1\n" in content
    assert "# euros an hour" in content
    assert written(content, given, ("seed 1",)) == content
    other = written(content, replace(given, text_high=0.7), ("seed 1",))
    assert Weights(**tomllib.loads(other)).version != read.version
