"""What clears licences and education away: one licence, a recognition, an education of a level and a field."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from services.matching.domain.changes import EDUCATION, LICENCE, RECOGNITION, Change, recognised_educations
from services.matching.domain.columns.demands import DemandTables
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.languages_cleared import covered, still_adds
from services.matching.domain.columns.obstacles import Cases
from services.matching.domain.columns.person import FOREVER, Person
from services.matching.domain.columns.storage import Array, Lists
from services.matching.domain.columns.tables import Table, keyed, numbered
from services.matching.domain.eligibility.qualifications import field_outcome
from services.matching.domain.verdicts import Outcome

_EDUCATION_RULES = ("education.level", "education.field")


# -- licences ------------------------------------------------------------------------------------------------------


def licence_table(person: Person, found: Eligibility, cases: Cases, chosen: Array) -> Table:
    """One change for each licence that is missing. Keys are a set of missing licences with what a training adds."""
    tables = found.view.demands
    rows = cases.row[chosen]
    missing, key = _missing(person, found, rows)
    width = int(tables.adds[rows].max(initial=0)) + 1
    keys, key = numbered(key * width + tables.adds[rows])
    missing = missing.of(keys // width)
    (codes,) = missing.items
    names = tables.licences.listed
    changes = [Change(LICENCE, names[code], "yes") for code in np.unique(codes)]
    asks = np.array([missing.reduced(codes == tables.licences.find(one.subject), np.logical_or) for one in changes])
    clears = np.array([_clears(person, tables, missing, [change]) for change in changes])
    adds, at = numbered(keys % width)
    if len(adds) > 1 or adds[0]:
        clears &= np.array([still_adds(person, tables, [change], adds) for change in changes])[:, at]
    return keyed(cases, chosen, key, changes, clears, asks)


def licence_pairs(person: Person, found: Eligibility, cases: Cases, chosen: Array) -> list[tuple[Change, Change, int]]:
    """Pairs of licences that some of these cases miss, with how many miss just these two."""
    tables = found.view.demands
    missing, key = _missing(person, found, cases.row[chosen])
    sizes = np.bincount(key, minlength=len(missing))
    names = tables.licences.listed
    pairs: dict[tuple[str, str], int] = {}
    for number in np.flatnonzero(missing.lengths == 2):
        span = slice(missing.starts[number], missing.starts[number + 1])
        first, second = sorted(names[code] for code in missing.items[0][span])
        pairs[first, second] = pairs.get((first, second), 0) + int(sizes[number])
    return [(Change(LICENCE, one, "yes"), Change(LICENCE, other, "yes"), size) for (one, other), size in pairs.items()]


def cleared_by_licences(person: Person, found: Eligibility, rows: Array, changes: list[Change]) -> Array:
    """bool by row: no licence is missing once these are held."""
    missing, key = _missing(person, found, rows)
    cleared: Array = _clears(person, found.view.demands, missing, changes)[key]
    return cleared


def _clears(person: Person, tables: DemandTables, missing: Lists, changes: list[Change]) -> Array:
    has = np.zeros(len(tables.licences) + 1, bool)
    for change in changes:
        has[covered(person, tables, change.subject)] = True
    return missing.reduced(has[missing.items[0]], np.logical_and, empty=True)


def _missing(person: Person, found: Eligibility, rows: Array) -> tuple[Lists, Array]:
    """Distinct sets of missing licences (numbers, each once, rising), and by row the number of its set."""
    tables = found.view.demands
    codes, by_law = tables.licence_atoms.items
    in_force = [rule in person.query.rules for rule in ("licence.held", "licence.by_law")]
    judged = np.where(by_law, in_force[1], in_force[0])
    last_day = person.licence_last_day[codes]
    dated = np.unique(codes[judged & (last_day >= 0) & (last_day < FOREVER)])
    pattern = np.zeros(len(rows), np.int64)
    start = np.maximum(found.view.start[rows], person.today)
    for place, code in enumerate(dated):
        pattern |= (start > person.licence_last_day[code]).astype(np.int64) << place
    whole, key = numbered((tables.licence[rows].astype(np.int64) << len(dated)) | pattern)
    place_of = {int(code): place for place, code in enumerate(dated)}
    sets = []
    for number in whole:
        facet, over = int(number) >> len(dated), int(number) & ((1 << len(dated)) - 1)
        span = slice(tables.licence_atoms.starts[facet], tables.licence_atoms.starts[facet + 1])
        asked = {int(code) for code, sure in zip(codes[span], judged[span], strict=True) if sure}
        sets.append(sorted(code for code in asked if _is_missing(person, code, over, place_of)))
    starts = np.concatenate(([0], np.cumsum([len(one) for one in sets]))).astype(np.int64)
    return Lists(starts, (np.array([code for one in sets for code in one], np.int64),)), key


def _is_missing(person: Person, code: int, over: int, place_of: dict[int, int]) -> bool:
    if person.licence_last_day[code] < 0:
        return True
    return code in place_of and bool(over >> place_of[code] & 1)


# -- education -----------------------------------------------------------------------------------------------------


def education_table(person: Person, found: Eligibility, cases: Cases, chosen: Array) -> Table:
    """A recognition, where that alone is missing; else an education of the level and field asked for."""
    tables = found.view.demands
    keys, key = numbered(tables.education[cases.row[chosen]])
    blocked = {rule: facets[keys] != 0 for rule, facets in person.missing_education(tables).items()}
    lower = blocked["education.level"] | blocked["education.field"]
    fields = tables.fields.listed
    asked: dict[Change, list[int]] = {}
    for place, facet in enumerate(keys):
        level = max(0, int(tables.education_level[facet]))
        change = Change(RECOGNITION, "", "recognised")
        if lower[place]:
            change = Change(EDUCATION, fields[tables.education_field[facet]], str(level or ""))
        asked.setdefault(change, []).append(place)
    changes = sorted(asked)
    asks = np.zeros((len(changes), len(keys)), bool)
    for place, change in enumerate(changes):
        asks[place, asked[change]] = True
    before = np.any(list(blocked.values()), axis=0)
    clears = np.array([_educated(person, tables, keys, before, change) for change in changes])
    return keyed(cases, chosen, key, changes, clears, asks)


def _educated(person: Person, tables: DemandTables, keys: Array, before: Array, change: Change) -> Array:
    """bool by key: nothing of education is in the way after the change; `before` is where a requirement was."""
    if change.rule == RECOGNITION:
        profile = person.query.profile
        work = replace(profile.work, educations=recognised_educations(profile.work))
        after = replace(person, query=replace(person.query, profile=replace(profile, work=work)))
        lacking = after.missing_education(tables)
        blocked: Array = np.any([facets[keys] != 0 for facets in lacking.values()], axis=0)
        return ~blocked
    # A new education from Finland is recognised. It clears where it lacks neither the level nor the field, or where an
    # education told does and only its recognition stood in the way.
    needed = tables.education_level[keys]
    short = (needed > int(change.required)) if change.required else np.zeros(len(keys), bool)
    fields = tables.fields.listed
    other = np.array([_is_other(change.subject, fields[field]) for field in tables.education_field[keys]], bool)
    lacks: Array = (short | other) & before
    return ~lacks


@lru_cache(maxsize=1 << 16)
def _is_other(field: str, needed: str) -> bool:
    return bool(needed) and field_outcome(field, needed) is Outcome.NOT_MET
