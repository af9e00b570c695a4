"""Requests answered once: a repeated request_id gets the stored answer, in the transaction of the change itself.

answers = StoredAnswers(connection, to_bytes, from_bytes, about=lambda answer: answer.profile_id)
answer = await answers.find(key, Profile)
if answer is None:
    ... the change ...
    await answers.keep(key, answer)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, Protocol, TypeVar

from shared.kernel.errors import FieldViolation, Internal, InvalidArgument
from shared.runtime.postgres import Connection

Answer = TypeVar("Answer")
Kind = TypeVar("Kind")


class Key(Protocol):
    """A mutation as its caller identified it: see `answer_once`."""

    @property
    def scope(self) -> str: ...

    @property
    def request_id(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def fingerprint(self) -> bytes: ...


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


class StoredAnswers(Generic[Answer]):
    """The answers of one service, as values of its domain. `Answer` is the union of their types."""

    def __init__(
        self,
        connection: Connection,
        encode: Callable[[Answer], bytes],
        decode: Callable[[bytes, type[Any]], Any],
        about: Callable[[Answer], str],
    ) -> None:
        """`decode` makes a value of a type from what `encode` made; `about` is for erasing: see `keep_answer`."""
        self._connection = connection
        self._encode = encode
        self._decode = decode
        self._about = about

    async def find(self, key: Key, kind: type[Kind]) -> Kind | None:
        """Claim the request: None means go on, an answer means give it and change nothing. Raises as `answer_once`."""
        stored = await answer_once(
            self._connection,
            scope=key.scope,
            request_id=key.request_id,
            method=key.method,
            fingerprint=key.fingerprint,
        )
        if stored is None:
            return None
        answer: Kind = self._decode(stored.answer, kind)
        return answer

    async def keep(self, key: Key, answer: Answer) -> None:
        """Keep the answer to a claimed request. Raises as `keep_answer`."""
        await keep_answer(
            self._connection,
            scope=key.scope,
            request_id=key.request_id,
            answer=self._encode(answer),
            about=self._about(answer),
        )


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
