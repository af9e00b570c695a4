"""Rows of `profile_change`, which the serving role can only add to; their values are sealed."""

from typing import Any

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.adapters.sealing import PersonCipher
from services.profiles.adapters.wire.identity import json_at
from services.profiles.application.ports import Page, Position
from services.profiles.domain.changes import Author, Change, Changed, Origin, Part
from services.profiles.domain.policy import Relation
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from shared.runtime.postgres import Connection

_COLUMNS = (
    "id::text, profile_id::text, part, version, time, role, unit, subject, relation, service, origin, path, old_value,"
    " new_value"
)


class PostgresChanges:
    """See Changes."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def append(self, changed: Changed) -> None:
        """See Changes."""
        cipher = await self._keys.needed(changed.profile_id)
        async with self._connection.cursor() as cursor:
            await cursor.executemany(
                "insert into profile_change (id, profile_id, part, version, time, role, unit, subject, relation,"
                " service, origin, path, old_value, new_value)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [_to_row(changed, path, cipher) for path in changed.paths],
            )

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[Change]:
        """See Changes."""
        cipher = await self._keys.of(profile_id)
        if cipher is None:
            return Page(())
        query = (
            f"select {_COLUMNS} from profile_change where profile_id = %s"  # noqa: S608 - constant
            " and (%s::timestamptz is null or (time, id) < (%s, %s::uuid)) order by time desc, id desc limit %s"
        )
        found = await self._connection.execute(query, (profile_id, *after_of(after), limit + 1))
        changes = [_from_row(row, cipher) for row in await found.fetchall()]
        return page_of(changes, [Position(change.time, change.id) for change in changes], limit)


def _to_row(changed: Changed, path: str, cipher: PersonCipher) -> tuple[Any, ...]:
    change_id, by = new_id(), changed.by
    before, after = (
        cipher.seal(json_at(content, path).encode(), _place(column, change_id), changed.version)
        for column, content in (("old_value", changed.old), ("new_value", changed.new))
    )
    return (
        change_id, changed.profile_id, int(changed.part), changed.version, changed.time, by.role.value, by.unit,
        by.subject, int(by.relation), by.service, int(changed.origin), path, before, after,
    )  # fmt: skip


def _from_row(row: tuple[Any, ...], cipher: PersonCipher) -> Change:
    change_id, profile_id, part, version, time, role, unit, subject, relation, service, origin, path, *sealed = row
    old, new = (
        cipher.open(value, _place(column, change_id), version).decode()
        for column, value in zip(("old_value", "new_value"), sealed, strict=True)
    )
    by = Author(Role(role), unit, subject, Relation(relation), service)
    return Change(change_id, profile_id, Part(part), version, time, by, Origin(origin), path, old, new)


def _place(column: str, change_id: str) -> str:
    return f"profile_change.{column}|{change_id}"
