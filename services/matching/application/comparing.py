"""A person beside everything that is published: judged and scored as columns, with the items made by the reference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isnan

import numpy as np

from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import Person
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Eligibility, Scorer, View, judge_view, person_beside
from services.matching.domain.columns import Person as ColumnsPerson
from services.matching.domain.columns.ranking import Cosines, Ranking, ranking_of
from services.matching.domain.columns.selection import newest_first
from services.matching.domain.columns.storage import Array
from services.matching.domain.eligibility import judge
from services.matching.domain.matches import Match, Order, Shortlisted
from services.matching.domain.pipeline import UNSCORED, Ranked, match_of
from services.matching.domain.query import Query
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.weights import Weights

COSINE_DECIMALS = 4
"""Cosines are rounded to so many before anything is done with them, so that what is recorded is what was used."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What fits a person and what does not, of one view. Openings that are hidden are in neither.

    hidden  how many openings that would be considered are hidden
    """

    query: Query
    live: LiveView
    person: ColumnsPerson
    found: Eligibility
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """The first openings of a list, in order.

    totals, cosines  by place; a cosine is NaN where one of the texts is not encoded. Both empty without ranking
    eligible         how many openings fit
    unread           how many of those have no vector yet
    """

    order: Order
    rows: Array
    totals: Array
    cosines: Array
    eligible: int
    unread: int


_HEX = 32  # digits of an id
NO_ROWS = np.zeros(0, np.int64)
NOTHING_FITS = Selection(Order.BEST_FIRST, NO_ROWS, np.zeros(0), np.zeros(0), 0, 0)


def compare(query: Query, engine: Engine, hidden: frozenset[str] = frozenset()) -> Compared:
    """Judge everything that is published now, but for the openings that the person hides. For a thread."""
    return compare_in(engine.live.view(), query, hidden)


def compare_in(live: LiveView, query: Query, hidden: frozenset[str] = frozenset()) -> Compared:
    """The same of what was published in a view."""
    rows = {opening_id: row for opening_id in hidden if (row := live.row(opening_id)) is not None}
    query = replace(query, filter=replace(query.filter, hidden=frozenset(rows)))
    person = person_beside(query, live.columns)
    shown = judge_view(person, live.columns).without(np.array(list(rows.values()), np.int64))
    return Compared(query, live, person, shown, len(shown.hidden))


def select(compared: Compared, person: Person, engine: Engine, longest: int) -> Selection:
    """The first `longest` openings of the person's list."""
    if compared.query.profile.choices.ranking_opt_out:
        rows = compared.found.eligible
        chosen = rows[newest_first(compared.live.columns, rows, longest)]
        return Selection(Order.NEWEST_FIRST, chosen, np.zeros(len(chosen)), np.zeros(0), len(rows), 0)
    return selected(compared, person, rank(compared, engine, longest), partial(cosines_of, compared.live, person))


def rank(compared: Compared, engine: Engine, longest: int) -> Ranking:
    """What fits, ready to be ordered."""
    return ranking_of(scorer(compared, engine), compared.found.eligible, longest)


def selected(compared: Compared, person: Person, ranking: Ranking, cosines: Cosines) -> Selection:
    """The first openings of a ranking."""
    first = ranking.ordered(cosines)
    unread = compared.live.unread(ranking.rows) if person.vector is not None else 0
    return Selection(Order.BEST_FIRST, first.rows, first.totals, first.cosines, len(ranking.rows), unread)


def scorer(compared: Compared, engine: Engine) -> Scorer:
    """Scores the rows of a comparison."""
    work = compared.live.columns.work
    occupations = engine.closeness.occupations(compared.query, work)
    skills = engine.closeness.skills(compared.query.signals, work)
    return Scorer(compared.person, compared.found, occupations, skills, engine.weights)


def cosines_of(live: LiveView, person: Person, rows: Array) -> Array:
    """Cosines of the person's text with these rows, rounded; NaN where one of the texts is not encoded."""
    if person.vector is None:
        return np.full(len(rows), np.nan)
    return np.round(live.cosines(person.vector, rows), COSINE_DECIMALS)


def places_of(compared: Compared, selection: Selection) -> tuple[Shortlisted, ...]:
    """The selection as it is recorded."""
    view, rows = compared.live.columns, selection.rows
    cosines = selection.cosines if len(selection.cosines) else np.full(len(rows), np.nan)
    columns = (_ids(view, rows), view.version[rows].tolist(), selection.totals.tolist(), cosines.tolist())
    return tuple(
        Shortlisted(opening_id, version, total, None if isnan(cosine) else cosine)
        for opening_id, version, total, cosine in zip(*columns, strict=True)
    )


def _ids(view: View, rows: Array) -> list[str]:
    """What `view.id` gives, for many rows at once."""
    whole = np.stack((view.high[rows], view.low[rows]), axis=1).astype(">u8").tobytes().hex()
    texts = (whole[at : at + _HEX] for at in range(0, len(whole), _HEX))
    return [f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}" for text in texts]


def items_of(
    compared: Compared, shortlist: tuple[Shortlisted, ...], rows: Array, weights: Weights
) -> tuple[Match, ...]:
    """The first items of a list, whole, made by the reference: as many as there are rows."""
    query, live = compared.query, compared.live
    shares = part_weights(weights, query.profile.work.goals.weights)
    return tuple(
        item_of(query, live.candidate(row), place, rank, weights, shares)
        for rank, (row, place) in enumerate(zip(rows.tolist(), shortlist, strict=False), start=1)
    )


def item_of(
    query: Query,
    candidate: Candidate,
    place: Shortlisted,
    rank: int,
    weights: Weights,
    shares: Mapping[str, float],
) -> Match:
    """An item of a list from the opening and what is recorded of its place."""
    judgement = judge(query, candidate)
    if query.profile.choices.ranking_opt_out:
        return match_of(query, Ranked(judgement, UNSCORED), rank)
    return match_of(query, Ranked(judgement, score(query, judgement, place.cosine, weights, shares)), rank)
