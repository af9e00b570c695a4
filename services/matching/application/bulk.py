"""Lists for all people: a run is split into items, any number of workers take them, and each item is done once."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np

from services.matching.application.comparing import COSINE_DECIMALS, compare_in, cosines_of, places_of, rank, selected
from services.matching.application.deciding import decide_among
from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import BULK_SERVICE, Ask, Person, admitted, load_person, person_of
from services.matching.application.ports import UnitOfWork
from services.matching.application.prepared import BulkItem, BulkRun, PreparedList, Progress
from services.matching.domain.columns.ranking import Cosines, Ranking
from services.matching.domain.columns.storage import Array
from services.matching.domain.events import ListsRequested
from services.matching.domain.matches import NO_FILTER, Decision
from services.matching.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, NotFound
from shared.kernel.ids import new_id
from shared.kernel.paging import page_size
from shared.kernel.principal import Principal

PEOPLE = 100
"""Of an item: a second's work or two, so that little is done twice when a worker dies."""
MOST_COSINES = 16_000_000
"""Of one product, 64 MB. The more people in one, the less it costs for each, as all vectors are read once for them."""
WIDE, FEWEST_TOGETHER = 16, 8
"""A product with all openings costs a person about as much as comparing one in sixteen of them singly, if eight people
at least share it."""
LONGEST_LIST = 200
GIVEN_UP_AFTER = timedelta(hours=24)
"""A run that has not ended by then holds up no other."""
LANGUAGE = "en"  # of a query whose texts nobody reads


@dataclass(frozen=True, slots=True)
class StartBulkRun:
    """Start a run over all people; with `scheduled_for`, one at most for that day."""

    scheduled_for: date | None = None


@dataclass(frozen=True, slots=True)
class ListPreparedMatches:
    """Ask for the list that the newest run made for a person."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    language: str = "en"
    page_size: int = 0


async def start_bulk_run(cmd: StartBulkRun, uow: UnitOfWork, now: datetime) -> Progress:
    """The run that was started, or the one that is under way or was started for that day."""
    async with uow:
        newest = await uow.runs.newest()
        under_way = newest is not None and not newest.finished and now - newest.run.create_time < GIVEN_UP_AFTER
        scheduled = cmd.scheduled_for is not None and await uow.runs.scheduled(cmd.scheduled_for)
        if newest is not None and (under_way or scheduled):
            return newest
        run = BulkRun(new_id(), now, cmd.scheduled_for)
        items = _items(run.id, await uow.runs.people())
        await uow.runs.add(run, items)
        await uow.events.append(*(ListsRequested(item.id, now) for item in items))
        await uow.commit()
    return Progress(run, len(items), 0, sum(item.people for item in items), 0, 0, 0)


async def get_bulk_run(run_id: str, uow: UnitOfWork) -> Progress:
    """How far a run has come. Raises NotFound BULK_RUN_NOT_FOUND."""
    async with uow:
        found = await uow.runs.progress(run_id)
    if found is None:
        raise NotFound("BULK_RUN_NOT_FOUND", "There is no such run. Start one, or use the name that starting gave.")
    return found


async def prepare_lists(item_id: str, uow: UnitOfWork, engine: Engine, now: datetime) -> int | None:
    """Make the lists of an item; how many, or None where somebody else has done it. Safe to repeat."""
    async with uow:
        item = await uow.runs.waiting(item_id)
        if item is None:
            return None
        people = [await _person(profile_id, uow, engine) for profile_id in await uow.runs.people_of(item)]
    ranked = [person for person in people if person is not None and not _left_out(person)]
    lists = await asyncio.to_thread(_prepared, ranked, item.run_id, engine, now)
    async with uow:
        prepared = await uow.prepared.put(lists)
        if not await uow.runs.finish(item_id, prepared, now):
            return None
        await uow.commit()
    return prepared


async def list_prepared_matches(
    cmd: ListPreparedMatches, uow: UnitOfWork, engine: Engine, now: datetime
) -> tuple[PreparedList, Decision | None]:
    """What of a prepared list still holds, in order and on record; None where nothing fits any more.

    Raises NotFound LIST_NOT_PREPARED, FailedPrecondition LIST_OUTDATED or MATCHING_PAUSED, else as `list_matches`.
    """
    size = page_size(cmd.page_size)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListPreparedMatches", BULK_SERVICE)
    prepared, person = await admitted(engine, ask, _loaded(cmd.profile_id, uow, engine))
    if person.paused:
        raise FailedPrecondition("MATCHING_PAUSED", "The person is not matched now. Switch matching on to list.")
    if prepared is None:
        raise NotFound("LIST_NOT_PREPARED", "No list was made for this person. Ask for the list itself.")
    if _left_out(person) or not _still_holds(prepared, person, engine):
        raise FailedPrecondition("LIST_OUTDATED", "Much has changed since this list was made. Ask for the list itself.")
    ids = [place.opening_id for place in prepared.shortlist]
    decided = await asyncio.to_thread(decide_among, ids, person, engine, cmd.language, now, size=size)
    if decided is None:
        return prepared, None
    decision, made_with = decided
    await uow.record(decision, made_with)
    return prepared, decision


def _items(run_id: str, people: Sequence[str]) -> list[BulkItem]:
    blocks = [people[start : start + PEOPLE] for start in range(0, len(people), PEOPLE)]
    return [BulkItem(new_id(), run_id, number, block[0], block[-1], len(block)) for number, block in enumerate(blocks)]


def _left_out(person: Person) -> bool:
    """Whether no list is made ahead for this person."""
    return person.paused or person.stored.snapshot.choices.ranking_opt_out


async def _person(profile_id: str, uow: UnitOfWork, engine: Engine) -> Person | None:
    stored, vector, feedback = await uow.profiles.person(profile_id)
    return None if stored is None else person_of(stored, vector, feedback, engine)


async def _loaded(profile_id: str, uow: UnitOfWork, engine: Engine) -> tuple[PreparedList | None, Person]:
    person = await load_person(engine, uow, profile_id)
    async with uow:
        return await uow.prepared.get(profile_id), person


def _still_holds(prepared: PreparedList, person: Person, engine: Engine) -> bool:
    """Whether it was made of the same person, and in the same way; openings are judged anew in any case."""
    now, then = engine.versions(person.stored.snapshot.version, engine.live.view()), prepared.versions
    return all(
        getattr(now, name) == getattr(then, name)
        for name in ("model", "weights", "rules", "vocabulary", "profile_version")
    )


def _prepared(people: Sequence[Person], run_id: str, engine: Engine, now: datetime) -> list[PreparedList]:
    """The lists, some people at a time."""
    at_once = max(MOST_COSINES // max(len(engine.live.view().columns), 1), 1)
    blocks = (people[start : start + at_once] for start in range(0, len(people), at_once))
    return [prepared for block in blocks for prepared in _together(block, run_id, engine, now)]


def _together(people: Sequence[Person], run_id: str, engine: Engine, now: datetime) -> Iterator[PreparedList]:
    """Each person is judged and scored without the text; then the texts are compared, of several people in one go."""
    live = engine.live.view()
    compared = [compare_in(live, person.query(engine, now, NO_FILTER, LANGUAGE), person.hidden) for person in people]
    rankings = [rank(each, engine, LONGEST_LIST) for each in compared]
    asked = _cosines(people, rankings, live)
    for person, each, ranking, cosines in zip(people, compared, rankings, asked, strict=True):
        selection = selected(each, person, ranking, cosines)
        yield PreparedList(
            profile_id=person.stored.snapshot.id,
            run_id=run_id,
            create_time=now,
            versions=engine.versions(person.stored.snapshot.version, live),
            eligible_count=selection.eligible,
            excluded_count=each.found.excluded_count,
            shortlist=places_of(each, selection),
        )


def _cosines(people: Sequence[Person], rankings: Sequence[Ranking], live: LiveView) -> list[Cosines]:
    """How each person's text is compared: with the contenders, or, where these are many, with all in one product."""
    found: list[Cosines] = [partial(cosines_of, live, person) for person in people]
    wide = {
        place: person.vector
        for place, (person, ranking) in enumerate(zip(people, rankings, strict=True))
        if person.vector is not None and WIDE * len(ranking.contenders) > len(live.columns)
    }
    if len(wide) >= FEWEST_TOGETHER:
        for place, row in zip(wide, live.cosines_of_all(list(wide.values())), strict=True):
            found[place] = partial(_picked, row)
    return found


def _picked(cosines: Array, rows: Array) -> Array:
    return np.round(cosines[rows].astype(np.float64), COSINE_DECIMALS)
