"""The unit of work over PostgreSQL."""

from psycopg import errors

from services.profiles.adapters.postgres.consents import PostgresConsents
from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.adapters.postgres.rows import (
    ACCESS_COLUMNS,
    PROFILE_COLUMNS,
    access_from_row,
    access_to_row,
    answer_from_bytes,
    answer_is_about,
    answer_to_bytes,
    profile_from_row,
    profile_to_row,
)
from services.profiles.adapters.wire.events import event_to_record
from services.profiles.application.ports import CaseloadEntry, Page, Position
from services.profiles.domain.consents import ConsentEvent
from services.profiles.domain.policy import Access
from services.profiles.domain.profile import Assignment, Event, Profile
from shared.kernel.errors import Aborted, AlreadyExists
from shared.runtime import outbox
from shared.runtime.postgres import Connection
from shared.runtime.requests import StoredAnswers
from shared.runtime.unit_of_work import TransactionalUnitOfWork


class PostgresUnitOfWork(TransactionalUnitOfWork):
    """One transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE."""

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        self.profiles = PostgresProfiles(connection)
        self.assignments = PostgresAssignments(connection)
        self.consents = PostgresConsents(connection)
        self.accesses = PostgresAccesses(connection)
        self.answers = StoredAnswers(connection, answer_to_bytes, answer_from_bytes, answer_is_about)
        self.events = PostgresEvents(connection)


class PostgresProfiles:
    """Rows of `profile`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, profile_id: str) -> Profile | None:
        """The profile, or None."""
        return await self._one(f"select {PROFILE_COLUMNS} from profile where id = %s", profile_id)  # noqa: S608 - constant

    async def lock(self, profile_id: str) -> Profile | None:
        """The profile with its row locked, or None."""
        query = f"select {PROFILE_COLUMNS} from profile where id = %s for update"  # noqa: S608 - constant
        return await self._one(query, profile_id)

    async def add(self, profile: Profile) -> None:
        """Insert. Raises AlreadyExists PROFILE_EXISTS where the owner has a profile."""
        try:
            await self._connection.execute(
                "insert into profile (id, version, owner_subject, case_reference, preferred_language, work, choices,"
                " create_time, update_time) values (%(id)s, %(version)s, nullif(%(owner_subject)s, ''),"
                " %(case_reference)s, %(preferred_language)s, %(work)s, %(choices)s, %(create_time)s, %(update_time)s)",
                profile_to_row(profile),
            )
        except errors.UniqueViolation:
            message = "This person has a profile already: use it, or ask for an assignment to it."
            raise AlreadyExists("PROFILE_EXISTS", message) from None

    async def save(self, profile: Profile) -> None:
        """Update the version before this one. Raises Aborted PROFILE_CHANGED where it is another."""
        saved = await self._connection.execute(
            "update profile set version = %(version)s, case_reference = %(case_reference)s,"
            " preferred_language = %(preferred_language)s, work = %(work)s, choices = %(choices)s,"
            " update_time = %(update_time)s where id = %(id)s and version = %(version)s - 1",
            profile_to_row(profile),
        )
        if saved.rowcount != 1:
            raise Aborted("PROFILE_CHANGED", "The profile has changed meanwhile. Read it again and repeat the change.")

    async def _one(self, query: str, profile_id: str) -> Profile | None:
        row = await (await self._connection.execute(query, (profile_id,))).fetchone()
        return profile_from_row(row) if row else None


class PostgresAssignments:
    """Rows of `assignment`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
            "select profile_id::text, case_reference, preferred_language, begin_time"
            " from assignment join profile on profile.id = profile_id"
            " where counsellor = %s and end_time is null"
            " and (%s::timestamptz is null or (begin_time, profile_id) < (%s, %s::uuid))"
            " order by begin_time desc, profile_id desc limit %s",
            (counsellor, *after_of(after), limit + 1),
        )
        entries = [CaseloadEntry(*row) for row in await found.fetchall()]
        return page_of(entries, [Position(entry.begin_time, entry.profile_id) for entry in entries], limit)


class PostgresAccesses:
    """Rows of `access`, which the serving role can only add to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def append(self, *accesses: Access) -> None:
        """Insert."""
        async with self._connection.cursor() as cursor:
            await cursor.executemany(
                "insert into access (id, profile_id, time, purpose, role, unit, relation, method, reader, service)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [access_to_row(access) for access in accesses],
            )

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[Access]:
        """Readings of a profile, newest first, `limit` at most."""
        query = (
            f"select {ACCESS_COLUMNS} from access where profile_id = %s"  # noqa: S608 - constant
            " and (%s::timestamptz is null or (time, id) < (%s, %s::uuid)) order by time desc, id desc limit %s"
        )
        found = await self._connection.execute(query, (profile_id, *after_of(after), limit + 1))
        accesses = [access_from_row(row) for row in await found.fetchall()]
        return page_of(accesses, [Position(access.time, access.id) for access in accesses], limit)


class PostgresEvents:
    """Events in the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def append(self, *events: Event | ConsentEvent) -> None:
        """Append to the outbox of this transaction."""
        await outbox.append(self._connection, [event_to_record(event) for event in events])
