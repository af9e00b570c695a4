"""Running the peers, in an environment of their own: what is not there is said to be absent, and why."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.bench.floors import TOP, Flags
from tests.bench.measuring import Times, top
from tests.bench.world import Floats

ENVIRONMENT = Path("build/bench/venv")
_HERE = Path(__file__).parent / "peers"
_MODULES = ("pgvector", "milvus", "lance")
_PATIENCE = 900  # seconds


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer took, and its recall; or why there is nothing."""

    name: str
    times: Times | None
    recall: float = 0.0
    absent: str = ""


def install() -> str:
    """Make the environment of the peers, once; "" or why it cannot be had."""
    python = ENVIRONMENT / "bin" / "python"
    wanted = (_HERE / "requirements.txt").read_text()
    done = ENVIRONMENT / "installed.txt"
    if done.is_file() and done.read_text() == wanted:
        return ""
    uv = [sys.executable, "-m", "uv"]
    for command in (
        [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
        [*uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(_HERE / "requirements.txt")],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            return _last_line(made.stderr)
    done.write_text(wanted)
    return ""


def exact_rows(vectors: Floats, queries: Floats, fits: Flags) -> list[np.ndarray]:
    """The true nearest among the rows that fit, by query."""
    rows = np.flatnonzero(fits)
    found = vectors[rows] @ queries.T
    return [rows[sorted(top(found[:, place], TOP))] for place in range(len(queries))]


def run_peers(vectors: Floats, queries: Floats, fits: Flags, calls: int) -> list[Peer]:
    """All peers on this work, one after another."""
    refused = install()
    if refused:
        return [Peer(name, None, absent=refused) for name in _MODULES]
    with TemporaryDirectory(prefix="polku-peers-") as folder:
        at = Path(folder)
        exact = np.array(exact_rows(vectors, queries, fits))
        for name, array in (("vectors", vectors), ("queries", queries), ("fits", fits), ("exact", exact)):
            np.save(at / f"{name}.npy", array)
        return [peer for name in _MODULES for peer in _run(name, at, calls)]


def _run(name: str, work: Path, calls: int) -> list[Peer]:
    with TemporaryDirectory(prefix=f"polku-{name}-") as own:
        command = [str(ENVIRONMENT / "bin" / "python"), str(_HERE / f"{name}.py"), str(work), own, str(calls)]
        try:
            # Peers may use all cores: the limits of the floors are not theirs.
            free = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
            done = subprocess.run(command, env=free, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return [Peer(name, None, absent=f"not done within {_PATIENCE} s")]
    if done.returncode:
        return [Peer(name, None, absent=_last_line(done.stderr))]
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        Peer(each, Times(tuple(row["ms"]), 1000 / float(np.mean(row["ms"]))), row["recall"])
        for each, row in found.items()
    ]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it ended without a word"])[-1][:160]
