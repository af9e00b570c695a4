"""docs/figures.md: figures that a command printed, each section with its date, machine, commit and command.

`make quality` and `make bench` write their sections through `write_section`; the rest of the file stays as it is.
"""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FIGURES = ROOT / "docs" / "figures.md"
_HEAD = "# Figures\n\nEach section was written by the command it names; nothing here is written by hand.\n"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name (which is its heading), the command, and tables or text in Markdown."""

    name: str
    command: str
    body: str


def machine() -> str:
    """CPU model, cores that this process may use, and memory, such as "Xeon E5-2690, 2 cores, 24 GB"."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{_cpu()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GB"


def commit(root: Path = ROOT) -> str:
    """The commit of the checkout, "+changes" where files differ from it; "unknown" outside of one."""
    revision = _git(root, "rev-parse", "--short", "HEAD")
    if not revision:
        return "unknown"
    return revision + ("+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with its first column to the left and the others to the right."""
    rule = ["---"] + ["--:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def write_section(section: Section, today: date, path: Path = FIGURES) -> None:
    """Put a section into the file, in place of the one with its name, or at the end."""
    content = path.read_text(encoding="utf-8") if path.is_file() else _HEAD
    heading = f"## {section.name}\n"
    text = (
        f"{heading}\n{today.isoformat()} · {machine()} · commit {commit()} · `{section.command}`\n\n"
        f"{section.body.strip()}\n"
    )
    parts = re.split(r"(?m)^(?=## )", content)
    kept = [part.rstrip("\n") + "\n" for part in parts]
    places = [place for place, part in enumerate(parts) if part.startswith(heading)]
    if places:
        kept[places[0]] = text
    else:
        kept.append(text)
    partial = path.with_name(f"{path.name}.part")
    partial.write_text("\n".join(kept), encoding="utf-8")
    os.replace(partial, path)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine() or "unknown processor")


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
