"""Rows of openings with their transitions and events."""

from datetime import datetime
from typing import Any

from psycopg import errors

from services.openings.adapters.postgres.rows import (
    OPENING_COLUMNS,
    opening_from_row,
    opening_to_row,
    transition_to_row,
)
from services.openings.adapters.wire.events import event_to_record
from services.openings.application.ports import Page, Position, Selection
from services.openings.domain.opening import Change, Opening, State
from shared.kernel.errors import Aborted
from shared.runtime import outbox
from shared.runtime.postgres import Connection

_SELECT = f"select {OPENING_COLUMNS} from opening"  # noqa: S608 - constant
_INSERT = (
    "insert into opening (id, publisher, external_id, version, state, kind, municipalities, content, contacts,"
    " create_time, update_time, publish_time, due_time) values (%(id)s, %(publisher)s, %(external_id)s, %(version)s,"
    " %(state)s, %(kind)s, %(municipalities)s, %(content)s, %(contacts)s, %(create_time)s, %(update_time)s,"
    " %(publish_time)s, %(due_time)s)"
)
_UPDATE = (
    "update opening set version = %(version)s, state = %(state)s, kind = %(kind)s,"
    " municipalities = %(municipalities)s, content = %(content)s, contacts = %(contacts)s,"
    " update_time = %(update_time)s, publish_time = %(publish_time)s, due_time = %(due_time)s"
    " where id = %(id)s and version = %(version)s - 1"
)
_TRANSITION = (
    "insert into opening_transition (opening_id, version, move, from_state, to_state, time, actor)"
    " values (%s, %s, %s, %s, %s, %s, %s)"
)


class PostgresOpenings:
    """Rows of `opening` and `opening_transition`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, opening_id: str) -> Opening | None:
        """The opening, or None."""
        return next(iter(await self._openings(f"{_SELECT} where id = %s", (opening_id,))), None)

    async def lock(self, publisher: str, external_id: str) -> Opening | None:
        """The opening with its row locked; where there is none, the key is locked instead."""
        found = await self._locked(publisher, external_id)
        if found is None:
            # A twin that creates it right now is waited for; its row is then found by the second look.
            key = f"opening {publisher} {external_id}"
            await self._connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
            found = await self._locked(publisher, external_id)
        return found

    async def keep(self, change: Change, actor: str) -> None:
        """Insert or update, with the transition, and append the events to the outbox."""
        try:
            query = _INSERT if change.before is None else _UPDATE
            kept = await self._connection.execute(query, opening_to_row(change.opening))
            if kept.rowcount != 1:
                raise _changed()
            await self._connection.execute(_TRANSITION, transition_to_row(change, actor))
        except errors.UniqueViolation:
            raise _changed() from None
        now = change.opening.update_time
        await outbox.append(self._connection, [event_to_record(event, now) for event in change.events])

    async def select(self, selection: Selection, after: Position | None, limit: int) -> Page[Opening]:
        """Newest changes first, `limit` at most."""
        conditions, values = _conditions(selection, after)
        where = f" where {' and '.join(conditions)}" if conditions else ""
        query = f"{_SELECT}{where} order by update_time desc, id desc limit %(limit)s"
        found = await self._openings(query, {**values, "limit": limit + 1})
        shown = found[:limit]
        more = len(found) > limit
        return Page(tuple(shown), Position(shown[-1].update_time, shown[-1].id) if more else None)

    async def lock_due(self, now: datetime, limit: int) -> tuple[Opening, ...]:
        """Rows whose due time has come, locked; those that others hold are skipped."""
        query = f"{_SELECT} where due_time <= %s order by due_time limit %s for update skip locked"
        return tuple(await self._openings(query, (now, limit)))

    async def next_due(self) -> datetime | None:
        """The earliest due time."""
        row = await (await self._connection.execute("select min(due_time) from opening")).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    async def _locked(self, publisher: str, external_id: str) -> Opening | None:
        query = f"{_SELECT} where publisher = %s and external_id = %s for update"
        return next(iter(await self._openings(query, (publisher, external_id))), None)

    async def _openings(self, query: str, values: Any) -> list[Opening]:
        cursor = await self._connection.execute(query.encode(), values)
        return [opening_from_row(row) for row in await cursor.fetchall()]


def _conditions(selection: Selection, after: Position | None) -> tuple[list[str], dict[str, Any]]:
    """The texts are constants; everything given travels as a parameter."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if selection.published_only:
        conditions.append("state = %(state)s")
        values["state"] = int(State.PUBLISHED)
    if selection.kind is not None:
        conditions.append("kind = %(kind)s")
        values["kind"] = int(selection.kind)
    if selection.municipality:
        conditions.append("municipalities @> array[%(municipality)s]")
        values["municipality"] = selection.municipality
    if selection.publisher:
        conditions.append("publisher = %(publisher)s")
        values["publisher"] = selection.publisher
    if after is not None:
        conditions.append("(update_time, id) < (%(time)s, %(id)s::uuid)")
        values |= {"time": after.time, "id": after.id}
    return conditions, values


def _changed() -> Aborted:
    return Aborted("OPENING_CHANGED", "The opening has changed meanwhile. Read it again and repeat the change.")
