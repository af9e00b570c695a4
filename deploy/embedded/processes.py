"""Looking at processes through Linux's /proc, and ending those that a killed supervisor left behind."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.folders import read_json, write_json

PROC = Path("/proc")


@dataclass(frozen=True)
class Identity:
    """One life of a process. The start (clock ticks since boot) tells it from a later one with the same number."""

    pid: int
    start: int
    boot: str


def identity(pid: int) -> Identity | None:
    """Who runs under this number now; None when nobody does, or only a dead one that nobody has collected."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # proc(5): the name in parentheses may hold anything, so count the fields after its end: state is 3, starttime 22.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else Identity(pid, int(fields[19]), boot)


def is_alive(who: Identity) -> bool:
    """Whether exactly this process still runs."""
    return identity(who.pid) == who


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is this folder. PostgreSQL's processes all work in their data folder."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if Path(os.readlink(entry / "cwd")) == folder and identity(int(entry.name)) is not None:
                found.append(int(entry.name))
        except OSError:  # It has ended, or it is another user's.
            continue
    return found


def tree(pid: int) -> list[int]:
    """The process and everything below it, parents first."""
    found = [pid]
    for member in found:
        try:
            for task in (PROC / str(member) / "task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def send(pid: int, number: signal.Signals) -> None:
    """Signals a process; one that has ended meanwhile is fine."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def send_group(pid: int, number: signal.Signals) -> None:
    """Signals every process of the group that `pid` leads or led; an empty group is fine."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


class Register:
    """The processes of a supervisor in a file, so that the next one finds them should this one be killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, Identity] = {}

    def add(self, part: str, pid: int) -> None:
        """Keeps who runs as this part now."""
        who = identity(pid)
        if who is not None:
            self._running[part] = who
            self._write()

    def remove(self, part: str) -> None:
        """The part runs no more."""
        if self._running.pop(part, None) is not None:
            self._write()

    def _write(self) -> None:
        write_json(self._path, {part: vars(who) for part, who in self._running.items()})

    def leftovers(self) -> dict[str, Identity]:
        """The processes of an earlier supervisor that still run, by part."""
        kept = {part: Identity(**who) for part, who in read_json(self._path).items()}
        return {part: who for part, who in kept.items() if is_alive(who)}


def pids(path: Path) -> Mapping[str, int]:
    """Process number by part from a register's file, of those that still run."""
    return {part: who.pid for part, who in Register(path).leftovers().items()}


async def gone(alive: Callable[[], Iterable[object]], within: float) -> bool:
    """Waits up to `within` seconds until nothing is alive; whether that came true."""
    deadline = time.monotonic() + within
    while any(True for _ in alive()):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def end_working_in(folder: Path) -> None:
    """Ends the processes that work in this folder: asks with SIGQUIT first. StackError when some will not end."""
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in working_in(folder):
            send(pid, number)
        if await gone(lambda: working_in(folder), within=5):
            return
    raise StackError(f"Processes {working_in(folder)} still use {folder} and cannot be ended: end them first.")


async def end_leftovers(register: Register) -> list[str]:
    """Ends what a killed supervisor left behind, except PostgreSQL, which looks after itself; names the parts."""
    left = {part: who for part, who in register.leftovers().items() if part != "postgres"}
    for who in left.values():
        send_group(who.pid, signal.SIGKILL)
    await gone(lambda: [who for who in left.values() if is_alive(who)], within=10)
    return sorted(left)
