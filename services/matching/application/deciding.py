"""A decision about a few openings that are named, worked out by the reference as a list of their own."""

from collections.abc import Collection
from datetime import datetime
from math import isnan

import numpy as np

from services.matching.application.comparing import cosines_of
from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import Person
from services.matching.application.records import MadeWith
from services.matching.domain.eligibility import judge
from services.matching.domain.matches import NO_FILTER, Decision, Shortlisted
from services.matching.domain.pipeline import match, match_of
from services.matching.domain.query import Query
from services.matching.domain.replay import METHOD, PersonInput, input_of
from shared.kernel.ids import new_id


def fits(query: Query, live: LiveView, opening_id: str) -> bool:
    """Whether an opening is published in this view and fits."""
    row = live.row(opening_id)
    return row is not None and judge(query, live.candidate(row)).eligible


def decide_among(
    opening_ids: Collection[str],
    person: Person,
    engine: Engine,
    language: str,
    now: datetime,
    *,
    size: int,
    watched: bool = False,
) -> tuple[Decision, MadeWith] | None:
    """Those of the openings that are published, fit and are not hidden, in order; None where there are none.

    `size` items are made, whole. For a thread: some 0.1 ms an opening.
    """
    query, live = person.query(engine, now, NO_FILTER, language), engine.live.view()
    found_at = {opening_id: live.row(opening_id) for opening_id in sorted(set(opening_ids) - person.hidden)}
    rows = {
        opening_id: row for opening_id, row in found_at.items() if row is not None and fits(query, live, opening_id)
    }
    if not rows:
        return None
    cosines = zip(rows, cosines_of(live, person, np.array(list(rows.values()))).tolist(), strict=True)
    known = {opening_id: cosine for opening_id, cosine in cosines if not isnan(cosine)}
    candidates = {opening_id: live.candidate(row) for opening_id, row in rows.items()}
    found = match(query, candidates.values(), known, engine.weights)
    shortlist = tuple(
        Shortlisted(each.id, each.snapshot.version, ranked.score.total, known.get(each.id))
        for ranked in found.matches
        for each in (ranked.judgement.candidate,)
    )
    decision = Decision(
        id=new_id(),
        create_time=now,
        profile_id=person.stored.snapshot.id,
        language=language,
        filter=query.filter,
        order=found.order,
        versions=engine.versions(person.stored.snapshot.version, live),
        eligible_count=len(shortlist),
        excluded_count=0,
        pending=person.waiting,
        method=METHOD,
        shortlist=shortlist,
        matches=tuple(match_of(query, ranked, rank) for rank, ranked in enumerate(found.matches[:size], start=1)),
        watched=watched,
    )
    made_with = MadeWith(
        PersonInput(person.stored.snapshot, person.stored.signals),
        engine.weights,
        lambda place: input_of(candidates[shortlist[place].opening_id]),
    )
    return decision, made_with
