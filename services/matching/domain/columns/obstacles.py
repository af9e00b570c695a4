"""What stands in the way of each excluded opening, as the kinds of things that one change could clear away.

Obstacles are grouped as `Change.obstacle` names them: a language as a whole, licences, education with its recognition,
and each limit of the person's own. What nobody can change at will (the right to work, a closing date, a full course) is
fixed, and an opening with something fixed in its way is no case for a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.values import ACTIVITIES, CefrLevel

Obstacle = tuple[str, str]
"""(kind, subject), see `Change.obstacle`."""

LIMITS = (
    "hours.most",
    "hours.fewest",
    "dates.start",
    "place.travel",
    "windows.weekly",
    "shift.evening",
    "shift.night",
    "shift.weekend",
)
"""Rules about the person's own limits: each is an obstacle of its own."""

_FIXED, _LICENCE, _EDUCATION = 0, 1, 2
_FIRST_LIMIT = 3
_FIRST_LANGUAGE = _FIRST_LIMIT + len(LIMITS)
_BITS = {rule: _FIRST_LIMIT + number for number, rule in enumerate(LIMITS)}
_PREFIXES = {"licence.": _LICENCE, "education.": _EDUCATION, "profession.": _EDUCATION}
MOST_LANGUAGES = 32 - _FIRST_LANGUAGE
"""A profile has 20 languages at most (polku.profiles.v1.WorkProfile), so that 32 bits hold every obstacle."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Excluded openings at their occasions, with one or two obstacles and none of them fixed: m cases.

    row, occasion  int64[m]: of the view
    mask           uint32[m]: a bit for each obstacle
    bits           obstacle → number of its bit
    several        bool[m]: the row has more than one occasion, and may be here more than once
    """

    row: Array
    occasion: Array
    mask: Array
    bits: Mapping[Obstacle, int]
    several: Array

    def having(self, *obstacles: Obstacle) -> Array:
        """bool[m]: with these obstacles and no other."""
        whole: Array = self.mask == np.uint32(sum(1 << self.bits[one] for one in obstacles))
        return whole


def cases_of(person: Person, found: Eligibility) -> Cases:
    """The openings that one or two changes could open."""
    languages = _languages_in_the_way(person, found)
    mask = np.zeros(len(found.view), np.uint32)
    chosen_only = np.zeros(len(found.view), np.uint32)
    for rule, where in found.by_rule.items():
        if rule in _BITS or rule in ("training.seats", "training.begun"):
            _mark(chosen_only, _BITS.get(rule, _FIXED), where)
        elif not rule.startswith("language."):
            _mark(mask, _bit_of(rule), where)
    tables = found.view.demands
    mask |= languages.masks[tables.language]
    rows = found.excluded
    rows = rows[(mask[rows] & 1) == 0]
    bits: dict[Obstacle, int] = {("licence", ""): _LICENCE, ("education", ""): _EDUCATION}
    bits |= {(rule, ""): bit for rule, bit in _BITS.items()} | languages.bits
    return _at_occasions(found, rows, mask, chosen_only, bits)


def _at_occasions(
    found: Eligibility, rows: Array, mask: Array, chosen_only: Array, bits: Mapping[Obstacle, int]
) -> Cases:
    occasions = found.view.occasions
    more = (occasions.first[rows + 1] - occasions.first[rows]) > 1
    single, several = rows[~more], rows[more]
    row, occasion = single, found.occasion[single]
    whole = mask[single] | chosen_only[single]
    if len(several):
        lists = Lists(occasions.first, (np.arange(len(occasions.timing)),)).of(several)
        (each,) = lists.items
        owner = np.repeat(several, lists.lengths)
        row, occasion = np.concatenate((row, owner)), np.concatenate((occasion, each))
        whole = np.concatenate((whole, mask[owner] | _occasion_masks(found, each)))
    few = ((whole & 1) == 0) & (np.bitwise_count(whole) <= 2)
    row = row[few]
    return Cases(row, occasion[few], whole[few], bits, np.flatnonzero(few) >= len(single))


def _occasion_masks(found: Eligibility, each: Array) -> Array:
    masks = np.zeros(len(each), np.uint32)
    for rule, failed in found.schedule.failures(found.view.occasions.at(each)):
        _mark(masks, _BITS.get(rule, _FIXED), failed)
    return masks


def _bit_of(rule: str) -> int:
    return next((bit for prefix, bit in _PREFIXES.items() if rule.startswith(prefix)), _FIXED)


def _mark(masks: Array, bit: int, where: Array) -> None:
    np.bitwise_or(masks, np.uint32(1 << bit), out=masks, where=where)


# -- languages -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Languages:
    """Which languages stand in the way, by language facet."""

    masks: Array
    bits: dict[Obstacle, int]


def lacking(person: Person, needs: Array, had: Array, required: Array) -> Array:
    """bool[a, 5]: for each language asked, by activity and last for a language without a level, what blocks.

    needs  int8[a, 4]: levels asked
    had    int8[a, 4]: the person's
    """
    in_force = [f"language.{activity}" in person.query.rules for activity in ACTIVITIES]
    asked = needs > CefrLevel.NONE
    below = asked & (had != CefrLevel.UNKNOWN) & (had < needs) & required[:, np.newaxis] & in_force
    none_at_all = required & ~asked.any(axis=1) & (had == CefrLevel.NONE).all(axis=1)
    if "language.level_not_stated" not in person.query.rules:
        none_at_all = np.zeros_like(none_at_all)
    return np.column_stack((below, none_at_all))


def _languages_in_the_way(person: Person, found: Eligibility) -> _Languages:
    tables = found.view.demands
    numbers, required = tables.language_atoms.items
    blocked = lacking(person, tables.language_needs, person.levels[numbers], required).any(axis=1)
    names = tables.languages.listed
    bits = {number: _FIRST_LANGUAGE + place for place, number in enumerate(np.unique(numbers[blocked]))}
    shifts = np.zeros(len(names) + 1, np.uint32)
    for number, bit in bits.items():
        shifts[number] = 1 << bit
    masks = tables.language_atoms.reduced(np.where(blocked, shifts[numbers], 0).astype(np.uint32), np.bitwise_or)
    return _Languages(masks, {("language", names[number]): bit for number, bit in bits.items()})
