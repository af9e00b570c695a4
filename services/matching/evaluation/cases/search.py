"""A reproducible search for weights: one number after another, in steps that halve, within fixed bounds.

Only what the grades can judge is fitted: the parts about work, the text's scale and what the work's parts are worth
where too little is known. Everyday life (travel, hours, languages, pay, freshness) keeps the share that it was given,
because grades that come from occupations alone would vote it away.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from services.matching.domain.weights import Weights
from services.matching.evaluation.cases.trial import Score, Trial

WORK_SHARE = 0.80
"""What the fitted parts count together, of 1."""
EVERYDAY = {"travel": 0.072, "hours": 0.036, "language_margin": 0.045, "pay": 0.018, "freshness": 0.029}
START = {
    "occupation": 0.22,
    "must_have_skills": 0.18,
    "nice_to_have_skills": 0.08,
    "text": 0.25,
    "experience": 0.07,
    "text_low": 0.0,
    "text_high": 0.5,
    "neutral occupation": 0.0,
    "neutral must_have_skills": 0.05,
    "neutral nice_to_have_skills": 0.05,
}
BOUNDS: Mapping[str, tuple[float, float]] = {
    "occupation": (0.10, 0.40),
    "must_have_skills": (0.08, 0.30),
    "nice_to_have_skills": (0.02, 0.20),
    "text": (0.08, 0.40),
    "experience": (0.04, 0.15),
    "text_low": (-0.10, 0.20),
    "text_high": (0.35, 0.90),
    "neutral occupation": (0.0, 0.10),
    "neutral must_have_skills": (0.0, 0.20),
    "neutral nice_to_have_skills": (0.0, 0.20),
}
"""What a counsellor would accept: no part of the work is silenced, and none drowns the others."""
FITTED_PARTS = tuple(START)[:5]
_SCALES = tuple(START)[5:]
_STEPS = (0.25, 0.125, 0.0625, 0.03125)
"""Of a bound's length, round by round."""
_LEAST_GAIN = 1e-5
_DECIMALS = 3

Numbers = dict[str, float]


def fit(trial: Trial, base: Weights, told: Callable[[int, int], None]) -> tuple[Weights, Score, Score]:
    """The fitted weights, with the scores before and after; `base` gives what is not fitted."""
    numbers = dict(START)
    before = best = trial.score(weights_of(numbers, base))
    for place, step in enumerate(_STEPS):
        numbers, best = _fit_parts(trial, base, numbers, best, step)
        numbers, best = _fit_scales(trial, base, numbers, best, step)
        told(place + 1, len(_STEPS))
    return weights_of(numbers, base), before, best


def weights_of(numbers: Mapping[str, float], base: Weights) -> Weights:
    """Weights with these numbers in them, rounded as the file holds them."""
    rounded = {name: round(value, _DECIMALS) for name, value in numbers.items()}
    neutral = {name.removeprefix("neutral "): value for name, value in rounded.items() if name.startswith("neutral ")}
    return replace(
        base,
        parts={**{part: rounded[part] for part in FITTED_PARTS}, **EVERYDAY},
        neutral={**base.neutral, **neutral},
        text_low=rounded["text_low"],
        text_high=rounded["text_high"],
    )


def _fit_parts(trial: Trial, base: Weights, numbers: Numbers, best: Score, step: float) -> tuple[Numbers, Score]:
    values = trial.parts(weights_of(numbers, base))
    improved = True
    while improved:
        improved = False
        for tried in (moved for part in FITTED_PARTS for moved in _moved(numbers, part, step)):
            shared = _shared(tried)
            if shared is None:
                continue
            score = trial.weighed(values, weights_of(shared, base).parts)
            if score.objective > best.objective + _LEAST_GAIN:
                numbers, best, improved = shared, score, True
                break
    return numbers, best


def _fit_scales(trial: Trial, base: Weights, numbers: Numbers, best: Score, step: float) -> tuple[Numbers, Score]:
    for name in _SCALES:
        for tried in _moved(numbers, name, step):
            score = trial.score(weights_of(tried, base))
            if score.objective > best.objective + _LEAST_GAIN:
                numbers, best = tried, score
    return numbers, best


def _moved(numbers: Numbers, name: str, step: float) -> Iterator[Numbers]:
    low, high = BOUNDS[name]
    for direction in (1.0, -1.0):
        value = min(high, max(low, numbers[name] + direction * step * (high - low)))
        if value != numbers[name]:
            yield {**numbers, name: value}


def _shared(numbers: Numbers) -> Numbers | None:
    """The fitted parts brought to their share; None where that breaks a bound or puts nice-to-have above must-have."""
    factor = WORK_SHARE / sum(numbers[part] for part in FITTED_PARTS)
    shared = {**numbers, **{part: numbers[part] * factor for part in FITTED_PARTS}}
    within = all(BOUNDS[part][0] <= shared[part] <= BOUNDS[part][1] for part in FITTED_PARTS)
    return shared if within and shared["must_have_skills"] >= shared["nice_to_have_skills"] else None
