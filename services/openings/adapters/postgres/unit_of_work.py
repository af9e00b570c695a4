"""The unit of work over PostgreSQL."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from services.openings.adapters.postgres.openings import PostgresOpenings
from services.openings.adapters.postgres.publishers import PostgresPublishers
from services.openings.adapters.postgres.rows import answer_from_bytes, answer_is_about, answer_to_bytes
from services.openings.application.ports import Answered, Published, RequestKey
from services.openings.domain.opening import Opening
from services.openings.domain.publisher import Publisher
from shared.runtime import requests
from shared.runtime.postgres import Connection, Pool, transaction


class PostgresUnitOfWork:
    """One transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._transaction: AbstractAsyncContextManager[Connection] | None = None

    async def __aenter__(self) -> Self:
        self._transaction = transaction(self._pool)
        connection = await self._transaction.__aenter__()
        self.openings = PostgresOpenings(connection)
        self.publishers = PostgresPublishers(connection)
        self.answers = PostgresAnswers(connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        running, self._transaction = self._transaction, None
        if running is None:
            return
        # A transaction that is left without an error would be committed: undoing needs one.
        undo = error or _NotCommitted()
        await running.__aexit__(type(undo), undo, undo.__traceback__)

    async def commit(self) -> None:
        """Commit. The connection goes back to the pool."""
        running, self._transaction = self._transaction, None
        if running is not None:
            await running.__aexit__(None, None, None)


class PostgresAnswers:
    """Answers as protos in `stored_answer`, marked with the id of what they are about so that erasing finds them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        """Claim the request; the stored answer where there is one."""
        stored = await requests.answer_once(
            self._connection,
            scope=key.scope,
            request_id=key.request_id,
            method=key.method,
            fingerprint=key.fingerprint,
        )
        return answer_from_bytes(stored.answer, kind) if stored else None

    async def keep(self, key: RequestKey, answer: Published | Opening | Publisher) -> None:
        """Store the answer of a claimed request."""
        await requests.keep_answer(
            self._connection,
            scope=key.scope,
            request_id=key.request_id,
            answer=answer_to_bytes(answer),
            about=answer_is_about(answer),
        )


class _NotCommitted(Exception):
    """Ends a transaction that nobody committed."""
