"""Vectors of openings, row by row as in the catalogue, in pieces of memory that never move."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from services.matching.application.ports import Vector

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
ROWS = 65_536
"""Rows of a piece: 100 MB of 384 numbers each, of which the system gives what is written to."""
_AT_ONCE = 4096  # rows copied at once, so that readers need not wait for the interpreter
_faiss: Any = faiss  # its type stubs lack what is used here


class Vectors:
    """Append-only float32 vectors. One writer at a time; a row that a reader was told of never changes."""

    def __init__(self, model: str, dimension: int) -> None:
        self.model = model
        self.dimension = dimension
        self._pieces: list[Floats] = []

    def read(self, vector: Vector) -> Floats:
        """The numbers. Raises ValueError for a vector of another model or dimension."""
        if vector.model != self.model:
            raise ValueError(f"The vector is of model {vector.model}, the openings hold {self.model}.")
        floats = np.frombuffer(vector.values, dtype="<f4")
        if floats.shape != (self.dimension,):
            raise ValueError(f"The vector has {floats.size} numbers, the openings hold {self.dimension}.")
        return floats

    def put(self, row: int, floats: Floats) -> None:
        """Write a row that nobody reads yet."""
        self._piece(row // ROWS)[row % ROWS] = floats

    def __getitem__(self, row: int) -> Floats:
        found: Floats = self._pieces[row // ROWS][row % ROWS]
        return found

    def copied(self, rows: Rows) -> Iterator[Floats]:
        """The vectors of these rows, some thousand at a time; zeros where there is none."""
        for start in range(0, len(rows), _AT_ONCE):
            asked = rows[start : start + _AT_ONCE]
            found = np.zeros((len(asked), self.dimension), np.float32)
            for number, piece in enumerate(self._pieces):
                here = asked // ROWS == number
                found[here] = piece[asked[here] % ROWS]
            yield found

    def kept(self, rows: Rows) -> "Vectors":
        """These rows alone."""
        kept, start = Vectors(self.model, self.dimension), 0
        for floats in self.copied(rows):
            kept.extend(start, floats)
            start += len(floats)
        return kept

    def extend(self, start: int, floats: Floats) -> None:
        """Write rows that nobody reads yet, from row `start` on."""
        done = 0
        while done < len(floats):
            number, place = divmod(start + done, ROWS)
            now = min(len(floats) - done, ROWS - place)
            self._piece(number)[place : place + now] = floats[done : done + now]
            done += now

    def memory(self, rows: int) -> Iterator[memoryview]:
        """The bytes of the first rows, to be filled before anybody reads them."""
        for start in range(0, rows, ROWS):
            piece = self._piece(start // ROWS)[: rows - start]
            if piece.nbytes:
                yield piece.data.cast("B")

    def cosines(self, query: Floats, rows: Rows) -> npt.NDArray[np.float64]:
        """Inner products with these rows, all of which have been written.

        One plan for all shares of rows: FAISS' kernel by number of the row took from 0.05 ms (1 % of 100,000, 384
        numbers) to 15 ms (all of them), where a product with the whole matrix took 17 to 24 ms whatever was asked.
        """
        found = np.empty(len(rows), np.float32)
        _faiss.omp_set_num_threads(1)  # of this thread: a team for one query costs more than it saves
        at = rows // ROWS
        if len(rows) and (at[1:] < at[:-1]).any():
            for number in np.unique(at):
                here = np.flatnonzero(at == number)
                found[here] = self._products(query, int(number), rows[here])
        else:
            edges = np.searchsorted(at, np.arange(len(self._pieces) + 1))
            for number, (low, high) in enumerate(pairwise(edges.tolist())):
                if low < high:
                    found[low:high] = self._products(query, number, rows[low:high])
        return found.astype(np.float64)

    def products(self, queries: Floats, rows: int) -> Floats:
        """float32[queries, rows]: inner products with the first rows; of no meaning where a row has none.

        They lie in memory row by row of the openings: with 100 queries this way round took a third of the time.
        """
        found, asked = np.empty((rows, len(queries)), np.float32), np.ascontiguousarray(queries.T)
        for number, start in enumerate(range(0, rows, ROWS)):
            part = found[start : start + ROWS]
            if number < len(self._pieces):
                np.matmul(self._pieces[number][: len(part)], asked, out=part)
            else:
                part[:] = 0.0
        return found.T

    def _products(self, query: Floats, number: int, rows: Rows) -> Floats:
        piece, places = self._pieces[number], np.ascontiguousarray(rows % ROWS)
        products = np.empty(len(rows), np.float32)
        asked = np.ascontiguousarray(query)
        _faiss.fvec_inner_products_by_idx(
            *(_faiss.swig_ptr(array) for array in (products, asked, piece, places)), self.dimension, 1, len(rows)
        )
        return products

    def _piece(self, number: int) -> Floats:
        while len(self._pieces) <= number:
            self._pieces.append(np.zeros((ROWS, self.dimension), np.float32))
        return self._pieces[number]
