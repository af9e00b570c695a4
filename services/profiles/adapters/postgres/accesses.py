"""The access log in PostgreSQL. The serving role can add to it and read it, and nothing else."""

from typing import Any

from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.application.ports import Page, Position, Wanted
from services.profiles.domain.access_log import Entry, Head
from services.profiles.domain.policy import Access, Data, Relation
from services.profiles.domain.values import Purpose
from shared.kernel.principal import Role
from shared.runtime.postgres import Connection, shielded

ACCESS_COLUMNS = (
    "access.id::text, profile_id::text, access.time, purpose, role, unit, relation, method, reader, service, data,"
    " refused"
)
_INSERT = (
    "insert into access (id, profile_id, time, purpose, role, unit, relation, method, reader, service, data, refused)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_NEWEST_FIRST = (
    # By the columns of the table: bare names would be those of the answer, which are text and in no index.
    " and (%s::timestamptz is null or (time, id) < (%s, %s::uuid)) order by access.time desc, access.id desc limit %s"
)


class PostgresAccesses:
    """Rows of `access`. `refusals` are those to be kept whatever becomes of the transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.refusals: list[Access] = []

    async def append(self, *accesses: Access) -> None:
        """Insert. Shielded: outside of a transaction a row may be there by the time its caller is cancelled."""
        if len(accesses) == 1:
            await shielded(self._connection.execute(_INSERT, access_to_row(accesses[0])))
            return
        async with self._connection.cursor() as cursor:
            await cursor.executemany(_INSERT, [access_to_row(access) for access in accesses])

    async def refuse(self, access: Access) -> None:
        """Remember it for the end of the unit of work."""
        self.refusals.append(access)

    async def of_profile(
        self, profile_id: str, after: Position | None, limit: int, *, others_only: bool = False
    ) -> Page[Access]:
        """Readings of a profile, newest first, `limit` at most."""
        query = (
            f"select {ACCESS_COLUMNS} from access where profile_id = %s and not refused"  # noqa: S608 - constant
            " and (relation <> %s or not %s)" + _NEWEST_FIRST
        )
        return await self._page(query, (profile_id, int(Relation.SELF), others_only), after, limit)

    async def search(self, wanted: Wanted, after: Position | None, limit: int) -> Page[Access]:
        """Readings and refusals of a period, newest first, `limit` at most."""
        query = (
            f"select {ACCESS_COLUMNS} from access where time >= %s and time < %s"  # noqa: S608 - constant
            " and (%s::uuid is null or profile_id = %s) and (%s = '' or reader = %s) and (refused or not %s)"
            + _NEWEST_FIRST
        )
        profile_id = wanted.profile_id or None
        given = (profile_id, profile_id, wanted.reader, wanted.reader, wanted.refused_only)
        return await self._page(query, (wanted.begin, wanted.end, *given), after, limit)

    async def heads(self, after: Position | None, limit: int) -> Page[Head]:
        """Heads of the seal, newest first, `limit` at most."""
        found = await self._connection.execute(
            "select position, digest, time, signature from access_seal_head where position < %s"
            " order by position desc limit %s",
            (int(after.id) if after is not None else 2**63 - 1, limit + 1),
        )
        heads = [Head(*row) for row in await found.fetchall()]
        return page_of(heads, [Position(head.time, str(head.position)) for head in heads], limit)

    async def _page(self, query: str, given: tuple[Any, ...], after: Position | None, limit: int) -> Page[Access]:
        found = await self._connection.execute(query, (*given, *after_of(after), limit + 1))
        accesses = [access_from_row(row) for row in await found.fetchall()]
        return page_of(accesses, [Position(access.time, access.id) for access in accesses], limit)


def access_to_row(access: Access) -> tuple[Any, ...]:
    """An entry as the values of `ACCESS_COLUMNS`."""
    return (
        access.id,
        access.profile_id,
        access.time,
        int(access.purpose) if access.purpose is not None else 0,
        access.role.value,
        access.unit,
        int(access.relation),
        access.method,
        access.reader,
        access.service,
        [int(kind) for kind in access.data],
        access.refused,
    )


def entry_from_row(row: tuple[Any, ...]) -> Entry:
    """An entry as it is kept, whatever its codes are, from the columns of `ACCESS_COLUMNS`."""
    access_id, profile_id, time, purpose, role, unit, relation, method, reader, service, data, refused = row
    kinds = tuple(data)
    return Entry(access_id, profile_id, time, purpose, role, unit, relation, method, reader, service, kinds, refused)


def access_from_row(row: tuple[Any, ...]) -> Access:
    """An entry from the columns of `ACCESS_COLUMNS`. Raises ValueError for what no entry can hold."""
    access_id, profile_id, time, purpose, role, unit, relation, method, reader, service, data, refused = row
    return Access(
        id=access_id,
        profile_id=profile_id,
        time=time,
        purpose=Purpose(purpose) if purpose else None,
        role=Role(role),
        unit=unit,
        relation=Relation(relation),
        method=method,
        reader=reader,
        service=service,
        data=tuple(Data(kind) for kind in data),
        refused=refused,
    )
