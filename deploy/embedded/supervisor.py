"""Keeps parts running: starts them, starts them again when they die, and stops them in reverse order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from signal import Signals
from typing import Any

from deploy.embedded.errors import StackError
from deploy.embedded.memory import resident
from deploy.embedded.parts import Child, Part, end_of, launch
from deploy.embedded.processes import Register
from deploy.embedded.progress import Progress
from deploy.embedded.restarts import Backoff

LOOK_EVERY = 0.05
"""Seconds between two looks at whether a part is ready."""
HURRIED = 1.0
"""Seconds of patience per stop step once the user has asked a second time."""


@dataclass
class _Life:
    """What the supervisor knows about one part now. Not frozen: it is the one place where this changes."""

    part: Part
    child: Child | None = None
    since: float = 0.0
    restarts: int = 0
    ready: bool = False
    stopping: bool = False
    keeper: "asyncio.Task[None] | None" = None


class Supervisor:
    """Supervises parts from one event loop.

    The loop must stay in the thread that made it: the kernel ends the parts when that thread ends.
    """

    def __init__(
        self,
        register: Register,
        progress: Progress,
        log: Any,
        *,
        start: Callable[[Part], Awaitable[Child]] = launch,
        backoff: Backoff = Backoff(),  # noqa: B008 (frozen)
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._register = register
        self._progress = progress
        self._log = log
        self._start = start
        self._backoff = backoff
        self._clock = clock
        self._sleep = sleep
        self._lives: dict[str, _Life] = {}
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.hurry = asyncio.Event()

    async def start(self, part: Part) -> None:
        """Starts a part, waits until it is ready and keeps it so from then on.

        StackError when it ends or is not ready in time; it is then stopped.
        """
        began = self._clock()
        self._progress.began(part.name)
        life = self._lives[part.name] = _Life(part)
        await self._bring_up(life)
        life.keeper = asyncio.create_task(self._keep(life), name=f"keep {part.name}")
        life.keeper.add_done_callback(self._keeper_ended)
        self._log.info("part.started", part=part.name, pid=self.pid(part.name))
        self._progress.done(part.name, self._clock() - began)

    async def stop(self, *groups: Iterable[str]) -> None:
        """Stops the groups one after the other, the parts of one group side by side. Unknown names are fine."""
        for group in groups:
            await asyncio.gather(*(self._stop_one(self._lives[name]) for name in group if name in self._lives))

    async def stop_all(self) -> None:
        """Stops every part, the last started first."""
        await self.stop(*([name] for name in reversed(list(self._lives))))

    async def broken(self) -> None:
        """Returns never; raises when a keeper itself fails, which is a defect."""
        await asyncio.shield(self._broken)

    async def kill(self, name: str, number: Signals = Signals.SIGKILL) -> int:
        """Signals a part's process and waits until it has ended, or returns at once for SIGSTOP and SIGCONT.

        Returns the number of the process that was hit. The supervisor starts the part again.
        """
        child = self._child(name)
        self._lives[name].ready = False
        child.send(number)
        if number not in (Signals.SIGSTOP, Signals.SIGCONT):
            await child.wait()
        return child.pid

    async def wait_ready(self, name: str, within: float = 30.0) -> None:
        """Waits until the part is up and ready (again). StackError when it is not within that many seconds."""
        deadline = self._clock() + within
        life = self._life(name)
        while not (life.ready and await life.part.ready()):
            if self._clock() > deadline:
                raise StackError(f"{name} was not ready again within {within:g} s. {end_of(life.part.log)}")
            await self._sleep(LOOK_EVERY)

    def pid(self, name: str) -> int:
        """The number of the part's process now."""
        return self._child(name).pid

    def restarts(self, name: str) -> int:
        """How often the part was started again."""
        return self._life(name).restarts

    def memory(self) -> dict[str, int]:
        """Resident bytes (PSS) by part."""
        return resident({name: life.child.pid for name, life in self._lives.items() if life.child})

    def _life(self, name: str) -> _Life:
        if name not in self._lives:
            raise StackError(f"There is no part {name!r}; there are: {', '.join(self._lives) or 'none'}.")
        return self._lives[name]

    def _child(self, name: str) -> Child:
        child = self._life(name).child
        if child is None:
            raise StackError(f"{name} does not run now.")
        return child

    async def _bring_up(self, life: _Life) -> None:
        life.since = self._clock()
        await life.part.prepare()
        life.child = await self._start(life.part)
        self._register.add(life.part.name, life.child.pid)
        try:
            await self._until_ready(life.part, life.child)
        except BaseException:
            await self._end(life)
            raise
        life.ready = True

    async def _until_ready(self, part: Part, child: Child) -> None:
        deadline = self._clock() + part.ready_within
        ended = asyncio.ensure_future(child.wait())
        try:
            while True:
                ready = await part.ready()
                if ended.done():  # Looked at last: another server may have answered on the port of a dead part.
                    raise StackError(f"{part.name} ended with {ended.result()} before it was ready. {end_of(part.log)}")
                if ready:
                    return
                if self._clock() > deadline:
                    raise StackError(f"{part.name} was not ready within {part.ready_within:g} s. {end_of(part.log)}")
                await self._sleep(LOOK_EVERY)
        finally:
            ended.cancel()

    async def _keep(self, life: _Life) -> None:
        name, wait = life.part.name, None
        while life.child is not None:
            status = await life.child.wait()
            life.ready = False
            life.child.end_group()
            if life.stopping:
                return
            wait = self._backoff.next(wait, self._clock() - life.since)
            self._log.warning("part.ended", part=name, status=status, restart_in_s=wait)
            await self._sleep(wait)
            try:
                await self._bring_up(life)
            except (StackError, OSError) as error:
                self._log.error("part.restart_failed", part=name, error=str(error))
                continue
            life.restarts += 1
            self._log.warning("part.restarted", part=name, status=status, restarts=life.restarts)
            self._progress.note(f"{name} ended with {status} and was started again")

    def _keeper_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) and not self._broken.done():
            self._log.error("part.keeper_failed", part=task.get_name(), error=repr(error))
            self._broken.set_exception(error)
            self._broken.exception()  # Marks it as seen: nobody may be waiting in broken().

    async def _stop_one(self, life: _Life) -> None:
        life.stopping, life.ready = True, False
        if life.keeper is not None:
            life.keeper.cancel()
            await asyncio.wait({life.keeper})
        if life.child is None:
            return
        began = self._clock()
        for step in life.part.stop:
            life.child.send(step.signal)
            if await self._ended(life.child, step.patience):
                break
        await self._end(life)
        self._log.info("part.stopped", part=life.part.name, seconds=round(self._clock() - began, 3))

    async def _ended(self, child: Child, patience: float) -> bool:
        ended, hurry = asyncio.ensure_future(child.wait()), asyncio.ensure_future(self.hurry.wait())
        await asyncio.wait({ended, hurry}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done() and hurry.done():
            await asyncio.wait({ended}, timeout=min(patience, HURRIED))
        over = ended.done()
        ended.cancel()
        hurry.cancel()
        return over

    async def _end(self, life: _Life) -> None:
        if life.child is not None:
            life.child.end_group()
            await life.child.wait()
            self._register.remove(life.part.name)
            if life.stopping or life.keeper is None:  # Nobody will start it again.
                life.child = None
