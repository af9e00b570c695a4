"""The unit of work over PostgreSQL."""

from psycopg.errors import UniqueViolation

from services.matching.adapters.codec import from_json
from services.matching.adapters.postgres.bulk import PostgresBulkRuns, PostgresPreparedLists
from services.matching.adapters.postgres.decisions import PostgresDecisions, record
from services.matching.adapters.postgres.feedback import (
    PostgresContests,
    PostgresFeedback,
    answer_is_about,
    answer_to_bytes,
)
from services.matching.adapters.postgres.inputs import KnownInputs
from services.matching.adapters.postgres.snapshots import PostgresOpenings, PostgresProfiles
from services.matching.adapters.postgres.vectors import PostgresTasks, PostgresVectors
from services.matching.adapters.wire.events import event_to_record
from services.matching.application.ports import Owner, Told
from services.matching.application.records import MadeWith
from services.matching.domain.events import DecisionRecorded, Event
from services.matching.domain.matches import Decision
from shared.kernel.errors import Aborted
from shared.runtime import inbox, outbox
from shared.runtime.postgres import Connection, Pool, single_statements
from shared.runtime.requests import StoredAnswers
from shared.runtime.unit_of_work import TransactionalUnitOfWork


class PostgresUnitOfWork(TransactionalUnitOfWork):
    """One transaction after the other. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def __init__(self, pool: Pool, *, lock_profiles: bool = False, known: KnownInputs | None = None) -> None:
        """With `lock_profiles`, a profile that was got stays as it is until its transaction ends.

        `known` is shared by those that serve lists: what it knows to be stored is not sent to the store again.
        """
        super().__init__(pool)
        self._lock_profiles = lock_profiles
        self._known = known if known is not None else KnownInputs()

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        self.openings = PostgresOpenings(connection)
        self.profiles = PostgresProfiles(connection, lock=self._lock_profiles)
        self.vectors = PostgresVectors(connection)
        self.tasks = PostgresTasks(connection)
        self.decisions = PostgresDecisions(connection, self._known)
        self.feedback = PostgresFeedback(connection)
        self.contests = PostgresContests(connection)
        self.answers = StoredAnswers(connection, answer_to_bytes, from_json, answer_is_about)
        self.runs = PostgresBulkRuns(connection)
        self.prepared = PostgresPreparedLists(connection)
        self.inbox = PostgresInbox(connection)
        self.events = PostgresEvents(connection)

    async def commit(self) -> None:
        """See UnitOfWork."""
        await super().commit()
        self._known.remember(self.decisions.stored)

    async def person(self, profile_id: str) -> Told:
        """See UnitOfWork."""
        async with single_statements(self._pool) as connection:
            return await PostgresProfiles(connection).person(profile_id)

    async def record(self, decision: Decision, made_with: MadeWith) -> None:
        """See UnitOfWork."""
        await record(self._pool, self._known, decision, made_with)


class PostgresInbox:
    """Rows of `inbox`: one consumer for each kind of owner."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def accept(self, owner: Owner, owner_id: str, version: int, event_id: str) -> bool:
        """See Inbox."""
        found = await inbox.accept(self._connection, f"matching-{owner.value}s", owner_id, version, event_id)
        return found is inbox.Accepted.NEW


class PostgresEvents:
    """Rows of `outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def append(self, *events: Event) -> None:
        """See Events. What was said of this version before is not said again: a new model changes no content.

        Raises Aborted where another transaction says it at the same time.
        """
        records = [event_to_record(event) for event in events]
        if all(isinstance(event, DecisionRecorded) for event in events):
            # A decision is told of in the transaction that makes it, and so never twice.
            await outbox.append(self._connection, records)
            return
        said = await self._connection.execute(
            "select aggregate_id, aggregate_version from outbox where aggregate_id = any(%s)",
            ([record.aggregate_id for record in records],),
        )
        known = set(await said.fetchall())
        fresh = [each for each in records if (each.aggregate_id, each.aggregate_version) not in known]
        try:
            await outbox.append(self._connection, fresh)
        except UniqueViolation as error:
            raise Aborted("EVENT_APPENDED", "Another transaction has just told this. Try again.") from error
