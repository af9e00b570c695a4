"""Following the clock: openings are published and expire on time without anyone calling."""

import asyncio
import datetime
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, timedelta

from services.openings.adapters.clock import ClockFollower
from services.openings.application.due import CLOCK, follow_the_clock
from services.openings.domain.opening import Move, OpeningClosed, OpeningPublished, State
from shared.kernel.errors import Unavailable
from tests.builders.openings import NOW, a_content, a_draft, published
from tests.fakes.openings import FakeUnitOfWork, OpeningStore

HOUR = timedelta(hours=1)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for a condition, 5 s at most."""
    give_up_at = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen within 5 s"
        await asyncio.sleep(0.005)


class SettableClock:
    """A clock that tests set."""

    def __init__(self, now: datetime.datetime = NOW) -> None:
        self.now = now
        self.asked = 0

    def __call__(self) -> datetime.datetime:
        self.asked += 1
        return self.now


@asynccontextmanager
async def following(follower: ClockFollower) -> AsyncIterator[None]:
    """The follower at work."""
    stop = asyncio.Event()
    work = asyncio.create_task(follower.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(work, 5)


def states(store: OpeningStore) -> list[State]:
    """The states in the order of creation."""
    return [opening.state for opening in store.openings.values()]


async def test_what_is_due_changes_like_by_any_other_hand(store: OpeningStore) -> None:
    """Version, event and transition are kept as for every change; the actor is the clock."""
    await published(store, a_draft("soon", publish_time=NOW + HOUR))
    await published(store, a_draft("later", publish_time=NOW + 2 * HOUR))
    followed = await follow_the_clock(10, FakeUnitOfWork(store), NOW + HOUR)
    assert (followed.changed, followed.next_due) == (1, NOW + 2 * HOUR)
    assert states(store) == [State.PUBLISHED, State.SCHEDULED]
    assert [type(event) for event in store.events] == [OpeningPublished]
    change, actor = store.transitions[-1]
    assert (change.move, change.opening.version, actor) == (Move.FALL_DUE, 2, CLOCK)
    assert (await follow_the_clock(10, FakeUnitOfWork(store), NOW + HOUR)).changed == 0


async def test_a_round_takes_a_bounded_number(store: OpeningStore) -> None:
    """The rest stays due, the longest due first taken."""
    for number in range(5):
        await published(store, a_draft(f"job-{number}", publish_time=NOW + HOUR * (number + 1)))
    followed = await follow_the_clock(3, FakeUnitOfWork(store), NOW + 10 * HOUR)
    assert (followed.changed, followed.next_due) == (3, NOW + 4 * HOUR)
    assert states(store) == [State.PUBLISHED] * 3 + [State.SCHEDULED] * 2


async def test_an_opening_expires_at_local_midnight_on_the_days_of_clock_changes(store: OpeningStore) -> None:
    """On 29 March 2026 the day ends at 21:00 UTC, on 25 October at 22:00 UTC, and not an instant earlier."""
    for day, end in ((datetime.date(2026, 3, 29), 21), (datetime.date(2026, 10, 25), 22)):
        midnight = datetime.datetime(day.year, day.month, day.day, end, tzinfo=UTC)
        content = a_content(closing_date=day)
        answer = await published(store, a_draft(day.isoformat(), content=content), now=midnight - 3 * HOUR)
        early = await follow_the_clock(10, FakeUnitOfWork(store), midnight - timedelta(microseconds=1))
        assert (early.changed, early.next_due) == (0, midnight)
        assert (await follow_the_clock(10, FakeUnitOfWork(store), midnight)).changed == 1
        assert store.events[-1] == OpeningClosed(answer.opening.id, 2, State.EXPIRED)


async def test_the_follower_sleeps_until_something_is_due(store: OpeningStore) -> None:
    """It changes an opening when its time has come, though it may pause for long."""
    clock = SettableClock()
    await published(store, a_draft(publish_time=NOW + timedelta(seconds=0.2)))
    async with following(ClockFollower(lambda: FakeUnitOfWork(store), clock, longest_pause=60)):
        await eventually(lambda: clock.asked >= 2)
        assert states(store) == [State.SCHEDULED]
        clock.now += timedelta(seconds=0.2)
        await eventually(lambda: states(store) == [State.PUBLISHED])


async def test_the_follower_is_woken_by_what_is_stored(store: OpeningStore) -> None:
    """A schedule that is earlier than the one it sleeps for is kept to."""
    clock = SettableClock()
    follower = ClockFollower(lambda: FakeUnitOfWork(store), clock, longest_pause=60)
    async with following(follower):
        await eventually(lambda: clock.asked >= 1)
        await published(store, a_draft(publish_time=NOW + HOUR))
        clock.now += HOUR
        follower.wake()
        await eventually(lambda: states(store) == [State.PUBLISHED])


async def test_the_follower_looks_again_after_its_longest_pause(store: OpeningStore) -> None:
    """What another process stored is found, though nobody wakes this one."""
    clock = SettableClock()
    async with following(ClockFollower(lambda: FakeUnitOfWork(store), clock, longest_pause=0.05)):
        await eventually(lambda: clock.asked >= 1)
        await published(store, a_draft(publish_time=NOW + HOUR))
        clock.now += HOUR
        await eventually(lambda: states(store) == [State.PUBLISHED])


async def test_a_passing_failure_does_not_end_the_follower(store: OpeningStore) -> None:
    """Without a database it tries again."""
    failures = [Unavailable("STORAGE_UNAVAILABLE", "away")]

    def open_uow() -> FakeUnitOfWork:
        if failures:
            raise failures.pop()
        return FakeUnitOfWork(store)

    clock = SettableClock()
    await published(store, a_draft(publish_time=NOW + HOUR))
    clock.now += HOUR
    follower = ClockFollower(open_uow, clock)
    async with following(follower):
        await eventually(lambda: not failures)
        follower.wake()
        await eventually(lambda: states(store) == [State.PUBLISHED])
