"""Requests answered once: a repeated request_id gets the stored answer, in the transaction of the change itself.

stored = await answer_once(connection, scope=..., request_id=..., method=..., fingerprint=...)
if stored is None:
    ... the change ...
    await keep_answer(connection, scope=..., request_id=..., answer=reply.SerializeToString(), about=profile_id)
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from shared.kernel.errors import FieldViolation, Internal, InvalidArgument
from shared.runtime.postgres import Connection


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The serialised reply of the first call. It may hold personal data and stays out of repr."""

    answer: bytes = field(repr=False)


def fingerprint_of(request: bytes) -> bytes:
    """Return the SHA-256 of a deterministically serialised request."""
    return sha256(request).digest()


async def answer_once(
    connection: Connection, *, scope: str, request_id: str, method: str, fingerprint: bytes
) -> StoredAnswer | None:
    """Claim `request_id` for this transaction: None means go on, an answer means return it and change nothing.

    `scope` is the caller's subject: ids of different callers never meet. A twin at the same time waits until the
    first has committed (and gets its answer) or rolled back (and goes on). Raises InvalidArgument REQUEST_ID_REUSED
    where the id came with another method or content.
    """
    claimed = await connection.execute(
        "insert into stored_answer (scope, request_id, method, fingerprint) values (%s, %s, %s, %s)"
        " on conflict do nothing returning true",
        (scope, request_id, method, fingerprint),
    )
    if await claimed.fetchone():
        return None
    found = await connection.execute(
        "select method, fingerprint, answer from stored_answer where scope = %s and request_id = %s",
        (scope, request_id),
    )
    row = await found.fetchone()
    if row is None or (row[0], bytes(row[1])) != (method, fingerprint):
        raise _reused()
    if row[2] is None:
        raise Internal("ANSWER_MISSING", "The first call with this request_id stored no answer.")
    return StoredAnswer(bytes(row[2]))


async def keep_answer(connection: Connection, *, scope: str, request_id: str, answer: bytes, about: str = "") -> None:
    """Store the reply of a claimed request. `about` is the id of the person or thing in it, for erasing."""
    kept = await connection.execute(
        "update stored_answer set answer = %s, about = %s where scope = %s and request_id = %s",
        (answer, about, scope, request_id),
    )
    if kept.rowcount != 1:
        raise Internal("REQUEST_NOT_CLAIMED", "keep_answer was called without answer_once in the same transaction.")


async def forget_answers_about(connection: Connection, about: str) -> int:
    """Delete the stored answers about one person or thing, as part of erasing it. Return how many."""
    return (await connection.execute("delete from stored_answer where about = %s", (about,))).rowcount


async def forget_answers_before(connection: Connection, instant: datetime) -> int:
    """Delete the answers stored before `instant`; their request ids may then be used again. Return how many."""
    return (await connection.execute("delete from stored_answer where created_at < %s", (instant,))).rowcount


def _reused() -> InvalidArgument:
    rule = "Use a new request_id for another request; repeat one only with exactly the same content."
    violation = FieldViolation(field="request_id", reason="REQUEST_ID_REUSED", description=rule)
    message = f"This request_id was used for another request. {rule}"
    return InvalidArgument("REQUEST_ID_REUSED", message, violations=(violation,))
