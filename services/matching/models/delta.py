"""Differences between a tuned model and the published one, in four bits, so that the tuned model is a small file.

A difference is small beside the weight that it changes, so its rounding is far below what the weight itself lost in
its own four bits. A matrix (rows, columns) is stored as two tensors:

- `NAME.halves`, unsigned bytes (rows, columns ÷ 2): column j in the low half, column j + columns ÷ 2 in the high one;
- `NAME.scales`, float16 (rows, columns ÷ 64): a value is (half − 8) · scale ÷ 1024 of its block of 64
  columns (divided, because float16 has few digits for numbers so small).

A vector is `NAME.values` in float16. A table of which only some rows changed has `NAME.rows` (int32, rising) besides,
and its matrix holds those rows alone. Adding a difference is one float32 product and one sum a value, without any
order of summation, so every machine gets the same bits.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file

Floats = npt.NDArray[np.float32]
Stored = dict[str, npt.NDArray[np.generic]]

BLOCK = 64
_MIDDLE = 8
_UNIT = np.float32(2.0**-10)
# Shares of a block's largest value that are tried as its range: a few values cut off make all others finer.
# The last one has the largest positive value as its highest step, seven.
_RANGES = np.linspace(0.6, 7.5 / 7, 10, dtype=np.float32)


class Delta:
    """The differences of a file; names are those of the model's own tensors.

    `base` is the SHA-256 of the published weights that they belong to.
    """

    def __init__(self, path: Path) -> None:
        """Read the file (some MB) whole. Raises OSError or safetensors' error where it cannot be read."""
        with safe_open(path, "numpy") as file:
            self._stored: Stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 -- no mapping
            self.base: str = (file.metadata() or {}).get("base", "")
        self._rows: dict[str, tuple[npt.NDArray[np.int32], Floats]] = {}

    def names(self) -> set[str]:
        """The tensors that differ."""
        return {name.rsplit(".", 1)[0] for name in self._stored}

    def added(self, name: str, values: Floats, first_row: int = 0) -> Floats:
        """The tuned values of a tensor, or of its rows from `first_row` on; a tensor without difference stays."""
        if f"{name}.rows" in self._stored:
            return self._with_rows(name, values, first_row)
        if f"{name}.values" in self._stored:
            return np.asarray(values + self._stored[f"{name}.values"].astype(np.float32), np.float32)
        if f"{name}.halves" in self._stored:
            return np.asarray(values + unpacked(self._stored, name)[first_row : first_row + len(values)], np.float32)
        return values

    def _with_rows(self, name: str, values: Floats, first_row: int) -> Floats:
        if name not in self._rows:
            self._rows[name] = self._stored[f"{name}.rows"].astype(np.int32), unpacked(self._stored, name)
        numbers, rows = self._rows[name]
        start, end = np.searchsorted(numbers, (first_row, first_row + len(values)))
        tuned = values.copy()
        tuned[numbers[start:end] - first_row] += rows[start:end]
        return tuned


def write_delta(path: Path, stored: Stored, base: str) -> None:
    """Write what `packed` and `packed_rows` gave, for the published weights of this SHA-256."""
    save_file({name: np.ascontiguousarray(values) for name, values in sorted(stored.items())}, path, {"base": base})


def packed(name: str, difference: Floats) -> Stored:
    """A difference as it is stored: a vector in float16, a matrix (rows, columns, a multiple of 64) in four bits."""
    if difference.ndim == 1:
        return {f"{name}.values": difference.astype(np.float16)}
    rows, columns = difference.shape
    blocks = difference.reshape(rows, columns // BLOCK, BLOCK)
    scales = _best_scales(blocks)
    halves = _rounded(blocks, scales).astype(np.uint8).reshape(rows, columns) + np.uint8(_MIDDLE)
    low, high = halves[:, : columns // 2], halves[:, columns // 2 :]
    return {f"{name}.halves": low | (high << 4), f"{name}.scales": scales}


def packed_rows(name: str, difference: Floats, numbers: npt.NDArray[np.int64]) -> Stored:
    """The numbered rows of a table's difference."""
    numbers = np.sort(numbers)
    return {f"{name}.rows": numbers.astype(np.int32), **packed(name, difference[numbers])}


def unpacked(stored: Mapping[str, npt.NDArray[np.generic]], name: str) -> Floats:
    """The matrix that `packed` stored, float32."""
    halves = stored[f"{name}.halves"].astype(np.uint8)
    scales = stored[f"{name}.scales"].astype(np.float32) * _UNIT
    signed = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - _MIDDLE
    return np.asarray(signed * np.repeat(scales, BLOCK, axis=1), np.float32)


def _best_scales(blocks: Floats) -> npt.NDArray[np.float16]:
    """The scale of each block that loses least: (rows, blocks)."""
    largest = np.abs(blocks).max(axis=2)
    best = np.full(largest.shape, np.inf, np.float32)
    chosen = np.zeros(largest.shape, np.float16)
    for share in _RANGES:
        # Half a step is left beyond the last one; the least scale is float16's smallest number with all its digits.
        scales = np.maximum(largest * share / (7.5 * _UNIT), 6.2e-5).astype(np.float16)
        kept = _rounded(blocks, scales) * (scales[..., None].astype(np.float32) * _UNIT)
        lost = ((kept - blocks) ** 2).sum(axis=2)
        better = lost < best
        best[better], chosen[better] = lost[better], scales[better]
    return chosen


def _rounded(blocks: Floats, scales: npt.NDArray[np.float16]) -> Floats:
    steps = np.rint(blocks / (scales[..., None].astype(np.float32) * _UNIT))
    return np.asarray(np.clip(steps, -8, 7), np.float32)
