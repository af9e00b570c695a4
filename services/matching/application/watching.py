"""A person's list as it changes: what fits by now, what is gone, and that nothing happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from services.matching.application.deciding import decide_among, fits
from services.matching.application.engine import Engine
from services.matching.application.people import Ask, Person, admitted, bound, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.application.watchers import Change, Watcher, Watchers
from services.matching.domain.columns import judge_view, person_beside
from services.matching.domain.matches import NO_FILTER, Match
from services.matching.domain.query import Query
from services.matching.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition
from shared.kernel.paging import Cursor
from shared.kernel.principal import Principal

OpenUnitOfWork = Callable[[], UnitOfWork]
Clock = Callable[[], datetime]
METHOD_NAME = "WatchMatches"


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in a stream.

    heartbeat       something is said at least so often
    access          whether the caller may still know is asked at least so often
    access_for_news  and before anything is told, if it was last asked longer ago than this
    rest            pause after saying that much has changed, so that lists are not asked for without end
    longest         a stream's life; the client resumes with a new one
    """

    heartbeat: float = 15.0
    access: timedelta = timedelta(seconds=60)
    access_for_news: timedelta = timedelta(seconds=10)
    rest: float = 1.0
    longest: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WatchMatches:
    """Ask to be told of what changes. `since` is the token of a list or of the last message, "" for from now on."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    language: str = "en"
    since: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """One message. All empty and False: nothing has happened.

    matches      openings that are new or changed, and fit; recorded as `decision_id`
    gone         ids of openings that do not fit any more or are withdrawn
    many         more has changed than is told one by one: the list is to be asked for anew
    since        token with which watching goes on from here
    """

    since: str
    matches: tuple[Match, ...] = ()
    decision_id: str = ""
    gone: tuple[str, ...] = ()
    many: bool = False


async def watch_matches(
    cmd: WatchMatches,
    watchers: Watchers,
    open_uow: OpenUnitOfWork,
    engine: Engine,
    now: Clock,
    patience: Patience | None = None,
) -> AsyncGenerator[News, None]:
    """Messages until the caller leaves; the first one comes at once.

    Raises what `list_matches` raises, at the start and whenever it comes to hold; FailedPrecondition MATCHING_PAUSED,
    and LIST_OUTDATED for a `since` too old; ResourceExhausted WATCH_QUOTA_USED or WATCHER_TOO_SLOW; Unavailable
    STOPPING.
    """
    engine.check_ready()
    cursor = engine.tokens.decode(cmd.since, _bound_to(cmd))
    stream = _Stream(cmd, watchers, open_uow, engine, now, patience or Patience())
    person = await stream.admitted_person()
    with watchers.joined(cmd.caller.subject, person, stream.query(person)) as watcher:
        ends_at = now() + stream.patience.longest
        yield await stream.first(watcher, cursor)
        while now() < ends_at:
            change = await watcher.next(stream.patience.heartbeat)
            async for news in stream.told(watcher, change):
                yield news


def watch_token(engine: Engine, caller: Principal, profile_id: str, generation: int, profile_version: int) -> str:
    """A token for what has changed after this generation of the openings and this version of the profile."""
    cursor: Cursor = {"epoch": engine.epoch, "generation": generation, "profile": profile_version}
    return engine.tokens.encode(cursor, bound(METHOD_NAME, caller, profile_id))


def _bound_to(cmd: WatchMatches) -> str:
    return bound(METHOD_NAME, cmd.caller, cmd.profile_id)


class _Stream:
    """One caller's stream."""

    def __init__(
        self,
        cmd: WatchMatches,
        watchers: Watchers,
        open_uow: OpenUnitOfWork,
        engine: Engine,
        now: Clock,
        patience: Patience,
    ) -> None:
        self.patience = patience
        self._cmd = cmd
        self._watchers = watchers
        self._open_uow = open_uow
        self._engine = engine
        self._now = now
        self._asked_at = now()

    async def admitted_person(self) -> Person:
        """The person, if the caller may know and the person is matched."""
        cmd = self._cmd
        ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, METHOD_NAME)
        self._asked_at = self._now()
        person = await admitted(self._engine, ask, load_person(self._engine, self._open_uow(), cmd.profile_id))
        return _matched(person)

    async def first(self, watcher: Watcher, cursor: Cursor) -> News:
        """What has changed since the token; without one, that watching has begun."""
        if not cursor:
            return self._news(watcher, watcher.joined_at)
        if cursor["epoch"] != self._engine.epoch:
            # Of another process, which may well be serving still: what has changed since is known there alone.
            return self._news(watcher, watcher.joined_at, many=True)
        ids = self._watchers.missed(watcher, int(cursor["generation"]))
        if ids is None or cursor["profile"] != watcher.person.stored.snapshot.version:
            return self._news(watcher, watcher.joined_at, many=True)
        view = self._engine.live.view()
        shown = sorted(ids - watcher.person.hidden)
        fitting = tuple(opening_id for opening_id in shown if fits(watcher.query, view, opening_id))
        gone = tuple(opening_id for opening_id in shown if opening_id not in fitting)
        return await self._tell(watcher, Change(watcher.joined_at, fitting, gone))

    async def told(self, watcher: Watcher, change: Change | None) -> AsyncIterator[News]:
        """What is to be said of a change, or of none; the person is loaded anew for either."""
        since_asked = self._now() - self._asked_at
        if change is None:
            if since_asked >= self.patience.access:
                self._renew(watcher, await self.admitted_person())
            if watcher.changes.empty():
                watcher.joined_at = self._watchers.generation
            yield self._news(watcher, watcher.joined_at)
            return
        watcher.joined_at = change.generation
        before = watcher.query
        if since_asked >= self.patience.access_for_news:
            person = await self.admitted_person()
        else:
            person = _matched(await load_person(self._engine, self._open_uow(), self._cmd.profile_id))
        self._renew(watcher, person)
        if change.profile:
            change = await asyncio.to_thread(self._of_profile, change.generation, before, watcher)
        if change.many:
            yield self._news(watcher, change.generation, many=True)
            await asyncio.sleep(self.patience.rest)
            watcher.told_many()
        else:
            yield await self._tell(watcher, change)

    def query(self, person: Person) -> Query:
        """The person's query as of now."""
        return person.query(self._engine, self._now(), NO_FILTER, self._cmd.language)

    def _renew(self, watcher: Watcher, person: Person) -> None:
        watcher.person, watcher.query = person, self.query(person)

    def _of_profile(self, generation: int, before: Query, watcher: Watcher) -> Change:
        """What another version of the profile changes, of all openings."""
        view = self._engine.live.view().columns
        then, now = (judge_view(person_beside(query, view), view).eligible for query in (before, watcher.query))
        new, lost = np.setdiff1d(now, then), np.setdiff1d(then, now)
        if len(new) + len(lost) > self._watchers.limits.openings:
            return Change(generation, many=True)
        return Change(generation, tuple(view.id(row) for row in new), tuple(view.id(row) for row in lost))

    async def _tell(self, watcher: Watcher, change: Change) -> News:
        """The message of a change; matches are on record before it leaves."""
        news = self._news(watcher, change.generation, gone=change.gone)
        if not change.fitting:
            return news
        language, size = self._cmd.language, len(change.fitting)
        decided = await asyncio.to_thread(
            decide_among, change.fitting, watcher.person, self._engine, language, self._now(), size=size, watched=True
        )
        if decided is None:
            return news
        decision, made_with = decided
        await self._open_uow().record(decision, made_with)
        matches = tuple(replace(item, rank=0) for item in decision.matches)
        return replace(news, matches=matches, decision_id=decision.id)

    def _news(self, watcher: Watcher, generation: int, *, gone: tuple[str, ...] = (), many: bool = False) -> News:
        cmd, version = self._cmd, watcher.person.stored.snapshot.version
        since = watch_token(self._engine, cmd.caller, cmd.profile_id, generation, version)
        return News(since, gone=gone, many=many)


def _matched(person: Person) -> Person:
    if person.paused:
        raise FailedPrecondition("MATCHING_PAUSED", "The person is not matched now. Switch matching on to watch.")
    return person
