"""The vectors of live openings in a FAISS index: exact inner products of unit vectors, so cosines.

The index is a cache: PostgreSQL holds the vectors, and a start builds it anew.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from services.matching.application.ports import Vector

Floats = npt.NDArray[np.float32]
_faiss: Any = faiss  # its type stubs lack what is used here


class FaissIndex:
    """A `VectorIndex`: each opening has one row of a flat index, and the rows have no holes.

    FAISS accepts an id twice in silence, and its `remove_ids` moves every row behind the hole (2 ms of 20,000). So the
    rows are managed here: a vector is replaced in its row, and the last row moves into the place of one that goes.
    One lock guards rows and names together. A writer has it for some 30 µs, a reader of 20,000 openings for about 4 ms
    (measured on 2 cores); comparing runs without the interpreter's lock.
    """

    def __init__(self, model: str, dimension: int) -> None:
        self._model = model
        self._dimension = dimension
        self._index = _faiss.IndexFlatIP(dimension)
        self._names: list[str] = []
        self._rows: dict[str, int] = {}
        self._generation = 0
        self._ready = False
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """See VectorIndex."""
        return self._ready

    @property
    def generation(self) -> int:
        """See VectorIndex."""
        return self._generation

    @property
    def model(self) -> str:
        """See VectorIndex."""
        return self._model

    def __len__(self) -> int:
        """Rows of the index itself; there are as many names."""
        return int(self._index.ntotal)

    def fill(self, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Hold these and no others (a start); afterwards the index is ready. Raises ValueError as upsert does."""
        held = {opening_id: self._floats(vector) for opening_id, vector in vectors}
        with self._lock:
            self._index.reset()
            if held:
                self._index.add(np.stack(list(held.values())))
            self._names = list(held)
            self._rows = {name: row for row, name in enumerate(self._names)}
            self._generation += 1
            self._ready = True

    def upsert(self, opening_id: str, vector: Vector) -> None:
        """See VectorIndex."""
        floats = self._floats(vector)
        with self._lock:
            row = self._rows.get(opening_id)
            if row is None:
                self._rows[opening_id] = len(self._names)
                self._names.append(opening_id)
                self._index.add(floats[np.newaxis])
            else:
                self._matrix()[row] = floats
            self._generation += 1

    def remove(self, opening_id: str) -> None:
        """See VectorIndex."""
        with self._lock:
            row = self._rows.pop(opening_id, None)
            if row is None:
                return
            last = len(self._names) - 1
            if row != last:
                matrix, name = self._matrix(), self._names[last]
                matrix[row] = matrix[last]
                self._names[row], self._rows[name] = name, row
            self._names.pop()
            self._index.remove_ids(_faiss.IDSelectorRange(last, last + 1))
            self._generation += 1

    def similarities(self, vector: Vector, opening_ids: Iterable[str]) -> Mapping[str, float]:
        """See VectorIndex."""
        query = self._floats(vector)
        asked = list(opening_ids)
        _faiss.omp_set_num_threads(1)  # of this thread: a team for one query costs more than it saves
        with self._lock:
            found = [name for name in asked if name in self._rows]
            rows = np.array([self._rows[name] for name in found], dtype=np.int64)
            cosines = np.empty(len(found), dtype=np.float32)
            if found:
                self._index.compute_distance_subset(
                    1, _faiss.swig_ptr(query), len(found), _faiss.swig_ptr(cosines), _faiss.swig_ptr(rows)
                )
        return dict(zip(found, cosines.tolist(), strict=True))

    def _matrix(self) -> Floats:
        """The rows in FAISS' own memory; the view is good until the index grows or shrinks."""
        rows: Floats = _faiss.rev_swig_ptr(self._index.get_xb(), len(self._names) * self._dimension)
        return rows.reshape(-1, self._dimension)

    def _floats(self, vector: Vector) -> Floats:
        if vector.model != self._model:
            raise ValueError(f"The vector is of model {vector.model}, the index holds {self._model}.")
        floats = np.frombuffer(vector.values, dtype="<f4")
        if floats.shape != (self._dimension,):
            raise ValueError(f"The vector has {floats.size} numbers, the index holds {self._dimension}.")
        return floats
