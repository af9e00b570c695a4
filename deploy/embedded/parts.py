"""One part of the stack: a program, how to see that it is ready, and how it is stopped."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Protocol

from deploy.embedded.errors import StackError
from deploy.embedded.folders import log_tail, open_log
from deploy.embedded.probes import Probe
from deploy.embedded.processes import send, send_group

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True)
class Account:
    """The user whom a program runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class StopStep:
    """A signal, and how many seconds the part has to end after it before the next step."""

    signal: Signals
    patience: float


DRAIN = (StopStep(Signals.SIGTERM, 25.0),)
"""How a service is asked to stop: it answers what it has begun, then ends."""


async def nothing() -> None:
    """What most parts need done before a start."""


@dataclass(frozen=True)
class Part:
    """A long-running program. command[0] is an absolute path; ready_within in seconds."""

    name: str
    command: tuple[str, ...]
    ready: Probe
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: Path = ROOT
    account: Account | None = None
    ready_within: float = 60.0
    stop: tuple[StopStep, ...] = DRAIN
    """Tried in order; SIGKILL follows the last."""
    on_orphan: Signals = Signals.SIGKILL
    """What the kernel sends the part when the supervisor is killed."""
    prepare: Callable[[], Awaitable[None]] = nothing
    """Done before each start, the restarts too."""


class Child(Protocol):
    """A started program."""

    pid: int

    async def wait(self) -> int:
        """Its exit status once it has ended; negative for a signal."""

    def send(self, number: Signals) -> None:
        """Signals the program; nothing happens when it has ended."""

    def end_group(self) -> None:
        """Kills the program and everything it started that is still in its process group."""


class ChildProcess:
    """A child of this process, leader of a process group of its own, so that Ctrl-C reaches the supervisor alone."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._group_ended = False
        self.pid = process.pid

    async def wait(self) -> int:
        """See Child."""
        return await self._process.wait()

    def send(self, number: Signals) -> None:
        """See Child."""
        if self._process.returncode is None:
            send(self.pid, number)

    def end_group(self) -> None:
        """See Child."""
        if not self._group_ended:
            # Once the program itself has been collected its number may be given to a stranger: only once after that.
            self._group_ended = self._process.returncode is not None
            send_group(self.pid, Signals.SIGKILL)


def guarded(command: tuple[str, ...], account: Account | None, on_orphan: Signals) -> tuple[str, ...]:
    """The command that becomes `command` as that account, and dies with this process and thread."""
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    numbers = (str(os.getpid()), str(int(on_orphan)), str(uid), str(gid))
    # Isolated and without site: nothing in the environment changes what the guard does, and it takes 20 ms.
    return (sys.executable, "-I", "-S", str(GUARD), *numbers, *command)


async def launch(part: Part) -> Child:
    """Starts the part's program with its output at the end of its log."""
    with open_log(part.log) as log:
        process = await asyncio.create_subprocess_exec(
            *guarded(part.command, part.account, part.on_orphan),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=part.environment,
            cwd=part.cwd,
            start_new_session=True,
        )
    return ChildProcess(process)


async def run_once(
    name: str,
    command: tuple[str, ...],
    environment: Mapping[str, str],
    log: Path,
    *,
    account: Account | None = None,
    cwd: Path = ROOT,
    told: Callable[[str], None] | None = None,
) -> None:
    """Runs a program to its end. StackError with the end of its log when it fails.

    told: gets each line of output too.
    """
    with open_log(log) as out:
        process = await asyncio.create_subprocess_exec(
            *guarded(command, account, Signals.SIGKILL),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if told else out,
            stderr=asyncio.subprocess.STDOUT if told else out,
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
        try:
            while told and process.stdout and (line := await process.stdout.readline()):
                out.write(line)
                out.flush()
                told(line.decode(errors="replace").rstrip())
            code = await process.wait()
        finally:
            if process.returncode is None:
                send_group(process.pid, Signals.SIGKILL)
                await process.wait()
    if code != 0:
        raise StackError(f"{name} failed with exit status {code}. {end_of(log)}")


def end_of(log: Path) -> str:
    """The last lines of a log as a sentence of an error message."""
    tail = log_tail(log)
    return f"The last lines of {log}:\n{tail}" if tail else f"{log} is empty."
