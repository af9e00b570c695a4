"""Rows that many openings have in common, each laid down once, and the table that finds them again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from struct import pack, unpack
from typing import Any

import numpy as np

from services.matching.domain.columns.storage import Array, Column, ListColumn, Parts, Table

_FIRST_SLOTS = 1024
NONE = -1
"""Where there is no number."""


class KeyTable(Table):
    """Numbers by keys of 128 bits: a hash table with open addressing, 16 bytes a key and 6 to 12 a number.

    A dict takes ten times as much. Key i is `high[i] << 64 | low[i]`; the table says which of the numbers with this
    key is the newest. One writer at a time; readers need no lock.
    """

    def __init__(self) -> None:
        self.low, self.high = Column(np.uint64), Column(np.uint64)
        self._slots = np.full(_FIRST_SLOTS, NONE, np.int32)
        self._used = 0

    def __len__(self) -> int:
        return len(self.low)

    def find(self, low: int, high: int) -> int:
        """The newest number with this key, or −1."""
        slots = self._slots
        return int(slots.item(self._slot(slots, low, high)))

    def add(self, low: int, high: int) -> int:
        """The next number for this key, in place of an older one."""
        number = len(self.low)
        self.high.append(high)
        self.low.append(low)
        slot = self._slot(self._slots, low, high)
        self._used += self._slots.item(slot) == NONE
        self._slots[slot] = number
        if 3 * self._used > 2 * len(self._slots):
            self._lay_out(self._slots[self._slots != NONE])
        return number

    def kept(self, numbers: Array) -> KeyTable:
        """The keys of these numbers alone, numbered anew in this order. No key may be among them twice."""
        kept = KeyTable()
        kept.low, kept.high = self.low.kept(numbers), self.high.kept(numbers)
        kept._lay_out(np.arange(len(numbers), dtype=np.int32))
        return kept

    def load(self, name: str, saved: Parts) -> None:
        """See Part. No key may be among them twice."""
        super().load(name, saved)
        if len(self.low) != len(self.high):
            raise ValueError(f"The keys {name} are not whole.")
        self._lay_out(np.arange(len(self.low), dtype=np.int32))

    def _slot(self, slots: Array, low: int, high: int) -> int:
        """Where the key's newest number stands, or may be put."""
        mask, at, lows = len(slots) - 1, slots.item, self.low.item
        slot = low & mask
        while (number := at(slot)) != NONE and (lows(number) != low or self.high.item(number) != high):
            slot = slot + 1 & mask
        return slot

    def _lay_out(self, numbers: Array) -> None:
        """Enter these numbers, of different keys, into new slots that they fill by a third at most."""
        size = max(_FIRST_SLOTS, 1 << (3 * len(numbers)).bit_length())
        slots = np.full(size, NONE, np.int32)
        wanted = (self.low.view()[numbers] & np.uint64(size - 1)).astype(np.int64)
        while len(numbers):
            free = slots[wanted] == NONE
            slots[wanted[free]] = numbers[free]  # of several that want one slot, one gets it
            left = slots[wanted] != numbers
            numbers, wanted = numbers[left], (wanted[left] + 1) & (size - 1)
        self._slots, self._used = slots, int(np.count_nonzero(slots != NONE))


class Distinct(Table):
    """Numbers for rows of these columns: an equal row has the same number and is laid down once.

    Rows are told apart by 128 bits of their BLAKE2b hash, so that the rows themselves need not be kept twice.
    """

    def __init__(self, *columns: Column | ListColumn) -> None:
        self._keys = KeyTable()
        self._columns = columns

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, *values: Any) -> int:
        """The row's number; a new row is laid down first.

        A value for each column: a number, a sequence for a column that is wider, a tuple of sequences for lists.
        """
        low, high = self._key(values)
        found = self._keys.find(low, high)
        if found != NONE:
            return found
        for column, value in zip(self._columns, values, strict=True):
            if isinstance(column, ListColumn):
                column.append(*value)
            else:
                column.append(value)
        return self._keys.add(low, high)

    def kept(self, *references: Array) -> tuple[Distinct, list[Column]]:
        """The rows alone that are referred to, with number 0, and the references by their new numbers."""
        used = np.unique(np.concatenate((*references, np.zeros(min(len(self), 1), np.int32))))
        numbers = np.zeros(len(self), np.int32)
        numbers[used] = np.arange(len(used))
        kept = Distinct(*(column.kept(used) for column in self._columns))
        kept._keys = self._keys.kept(used)
        renumbered = []
        for reference in references:
            column = Column(reference.dtype)
            column.extend(numbers[reference])
            renumbered.append(column)
        return kept, renumbered

    def with_last(self, column: Column) -> Distinct:
        """The same rows with this in place of the last column, as when its numbers have changed.

        The other columns have one number a row too. Some microseconds for each row.
        """
        anew = Distinct(*self._columns[:-1], column)
        for values in zip(*(each.tolist() for each in anew.view()), strict=True):
            anew._keys.add(*anew._key(values))
        return anew

    def view(self) -> tuple[Any, ...]:
        """Each column's rows so far."""
        return tuple(column.view() for column in self._columns)

    def _key(self, values: Sequence[Any]) -> tuple[int, int]:
        flat: list[Any] = []
        formats = [column.lay(value, flat) for column, value in zip(self._columns, values, strict=True)]
        low, high = unpack("<QQ", blake2b(pack("".join(formats), *flat), digest_size=16).digest())
        return low, high

    def save(self, name: str, into: Parts) -> None:
        """See Part."""
        super().save(name, into)
        for number, column in enumerate(self._columns):
            column.save(f"{name}.{number}", into)

    def load(self, name: str, saved: Parts) -> None:
        """See Part."""
        super().load(name, saved)
        for number, column in enumerate(self._columns):
            column.load(f"{name}.{number}", saved)
