"""Writing and reading safetensors files without holding them in memory.

The format is an 8-byte length, a JSON header with each tensor's place, and the raw values. The library's own
writer wants every tensor in memory at once and copies it (1 GB for this model); here rows are written as they are
produced, and the places are known, so that the ONNX graph can point at the very same bytes.
"""

import hashlib
import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deploy.embedded.model.quantised import Floats
from deploy.embedded.model.weights import Tensor

# The values start on a cache line: vector instructions then read them unsplit when they are memory-mapped.
_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where a float32 tensor lies in its file: shape, offset from the start of the file and length in bytes."""

    shape: tuple[int, ...]
    offset: int
    length: int


def write_tensors(path: Path, tensors: Sequence[Tensor], written: Callable[[int, int], None]) -> str:
    """Write the tensors; `written(done, total)` hears the bytes after each row block. Returns the file's SHA-256."""
    header, total = _header(tensors)
    digest = hashlib.sha256(header)
    done = 0
    with path.open("wb") as file:
        file.write(header)
        for tensor in tensors:
            for rows in tensor.values():
                chunk = np.ascontiguousarray(rows, "<f4").reshape(-1).view(np.uint8).data
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                written(done, total)
    if done != total:
        raise ValueError(f"{path.name}: the tensors gave {done} bytes where their shapes need {total}")
    return digest.hexdigest()


def read_places(path: Path) -> dict[str, Place]:
    """The places of all float32 tensors of a safetensors file; a tensor of another type raises ValueError."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, dict[str, list[int] | str]] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    return {name: _place(name, entry, 8 + length) for name, entry in header.items()}


def read_tensor(path: Path, place: Place) -> Floats:
    """One tensor of a safetensors file, memory-mapped read-only."""
    return np.memmap(path, dtype="<f4", mode="r", offset=place.offset, shape=place.shape)


def _place(name: str, entry: Mapping[str, list[int] | str], start: int) -> Place:
    shape, offsets = entry["shape"], entry["data_offsets"]
    if entry["dtype"] != "F32" or isinstance(shape, str) or isinstance(offsets, str):
        raise ValueError(f"tensor {name} is {entry['dtype']}, only float32 (F32) can be read")
    first, end = offsets
    return Place(tuple(shape), start + first, end - first)


def _header(tensors: Sequence[Tensor]) -> tuple[bytes, int]:
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for tensor in tensors:
        size = 4 * math.prod(tensor.shape)
        entries[tensor.name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(entries, separators=(",", ":")).encode()
    padded = text.ljust(-(-(8 + len(text)) // _ALIGNMENT) * _ALIGNMENT - 8)
    return struct.pack("<Q", len(padded)) + padded, at
