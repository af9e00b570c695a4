"""The supervisor: restarts with growing waits, start failures, order of the stop; on fake time and fake processes."""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from signal import Signals
from typing import Any

import pytest
import structlog

from deploy.embedded.errors import StackError
from deploy.embedded.parts import Child, Part, StopStep, launch
from deploy.embedded.processes import Register
from deploy.embedded.progress import Silent
from deploy.embedded.restarts import Backoff
from deploy.embedded.supervisor import Supervisor


class FakeChild:
    """A process that ends when it is told to, or by the signals in `deadly`."""

    def __init__(self, pid: int, deadly: frozenset[Signals] = frozenset({Signals.SIGTERM, Signals.SIGKILL})) -> None:
        self.pid = pid
        self._deadly = deadly
        self._status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.received: list[Signals] = []

    async def wait(self) -> int:
        """See Child."""
        return await asyncio.shield(self._status)

    def send(self, number: Signals) -> None:
        """See Child."""
        self.received.append(number)
        if number in self._deadly:
            self.end(-number)

    def end_group(self) -> None:
        """See Child."""
        self.end(-Signals.SIGKILL)

    def end(self, status: int) -> None:
        """The process ends by itself."""
        if not self._status.done():
            self._status.set_result(status)


class World:
    """Fake time and fake processes around a real supervisor."""

    def __init__(self, folder: Path, deadly: frozenset[Signals] = frozenset({Signals.SIGTERM})) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.children: list[FakeChild] = []
        self.ready: deque[bool] = deque()
        self.deadly = deadly
        self.stopped: list[str] = []
        self.log = structlog.testing.CapturingLogger()
        self.part = Part("encoder", ("/bin/true",), self._is_ready, folder / "encoder.log")
        self.supervisor = Supervisor(
            Register(folder / "processes.json"),
            Silent(),
            structlog.wrap_logger(self.log, processors=[]),
            start=self._start,
            backoff=Backoff(),
            clock=lambda: self.now,
            sleep=self._sleep,
        )

    async def _is_ready(self) -> bool:
        return self.ready.popleft() if self.ready else True

    async def _start(self, part: Part) -> Child:
        # Beyond the kernel's largest process number: the register finds nobody there.
        self.children.append(FakeChild(1 << 23, self.deadly))
        return self.children[-1]

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)
        await asyncio.sleep(0)

    def events(self) -> list[str]:
        """The log events in order."""
        return [str(call.kwargs["event"]) for call in self.log.calls]


def _restarted(world: World, times: int) -> bool:
    return world.supervisor.restarts("encoder") == times


async def until(true: Callable[[], bool]) -> None:
    """Waits until something is true; fails after five seconds."""
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0)


def test_waits_double_up_to_the_longest_and_start_over_after_a_steady_minute() -> None:
    """0.2, 0.4 ... 5 seconds; a part that was up for a minute begins again at 0.2."""
    backoff, wait, waits = Backoff(), None, []
    for _ in range(7):
        wait = backoff.next(wait, uptime=1.0)
        waits.append(wait)
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert backoff.next(5.0, uptime=60.0) == 0.2
    assert backoff.next(5.0, uptime=59.9) == 5.0


async def test_dead_part_is_started_again_after_the_backoff(tmp_path: Path) -> None:
    """A part that dies comes back after 0.2 s, then 0.4 s, and each return is logged as part.restarted."""
    world = World(tmp_path)
    await world.supervisor.start(world.part)
    for number, wait in enumerate((0.2, 0.4), start=1):
        world.children[-1].end(1)
        await until(partial(_restarted, world, number))
        assert world.waits[-1] == pytest.approx(wait)
    assert world.events() == ["part.started", *["part.ended", "part.restarted"] * 2]
    await world.supervisor.stop_all()


async def test_part_that_dies_again_before_it_is_ready_is_tried_on(tmp_path: Path) -> None:
    """A restart that fails is one more death, not the end of the trying."""
    world = World(tmp_path)
    await world.supervisor.start(world.part)
    world.ready.extend([False, True])
    world.children[0].end(1)
    await until(lambda: len(world.children) == 2)
    world.children[1].end(2)
    await until(lambda: world.supervisor.restarts("encoder") == 1)
    assert len(world.children) == 3
    assert world.events().count("part.restart_failed") == 1
    await world.supervisor.stop_all()


async def test_part_that_ends_before_it_is_ready_fails_the_start(tmp_path: Path) -> None:
    """The first start does not try on: it says the exit status and the end of the log."""
    world = World(tmp_path)
    world.part.log.write_text("address already in use\n")
    world.ready.extend([False] * 1000)
    start = asyncio.create_task(world.supervisor.start(world.part))
    await until(lambda: bool(world.children))
    world.children[0].end(3)
    with pytest.raises(StackError, match=r"ended with 3 before it was ready(.|\n)*address already in use"):
        await start


async def test_part_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    """After ready_within seconds a start fails and the process is gone."""
    world = World(tmp_path)
    world.ready.extend([False] * 100_000)
    with pytest.raises(StackError, match="not ready within 60 s"):
        await world.supervisor.start(world.part)
    assert await world.children[0].wait() == -Signals.SIGKILL


async def test_stopped_part_is_not_started_again(tmp_path: Path) -> None:
    """A death that the supervisor asked for is no reason for a restart."""
    world = World(tmp_path)
    await world.supervisor.start(world.part)
    await world.supervisor.stop_all()
    assert len(world.children) == 1
    assert world.children[0].received == [Signals.SIGTERM]
    assert world.events() == ["part.started", "part.stopped"]


async def test_part_that_ignores_its_signal_is_killed_after_the_patience(tmp_path: Path) -> None:
    """SIGKILL follows when the last step's patience has run out."""
    world = World(tmp_path, deadly=frozenset())
    await world.supervisor.start(replace(world.part, stop=(StopStep(Signals.SIGTERM, 0.05),)))
    await world.supervisor.stop_all()
    assert world.children[0].received == [Signals.SIGTERM]
    assert await world.children[0].wait() == -Signals.SIGKILL


async def test_hurry_cuts_the_patience_short(tmp_path: Path) -> None:
    """Once the user has asked twice nobody waits 25 s for a part to drain."""
    world = World(tmp_path, deadly=frozenset())
    await world.supervisor.start(world.part)
    began = time.monotonic()
    world.supervisor.hurry.set()
    await world.supervisor.stop_all()
    assert time.monotonic() - began < 5


async def test_parts_stop_group_after_group(tmp_path: Path) -> None:
    """Later groups are asked only when the earlier ones have ended, and names that never started are skipped."""
    world = World(tmp_path, deadly=frozenset())
    for name in ("postgres", "gateway"):
        await world.supervisor.start(replace(world.part, name=name))
    postgres, gateway = world.children
    stopping = asyncio.create_task(world.supervisor.stop(["gateway", "openings"], ["postgres"]))
    await until(lambda: bool(gateway.received))
    assert not postgres.received
    gateway.end(0)
    await until(lambda: bool(postgres.received))
    postgres.end(0)
    await stopping


async def test_unknown_part_is_an_error_that_names_those_there_are(tmp_path: Path) -> None:
    """kill and wait_ready of a name that was never started say which names there are."""
    world = World(tmp_path)
    await world.supervisor.start(world.part)
    with pytest.raises(StackError, match="encoder"):
        await world.supervisor.kill("nats")
    await world.supervisor.stop_all()


async def fake_child(tmp_path: Path) -> Child:
    """The fake as the contract sees it."""
    return FakeChild(1 << 23)


async def real_child(tmp_path: Path) -> Child:
    """A real process that would run for a minute."""

    async def ready() -> bool:
        return True

    command = (sys.executable, "-c", "import time; time.sleep(60)")
    return await launch(Part("sleeper", command, ready, tmp_path / "sleeper.log"))


@pytest.mark.parametrize("make", [fake_child, real_child])
@pytest.mark.parametrize("end", ["send", "end_group"])
async def test_child_contract(make: Callable[[Path], Any], end: str, tmp_path: Path) -> None:
    """Fake and real children end by a signal, tell it to every waiter, and take later signals in silence."""
    child = await make(tmp_path)
    waiters = [asyncio.create_task(child.wait()) for _ in range(2)]
    if end == "send":
        child.send(Signals.SIGKILL)
    else:
        child.end_group()
    assert await asyncio.gather(*waiters) == [-Signals.SIGKILL] * 2
    child.send(Signals.SIGKILL)
    child.end_group()
    assert await child.wait() == -Signals.SIGKILL
