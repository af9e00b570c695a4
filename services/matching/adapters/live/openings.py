"""The published openings in memory: one writer at a time lays rows down, and readers take the view of the moment."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

import numpy as np

from services.matching.adapters.live.book import Book, short
from services.matching.adapters.live.packing import Packing
from services.matching.adapters.live.vectors import Floats, Vectors
from services.matching.adapters.live.view import BookView
from services.matching.adapters.live.writing import Writing, caught_up, changes
from services.matching.application.ports import Vector
from services.matching.domain.candidates import Candidate
from shared.vocabulary import Vocabulary

STALE_AFTER = timedelta(hours=24)
DEAD_ROWS = 10_000
"""So many rows of no use, and a quarter of all: then the openings are written anew."""
_LAST_CHANGES = 32  # made up for while writers wait; a few milliseconds
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Held:
    """An opening to take in, with the vector of its text where there is one."""

    candidate: Candidate
    digest: str
    vector: Vector | None = None


class LiveOpeningsInMemory:
    """A `LiveOpenings`. Writers share one lock; a reader reads one attribute and has a view that never changes."""

    def __init__(self, model: str, dimension: int, vocabulary: Vocabulary) -> None:
        book = Book(Vectors(model, dimension), Packing(), vocabulary, [])
        self._view = BookView(book.catalogue.publish(), np.zeros(0, np.bool_), book)
        self._loaded = False
        self._current_at: datetime | None = None
        self._changes = 0
        self._lock = Lock()
        self._compacting = Lock()

    @property
    def loaded(self) -> bool:
        """See LiveOpenings."""
        return self._loaded

    @property
    def model(self) -> str:
        """See LiveOpenings."""
        return self._view.book.vectors.model

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return self._view.book.vectors.dimension

    def __len__(self) -> int:
        return len(self._view.alive)

    def view(self) -> BookView:
        """See LiveOpenings."""
        return self._view

    def stale(self, now: datetime) -> bool:
        """See LiveOpenings."""
        return self._current_at is not None and now - self._current_at > STALE_AFTER

    @property
    def current_at(self) -> datetime | None:
        """When this was last known to be what the store holds."""
        return self._current_at

    def is_current(self, at: datetime) -> None:
        """This was what the store held then; from the first time on, the openings are loaded."""
        self._current_at = at
        self._loaded = True

    def put(self, candidate: Candidate, digest: str) -> None:
        """See LiveOpenings."""
        self.put_all([Held(candidate, digest)])

    def put_all(self, openings: Iterable[Held]) -> None:
        """Take openings in, as `put` does, and publish once. Raises ValueError as `put_vector` does."""
        read = [(held, self._packed(held.candidate), self._read(held)) for held in openings]
        with self._writing() as writing:
            for held, packed, floats in read:
                writing.put(held.candidate, packed, short(held.digest), floats)

    def put_vector(self, opening_id: str, digest: str, vector: Vector) -> None:
        """See LiveOpenings."""
        floats = self._view.book.vectors.read(vector)
        with self._writing() as writing:
            writing.put_vector(opening_id, short(digest), floats)

    def remove(self, opening_id: str) -> None:
        """See LiveOpenings."""
        with self._writing() as writing:
            writing.remove(opening_id)

    def take_over(self, view: BookView, current_at: datetime | None) -> None:
        """Hold what was saved (a start). It counts as loaded only when it has been compared with the store."""
        with self._lock:
            self._hold(view)
            self._current_at = current_at

    @property
    def changes(self) -> int:
        """How many rows have been written, filled or given up so far."""
        return self._changes

    def versions(self) -> list[bytes]:
        """Of each published opening what `load_versions` gives of those in the store."""
        view = self._view
        rows = view.alive
        entries = np.empty(len(rows), [("id", ">u8", 2), ("version", ">i8"), ("digest", "u8", 2), ("vector", "u1")])
        entries["id"] = np.stack((view.columns.high[rows], view.columns.low[rows]), axis=1)
        entries["version"] = view.columns.version[rows]
        entries["digest"] = view.book.digest.view()[rows]
        entries["vector"] = view.with_vector[rows]
        content = entries.tobytes()
        return [content[at : at + entries.itemsize] for at in range(0, len(content), entries.itemsize)]

    def needs_compacting(self) -> bool:
        """Whether much of what is held is of no use any more."""
        view = self._view
        return view.dead >= max(DEAD_ROWS, len(view.columns) / 4)

    def compact(self) -> None:
        """Write what is published anew, without the rows of no use. Takes a second for 100,000 openings.

        Beside readers and writers: what changes meanwhile is made up for, the last of it while writers wait.
        """
        with self._compacting:
            view = self._view
            fresh = _copy(view)
            for _ in range(_ROUNDS):
                now = self._view
                if now.book is not view.book or changes(view, now) <= _LAST_CHANGES:
                    break
                fresh, view = caught_up(fresh, view, now), now
            with self._lock:
                if self._view.book is view.book:
                    self._hold(caught_up(fresh, view, self._view))

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        """Changes that are published together, or not at all."""
        with self._lock:
            writing = Writing(self._view)
            try:
                yield writing
            except BaseException:
                # A row that was left half written would shift all that come after it.
                self._hold(_copy(self._view))
                raise
            self._view = writing.published()
            self._changes += len(writing)

    def _hold(self, view: BookView) -> None:
        """Go on with this view's book."""
        view.book.catalogue.go_on_from(self._view.columns.generation)
        self._view = replace(view, columns=view.book.catalogue.publish())

    def _packed(self, candidate: Candidate) -> bytes:
        return self._view.book.packing.pack(candidate.snapshot, candidate.signals)

    def _read(self, held: Held) -> Floats | None:
        return None if held.vector is None else self._view.book.vectors.read(held.vector)


def _copy(view: BookView) -> BookView:
    """The published openings of a view in a book of their own."""
    rows = view.alive
    book = view.book.kept(rows, view.book.vectors.kept(rows))
    return BookView(book.catalogue.publish(), view.with_vector[rows], book)
