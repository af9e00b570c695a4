"""The score of many openings at once. What `scoring.score` says of one opening, this says of the rows it is given.

    person × facets  →  worth of each facet: its parts times their shares, in one number  →  looked up and added

The text comes last and apart: it is the one part that costs something for each row, and `ranking` leaves out rows that
it cannot lift high enough. Totals are rounded as `scoring.score` rounds them, so that the order in which numbers are
added does not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.matching.domain.columns.closeness import OccupationNearness, SkillNearness
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array
from services.matching.domain.scoring import DECIMALS, part_weights
from services.matching.domain.scoring.everyday import HOURS_SCALE, UNWANTED_REMOTE
from services.matching.domain.scoring.skills import ENOUGH_TAUGHT
from services.matching.domain.scoring.work import HELD_FACTOR, JUST_ENOUGH, LEVEL_STEP
from services.matching.domain.values import Answer, CefrLevel, OpeningKind
from services.matching.domain.weights import PARTS, Weights

_FACETS = ("job", "must", "nice", "timing", "place", "language", "pay")
"""Facets of the openings that are worth something to a person."""
_SECONDS_A_DAY = 86400.0


@dataclass(frozen=True)
class Scorer:
    """Scores rows of one view for one person.

    cosines are float64 by row asked for, NaN where one of the texts is not encoded yet.
    """

    person: Person
    found: Eligibility
    occupations: OccupationNearness
    skills: SkillNearness
    weights: Weights

    def totals(self, rows: Array, cosines: Array) -> Array:
        """Totals (0–1), float64, of these rows of the view."""
        return self.with_text(self.without_text(rows), cosines)

    def without_text(self, rows: Array) -> Array:
        """What all parts but the text add up to, float64, not rounded."""
        total = self.shares["freshness"] * self._freshness(rows)
        numbers = self._numbers(rows)
        for facet in _FACETS:
            total += self.worths[facet].take(numbers[facet])
        others, taught = self._not_vacancies(rows)
        total[others] += self.worths["taught"].take(taught) - self.worths["nice"].take(numbers["nice"].take(others))
        return total

    def with_text(self, besides: Array, cosines: Array) -> Array:
        """Totals from what `without_text` gives."""
        return np.round(besides + self.shares["text"] * self._text(cosines), DECIMALS)

    def parts(self, rows: Array, cosines: Array) -> Mapping[str, Array]:
        """Part → values (0–1) of these rows, in the order of PARTS."""
        found, numbers = {"text": self._text(cosines), "freshness": self._freshness(rows)}, self._numbers(rows)
        for facet in _FACETS:
            found |= {part: values.take(numbers[facet]) for part, values in self._parts[facet].items()}
        others, taught = self._not_vacancies(rows)
        found["nice_to_have_skills"][others] = self._parts["taught"]["nice_to_have_skills"].take(taught)
        return {part: found[part] for part in PARTS}

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """Part → its share of the total."""
        return part_weights(self.weights, self.person.query.profile.work.goals.weights)

    @cached_property
    def worths(self) -> Mapping[str, Array]:
        """Facet → float64 by its number: its parts times their shares. _FACETS, and "taught" in place of "nice" for all
        that is no vacancy."""
        found: dict[str, Array] = {}
        for facet, parts in self._parts.items():
            first, *others = (self.shares[part] * values for part, values in parts.items())
            for worth in others:
                first += worth
            found[facet] = first
        return found

    @cached_property
    def _parts(self) -> Mapping[str, dict[str, Array]]:
        """Facet → part → value by the facet's number."""
        fits = self._mean_fits()
        asked = self.found.view.work.skill_weights > 0
        return {
            "job": {"occupation": self._occupation(), "experience": self._experience()},
            "must": {"must_have_skills": np.where(asked, fits, self._neutral("must_have_skills"))},
            "nice": {"nice_to_have_skills": np.where(asked, fits, self._neutral("nice_to_have_skills"))},
            "taught": {"nice_to_have_skills": self._taught()},
            "timing": {"hours": self._hours()},
            "place": {"travel": self._travel()},
            "language": {"language_margin": self._language_margin()},
            "pay": {"pay": self._pay()},
        }

    def _numbers(self, rows: Array) -> Mapping[str, Array]:
        """Facet → its numbers, by row asked for."""
        view = self.found.view
        columns = {
            "job": view.work.job,
            "must": view.work.must,
            "nice": view.work.nice,
            "language": view.demands.language,
            "pay": view.pay,
        }
        timing, place = self.found.timings_and_places(rows)
        return {"timing": timing, "place": place, **{facet: column.take(rows) for facet, column in columns.items()}}

    def _not_vacancies(self, rows: Array) -> tuple[Array, Array]:
        """Places among these rows of what is no vacancy, and the sets of what it teaches."""
        view = self.found.view
        others = np.flatnonzero(view.kind.take(rows) != OpeningKind.VACANCY)
        return others, view.work.taught.take(rows.take(others))

    def _neutral(self, part: str) -> float:
        return self.weights.neutral.get(part, 0.0)

    # -- the work --------------------------------------------------------------------------------------------------

    def _occupation(self) -> Array:
        """By job."""
        work = self.found.view.work
        wished, held = self.occupations.wished, self.occupations.held
        near = 1.0 - (1.0 - wished) * (1.0 - HELD_FACTOR * held)
        codes, strengths = work.occupation_atoms.items
        offered = strengths * near.take(codes)
        return work.occupation_atoms.reduced(offered, np.maximum, empty=self._neutral("occupation")).take(
            work.job_occupation
        )

    def _experience(self) -> Array:
        """By job. Only vacancies reward experience."""
        work = self.found.view.work
        (codes, _), asked = work.occupation_atoms.items, work.job_months
        months = work.occupation_atoms.reduced(self.occupations.months.take(codes), np.maximum)
        had = months.take(work.job_occupation)
        value = np.where(asked > 0, had / np.maximum(asked, 1.0), had / (had + self.weights.experience_half_months))
        return np.where(work.job_kind == OpeningKind.VACANCY, np.minimum(value, 1.0), 0.0)

    # -- skills ----------------------------------------------------------------------------------------------------

    def _mean_fits(self) -> Array:
        """By set of skills; 0 for the empty set. A person's skills fit few of all: only these are added up."""
        work = self.found.view.work
        codes, weights = work.skill_atoms.items
        fitting = np.flatnonzero((self.skills.fits > 0).take(codes))
        worth = weights.take(fitting) * self.skills.fits.take(codes.take(fitting))
        fits = np.bincount(work.skill_owners.take(fitting), weights=worth, minlength=len(work.skill_atoms))
        return np.divide(fits, work.skill_weights, out=np.zeros(len(fits)), where=work.skill_weights > 0)

    def _taught(self) -> Array:
        """By set of things taught."""
        lists = self.found.view.work.taught_atoms
        codes, strengths = lists.items
        wished = lists.reduced(strengths * self.occupations.wish_to_learn.take(codes), np.add)
        enough = np.clip(lists.lengths, 1, ENOUGH_TAUGHT)
        neutral = self._neutral("nice_to_have_skills")
        return np.where(lists.lengths > 0, np.minimum(wished / enough, 1.0), neutral)

    # -- everyday life ---------------------------------------------------------------------------------------------

    def _text(self, cosines: Array) -> Array:
        low, high = self.weights.text_low, self.weights.text_high
        value = np.clip((np.round(cosines, 4) - low) / (high - low), 0.0, 1.0)
        return np.where(np.isnan(cosines), self._neutral("text"), value)

    def _travel(self) -> Array:
        """By place."""
        minutes, occasions = self.found.minutes, self.found.view.occasions
        unwanted = self.person.query.profile.work.limits.remote is Answer.NO
        value = np.clip(1.0 - minutes / self.weights.travel_zero_minutes, 0.0, 1.0)
        value[np.isnan(minutes)] = self._neutral("travel")
        value[occasions.fully_remote] = UNWANTED_REMOTE if unwanted else 1.0
        return value

    def _hours(self) -> Array:
        """By timing."""
        limits, timings = self.person.query.profile.work.limits, self.found.view.occasions.timings
        least, most, low, high = (
            limits.min_hours_per_week,
            limits.max_hours_per_week,
            timings.min_hours,
            timings.max_hours,
        )
        if least is None and most is None:
            return np.full(len(low), self._neutral("hours"))
        fewest, longest = np.where(np.isnan(low), high, low), np.where(np.isnan(high), low, high)
        outside = np.zeros(len(low))
        if most is not None:
            outside += np.maximum(0.0, fewest - most)
        if least is not None:
            outside += np.maximum(0.0, least - longest)
        value = np.clip(1.0 - outside / HOURS_SCALE, 0.0, 1.0)
        return np.where(np.isnan(fewest), self._neutral("hours"), value)

    def _pay(self) -> Array:
        """By pay."""
        hourly = self.found.view.hourly
        low, high = self.weights.pay_low, self.weights.pay_high
        value = np.clip((hourly - low) / (high - low), 0.0, 1.0)
        value[np.isnan(hourly)] = self._neutral("pay")
        return value

    def _freshness(self, rows: Array) -> Array:
        """By row."""
        published = self.found.view.newness.take(rows)
        days = np.maximum(0.0, self.person.query.now.timestamp() - published) / _SECONDS_A_DAY
        value = np.exp2(-days / self.weights.freshness_half_days)
        value[published <= 0] = self._neutral("freshness")
        return value

    def _language_margin(self) -> Array:
        """By language facet: mean margin over all activities asked; JUST_ENOUGH where none is."""
        demands, neutral = self.found.view.demands, self._neutral("language_margin")
        languages, _ = demands.language_atoms.items
        had, needed = self.person.levels[languages].astype(np.int64), demands.language_needs
        asked = needed > CefrLevel.NONE
        margin = np.clip(JUST_ENOUGH + LEVEL_STEP * (had - needed), 0.0, 1.0)
        margin = np.where(had == CefrLevel.UNKNOWN, neutral, margin)
        number = demands.language_atoms.reduced(asked.sum(axis=1), np.add)
        whole = demands.language_atoms.reduced(np.where(asked, margin, 0.0).sum(axis=1), np.add)
        return np.where(number > 0, whole / np.maximum(number, 1), JUST_ENOUGH)
