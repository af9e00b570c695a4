"""A stack in a process of its own, as tests see it, and waiting for what a process will do."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded.folders import VarFolder
from deploy.embedded.processes import pids

PROGRAM = Path(__file__).with_name("stack_program.py")
PATIENCE = 60.0
"""Seconds that anything here may take on a busy machine."""


@dataclass
class StackProcess:
    """`stack_program.py` in a process of its own."""

    process: "subprocess.Popen[str]"
    var_dir: Path

    def wait_up(self) -> None:
        """Returns when the stack is up; fails with its output when it does not come up."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if line.strip() == "up":
                return
        pytest.fail(f"the stack ended with {self.process.wait(PATIENCE)}:\n{''.join(seen)}")

    def end(self, number: signal.Signals) -> int:
        """Signals the supervisor, and returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def parts(self) -> dict[str, int]:
        """The parts' process numbers."""
        return dict(pids(VarFolder(self.var_dir).processes))

    def ports(self) -> dict[str, int]:
        """The parts' ports."""
        ports: dict[str, int] = json.loads(VarFolder(self.var_dir).ports.read_text())
        return ports


StartStack = Callable[..., StackProcess]


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Waits until something is true; fails with `what` when it does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come true within {PATIENCE:g} s: {what}")
        time.sleep(0.02)
