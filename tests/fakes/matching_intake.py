"""In-memory stores of what comes in and goes out: tasks of the encoder, versions taken, events."""

from collections.abc import Callable, Sequence

from services.matching.application.ports import (
    EmbeddingTask,
    Owner,
    StoredOpening,
    StoredProfile,
    StoredVector,
    ToIndex,
)
from services.matching.domain.events import Event

Key = tuple[Owner, str]


class FakeVectors:
    """Vectors; `owner` gives the opening or profile of an id."""

    def __init__(
        self,
        rows: dict[Key, StoredVector],
        told: dict[Key, StoredVector],
        owner: Callable[[str], StoredOpening | StoredProfile | None],
    ) -> None:
        self._rows = rows
        self._told = told
        self._owner = owner

    async def get(self, owner: Owner, owner_id: str) -> StoredVector | None:
        return self._rows.get((owner, owner_id))

    async def put(self, *vectors: StoredVector) -> None:
        for vector in vectors:
            key = vector.owner, vector.id
            self._rows.pop(key, None)
            self._rows[key] = vector
            self._told.pop(key, None)

    async def to_index(self, most: int) -> list[ToIndex]:
        waiting = [vector for key, vector in self._rows.items() if self._told.get(key) != vector]
        return [ToIndex(vector, self._version(vector)) for vector in waiting[:most]]

    async def indexed(self, vectors: Sequence[StoredVector]) -> None:
        self._told.update({(vector.owner, vector.id): vector for vector in vectors})

    async def delete(self, owner: Owner, owner_id: str) -> None:
        self._rows.pop((owner, owner_id), None)

    def _version(self, vector: StoredVector) -> int | None:
        found = self._owner(vector.id)
        return found.snapshot.version if found is not None and found.digest == vector.digest else None


class FakeTasks:
    """Texts that wait."""

    def __init__(self, rows: dict[Key, EmbeddingTask]) -> None:
        self._rows = rows

    async def add(self, task: EmbeddingTask) -> None:
        self._rows[task.owner, task.id] = task

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        return self._rows.get((owner, owner_id))

    async def waiting(self, tasks: Sequence[EmbeddingTask]) -> list[EmbeddingTask]:
        kept = [(task, self._rows.get((task.owner, task.id))) for task in tasks]
        return [waiting for task, waiting in kept if waiting is not None and waiting.digest == task.digest]

    async def done(self, *tasks: EmbeddingTask) -> None:
        for task in await self.waiting(tasks):
            del self._rows[task.owner, task.id]

    async def drop(self, owner: Owner, owner_id: str) -> None:
        self._rows.pop((owner, owner_id), None)


class FakeInbox:
    """Versions taken."""

    def __init__(self, taken: dict[Key, int]) -> None:
        self._taken = taken

    async def accept(self, owner: Owner, owner_id: str, version: int, event_id: str) -> bool:
        if version <= self._taken.get((owner, owner_id), 0):
            return False
        self._taken[owner, owner_id] = version
        return True


class FakeEvents:
    """Events that leave with the commit."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events

    async def append(self, *events: Event) -> None:
        self._events.extend(events)
