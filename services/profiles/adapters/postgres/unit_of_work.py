"""The unit of work over PostgreSQL."""

from datetime import datetime
from types import TracebackType
from typing import Any

from psycopg import errors

from services.profiles.adapters.postgres.accesses import PostgresAccesses
from services.profiles.adapters.postgres.answers import PostgresAnswers
from services.profiles.adapters.postgres.changes import PostgresChanges
from services.profiles.adapters.postgres.consents import PostgresConsents
from services.profiles.adapters.postgres.erasures import PostgresErasures
from services.profiles.adapters.postgres.identities import PostgresIdentities
from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.postgres.overrides import PostgresOverrides
from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.adapters.postgres.profiles import CASE_REFERENCE, PostgresProfiles
from services.profiles.adapters.postgres.suggestions import PostgresSuggestions
from services.profiles.adapters.sealing import KeyRing
from services.profiles.adapters.wire.events import event_to_record
from services.profiles.application.ports import CaseloadEntry, Page, Position
from services.profiles.domain.consents import ConsentEvent
from services.profiles.domain.erasure import ProfileErased
from services.profiles.domain.overrides import ProfileAccessOverridden
from services.profiles.domain.profile import Assignment, Event
from shared.kernel.errors import Aborted
from shared.runtime import outbox
from shared.runtime.postgres import Connection, Pool, transaction
from shared.runtime.unit_of_work import TransactionalUnitOfWork


class PostgresUnitOfWork(TransactionalUnitOfWork):
    """One transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def __init__(self, pool: Pool, ring: KeyRing, *, one_write: bool = False) -> None:
        super().__init__(pool, one_write=one_write)
        self._ring = ring

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        self.keys = PostgresPersonKeys(connection, self._ring)
        self.profiles = PostgresProfiles(connection, self.keys)
        self.assignments = PostgresAssignments(connection, self.keys)
        self.consents = PostgresConsents(connection)
        self.overrides = PostgresOverrides(connection, self.keys)
        self.suggestions = PostgresSuggestions(connection, self.keys)
        self.identities = PostgresIdentities(connection, self.keys, self._ring)
        self.changes = PostgresChanges(connection, self.keys)
        self.erasures = PostgresErasures(connection)
        self.accesses = PostgresAccesses(connection)
        self.answers = PostgresAnswers(connection, self.keys)
        self.events = PostgresEvents(connection)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was refused is on record before the refusal leaves, though everything else is undone."""
        await super().__aexit__(kind, error, trace)
        refusals, self.accesses.refusals = self.accesses.refusals, []
        if refusals:
            async with transaction(self._pool) as connection:
                await PostgresAccesses(connection).append(*refusals)

    async def commit(self) -> None:
        """See TransactionalUnitOfWork; what was refused is kept with the rest."""
        refusals, self.accesses.refusals = self.accesses.refusals, []
        if refusals:
            await self.accesses.append(*refusals)
        await super().commit()


class PostgresAssignments:
    """Rows of `assignment`."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def current(self, profile_id: str) -> Assignment | None:
        """The open assignment, or None."""
        found = await self._connection.execute(
            "select profile_id::text, counsellor, unit, begin_time, end_time from assignment"
            " where profile_id = %s and end_time is null",
            (profile_id,),
        )
        row = await found.fetchone()
        return Assignment(*row) if row else None

    async def begin(self, assignment: Assignment) -> None:
        """Insert. Raises Aborted ASSIGNMENT_CHANGED where another one is open."""
        try:
            await self._connection.execute(
                "insert into assignment (profile_id, counsellor, unit, begin_time) values (%s, %s, %s, %s)",
                (assignment.profile_id, assignment.counsellor, assignment.unit, assignment.begin_time),
            )
        except errors.UniqueViolation:
            raise Aborted(
                "ASSIGNMENT_CHANGED", "The assignment has changed meanwhile. Read it and try again."
            ) from None

    async def end(self, assignment: Assignment) -> None:
        """Set the end of the open assignment."""
        await self._connection.execute(
            "update assignment set end_time = %s where profile_id = %s and end_time is null",
            (assignment.end_time, assignment.profile_id),
        )

    async def caseload(self, counsellor: str, after: Position | None, limit: int) -> Page[CaseloadEntry]:
        """Open assignments of a counsellor, newest first, `limit` at most."""
        found = await self._connection.execute(
            "select begin_time, preferred_language, version, case_reference, profile_id::text, kek_id, wrapped"
            " from assignment join profile on profile.id = profile_id join person_key using (profile_id)"
            " where counsellor = %s and end_time is null"
            " and (%s::timestamptz is null or (begin_time, profile_id) < (%s, %s::uuid))"
            " order by begin_time desc, profile_id desc limit %s",
            (counsellor, *after_of(after), limit + 1),
        )
        entries = [self._entry(*row) for row in await found.fetchall()]
        return page_of(entries, [Position(entry.begin_time, entry.profile_id) for entry in entries], limit)

    async def history(self, profile_id: str, after: Position | None, limit: int) -> Page[Assignment]:
        """Assignments of a person, the one that began last first, `limit` at most."""
        found = await self._connection.execute(
            "select profile_id::text, counsellor, unit, begin_time, end_time, id::text from assignment"
            " where profile_id = %s and (%s::timestamptz is null or (begin_time, id) < (%s, %s::bigint))"
            " order by begin_time desc, id desc limit %s",
            (profile_id, *after_of(after), limit + 1),
        )
        rows = await found.fetchall()
        return page_of([Assignment(*row[:5]) for row in rows], [Position(row[3], row[5]) for row in rows], limit)

    def _entry(self, begin: datetime, language: str, version: int, reference: bytes, *key: Any) -> CaseloadEntry:
        case_reference = self._keys.use(*key).open(reference, CASE_REFERENCE, version).decode()
        return CaseloadEntry(key[0], case_reference, language, begin)


class PostgresEvents:
    """Events in the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def append(self, *events: Event | ProfileErased | ConsentEvent | ProfileAccessOverridden) -> None:
        """Append to the outbox of this transaction."""
        await outbox.append(self._connection, [event_to_record(event) for event in events])
