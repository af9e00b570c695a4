"""The score of many openings at once. What `scoring.score` says of one opening, this says of the rows it is given.

Each part is worked out for the facets that the rows have, and looked up. Totals are rounded as `scoring.score` rounds
them, so that the order in which numbers are added does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.domain.columns.closeness import OccupationNearness, SkillNearness
from services.matching.domain.columns.demands import DemandTables
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.scoring import DECIMALS, part_weights
from services.matching.domain.scoring.everyday import HOURS_SCALE, UNWANTED_REMOTE
from services.matching.domain.scoring.skills import ENOUGH_TAUGHT
from services.matching.domain.scoring.work import HELD_FACTOR, JUST_ENOUGH, LEVEL_STEP
from services.matching.domain.values import Answer, CefrLevel, OpeningKind
from services.matching.domain.weights import PARTS, Weights

_SECONDS_A_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores rows of one eligibility for one person.

    cosines are float64 by row asked for, NaN where one of the texts is not encoded yet.
    """

    person: Person
    found: Eligibility
    occupations: OccupationNearness
    skills: SkillNearness
    weights: Weights

    def totals(self, rows: Array, cosines: Array) -> Array:
        """Totals (0–1), float64, of these rows of the view."""
        shares = part_weights(self.weights, self.person.query.profile.work.goals.weights)
        total = np.zeros(len(rows))
        for part, values in self.parts(rows, cosines).items():
            total += shares[part] * values
        return np.round(total, DECIMALS)

    def parts(self, rows: Array, cosines: Array) -> Mapping[str, Array]:
        """Part → values (0–1) of these rows, in the order of PARTS."""
        neutral = {part: self.weights.neutral.get(part, 0.0) for part in PARTS}
        view = self.found.view
        must = view.work.must[rows]
        return {
            "occupation": self._occupation(rows, neutral["occupation"]),
            "must_have_skills": self._skills(must, neutral["must_have_skills"]),
            "nice_to_have_skills": self._nice_to_have(rows, neutral["nice_to_have_skills"]),
            "text": self._text(cosines, neutral["text"]),
            "experience": self._experience(rows),
            "travel": self._travel(rows, neutral["travel"]),
            "hours": self._hours(rows, neutral["hours"]),
            "language_margin": self._language_margin(rows, neutral["language_margin"]),
            "pay": self._pay(rows, neutral["pay"]),
            "freshness": self._freshness(rows, neutral["freshness"]),
        }

    # -- the work --------------------------------------------------------------------------------------------------

    def _occupation(self, rows: Array, neutral: float) -> Array:
        work = self.found.view.work
        wished, held = self.occupations.wished, self.occupations.held
        near = 1.0 - (1.0 - wished) * (1.0 - HELD_FACTOR * held)
        codes, strengths = work.occupation_atoms.items
        facets = work.occupation_atoms.reduced(strengths * near[codes], np.maximum, empty=neutral)
        return facets.take(work.occupation.take(rows))

    def _experience(self, rows: Array) -> Array:
        view = self.found.view
        (codes, _) = view.work.occupation_atoms.items
        months = view.work.occupation_atoms.reduced(self.occupations.months[codes], np.maximum)
        had, asked = months.take(view.work.occupation.take(rows)), view.work.months.take(rows)
        value = np.where(asked > 0, had / np.maximum(asked, 1.0), had / (had + self.weights.experience_half_months))
        return np.where(view.kind[rows] == OpeningKind.VACANCY, np.minimum(value, 1.0), 0.0)

    # -- skills ----------------------------------------------------------------------------------------------------

    def _skills(self, facets: Array, neutral: float) -> Array:
        """Mean fit by weight of the skills in each of these facets."""
        return _of_used(facets, self.found.view.work.skill_atoms, lambda lists: self._mean_fit(lists, neutral))

    def _mean_fit(self, lists: Lists, neutral: float) -> Array:
        codes, weights = lists.items
        whole = lists.reduced(weights, np.add)
        fits = lists.reduced(weights * self.skills.fits[codes], np.add)
        return np.where(whole > 0, fits / np.where(whole > 0, whole, 1.0), neutral)

    def _nice_to_have(self, rows: Array, neutral: float) -> Array:
        view = self.found.view
        asked = self._skills(view.work.nice[rows], neutral)
        taught = _of_used(view.work.taught[rows], view.work.taught_atoms, lambda lists: self._taught(lists, neutral))
        return np.where(view.kind[rows] == OpeningKind.VACANCY, asked, taught)

    def _taught(self, lists: Lists, neutral: float) -> Array:
        codes, strengths = lists.items
        wished = lists.reduced(strengths * self.occupations.wish_to_learn[codes], np.add)
        enough = np.clip(lists.lengths, 1, ENOUGH_TAUGHT)
        return np.where(lists.lengths > 0, np.minimum(wished / enough, 1.0), neutral)

    # -- everyday life ---------------------------------------------------------------------------------------------

    def _text(self, cosines: Array, neutral: float) -> Array:
        low, high = self.weights.text_low, self.weights.text_high
        value = np.clip((np.round(cosines, 4) - low) / (high - low), 0.0, 1.0)
        return np.where(np.isnan(cosines), neutral, value)

    def _travel(self, rows: Array, neutral: float) -> Array:
        """Worked out by set of places, of which there are fewer than rows."""
        minutes, occasions = self.found.minutes, self.found.view.occasions
        unwanted = self.person.query.profile.work.limits.remote is Answer.NO
        value = np.clip(1.0 - minutes / self.weights.travel_zero_minutes, 0.0, 1.0)
        value = np.where(np.isnan(minutes), neutral, value)
        value = np.where(occasions.fully_remote, UNWANTED_REMOTE if unwanted else 1.0, value)
        return value.take(occasions.place.take(self.found.occasion.take(rows)))

    def _hours(self, rows: Array, neutral: float) -> Array:
        limits, occasions = self.person.query.profile.work.limits, self.found.view.occasions
        least, most = limits.min_hours_per_week, limits.max_hours_per_week
        if least is None and most is None:
            return np.full(len(rows), neutral)
        occasion = self.found.occasion[rows]
        low, high = occasions.min_hours[occasion], occasions.max_hours[occasion]
        fewest, longest = np.where(np.isnan(low), high, low), np.where(np.isnan(high), low, high)
        outside = np.zeros(len(rows))
        if most is not None:
            outside += np.maximum(0.0, fewest - most)
        if least is not None:
            outside += np.maximum(0.0, least - longest)
        value = np.clip(1.0 - outside / HOURS_SCALE, 0.0, 1.0)
        return np.where(np.isnan(fewest), neutral, value)

    def _language_margin(self, rows: Array, neutral: float) -> Array:
        demands = self.found.view.demands
        return _margins(self.person, demands, neutral).take(demands.language.take(rows))

    def _pay(self, rows: Array, neutral: float) -> Array:
        hourly = self.found.view.pay[rows]
        low, high = self.weights.pay_low, self.weights.pay_high
        return np.where(np.isnan(hourly), neutral, np.clip((hourly - low) / (high - low), 0.0, 1.0))

    def _freshness(self, rows: Array, neutral: float) -> Array:
        published = self.found.view.newness[rows]
        days = np.maximum(0.0, self.person.query.now.timestamp() - published) / _SECONDS_A_DAY
        return np.where(published > 0, 0.5 ** (days / self.weights.freshness_half_days), neutral)


def _margins(person: Person, demands: DemandTables, neutral: float) -> Array:
    """By language facet: mean margin over all activities asked; JUST_ENOUGH where none is."""
    languages, _ = demands.language_atoms.items
    had, needed = person.levels[languages].astype(np.int64), demands.language_needs
    asked = needed > CefrLevel.NONE
    margin = np.clip(JUST_ENOUGH + LEVEL_STEP * (had - needed), 0.0, 1.0)
    margin = np.where(had == CefrLevel.UNKNOWN, neutral, margin)
    number = demands.language_atoms.reduced(asked.sum(axis=1), np.add)
    whole = demands.language_atoms.reduced(np.where(asked, margin, 0.0).sum(axis=1), np.add)
    return np.where(number > 0, whole / np.maximum(number, 1), JUST_ENOUGH)


def _of_used(facets: Array, lists: Lists, worth: Callable[[Lists], Array]) -> Array:
    """A facet's worth for each row, worked out for those facets only that some row has."""
    used = np.zeros(len(lists), bool)
    used[facets] = True
    chosen = np.flatnonzero(used)
    values = np.zeros(len(lists))
    values[chosen] = worth(lists.of(chosen))
    return values.take(facets)
