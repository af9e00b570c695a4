"""Folders of files that are written whole or not at all, and read only where every byte is as it was written."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import FileIO
from pathlib import Path
from secrets import token_hex
from typing import Any

Content = Iterable[bytes | memoryview]
MANIFEST = "manifest.json"
_PREFIX, _WRITING = "generation-", ".writing-"
_STEP = 1 << 22  # bytes read at once: both threads stay busy


class Refused(Exception):
    """A folder that must not be used; `reason` says why in one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_folder(parent: Path, described: Mapping[str, Any], files: Mapping[str, Content]) -> Path:
    """Write a folder with these files and a manifest, and remove all older ones. Raises OSError.

    A crash leaves either the folder as a whole or something that `folders` does not name. The folder has its name from
    its manifest, and the manifest has the digests of all files.
    """
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = parent / f"{_WRITING}{token_hex(8)}"
    made.mkdir(mode=0o700)
    try:
        written = {name: _write(made / name, content) for name, content in files.items()}
        manifest = json.dumps({**described, "files": written}, indent=1).encode()
        _write(made / MANIFEST, [manifest])
        _sync(made)
        folder = parent / _name(manifest)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    _sync(parent)
    _remove_all_but(parent, folder)
    return folder


def folders(parent: Path) -> list[Path]:
    """The folders there, the newest first."""
    found = [path for path in parent.glob(f"{_PREFIX}*") if path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What was described. Raises Refused."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise Refused("missing") from error
    if folder.name != _name(content):
        raise Refused("damaged")
    described: dict[str, Any] = json.loads(content)
    return described


def read_files(folder: Path, manifest: Mapping[str, Any], into: Mapping[str, Iterable[memoryview]]) -> None:
    """Fill the memory given for each file. Raises Refused where a file is not the one that was written.

    Read and checked at once: what is used is what was checked, whatever happens to the files later.
    """
    with ThreadPoolExecutor(len(into)) as pool:
        reading = [pool.submit(_read, folder / name, manifest["files"][name], memory) for name, memory in into.items()]
    for each in reading:
        each.result()


def _read(path: Path, expected: Mapping[str, Any], memory: Iterable[memoryview]) -> None:
    digest = sha256()
    try:
        with FileIO(path) as file:
            if os.fstat(file.fileno()).st_size != expected["bytes"]:
                raise Refused("damaged")
            for part in memory:
                for start in range(0, len(part), _STEP):
                    step = part[start : start + _STEP]
                    if _filled(file, step) != len(step):
                        raise Refused("damaged")
                    digest.update(step)
    except OSError as error:
        raise Refused("missing") from error
    if digest.hexdigest() != expected["sha256"]:
        raise Refused("damaged")


def _filled(file: FileIO, memory: memoryview) -> int:
    done = 0
    while done < len(memory) and (read := file.readinto(memory[done:])):
        done += read
    return done


def _write(path: Path, content: Content) -> dict[str, Any]:
    digest, size = sha256(), 0
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for part in content:
            size += file.write(part)
            digest.update(part)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


def _name(manifest: bytes) -> str:
    return f"{_PREFIX}{sha256(manifest).hexdigest()[:32]}"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_all_but(parent: Path, kept: Path) -> None:
    for path in (*parent.glob(f"{_PREFIX}*"), *parent.glob(f"{_WRITING}*")):
        if path != kept:
            shutil.rmtree(path, ignore_errors=True)
