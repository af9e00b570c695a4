"""Rows of `vector` and `embedding_task`."""

from typing import Any

from services.matching.application.ports import EmbeddingTask, Owner, StoredVector, Vector
from shared.runtime.postgres import Connection

TASKS_CHANNEL = "embedding_task"
VECTORS_CHANNEL = "vector_stored"
_TASK_COLUMNS = "owner, owner_id::text, digest, text, priority"


class PostgresVectors:
    """Vectors of openings and profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, owner: Owner, owner_id: str) -> StoredVector | None:
        """See Vectors."""
        found = await self._connection.execute(
            "select digest, model, numbers from vector where owner = %s and owner_id = %s", (owner.value, owner_id)
        )
        row = await found.fetchone()
        return StoredVector(owner, owner_id, row[0], Vector(row[1], bytes(row[2]))) if row else None

    async def put(self, vector: StoredVector) -> None:
        """See Vectors. The serving process is told at the commit."""
        await self._connection.execute(
            "insert into vector (owner, owner_id, digest, model, numbers) values (%s, %s, %s, %s, %s)"
            " on conflict (owner, owner_id) do update set digest = excluded.digest, model = excluded.model,"
            " numbers = excluded.numbers, stored_at = now(), indexed = false",
            (vector.owner.value, vector.id, vector.digest, vector.vector.model, vector.vector.values),
        )
        await self._connection.execute(
            "select pg_notify(%s, %s)", (VECTORS_CHANNEL, f"{vector.owner.value}:{vector.id}")
        )

    async def delete(self, owner: Owner, owner_id: str) -> None:
        """See Vectors."""
        await self._connection.execute("delete from vector where owner = %s and owner_id = %s", (owner.value, owner_id))

    async def of_text(self, owner: Owner, digest: str, model: str) -> Vector | None:
        """A vector that this model made of the same text for the same kind of owner: each kind has its own prompt."""
        found = await self._connection.execute(
            "select numbers from vector where digest = %s and model = %s and owner = %s limit 1",
            (digest, model, owner.value),
        )
        row = await found.fetchone()
        return Vector(model, bytes(row[0])) if row else None


class PostgresTasks:
    """Texts that wait for the encoder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, task: EmbeddingTask) -> None:
        """See Tasks."""
        await self._connection.execute(
            "insert into embedding_task (owner, owner_id, digest, text, priority) values (%s, %s, %s, %s, %s)"
            " on conflict (owner, owner_id) do update set digest = excluded.digest, text = excluded.text,"
            " priority = least(embedding_task.priority, excluded.priority),"
            # Whoever has the same text in hand keeps it.
            " leased_until = case when embedding_task.digest = excluded.digest"
            " then embedding_task.leased_until else '-infinity' end",
            (task.owner.value, task.id, task.digest, task.text, task.priority),
        )
        await self._connection.execute("select pg_notify(%s, '')", (TASKS_CHANNEL,))

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        """See Tasks. It stays as it is until the transaction ends: a newer text must not come between get and done."""
        found = await self._connection.execute(
            f"select {_TASK_COLUMNS} from embedding_task where owner = %s and owner_id = %s for update",  # noqa: S608 - constant
            (owner.value, owner_id),
        )
        row = await found.fetchone()
        return _task(row) if row else None

    async def lease(self, seconds: float) -> EmbeddingTask | None:
        """The most urgent task that nobody has, this encoder's for so many seconds from now; None where none waits."""
        found = await self._connection.execute(
            "update embedding_task set leased_until = now() + make_interval(secs => %s) where (owner, owner_id) ="  # noqa: S608 - constant
            " (select owner, owner_id from embedding_task where leased_until < now()"
            " order by priority, enqueued_at for update skip locked limit 1)"
            f" returning {_TASK_COLUMNS}",
            (seconds,),
        )
        row = await found.fetchone()
        return _task(row) if row else None

    async def done(self, task: EmbeddingTask) -> None:
        """See Tasks."""
        await self._connection.execute(
            "delete from embedding_task where owner = %s and owner_id = %s and digest = %s",
            (task.owner.value, task.id, task.digest),
        )

    async def drop(self, owner: Owner, owner_id: str) -> None:
        """See Tasks."""
        await self._connection.execute(
            "delete from embedding_task where owner = %s and owner_id = %s", (owner.value, owner_id)
        )


def _task(row: tuple[Any, ...]) -> EmbeddingTask:
    owner, owner_id, digest, text, priority = row
    return EmbeddingTask(Owner(owner), owner_id, digest, text, priority)
