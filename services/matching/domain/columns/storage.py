"""Columns that only ever grow. What a reader was given stays as it was: a writer adds behind its end, or moves on to a
larger buffer and leaves the old one to those who still read it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Key = TypeVar("Key", bound=Hashable)

_FIRST_CAPACITY = 256


@dataclass(frozen=True)
class Parts:
    """All that columns hold, by name: what is saved and loaded. `kinds` are the types of the facets' keys."""

    arrays: dict[str, Array] = field(default_factory=dict)
    keys: dict[str, list[Any]] = field(default_factory=dict)
    kinds: dict[str, Any] = field(default_factory=dict)


@runtime_checkable
class Part(Protocol):
    """What can be saved and loaded."""

    def save(self, name: str, into: Parts) -> None:
        """Add the content under this name."""
        ...

    def load(self, name: str, saved: Parts) -> None:
        """Take over what was saved under this name. Raises KeyError or ValueError where it is not what is expected."""
        ...


class Table:
    """Parts that belong together, named by their attributes."""

    def save(self, name: str, into: Parts) -> None:
        """See Part."""
        for attribute, part in self._parts().items():
            part.save(f"{name}.{attribute.strip('_')}", into)

    def load(self, name: str, saved: Parts) -> None:
        """See Part."""
        for attribute, part in self._parts().items():
            part.load(f"{name}.{attribute.strip('_')}", saved)

    def _parts(self) -> Mapping[str, Part]:
        return {attribute: part for attribute, part in vars(self).items() if isinstance(part, Part)}


class Column:
    """One value a row, or `width` values a row."""

    def __init__(self, dtype: npt.DTypeLike, width: int = 0) -> None:
        self._width = (width,) if width else ()
        self._buffer: Array = np.zeros((_FIRST_CAPACITY, *self._width), dtype)
        self.character = self._buffer.dtype.char
        """The type of the values as `struct` names it."""
        self.wide = bool(width)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, value: object) -> None:
        """Add one row."""
        length = self._length
        if length == len(self._buffer):
            self._grow(length + 1)
        self._buffer[length] = value
        self._length = length + 1

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

    def item(self, row: int) -> Any:
        """One value, as a plain number."""
        return self._buffer.item(row)

    def kept(self, rows: Array) -> Column:
        """These rows alone."""
        kept = Column(self._buffer.dtype, *self._width)
        kept._buffer, kept._length = self.view()[rows], len(rows)
        return kept

    def lay(self, value: Any, flat: list[Any]) -> str:
        """Add a row's numbers to `flat`; returns their format as of `struct`."""
        if not self._width:
            flat.append(value)
            return self.character
        flat.extend(value)
        return f"{self._width[0]}{self.character}"

    def save(self, name: str, into: Parts) -> None:
        """See Part."""
        into.arrays[name] = self.view()

    def load(self, name: str, saved: Parts) -> None:
        """See Part."""
        values = saved.arrays[name]
        if values.dtype != self._buffer.dtype or values.shape[1:] != self._width:
            raise ValueError(f"The column {name} is of {values.dtype}{list(values.shape[1:])}.")
        self._buffer, self._length = values, len(values)

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

    def __init__(self, *items: Column) -> None:
        self._starts = Column(np.int64)
        self._starts.append(0)
        self.items = items

    def __len__(self) -> int:
        return len(self._starts) - 1

    def append(self, *columns: Sequence[object]) -> None:
        """Add one list, column by column."""
        for column, values in zip(self.items, columns, strict=True):
            column.extend(values)
        self._starts.append(len(self.items[0]))

    def lay(self, value: Sequence[Sequence[Any]], flat: list[Any]) -> str:
        """As Column.lay, column by column."""
        before, formats = len(flat), []
        for column, values in zip(self.items, value, strict=True):
            if column.wide:
                for row in values:
                    flat.extend(row)
            else:
                flat.extend(values)
            formats.append(f"{len(flat) - before}{column.character}")
            before = len(flat)
        return "".join(formats)

    def view(self) -> Lists:
        """The lists so far."""
        return Lists(self._starts.view(), tuple(column.view() for column in self.items))

    def kept(self, rows: Array) -> ListColumn:
        """These lists alone."""
        kept, starts = ListColumn(), self._starts.view()
        lists = Lists(starts, (np.arange(starts[-1]),)).of(rows)
        kept._starts.load("", Parts({"": lists.starts}))
        kept.items = tuple(column.kept(lists.items[0]) for column in self.items)
        return kept

    def save(self, name: str, into: Parts) -> None:
        """See Part."""
        self._starts.save(f"{name}.starts", into)
        for number, column in enumerate(self.items):
            column.save(f"{name}.{number}", into)

    def load(self, name: str, saved: Parts) -> None:
        """See Part."""
        self._starts.load(f"{name}.starts", saved)
        for number, column in enumerate(self.items):
            column.load(f"{name}.{number}", saved)


class Facets(Generic[Key]):
    """What many openings have in common, kept once: a number for each different key, in the order of appearance.

    `kind` is the type of the keys. They are not given up while the process lasts: a catalogue that is made of another
    one shares them, and numbers mean the same in both. Both may be written to at the same time.
    """

    def __init__(self, kind: Any = str) -> None:
        self._kind = kind
        self._numbers: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, key: Key) -> int:
        """The key's number; a new one gets the next."""
        found = self._numbers.get(key)
        if found is None:
            with self._lock:
                found = self._numbers.get(key, len(self._keys))
                if found == len(self._keys):
                    self._keys.append(key)
                    self._numbers[key] = found
        return found

    def find(self, key: Key) -> int | None:
        """The key's number, or None where no opening has it."""
        return self._numbers.get(key)

    def key(self, number: int) -> Key:
        """The key with this number."""
        return self._keys[number]

    @property
    def listed(self) -> list[Key]:
        """All keys by number."""
        return list(self._keys)

    def save(self, name: str, into: Parts) -> None:
        """See Part."""
        into.keys[name], into.kinds[name] = self.listed, self._kind

    def load(self, name: str, saved: Parts) -> None:
        """See Part."""
        self._keys = list(saved.keys[name])
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        if len(self._numbers) != len(self._keys):
            raise ValueError(f"The facets {name} have a key twice.")
