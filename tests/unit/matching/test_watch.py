"""Watching: what is told, what is not, and how a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.matching.application.lists import ListMatches, list_matches
from services.matching.application.watchers import Limits, Watchers
from services.matching.application.watching import News, Patience, WatchMatches, watch_matches
from services.matching.domain.replay import replay
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Purpose
from services.matching.domain.work import RightStatus, RightToWork
from shared.kernel.errors import (
    FailedPrecondition,
    PermissionDenied,
    PolkuError,
    ResourceExhausted,
    Unavailable,
)
from tests.builders.matching import NOW, PROFILE_ID, candidate, opening_id, profile, vacancy, vocabulary
from tests.builders.matching_world import PERSON, SEEKER, World

IN_TIME = 5.0


@dataclass
class Watched:
    """A world whose rounds the test turns by hand."""

    world: World
    limits: Limits = field(default_factory=Limits)
    clock: datetime = NOW

    def __post_init__(self) -> None:
        self.engine = self.world.engine
        self.watchers = Watchers(self.engine, lambda: self.world.uow, self.limits)

    @asynccontextmanager
    async def stream(self, patience: Patience | None = None, **fields: Any) -> AsyncIterator["Reader"]:
        """A stream of the seeker's."""
        given = {"caller": SEEKER, "profile_id": PROFILE_ID, "purpose": Purpose.OWN_DATA} | fields
        cmd = WatchMatches(**given)  # type: ignore[arg-type]
        news = watch_matches(
            cmd, self.watchers, lambda: self.world.uow, self.engine, lambda: self.clock, patience or Patience()
        )
        try:
            yield Reader(news)
        finally:
            await news.aclose()

    async def publish(self, *snapshots: OpeningSnapshot) -> None:
        """Openings come into memory, and a round is turned."""
        for snapshot in snapshots:
            self.world.live.put(candidate(snapshot), "")
        await self.watchers.round()


@dataclass
class Reader:
    """Reads a stream."""

    news: Any

    async def next(self) -> News:
        """The next message."""
        found: News = await asyncio.wait_for(anext(self.news), IN_TIME)
        return found

    async def refused(self) -> PolkuError:
        """The error that the stream ends with."""
        with pytest.raises(PolkuError) as caught:
            while True:
                await self.next()
        return caught.value


@pytest.fixture
async def watched() -> Watched:
    """Nothing published yet, and one round turned."""
    made = Watched(World())
    await made.watchers.round()
    return made


async def test_what_is_published_and_fits_is_told_and_recorded(watched: Watched) -> None:
    """The match comes with rank 0, and is on record as a watched decision that can be worked out again."""
    async with watched.stream() as reader:
        first = await reader.next()
        assert (first.matches, first.gone, first.many) == ((), (), False)
        await watched.publish(vacancy(1))
        told = await reader.next()
    assert [(match.opening.id, match.rank) for match in told.matches] == [(opening_id(1), 0)]
    decision = watched.world.uow.state.decisions[told.decision_id]
    assert decision.watched
    assert decision.matches == tuple(replace(match, rank=1) for match in told.matches)
    async with watched.world.uow as uow:
        inputs = await uow.decisions.inputs(decision, range(1))
    assert replay(decision, inputs, vocabulary()).identical


async def test_what_does_not_fit_is_not_told(watched: Watched) -> None:
    """An opening that a rule leaves out changes nothing for the watcher, and the next thing told is another."""
    watched.world.change(profile(right_to_work=RightToWork(RightStatus.NONE)))
    async with watched.stream(Patience(heartbeat=0.01)) as reader:
        await reader.next()
        await watched.publish(vacancy(1))
        said = await reader.next()
        assert (said.matches, said.gone, said.many) == ((), (), False)
    assert watched.world.uow.state.decisions == {}


async def test_what_is_withdrawn_is_told_as_gone(watched: Watched) -> None:
    """An opening that fitted and is not published any more is gone; one that never fitted is not mentioned."""
    await watched.publish(vacancy(1), vacancy(2))
    async with watched.stream() as reader:
        await reader.next()
        watched.world.live.remove(opening_id(1))
        await watched.watchers.round()
        assert (await reader.next()).gone == (opening_id(1),)


async def test_a_burst_is_one_message(watched: Watched) -> None:
    """All that came between two rounds is told at once, best first."""
    async with watched.stream() as reader:
        await reader.next()
        await watched.publish(*(vacancy(number) for number in range(1, 6)))
        assert len((await reader.next()).matches) == 5
    assert len(watched.world.uow.state.decisions) == 1


async def test_a_bulk_load_is_told_as_many_changes() -> None:
    """More openings than a round judges are not told one by one, and nothing is recorded."""
    watched = Watched(World(), Limits(openings=3))
    await watched.watchers.round()
    async with watched.stream(Patience(rest=0.0)) as reader:
        await reader.next()
        await watched.publish(*(vacancy(number) for number in range(1, 6)))
        told = await reader.next()
    assert told.many
    assert told.matches == ()
    assert watched.world.uow.state.decisions == {}


async def test_nothing_is_missed_between_list_and_watch(watched: Watched) -> None:
    """With the list's token, the first message tells what was published after the list and before the watch."""
    cmd = ListMatches(SEEKER, PROFILE_ID, Purpose.OWN_DATA)
    page = await list_matches(cmd, watched.world.uow, watched.engine, NOW, lambda page: page)
    await watched.publish(vacancy(1))
    async with watched.stream(since=page.watch_token) as reader:
        assert [match.opening.id for match in (await reader.next()).matches] == [opening_id(1)]


async def test_a_token_of_another_process_has_the_list_asked_for_anew(watched: Watched) -> None:
    """Generations count from the start of a process: the stream says that much has changed, and goes on from there."""
    page = await watched.world.ask()  # answered by an engine of its own
    async with watched.stream(since=page.watch_token) as reader:
        assert (await reader.next()).many
        await watched.publish(vacancy(1))
        assert [match.opening.id for match in (await reader.next()).matches] == [opening_id(1)]


async def test_what_is_not_remembered_any_more_is_refused() -> None:
    """A token from before the rounds that are remembered: the list is to be asked for anew."""
    watched = Watched(World(), Limits(rounds=1))
    await watched.watchers.round()
    async with watched.stream() as reader:
        since = (await reader.next()).since
    await watched.publish(vacancy(1))
    await watched.publish(vacancy(2))
    async with watched.stream(since=since) as reader:
        error = await reader.refused()
    assert isinstance(error, FailedPrecondition)
    assert error.reason == "LIST_OUTDATED"


async def test_another_version_of_the_profile_tells_what_it_changes(watched: Watched) -> None:
    """What does not fit the changed person is gone, without any opening having changed."""
    await watched.publish(vacancy(1))
    async with watched.stream() as reader:
        await reader.next()
        changed = replace(profile(right_to_work=RightToWork(RightStatus.NONE)), version=PERSON.version + 1)
        watched.world.change(changed)
        await watched.watchers.look_at_profiles()
        assert (await reader.next()).gone == (opening_id(1),)


async def test_an_erased_person_ends_the_stream(watched: Watched) -> None:
    """Where the profile is gone the answer is that of an absent one."""
    async with watched.stream() as reader:
        await reader.next()
        await watched.watchers.look_at_profiles()
        del watched.world.uow.state.profiles[PROFILE_ID]
        await watched.watchers.look_at_profiles()
        assert isinstance(await reader.refused(), PermissionDenied)


async def test_pausing_matching_ends_the_stream(watched: Watched) -> None:
    """Someone who is not matched any more is told so, and no match."""
    async with watched.stream() as reader:
        await reader.next()
        paused = replace(PERSON.choices, matching_paused=True)
        watched.world.change(replace(PERSON, version=PERSON.version + 1, choices=paused))
        await watched.publish(vacancy(1))
        assert (await reader.refused()).reason == "MATCHING_PAUSED"
    assert watched.world.uow.state.decisions == {}


async def test_access_is_asked_for_again(watched: Watched) -> None:
    """Whoever may not know any more hears so at the next heartbeat after a minute, and before any news after 10 s."""
    async with watched.stream(Patience(heartbeat=0.01)) as reader:
        await reader.next()
        watched.world.gate.allowed.clear()
        await reader.next()
        watched.clock = NOW + timedelta(seconds=60)
        assert isinstance(await reader.refused(), PermissionDenied)


async def test_a_slow_reader_is_dropped() -> None:
    """Changes are queued up to a limit; beyond it the stream ends with a coded error and frees its place."""
    watched = Watched(World(), Limits(unread=2, of_one=1))
    await watched.watchers.round()
    async with watched.stream() as reader:
        await reader.next()
        for number in range(1, 5):
            await watched.publish(vacancy(number))
        error = await reader.refused()
    assert isinstance(error, ResourceExhausted)
    assert error.reason == "WATCHER_TOO_SLOW"
    async with watched.stream() as reader:
        await reader.next()


async def test_streams_of_one_caller_are_counted() -> None:
    """More streams than one caller may have are refused; one that has ended does not count."""
    watched = Watched(World(), Limits(of_one=1))
    await watched.watchers.round()
    async with watched.stream() as first:
        await first.next()
        async with watched.stream() as second:
            assert (await second.refused()).reason == "WATCH_QUOTA_USED"
    async with watched.stream() as third:
        await third.next()


async def test_a_stop_ends_all_streams(watched: Watched) -> None:
    """Those who watch are sent elsewhere, and nobody is let in any more."""
    async with watched.stream() as reader:
        await reader.next()
        watched.watchers.close()
        assert isinstance(await reader.refused(), Unavailable)
    async with watched.stream() as reader:
        assert (await reader.refused()).reason == "STOPPING"


async def test_a_stream_has_an_end(watched: Watched) -> None:
    """After its longest life a stream ends without an error, to be resumed."""
    async with watched.stream(Patience(heartbeat=0.01)) as reader:
        await reader.next()
        watched.clock = NOW + timedelta(hours=2)
        with pytest.raises(StopAsyncIteration):
            while True:
                await reader.next()
