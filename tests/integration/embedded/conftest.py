"""Fixtures of the embedded stack's own tests: folders, and stacks in processes of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.parts import ROOT
from tests.integration.embedded.stack_process import PROGRAM, StackProcess, StartStack


@pytest.fixture(scope="session")
def system_dir() -> Iterator[Path]:
    """Where root's PostgreSQL lives in these tests; the temporary folder of pytest is closed to its user."""
    folder = Path(tempfile.mkdtemp(prefix="polku-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    """A var folder that does not exist yet, in a path with a space."""
    return tmp_path / "a city" / "var"


@pytest.fixture
def start_stack(system_dir: Path) -> Iterator[StartStack]:
    """Starts stacks in processes of their own, and ends those that a failed test leaves."""
    started: list[StackProcess] = []

    def start(var_dir: Path, *, python: str = sys.executable, user: int | None = None, path: str = "") -> StackProcess:
        sources = [str(ROOT), *(entry for entry in (path, os.environ.get("PYTHONPATH", "")) if entry)]
        account: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        process = subprocess.Popen(
            (python, str(PROGRAM), str(var_dir), str(system_dir)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sources), "PYTHONDONTWRITEBYTECODE": "1"},
            **account,
        )
        started.append(StackProcess(process, var_dir))
        return started[-1]

    yield start
    for stack in started:
        if stack.process.poll() is None:
            stack.end(signal.SIGKILL)
        assert stack.process.stdout is not None
        stack.process.stdout.close()
