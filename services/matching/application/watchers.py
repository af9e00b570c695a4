"""Everybody who watches, told of the same change in one go.

Changes are found by comparing views of the openings in memory, at most ten times a second: what came in between is one
round, whichever way it came into memory. A round judges each changed opening for each watcher; rounds that would judge
too much say only that much has changed.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.matching.application.deciding import fits
from services.matching.application.engine import Engine
from services.matching.application.live import LiveView
from services.matching.application.people import Person
from services.matching.application.ports import UnitOfWork
from services.matching.domain.columns.changed import changed
from services.matching.domain.query import Query
from shared.kernel.errors import FailedPrecondition, PermissionDenied, PolkuError, ResourceExhausted, Unavailable


@dataclass(frozen=True, slots=True)
class Limits:
    """What watching may cost.

    all, of_one        streams open at once, of everybody and of one caller
    unread             changes that wait for a slow reader before it is dropped
    round_seconds      shortest time from one round to the next
    profile_seconds    time between two looks at the versions of the profiles that are watched
    openings, pairs    most changed openings, and openings times watchers, that a round judges
    rounds             so many rounds are remembered for those who come back
    """

    all: int = 200
    of_one: int = 4
    unread: int = 16
    round_seconds: float = 0.1
    profile_seconds: float = 0.5
    openings: int = 100
    pairs: int = 5_000
    rounds: int = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a round found for one watcher.

    generation  of the openings after the round
    fitting     ids of openings that are new or changed, and fit
    gone        ids of openings that fitted before and do not now
    many        more has changed than is told one by one
    profile     the person's profile has another version
    """

    generation: int
    fitting: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    many: bool = False
    profile: bool = False


@dataclass(eq=False)
class Watcher:
    """One stream: the person as last loaded, and the changes that it has not told yet."""

    caller: str
    person: Person
    query: Query
    joined_at: int  # generation of the openings up to which the stream has told
    changes: asyncio.Queue[Change | None] = field(repr=False)
    stored: bool = False
    known_version: int = 0
    _many_waits: bool = False
    _ended: PolkuError | None = None

    def end(self, error: PolkuError) -> None:
        """Let the stream end with this error."""
        self._ended = self._ended or error
        if not self.changes.full():
            self.changes.put_nowait(None)

    def tell(self, change: Change) -> None:
        """Queue a change; a reader that is too far behind is dropped instead. That much has changed waits once."""
        if change.many and self._many_waits:
            return
        if self.changes.full():
            self.end(too_slow())
        else:
            self.changes.put_nowait(change)
            self._many_waits = self._many_waits or change.many

    def told_many(self) -> None:
        """The next time that much has changed is to be told again."""
        self._many_waits = False

    async def next(self, seconds: float) -> Change | None:
        """The next change, or None where none came within so many seconds. Raises what the stream ends with."""
        change: Change | None = None
        try:
            if self._ended is None:
                change = await asyncio.wait_for(self.changes.get(), seconds)
        except TimeoutError:
            return None
        if self._ended is not None:
            raise self._ended
        return change


@dataclass(frozen=True, slots=True)
class _Round:
    """Generations before and after, and what changed between; None where it was too much to be told."""

    before: int
    after: int
    ids: frozenset[str] | None


class Watchers:
    """All who watch in this process. All but the judging happens on the event loop."""

    def __init__(self, engine: Engine, open_uow: Callable[[], UnitOfWork], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._engine = engine
        self._open_uow = open_uow
        self._watchers: set[Watcher] = set()
        self._callers: Counter[str] = Counter()
        self._before: LiveView | None = None
        self._rounds: deque[_Round] = deque(maxlen=self.limits.rounds)
        self._closed = False

    @contextmanager
    def joined(self, caller: str, person: Person, query: Query) -> Iterator[Watcher]:
        """Watch inside the block. Raises ResourceExhausted WATCH_QUOTA_USED, Unavailable at a stop or a start."""
        if self._closed or self._before is None:
            raise _stopping() if self._closed else _loading()
        if len(self._watchers) >= self.limits.all or self._callers[caller] >= self.limits.of_one:
            raise ResourceExhausted(
                "WATCH_QUOTA_USED", "Too many streams are open. Close one of yours, or try again later.", retry_after=10
            )
        generation = self._before.columns.generation
        watcher = Watcher(caller, person, query, generation, asyncio.Queue(self.limits.unread))
        self._watchers.add(watcher)
        self._callers[caller] += 1
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]

    @property
    def generation(self) -> int:
        """Of the openings, up to which everybody has been told."""
        return self._before.columns.generation if self._before is not None else 0

    def missed(self, watcher: Watcher, generation: int) -> frozenset[str] | None:
        """Ids of what has changed from a generation to the watcher's joining; None where it was too much to be told.

        Raises FailedPrecondition LIST_OUTDATED where that is not remembered any more.
        """
        if generation >= watcher.joined_at:
            return frozenset()
        since = [each for each in self._rounds if generation < each.after <= watcher.joined_at]
        if not since or since[0].before > generation:
            raise FailedPrecondition("LIST_OUTDATED", "What has changed since is not known. Ask for the list anew.")
        found = [each.ids for each in since if each.ids is not None]
        ids = frozenset().union(*found)
        return ids if len(found) == len(since) and len(ids) <= self.limits.openings else None

    def close(self) -> None:
        """End all streams, so that clients go elsewhere, and let nobody in."""
        self._closed = True
        for watcher in tuple(self._watchers):
            watcher.end(_stopping())

    async def run(self, stop: asyncio.Event) -> None:
        """Look for changes until `stop` is set."""
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while not stop.is_set():
            if self._engine.live.loaded:
                await self.round()
                if loop.time() >= look_at:
                    await self.look_at_profiles()
                    look_at = loop.time() + self.limits.profile_seconds
            try:
                await asyncio.wait_for(stop.wait(), self.limits.round_seconds)
            except TimeoutError:
                continue

    async def round(self) -> None:
        """Tell what has changed since the last round."""
        before, now = self._before, self._engine.live.view()
        if before is None or now.columns.generation == before.columns.generation:
            self._before = before or now
            return
        ids = await asyncio.to_thread(changed, before.columns, now.columns)
        watchers = tuple(self._watchers)
        few = len(ids) <= self.limits.openings and len(ids) * len(watchers) <= self.limits.pairs
        generation = now.columns.generation
        found: Mapping[Watcher, Change] = {watcher: Change(generation, many=True) for watcher in watchers}
        if few:
            asked = [(watcher, watcher.query, watcher.person.hidden) for watcher in watchers]
            found = await asyncio.to_thread(_judged, asked, ids, before, now)
        # From here on without waiting: whoever joins comes either before the round or after it.
        late = self._watchers.difference(watchers)
        self._before = now
        self._rounds.append(_Round(before.columns.generation, generation, ids if few else None))
        for watcher, change in found.items():
            watcher.tell(change)
        for watcher in late:
            if ids:
                watcher.tell(Change(generation, many=True))

    async def look_at_profiles(self) -> None:
        """Tell those whose profile has another version; where it is gone, the stream ends."""
        if not self._watchers:
            return
        watchers = tuple(self._watchers)
        try:
            async with self._open_uow() as uow:
                versions = await uow.profiles.versions({each.person.stored.snapshot.id for each in watchers})
        except Unavailable:
            return  # the store is away: the next look finds it
        for watcher in watchers:
            version = versions.get(watcher.person.stored.snapshot.id)
            if version is None and watcher.stored:
                watcher.end(PermissionDenied())
            watcher.stored = version is not None
            if version is not None and version > max(watcher.person.stored.snapshot.version, watcher.known_version):
                watcher.known_version = version
                watcher.tell(Change(self.generation, profile=True))


def _judged(
    watchers: Sequence[tuple[Watcher, Query, frozenset[str]]], ids: frozenset[str], before: LiveView, now: LiveView
) -> dict[Watcher, Change]:
    """What each watcher has to be told; those for whom nothing changes are left out."""
    found = {}
    for watcher, query, hidden in watchers:
        shown = sorted(ids - hidden)
        fitting = tuple(opening_id for opening_id in shown if fits(query, now, opening_id))
        lost = sorted(set(shown).difference(fitting))
        gone = tuple(opening_id for opening_id in lost if fits(query, before, opening_id))
        if fitting or gone:
            found[watcher] = Change(now.columns.generation, fitting, gone)
    return found


def too_slow() -> ResourceExhausted:
    """What a reader is dropped with that does not keep up."""
    return ResourceExhausted("WATCHER_TOO_SLOW", "Changes were not read in time. Ask for the list anew.")


def _stopping() -> Unavailable:
    return Unavailable("STOPPING", "This process is stopping. Connect again and resume.", retry_after=1)


def _loading() -> Unavailable:
    return Unavailable("OPENINGS_LOADING", "The openings are still being read into memory. Try again in a moment.")
