"""Changes to a book, gathered until they are published."""

import numpy as np

from services.matching.adapters.live.vectors import Floats
from services.matching.adapters.live.view import BookView
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns.distinct import NONE


class Writing:
    """Changes on top of a view, which stays as it is. The caller sees to it that nobody else writes."""

    def __init__(self, view: BookView) -> None:
        self._view = view
        self._book = view.book
        self._dead: set[int] = set()
        self._with_vector: set[int] = set()

    def put(self, candidate: Candidate, packed: bytes, digest: bytes, floats: Floats | None) -> None:
        """Take an opening in, as LiveOpenings.put does; `packed` is the opening in bytes, `floats` its vector."""
        book, held = self._book, self._held(candidate.id)
        if held == NONE:
            self._append(candidate, packed, digest, floats)
        elif book.catalogue.version(held) <= candidate.snapshot.version:
            same_text = book.digest_of(held) == digest
            if floats is None and same_text and self._has_vector(held):
                floats = book.vectors[held]
            if same_text and book.packed[held] == packed:
                self._give(held, floats)
            else:
                self._append(candidate, packed, digest, floats)
                self._dead.add(held)

    def put_vector(self, opening_id: str, digest: bytes, floats: Floats) -> None:
        """Hold an opening's vector, as LiveOpenings.put_vector does."""
        held = self._held(opening_id)
        if held != NONE and self._book.digest_of(held) == digest:
            self._give(held, floats)

    def remove(self, opening_id: str) -> None:
        """Take an opening out."""
        held = self._held(opening_id)
        if held != NONE:
            self._dead.add(held)

    def __len__(self) -> int:
        """How many changes there are."""
        return len(self._book) - len(self._view.columns) + len(self._dead) + len(self._with_vector)

    def published(self) -> BookView:
        """The view with these changes; the same one where there are none."""
        if not len(self):
            return self._view
        rows = len(self._book)
        with_vector = np.zeros(rows, np.bool_)
        with_vector[: len(self._view.with_vector)] = self._view.with_vector
        with_vector[list(self._with_vector)] = True
        return BookView(self._book.catalogue.publish(list(self._dead)), with_vector, self._book)

    def _held(self, opening_id: str) -> int:
        """The row of an opening that is in, or −1."""
        row = self._book.catalogue.row(opening_id)
        published = row < len(self._view.columns)
        if row == NONE or row in self._dead or (published and not self._view.columns.alive[row]):
            return NONE
        return row

    def _has_vector(self, row: int) -> bool:
        return row in self._with_vector or (row < len(self._view.with_vector) and bool(self._view.with_vector[row]))

    def _give(self, row: int, floats: Floats | None) -> None:
        """Let a row have this vector: in place where it has none yet, else in a new row, as readers read the other."""
        if floats is None:
            return
        book = self._book
        if not self._has_vector(row):
            book.vectors.put(row, floats)
            self._with_vector.add(row)
        elif not np.array_equal(book.vectors[row], floats):
            self._append(book.candidate(row), book.packed[row], book.digest_of(row), floats)
            self._dead.add(row)

    def _append(self, candidate: Candidate, packed: bytes, digest: bytes, floats: Floats | None) -> None:
        row = self._book.append(candidate, packed, digest)
        if floats is not None:
            self._book.vectors.put(row, floats)
            self._with_vector.add(row)


def changes(then: BookView, now: BookView) -> int:
    """How many openings have changed from one view of a book to a later one, at most."""
    rows = len(then.columns)
    gone = np.count_nonzero(then.columns.alive & ~now.columns.alive[:rows])
    told = np.count_nonzero(now.with_vector[:rows] & ~then.with_vector)
    return len(now.columns) - rows + int(gone) + int(told)


def caught_up(copy: BookView, then: BookView, now: BookView) -> BookView:
    """A copy of the view `then` in another book, brought to what `now` has."""
    writing, book, rows = Writing(copy), now.book, len(then.columns)
    gone = np.flatnonzero(then.columns.alive & ~now.columns.alive[:rows])
    for row in gone.tolist():
        writing.remove(now.columns.id(row))
    for row in (rows + np.flatnonzero(now.columns.alive[rows:])).tolist():
        floats = book.vectors[row] if now.with_vector[row] else None
        writing.put(book.candidate(row), book.packed[row], book.digest_of(row), floats)
    fresh = now.with_vector[:rows] & ~then.with_vector & now.columns.alive[:rows]
    for row in np.flatnonzero(fresh).tolist():
        writing.put_vector(now.columns.id(row), book.digest_of(row), book.vectors[row])
    return writing.published()
