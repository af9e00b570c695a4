"""What readers have of the openings in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.adapters.live.book import Book
from services.matching.application.ports import Vector
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import View
from services.matching.domain.columns.distinct import NONE
from services.matching.domain.columns.storage import Array

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BookView:
    """A `LiveView`: the first rows of a book. `with_vector` is bool by row."""

    columns: View
    with_vector: Flags
    book: Book

    def row(self, opening_id: str) -> int | None:
        """See LiveView."""
        row = self.book.row(opening_id, len(self.columns))
        return row if row != NONE and self.columns.alive[row] else None

    def candidate(self, row: int) -> Candidate:
        """See LiveView."""
        return self.book.candidate(int(row))

    def cosines(self, vector: Vector, rows: Array) -> Array:
        """See LiveView."""
        query = self.book.vectors.read(vector)
        asked = np.asarray(rows, np.int64)
        known = self.with_vector[asked]
        if known.all():
            return self.book.vectors.cosines(query, asked)
        found = np.full(len(asked), np.nan)
        found[known] = self.book.vectors.cosines(query, asked[known])
        return found

    def unread(self, rows: Array) -> int:
        """See LiveView."""
        return len(rows) - int(np.count_nonzero(self.with_vector.take(rows)))

    def cosines_of_all(self, vectors: Sequence[Vector]) -> Array:
        """See LiveView."""
        book = self.book.vectors
        found = book.products(np.array([book.read(vector) for vector in vectors]), len(self.columns))
        if not self.with_vector.all():
            found[:, ~self.with_vector] = np.nan
        return found

    @property
    def alive(self) -> npt.NDArray[np.int64]:
        """The rows of published openings."""
        return np.flatnonzero(self.columns.alive)

    @property
    def dead(self) -> int:
        """How many rows are of no use any more."""
        return len(self.columns) - int(np.count_nonzero(self.columns.alive))
