"""Who records something about a person, and who erases the person: one waits for the other.

A lock by the person's id, because a person whose news has not come yet has no row to lock.
"""

from shared.kernel.errors import PermissionDenied
from shared.runtime.postgres import Connection

PURGED = (
    "profile", "embedding_task", "vector", "decision", "decision_input", "feedback", "prepared_list", "contest",
    "candidate_list_entry", "stored_answer",
)  # fmt: skip
"""The tables from which forgetting a person deletes rows."""
_HOLD = "select pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_TAKE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
# The inbox keeps what was taken in of a person who is gone. A statement of its own: it sees what the lock waited for.
_GONE = (
    "select from inbox where consumer = 'matching-profiles' and aggregate_id = %(id)s"
    " and not exists (select from profile where id = %(id)s::uuid)"
)


async def hold(connection: Connection, profile_id: str) -> None:
    """Keep the person from being erased until the transaction ends. Raises PermissionDenied for one who is gone."""
    await connection.execute(_HOLD, (profile_id,))
    if await (await connection.execute(_GONE, {"id": profile_id})).fetchone() is not None:
        raise PermissionDenied()


async def wait_for_holders(connection: Connection, profile_id: str) -> None:
    """Let those who hold the person end first, and new ones wait until this transaction ends."""
    await connection.execute(_TAKE, (profile_id,))
