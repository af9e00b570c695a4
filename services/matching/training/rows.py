"""Fills rows of equal length with several texts each, so that nearly no arithmetic goes to padding.

Job titles have ten tokens and sentences forty. Side by side in rows of 32 or more they waste a few per cent; padded to
the longest of a batch they wasted more than half.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

ROW = 32
"""Tokens in a row; longer texts get longer rows."""


@dataclass(frozen=True, slots=True)
class Rows:
    """`tokens`, `positions` (inside the text) and `texts` (number of the text, −1 for padding): (rows, length) each."""

    tokens: Ints
    positions: Ints
    texts: Ints


def fill_rows(token_lists: Sequence[Sequence[int]], padding: int) -> Rows:
    """Place every text in the first row that has room for it, the longest first."""
    length = max(ROW, *(-(-len(tokens) // 16) * 16 for tokens in token_lists))
    order = sorted(range(len(token_lists)), key=lambda index: -len(token_lists[index]))
    rows: list[list[int]] = []
    room: list[int] = []
    first = 0
    for index in order:
        need = len(token_lists[index])
        while first < len(room) and room[first] < 4:  # no text is shorter: two marks, a prefix, a word
            first += 1
        place = next((row for row in range(first, len(room)) if room[row] >= need), None)
        if place is None:
            place = len(rows)
            rows.append([])
            room.append(length)
        rows[place].append(index)
        room[place] -= need
    return _as_arrays(token_lists, rows, length, padding)


def _as_arrays(token_lists: Sequence[Sequence[int]], rows: list[list[int]], length: int, padding: int) -> Rows:
    tokens = np.full((len(rows), length), padding, np.int64)
    positions = np.zeros((len(rows), length), np.int64)
    texts = np.full((len(rows), length), -1, np.int64)
    for row, members in enumerate(rows):
        start = 0
        for index in members:
            end = start + len(token_lists[index])
            tokens[row, start:end] = token_lists[index]
            positions[row, start:end] = np.arange(end - start)
            texts[row, start:end] = index
            start = end
    return Rows(tokens, positions, texts)
