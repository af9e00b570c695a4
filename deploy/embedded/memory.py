"""Resident memory of the stack's parts."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.processes import PROC, tree

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pids: Mapping[str, int]) -> dict[str, int]:
    """Bytes by part, summed over the part's process and all below it.

    PSS where the kernel shows it (a page shared by n processes counts 1/n in each, so that sums are true), else RSS.
    """
    return {part: sum(_of_one(member) for member in tree(pid)) for part, pid in pids.items()}


def own() -> int:
    """Bytes of this process alone."""
    return _of_one(os.getpid())


def _of_one(pid: int) -> int:
    folder = PROC / str(pid)
    try:
        return _pss(folder)
    except PermissionError:  # Another user's process in a container without CAP_SYS_PTRACE.
        return _rss(folder)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _pss(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _rss(folder: Path) -> int:
    try:
        return int((folder / "statm").read_text().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0
