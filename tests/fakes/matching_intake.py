"""In-memory stores of what comes in and goes out: tasks of the encoder, versions taken, events."""

from services.matching.application.ports import EmbeddingTask, Owner
from services.matching.domain.events import Event

Key = tuple[Owner, str]


class FakeTasks:
    """Texts that wait."""

    def __init__(self, rows: dict[Key, EmbeddingTask]) -> None:
        self._rows = rows

    async def add(self, task: EmbeddingTask) -> None:
        self._rows[task.owner, task.id] = task

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        return self._rows.get((owner, owner_id))

    async def done(self, task: EmbeddingTask) -> None:
        waiting = self._rows.get((task.owner, task.id))
        if waiting is not None and waiting.digest == task.digest:
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
