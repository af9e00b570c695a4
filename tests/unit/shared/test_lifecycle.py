"""The life of a process, in real processes, and background tasks."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.runtime.lifecycle import Background, TaskDied

_ROOT = Path(__file__).parents[3]
_HEADER = """
import asyncio, sys
from shared.kernel.errors import Unavailable
from shared.runtime.env import SettingsError
from shared.runtime.lifecycle import Background, run
from shared.runtime.log import configure
configure("test", format="json")
"""


def _process(body: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _HEADER + body],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_sets_stop_and_main_drains(number: signal.Signals) -> None:
    """SIGTERM and SIGINT let main end its work; the process then exits with 0."""
    process = _process("""
async def main(stop):
    print("ready", flush=True)
    await stop.wait()
    print("drained", flush=True)
run(main)
""")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "drained\n")
    assert "process.stop_requested" in err


@pytest.mark.parametrize(
    ("statement", "code", "told", "hidden"),
    [
        ("raise SettingsError(('POLKU_LISTEN is missing: set it.',))", 2, "POLKU_LISTEN is missing", "Traceback"),
        ("raise Unavailable('STORAGE_UNAVAILABLE', 'no database')", 1, "STORAGE_UNAVAILABLE", "Traceback"),
        ("raise RuntimeError('Aino')", 1, "RuntimeError", "Aino"),
    ],
)
def test_failure_is_logged_and_exits(statement: str, code: int, told: str, hidden: str) -> None:
    """Unusable settings exit with 2, other failures with 1; the log says why, without texts of exceptions."""
    process = _process(f"async def main(stop):\n    {statement}\nrun(main)\n")
    _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert told in err
    assert hidden not in err


def test_dead_background_task_ends_the_process() -> None:
    """A background task that dies stops main and the process exits with 1, naming the task."""
    process = _process("""
async def die():
    raise ValueError("Aino")
async def main(stop):
    async with Background(stop) as background:
        background.start("relay", die())
        await stop.wait()
run(main)
""")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert '"task": "relay"' in err
    assert "Aino" not in err


async def test_leaving_waits_for_tasks_to_end_by_themselves() -> None:
    """At the end `stop` is set and the tasks finish what they do."""
    stop, finished = asyncio.Event(), list[str]()

    async def work() -> None:
        await stop.wait()
        await asyncio.sleep(0)
        finished.append("work")

    async with Background(stop) as background:
        background.start("work", work())
    assert finished == ["work"]


async def test_late_task_is_cut_off_after_the_grace() -> None:
    """A task that does not end is cancelled after the grace, so that the process ends."""
    cancelled = asyncio.Event()

    async def stuck() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.timeout(5):
        async with Background(asyncio.Event(), grace=0.05) as background:
            background.start("stuck", stuck())
    assert cancelled.is_set()


async def test_death_is_raised_with_its_cause() -> None:
    """TaskDied carries the task's own error; an error of the block itself goes first."""

    async def die() -> None:
        raise ValueError("first")

    stop = asyncio.Event()
    with pytest.raises(TaskDied) as caught:
        async with Background(stop) as background:
            background.start("relay", die())
            await stop.wait()
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(KeyError):
        async with Background(asyncio.Event()) as background:
            background.start("relay", die())
            raise KeyError
