"""The unit of work over PostgreSQL."""

from services.openings.adapters.postgres.openings import PostgresOpenings
from services.openings.adapters.postgres.publishers import PostgresPublishers
from services.openings.adapters.postgres.rows import answer_from_bytes, answer_is_about, answer_to_bytes
from services.openings.application.ports import Answered, Published, RequestKey
from services.openings.domain.opening import Opening
from services.openings.domain.publisher import Publisher
from shared.runtime import requests
from shared.runtime.postgres import Connection
from shared.runtime.unit_of_work import TransactionalUnitOfWork


class PostgresUnitOfWork(TransactionalUnitOfWork):
    """One transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        self.openings = PostgresOpenings(connection)
        self.publishers = PostgresPublishers(connection)
        self.answers = PostgresAnswers(connection)


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
