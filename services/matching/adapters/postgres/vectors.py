"""Rows of `vector` and `embedding_task`."""

from collections.abc import Sequence
from typing import Any, LiteralString

from services.matching.adapters.postgres.notices import STORED_CHANNEL
from services.matching.application.ports import EmbeddingTask, Owner, StoredVector, ToIndex, Vector
from shared.runtime.postgres import Connection

TASKS_CHANNEL = "embedding_task"
_TURN = 0x494E444558  # "INDEX"
_TASK_COLUMNS: LiteralString = "owner, owner_id::text, digest, text, priority"
_LEASE: LiteralString = (
    # Materialised: run again for each row, it would lock more than it returns.
    "with due as materialized (select owner, owner_id from embedding_task where leased_until < now()"  # noqa: S608
    " order by priority, enqueued_at limit %s for update skip locked),"
    " leased as (update embedding_task set leased_until = now() + make_interval(secs => %s) from due"
    " where embedding_task.owner = due.owner and embedding_task.owner_id = due.owner_id returning embedding_task.*)"
    f" select {_TASK_COLUMNS}, (select numbers from vector where vector.digest = leased.digest and model = %s"
    " and vector.owner = leased.owner limit 1) from leased order by priority, enqueued_at"
)
_TO_INDEX: LiteralString = (
    "select owner, owner_id, vector.digest, model, numbers, coalesce(opening.version, profile.version)"
    " from (select * from vector where not indexed order by stored_at limit %s) vector"
    " left join opening on owner = 'opening' and opening.id = owner_id and opening.digest = vector.digest"
    " left join profile on owner = 'profile' and profile.id = owner_id and profile.digest = vector.digest"
    " order by stored_at"
)


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

    async def put(self, *vectors: StoredVector) -> None:
        """See Vectors. The serving processes are told at the commit."""
        # In order, as everywhere where several are written: two transactions then wait in one direction only.
        rows = sorted(vectors, key=lambda each: (each.owner.value, each.id))
        owners, ids = [each.owner.value for each in rows], [each.id for each in rows]
        await self._connection.execute(
            "insert into vector (owner, owner_id, digest, model, numbers)"
            " select * from unnest(%s::text[], %s::uuid[], %s::text[], %s::text[], %b::bytea[])"
            " on conflict (owner, owner_id) do update set digest = excluded.digest, model = excluded.model,"
            " numbers = excluded.numbers, stored_at = now(), indexed = false",
            (
                owners,
                ids,
                [each.digest for each in rows],
                [each.vector.model for each in rows],
                [each.vector.values for each in rows],
            ),
        )
        await self._connection.execute(
            "select pg_notify(%s, 'vector:' || owner || ':' || id) from unnest(%s::text[], %s::text[]) told(owner, id)",
            (STORED_CHANNEL, owners, ids),
        )

    async def to_index(self, most: int) -> list[ToIndex]:
        """See Vectors. Of several serving processes one at a time has the turn."""
        turn = await (await self._connection.execute("select pg_try_advisory_xact_lock(%s)", (_TURN,))).fetchone()
        if turn != (True,):
            return []
        found = await self._connection.execute(_TO_INDEX, (most,), binary=True)
        return [
            ToIndex(StoredVector(Owner(owner), str(owner_id), digest, Vector(model, bytes(numbers))), version)
            for owner, owner_id, digest, model, numbers, version in await found.fetchall()
        ]

    async def indexed(self, vectors: Sequence[StoredVector]) -> None:
        """See Vectors."""
        rows = sorted(vectors, key=lambda each: (each.owner.value, each.id))
        await self._connection.execute(
            "with told as (select * from unnest(%s::text[], %s::uuid[], %s::text[]) each(owner, owner_id, digest)),"
            " locked as (select owner, owner_id from vector join told using (owner, owner_id, digest)"
            " order by owner, owner_id for update of vector)"
            " update vector set indexed = true from locked"
            " where vector.owner = locked.owner and vector.owner_id = locked.owner_id",
            (
                [each.owner.value for each in rows],
                [each.id for each in rows],
                [each.digest for each in rows],
            ),
        )

    async def delete(self, owner: Owner, owner_id: str) -> None:
        """See Vectors."""
        await self._connection.execute("delete from vector where owner = %s and owner_id = %s", (owner.value, owner_id))


class PostgresTasks:
    """Texts that wait for the encoder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, task: EmbeddingTask) -> None:
        """See Tasks."""
        await self._connection.execute(
            "with queued as ("
            "insert into embedding_task (owner, owner_id, digest, text, priority) values (%s, %s, %s, %s, %s)"
            " on conflict (owner, owner_id) do update set digest = excluded.digest, text = excluded.text,"
            " priority = least(embedding_task.priority, excluded.priority),"
            # Whoever has the same text in hand keeps it.
            " leased_until = case when embedding_task.digest = excluded.digest"
            " then embedding_task.leased_until else '-infinity' end returning 1)"
            " select pg_notify(%s, '') from queued",
            (task.owner.value, task.id, task.digest, task.text, task.priority, TASKS_CHANNEL),
        )

    async def get(self, owner: Owner, owner_id: str) -> EmbeddingTask | None:
        """See Tasks. It stays as it is until the transaction ends: a newer text must not come between get and done."""
        found = await self._connection.execute(
            f"select {_TASK_COLUMNS} from embedding_task where owner = %s and owner_id = %s for update",  # noqa: S608 - constant
            (owner.value, owner_id),
        )
        row = await found.fetchone()
        return _task(row) if row else None

    async def waiting(self, tasks: Sequence[EmbeddingTask]) -> list[EmbeddingTask]:
        """See Tasks."""
        found = await self._connection.execute(
            f"select {_TASK_COLUMNS} from embedding_task"  # noqa: S608 - constant
            " where (owner, owner_id) in (select * from unnest(%s::text[], %s::uuid[]))"
            " order by owner, owner_id for update",
            ([each.owner.value for each in tasks], [each.id for each in tasks]),
        )
        wanted = {(each.owner, each.id, each.digest) for each in tasks}
        rows = [_task(row) for row in await found.fetchall()]
        return [each for each in rows if (each.owner, each.id, each.digest) in wanted]

    async def lease(self, seconds: float, model: str, most: int) -> list[tuple[EmbeddingTask, Vector | None]]:
        """The most urgent tasks that nobody has, this encoder's for so many seconds from now; `most` of them.

        Each with a vector that this model made of the same text for the same kind of owner, where there is one: each
        kind has its own prompt.
        """
        found = await self._connection.execute(_LEASE, (most, seconds, model))
        rows = await found.fetchall()
        return [(_task(row), None if numbers is None else Vector(model, bytes(numbers))) for *row, numbers in rows]

    async def done(self, *tasks: EmbeddingTask) -> None:
        """See Tasks."""
        await self._connection.execute(
            "delete from embedding_task where (owner, owner_id, digest)"
            " in (select * from unnest(%s::text[], %s::uuid[], %s::text[]))",
            ([each.owner.value for each in tasks], [each.id for each in tasks], [each.digest for each in tasks]),
        )

    async def drop(self, owner: Owner, owner_id: str) -> None:
        """See Tasks."""
        await self._connection.execute(
            "delete from embedding_task where owner = %s and owner_id = %s", (owner.value, owner_id)
        )


def _task(row: Sequence[Any]) -> EmbeddingTask:
    owner, owner_id, digest, text, priority = row
    return EmbeddingTask(Owner(owner), owner_id, digest, text, priority)
