"""The vectors of live openings in a FAISS index: exact inner products of unit vectors, so cosines.

The index is a cache: PostgreSQL holds the vectors, and a start builds it anew.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence

import faiss
import numpy as np
import numpy.typing as npt

from services.matching.application.ports import Vector

Floats = npt.NDArray[np.float32]


class FaissIndex:
    """A `VectorIndex`. Ids are positions of our own, since FAISS takes integers only and accepts one twice in silence.

    One lock is held for the microseconds of a change or of a search; both run without the interpreter's lock.
    """

    def __init__(self, model: str, dimension: int) -> None:
        self._model = model
        self._dimension = dimension
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._positions: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._next = 0
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
        return int(self._index.ntotal)

    def fill(self, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Hold all these at once (a start); afterwards the index is ready. Raises ValueError as upsert does."""
        with self._lock:
            if vectors:
                ids = np.array([self._take_in(opening_id) for opening_id, _ in vectors], dtype=np.int64)
                self._index.add_with_ids(np.stack([self._floats(vector) for _, vector in vectors]), ids)
            self._generation += 1
            self._ready = True

    def upsert(self, opening_id: str, vector: Vector) -> None:
        """See VectorIndex."""
        floats = self._floats(vector)
        with self._lock:
            self._drop(opening_id)
            self._index.add_with_ids(floats[np.newaxis], np.array([self._take_in(opening_id)], dtype=np.int64))
            self._generation += 1

    def remove(self, opening_id: str) -> None:
        """See VectorIndex."""
        with self._lock:
            self._generation += self._drop(opening_id)

    def similarities(self, vector: Vector, opening_ids: Iterable[str]) -> Mapping[str, float]:
        """See VectorIndex."""
        query = self._floats(vector)[np.newaxis]
        with self._lock:
            wanted = [self._positions[each] for each in opening_ids if each in self._positions]
            if not wanted:
                return {}
            chosen = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.array(wanted, dtype=np.int64)))
            scores, found = self._index.search(query, len(wanted), params=chosen)
            return {
                self._names[int(position)]: float(score)
                for position, score in zip(found[0], scores[0], strict=True)
                if position >= 0
            }

    def _take_in(self, opening_id: str) -> int:
        position = self._next
        self._next += 1
        self._positions[opening_id] = position
        self._names[position] = opening_id
        return position

    def _drop(self, opening_id: str) -> int:
        position = self._positions.pop(opening_id, None)
        if position is None:
            return 0
        del self._names[position]
        return int(self._index.remove_ids(np.array([position], dtype=np.int64)))

    def _floats(self, vector: Vector) -> Floats:
        if vector.model != self._model:
            raise ValueError(f"The vector is of model {vector.model}, the index holds {self._model}.")
        floats = np.frombuffer(vector.values, dtype="<f4")
        if floats.shape != (self._dimension,):
            raise ValueError(f"The vector has {floats.size} numbers, the index holds {self._dimension}.")
        return floats
