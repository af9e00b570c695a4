"""The question worth asking, counted over all openings that fit at once. See `question.question_of`, the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from services.matching.domain.columns.closeness import SkillNearness
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.eligibility.qualifications import SKILL_MET
from services.matching.domain.matches import Question
from services.matching.domain.question import about_travel, best_question
from services.matching.domain.rules import BY_ID
from services.matching.domain.values import ACTIVITIES, Answer, CefrLevel, OpeningKind
from services.matching.domain.work import RightStatus

Asked = tuple[str, str]


def question_of_all(person: Person, found: Eligibility, skills: SkillNearness) -> Question | None:
    """The question, or None where nothing unknown stands between the person and an opening."""
    rows = found.eligible
    undecided: Counter[Asked] = Counter()
    counts = (
        _languages(person, found, rows),
        _licences(person, found, rows),
        _skills(person, found, rows, skills),
        _education(person, found, rows),
        _right_to_work(person, found, rows),
        _occasions(person, found, rows),
    )
    for family in counts:
        for asked, count in family:
            undecided[asked] += count
    return best_question(+undecided)


def _languages(person: Person, found: Eligibility, rows: Array) -> Iterator[tuple[Asked, int]]:
    """An opening that asks for a language and gives it counts once."""
    tables, field = found.view.demands, BY_ID["language.speaking"].field
    asked = np.array([f"language.{activity}" in person.query.rules for activity in ACTIVITIES], bool)
    languages, required = tables.language_atoms.items
    had = person.levels[languages]
    unknown = (asked & (tables.language_needs > CefrLevel.NONE) & (had == CefrLevel.UNKNOWN)).any(axis=1) & required
    pairs = _pairs(tables.language_atoms, unknown, len(tables.languages) + 1)
    width = len(tables.languages) + 1
    each = np.bincount(tables.language[rows], minlength=len(tables.language_atoms))
    counts = np.zeros(width, np.int64)
    np.add.at(counts, pairs % width, each[pairs // width])
    given = _adds_unknown(person, found)[tables.adds[rows]]
    language = tables.adds_language[tables.adds[rows]]
    fresh = given & ~np.isin(tables.language[rows].astype(np.int64) * width + language, pairs)
    np.add.at(counts, language[fresh], 1)
    for number, language_tag in enumerate(tables.languages.listed[: width - 1]):
        yield (field, language_tag), int(counts[number])


def _adds_unknown(person: Person, found: Eligibility) -> Array:
    """By what a training gives: a language of which it cannot be said whether it would lead further."""
    tables = found.view.demands
    targets, had = tables.adds_levels, person.levels[tables.adds_language]
    asked = targets > CefrLevel.NONE
    further = asked & (had != CefrLevel.UNKNOWN) & (had < targets)
    unsure = (asked & (had == CefrLevel.UNKNOWN)).any(axis=1) | ~asked.any(axis=1)
    given = (tables.adds_language >= 0) & ("training.adds" in person.query.rules)
    unknown: Array = given & ~further.any(axis=1) & unsure
    return unknown


def _licences(person: Person, found: Eligibility, rows: Array) -> Iterator[tuple[Asked, int]]:
    tables, field = found.view.demands, BY_ID["licence.held"].field
    told = {code for code, held in person.query.licences.items() if any(row.held is not Answer.UNKNOWN for row in held)}
    listed = tables.licences.listed
    unknown = np.array([code not in told for code in listed] + [False], bool)
    codes, by_law = tables.licence_atoms.items
    rules = person.query.rules
    in_force = np.where(by_law, "licence.by_law" in rules, "licence.held" in rules)
    counts = _counted(tables.licence_atoms, unknown[codes] & in_force, tables.licence[rows], len(listed) + 1)
    for number, code in enumerate(listed):
        yield (field, code), int(counts[number])


def _skills(person: Person, found: Eligibility, rows: Array, skills: SkillNearness) -> Iterator[tuple[Asked, int]]:
    rule = "skill.must_have"
    if rule not in person.query.rules:
        return
    work = found.view.work
    codes, _ = work.skill_atoms.items
    counts = _counted(work.skill_atoms, skills.fits[codes] < SKILL_MET, work.must[rows], len(skills.fits))
    listed = work.skills.listed
    for number in np.flatnonzero(counts).tolist():
        yield (BY_ID[rule].field, listed[number]), int(counts[number])


def _education(person: Person, found: Eligibility, rows: Array) -> Iterator[tuple[Asked, int]]:
    tables, rule = found.view.demands, "profession.recognition"
    unknown = person.unknown_education(tables)
    if rule in person.query.rules and not person.recognition_refused:
        unknown = unknown | tables.profession
    yield (BY_ID[rule].field, ""), int(np.count_nonzero(unknown[tables.education[rows]]))


def _right_to_work(person: Person, found: Eligibility, rows: Array) -> Iterator[tuple[Asked, int]]:
    rule = "right_to_work.status"
    if rule in person.query.rules and person.query.profile.work.right_to_work.status is RightStatus.UNKNOWN:
        yield (BY_ID[rule].field, ""), int(np.count_nonzero(found.view.kind[rows] == OpeningKind.VACANCY))


def _occasions(person: Person, found: Eligibility, rows: Array) -> Iterator[tuple[Asked, int]]:
    for rule, unknown in found.schedule.unknowns(found.view.occasions.at(found.occasion[rows])):
        asked = about_travel(person.query) if rule == "place.travel" else (BY_ID[rule].field, "")
        if asked is not None and asked[0]:
            yield asked, int(np.count_nonzero(unknown))


def _counted(lists: Lists, chosen: Array, facets: Array, width: int) -> Array:
    """By number of the thing: for how many of the openings, of which `facets` has the list, it is a chosen item."""
    each = np.bincount(facets, minlength=len(lists))
    pairs = _pairs(lists, chosen, width)
    counts = np.zeros(width, np.int64)
    np.add.at(counts, pairs % width, each[pairs // width])
    return counts


def _pairs(lists: Lists, chosen: Array, width: int) -> Array:
    """Facet and thing of each chosen item as one number, facet · width + thing, each pair once."""
    facet = np.repeat(np.arange(len(lists)), lists.lengths)
    return np.unique(facet[chosen].astype(np.int64) * width + lists.items[0][chosen])
