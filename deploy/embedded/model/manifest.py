"""The manifest of a built model folder: what it is, which engines it can run on, and what every file must be."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.embedded.model.sources import sha256_of

MANIFEST = "manifest.json"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and SHA-256 of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`content` names the model's bytes; `weights` and `delta` the files that they were made from (SHA-256).

    `engines` maps an engine to its graph; `centre_modules` may be left out.
    """

    name: str
    content: str
    centre: str
    centre_modules: tuple[str, ...]
    engines: dict[str, str]
    weights: str = ""
    delta: str = ""
    files: dict[str, FileRecord] = field(default_factory=dict)


def write_manifest(folder: Path, manifest: Manifest, known: dict[str, str]) -> None:
    """Record every file of the folder and write the manifest; `known` holds hashes that need no second reading."""
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = path.relative_to(folder).as_posix()
        manifest.files[name] = FileRecord(path.stat().st_size, known.get(name) or sha256_of(path))
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def is_whole(folder: Path, content: str) -> bool:
    """Whether the folder holds this content with every file at its size. Reads the manifest only: a few ms."""
    records = _records(folder, content)
    return bool(records) and all(_size(folder / name) == record["bytes"] for name, record in records.items())


def damaged_files(folder: Path, content: str) -> list[str]:
    """Names of the files whose bytes differ from the manifest; reads everything (half a GB)."""
    records = _records(folder, content)
    if not records:
        return [MANIFEST]
    return [
        name
        for name, record in records.items()
        if _size(folder / name) != record["bytes"] or sha256_of(folder / name) != record["sha256"]
    ]


def _records(folder: Path, content: str) -> dict[str, dict[str, object]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    records: dict[str, dict[str, object]] = manifest.get("files", {})
    return records if manifest.get("content") == content else {}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
