"""How near what a person has comes to what an opening asks, worked out once for each concept that a list meets.

Every fit is the best one over the person's items, so one more item, a better level or more months never lowers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from services.matching.domain.signals import HeldSkill, ProfileSignals
from services.matching.domain.work import SkillLevel
from shared.vocabulary import Vocabulary

SAME = 1.0
NARROWER = 0.8
"""The person has a special case of what is asked."""
BROADER = 0.5
"""The person has what is asked only in general."""
SIBLING = 0.3
"""Both fall under one broader skill."""

MASTERY = {SkillLevel.UNKNOWN: 0.7, SkillLevel.BASIC: 0.7, SkillLevel.INDEPENDENT: 0.9, SkillLevel.EXPERT: 1.0}
"""A level that is not known counts as the lowest, so that telling it never costs anything."""

RELATED_WORK = 0.5
"""Closeness from which months in another occupation count as experience: the same ISCO-08 minor group."""


class SkillFit(NamedTuple):
    """The best of the person's skills for one that is asked: 0 and "" for none."""

    fit: float
    had: str
    relation: str
    occupation: str


NO_SKILL = SkillFit(0.0, "", "none", "")


class SkillFits:
    """Fits of the person's skills by ESCO's broader–narrower relations."""

    def __init__(self, signals: ProfileSignals, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._direct: dict[str, tuple[float, HeldSkill]] = {}
        self._under: dict[str, tuple[float, HeldSkill]] = {}
        self._known: dict[str, SkillFit] = {}
        for held in signals.skills:
            worth = held.strength * MASTERY[held.level]
            _keep_best(self._direct, held.code, worth, held)
            for broader in vocabulary.broader(held.code):
                _keep_best(self._under, broader, worth, held)

    def of(self, asked: str) -> SkillFit:
        """The best fit for a skill's URI, 0 to 1."""
        found = self._known.get(asked)
        if found is None:
            found = self._known[asked] = self._best(asked)
        return found

    def _best(self, asked: str) -> SkillFit:
        fits = [
            _fit(self._direct.get(asked), SAME, "same"),
            _fit(self._under.get(asked), NARROWER, "narrower"),
        ]
        for parent in self._vocabulary.broader(asked):
            fits.append(_fit(self._direct.get(parent), BROADER, "broader"))
            fits.append(_fit(self._under.get(parent), SIBLING, "sibling"))
        return max(fits, key=lambda fit: fit.fit)


class OccupationFit(NamedTuple):
    """The best of the person's occupations for one that is offered: 0 and "" for none."""

    fit: float
    had: str


@dataclass(frozen=True, slots=True)
class Experience:
    """Experience that counts for an occupation offered.

    weighted             months in near occupations, weighted by closeness
    months               the same, not weighted
    occupation           the near occupation that counts most, "" for none
    occupation_months    months in it
    unknown              True where a near occupation was held for an unknown time
    """

    weighted: float
    months: int
    occupation: str
    occupation_months: int
    unknown: bool


class OccupationFits:
    """Fits of the person's wished and held occupations, in the vocabulary's closeness."""

    def __init__(self, signals: ProfileSignals, vocabulary: Vocabulary) -> None:
        self._signals = signals
        self._vocabulary = vocabulary
        self._wished: dict[str, OccupationFit] = {}
        self._held: dict[str, OccupationFit] = {}
        self._experience: dict[str, Experience] = {}

    @property
    def any_known(self) -> bool:
        """Whether the person has said anything about occupations."""
        return bool(self._signals.wished or self._signals.held)

    def wished(self, offered: str) -> OccupationFit:
        """How near the offered occupation is to a wished one, 0 to 1."""
        if offered not in self._wished:
            pairs = [
                (wish.strength * self._vocabulary.closeness(wish.code, offered), wish.code)
                for wish in self._signals.wished
            ]
            self._wished[offered] = _best_occupation(pairs)
        return self._wished[offered]

    def held(self, offered: str) -> OccupationFit:
        """How near the offered occupation is to one held, 0 to 1."""
        if offered not in self._held:
            pairs = [
                (held.strength * self._vocabulary.closeness(held.code, offered), held.code)
                for held in self._signals.held
            ]
            self._held[offered] = _best_occupation(pairs)
        return self._held[offered]

    def experience(self, offered: str) -> Experience:
        """Experience that counts for the offered occupation."""
        if offered not in self._experience:
            self._experience[offered] = self._add_up(offered)
        return self._experience[offered]

    def needed_for_wish(self, skill: str) -> OccupationFit:
        """How much the person wishes for a skill, or for an occupation that needs it: strength, and which of them."""
        return self._wishes_to_learn.get(skill, OccupationFit(0.0, ""))

    def wishes_to_learn(self) -> Mapping[str, OccupationFit]:
        """What `needed_for_wish` says, for everything of which it says more than nothing."""
        return self._wishes_to_learn

    @cached_property
    def _wishes_to_learn(self) -> dict[str, OccupationFit]:
        needed: dict[str, OccupationFit] = {}
        for wish in self._signals.wished:
            for essential in self._vocabulary.essential_skills(wish.code):
                if wish.strength > needed.get(essential, (0.0, ""))[0]:
                    needed[essential] = OccupationFit(wish.strength, wish.code)
        for wish in self._signals.learning:
            needed[wish.code] = max(
                needed.get(wish.code, OccupationFit(0.0, "")), OccupationFit(wish.strength, wish.code)
            )
        return needed

    def _add_up(self, offered: str) -> Experience:
        weighted: dict[str, float] = {}
        months: dict[str, int] = {}
        unknown = False
        for held in self._signals.held:
            near = held.strength * self._vocabulary.closeness(held.code, offered)
            if near < RELATED_WORK:
                continue
            unknown = unknown or held.months is None
            weighted[held.code] = weighted.get(held.code, 0.0) + near * (held.months or 0)
            months[held.code] = months.get(held.code, 0) + (held.months or 0)
        best = max(weighted, key=lambda code: (weighted[code], code), default="")
        return Experience(sum(weighted.values()), sum(months.values()), best, months.get(best, 0), unknown)


def _keep_best(into: dict[str, tuple[float, HeldSkill]], code: str, worth: float, held: HeldSkill) -> None:
    if code not in into or worth > into[code][0]:
        into[code] = (worth, held)


def _fit(held: tuple[float, HeldSkill] | None, factor: float, relation: str) -> SkillFit:
    if held is None:
        return NO_SKILL
    worth, skill = held
    return SkillFit(worth * factor, skill.code, relation, skill.occupation)


def _best_occupation(pairs: list[tuple[float, str]]) -> OccupationFit:
    fit, had = max(pairs, default=(0.0, ""), key=lambda pair: pair[0])
    return OccupationFit(fit, had if fit > 0 else "")
