"""The unit of work over PostgreSQL."""

from services.openings.adapters.postgres.openings import PostgresOpenings
from services.openings.adapters.postgres.publishers import PostgresPublishers
from services.openings.adapters.postgres.rows import answer_from_bytes, answer_is_about, answer_to_bytes
from shared.runtime.postgres import Connection
from shared.runtime.requests import StoredAnswers
from shared.runtime.unit_of_work import TransactionalUnitOfWork


class PostgresUnitOfWork(TransactionalUnitOfWork):
    """One transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        self.openings = PostgresOpenings(connection)
        self.publishers = PostgresPublishers(connection)
        self.answers = StoredAnswers(connection, answer_to_bytes, answer_from_bytes, answer_is_about)
