"""Columns that only ever grow. What a reader was given stays as it was: a writer adds behind its end, or moves on to a
larger buffer and leaves the old one to those who still read it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Key = TypeVar("Key", bound=Hashable)

_FIRST_CAPACITY = 256


class Column:
    """One value a row, or `width` values a row."""

    def __init__(self, dtype: npt.DTypeLike, width: int = 0) -> None:
        self._width = (width,) if width else ()
        self._buffer: Array = np.zeros((_FIRST_CAPACITY, *self._width), dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, value: object) -> None:
        """Add one row."""
        self._grow(self._length + 1)
        self._buffer[self._length] = value
        self._length += 1

    def extend(self, values: Sequence[object] | Array) -> None:
        """Add rows."""
        end = self._length + len(values)
        self._grow(end)
        if len(values):
            self._buffer[self._length : end] = values
        self._length = end

    def view(self) -> Array:
        """The rows so far."""
        return self._buffer[: self._length]

    def _grow(self, length: int) -> None:
        if length > len(self._buffer):
            larger = np.zeros((max(length, 2 * len(self._buffer)), *self._width), self._buffer.dtype)
            larger[: self._length] = self._buffer[: self._length]
            self._buffer = larger


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of different lengths: list i is the rows `starts[i]` to `starts[i + 1]` of each item column."""

    starts: Array
    items: tuple[Array, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Array:
        """Items of each list."""
        return np.diff(self.starts)

    def reduced(self, values: Array, by: np.ufunc, empty: float = 0) -> Array:
        """One value for each list, from one value (or row of values) for each item; `empty` where there is no item."""
        result = np.full((len(self), *values.shape[1:]), empty, values.dtype)
        filled = self.starts[1:] > self.starts[:-1]
        if filled.any():
            result[filled] = by.reduceat(values, self.starts[:-1][filled], axis=0)
        return result

    def of(self, chosen: Array) -> Lists:
        """The lists at these positions, in this order."""
        starts, lengths = self.starts[chosen], self.lengths[chosen]
        ends = np.concatenate(([0], np.cumsum(lengths)))
        rows = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
        return Lists(ends, tuple(column[rows] for column in self.items))


class ListColumn:
    """One list a row; its items have one or more columns."""

    def __init__(self, *dtypes: npt.DTypeLike) -> None:
        self._starts = Column(np.int64)
        self._starts.append(0)
        self._items = tuple(Column(dtype) for dtype in dtypes)

    def append(self, *columns: Sequence[object]) -> None:
        """Add one list, column by column."""
        for column, values in zip(self._items, columns, strict=True):
            column.extend(values)
        self._starts.append(len(self._items[0]))

    def view(self) -> Lists:
        """The lists so far."""
        return Lists(self._starts.view(), tuple(column.view() for column in self._items))


class Facets(Generic[Key]):
    """What many openings have in common, kept once: a number for each different key, in the order of appearance.

    A rule is worked out once for each facet, and openings look their facet's outcome up. `add` lays a new key down in
    the facet's own columns.
    """

    def __init__(self, add: Callable[[Key], None] | None = None) -> None:
        self._numbers: dict[Key, int] = {}
        self._add = add

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, key: Key) -> int:
        """The key's number; a new one is laid down first."""
        found = self._numbers.get(key)
        if found is None:
            if self._add is not None:
                self._add(key)
            found = self._numbers[key] = len(self._numbers)
        return found

    def find(self, key: Key) -> int | None:
        """The key's number, or None where no opening has it."""
        return self._numbers.get(key)

    @property
    def listed(self) -> list[Key]:
        """All keys by number."""
        return list(self._numbers)
