"""Processes are known by number and time of birth; memory is counted over whole trees."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from deploy.embedded import memory
from deploy.embedded.folders import read_json, write_json
from deploy.embedded.processes import Register, end_leftovers, gone, identity, is_alive, pids, tree, working_in

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
PARENT = (sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])")


def sleeping(cwd: Path | None = None) -> "subprocess.Popen[bytes]":
    """A process that would run for a minute, leader of its group as parts are."""
    return subprocess.Popen(SLEEP, start_new_session=True, cwd=cwd)


async def test_a_recycled_number_is_not_the_same_process(tmp_path: Path) -> None:
    """A process that began at another time, or in another boot, is a stranger that is never ended."""
    register = Register(tmp_path / "processes.json")
    sleeper = sleeping()
    try:
        register.add("gateway", sleeper.pid)
        kept = read_json(tmp_path / "processes.json")
        kept["gateway"]["start"] -= 1
        write_json(tmp_path / "processes.json", kept)
        assert await end_leftovers(Register(tmp_path / "processes.json")) == []
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


async def test_a_leftover_is_ended_and_named(tmp_path: Path) -> None:
    """The next supervisor ends what a killed one left running."""
    sleeper = sleeping()
    Register(tmp_path / "processes.json").add("gateway", sleeper.pid)
    later = Register(tmp_path / "processes.json")
    ending = asyncio.create_task(end_leftovers(later))
    assert await asyncio.to_thread(sleeper.wait, 10) == -9
    assert await ending == ["gateway"]


def test_register_forgets_a_part_that_was_stopped(tmp_path: Path) -> None:
    """pids lists the parts that run, by part, and no others."""
    register = Register(tmp_path / "processes.json")
    register.add("nats", os.getpid())
    register.add("encoder", os.getppid())
    register.remove("encoder")
    assert pids(tmp_path / "processes.json") == {"nats": os.getpid()}


def test_a_dead_process_has_no_identity() -> None:
    """A process that has ended is not alive, collected or not."""
    child = subprocess.Popen((sys.executable, "-c", ""))
    who = identity(child.pid)
    deadline = time.monotonic() + 10
    while identity(child.pid) is not None:  # A zombie until wait().
        assert time.monotonic() < deadline
    child.wait()
    assert identity(child.pid) is None
    mine = identity(os.getpid())
    assert mine is not None
    assert is_alive(mine)
    assert not is_alive(replace(mine, boot="another"))
    assert who is None or not is_alive(who)


def test_tree_and_memory_count_grandchildren() -> None:
    """The memory of a part is that of its process and all below it."""
    parent = subprocess.Popen(PARENT, stdin=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 10
        while len(tree(parent.pid)) < 2:
            assert time.monotonic() < deadline
        _, child = tree(parent.pid)
        while memory.resident({"child": child})["child"] < 1_000_000:  # Still becoming a Python program.
            assert time.monotonic() < deadline
        both, alone = memory.resident({"both": parent.pid, "alone": child}).values()
        assert both > alone
        assert memory.own() > 1_000_000
    finally:
        parent.communicate(b"\n", timeout=10)


async def test_processes_are_found_by_their_folder(tmp_path: Path) -> None:
    """working_in sees who works in a folder, and gone waits until nobody does."""
    (tmp_path / "data").mkdir()
    sleeper = sleeping(tmp_path / "data")
    try:
        assert working_in(tmp_path / "data") == [sleeper.pid]
        assert not await gone(lambda: working_in(tmp_path / "data"), within=0.05)
    finally:
        sleeper.kill()
        sleeper.wait()
    assert await gone(lambda: working_in(tmp_path / "data"), within=5)


def test_memory_of_a_process_that_has_ended_is_nothing() -> None:
    """A part that has just died counts 0 bytes instead of failing the count."""
    child = subprocess.Popen((sys.executable, "-c", ""))
    child.wait()
    assert memory.resident({"gone": child.pid}) == {"gone": 0}
