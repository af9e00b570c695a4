"""Rows of `access_override`, which the serving role can only add to."""

from datetime import datetime
from typing import Any

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.application.ports import Page, Position
from services.profiles.domain.overrides import AccessOverride, Reason
from shared.runtime.postgres import Connection

_SELECT = (
    "select id::text, profile_id::text, counsellor, unit, reason_code, reason, begin_time, end_time, kek_id, wrapped"
    " from access_override join person_key using (profile_id)"
)
_NEWEST_FIRST = (
    " (%s::timestamptz is null or (begin_time, id) < (%s, %s::uuid)) order by begin_time desc, id desc limit %s"
)


class PostgresOverrides:
    """Openings of records. Fulfils `Overrides`."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, override: AccessOverride) -> None:
        """See Overrides. The words are about the person: they are sealed under the person's key."""
        cipher = await self._keys.needed(override.profile_id)
        await self._connection.execute(
            "insert into access_override (id, profile_id, counsellor, unit, reason_code, reason, begin_time, end_time)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                override.id,
                override.profile_id,
                override.counsellor,
                override.unit,
                int(override.reason_code),
                cipher.seal(override.reason.encode(), _place(override.id)),
                override.begin_time,
                override.end_time,
            ),
        )

    async def holds(self, profile_id: str, counsellor: str, unit: str, now: datetime) -> bool:
        """See Overrides."""
        found = await self._connection.execute(
            "select exists (select from access_override where profile_id = %s and counsellor = %s and unit = %s"
            " and begin_time <= %s and end_time > %s)",
            (profile_id, counsellor, unit, now, now),
        )
        row = await found.fetchone()
        return bool(row and row[0])

    async def count(self, counsellor: str, since: datetime) -> int:
        """See Overrides."""
        found = await self._connection.execute(
            "select count(*) from access_override where counsellor = %s and begin_time > %s", (counsellor, since)
        )
        row = await found.fetchone()
        return int(row[0]) if row else 0

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[AccessOverride]:
        """See Overrides."""
        query = f"{_SELECT} where profile_id = %s and{_NEWEST_FIRST}"
        return await self._page(query, (profile_id, *after_of(after), limit + 1), limit)

    async def newest(self, after: Position | None, limit: int) -> Page[AccessOverride]:
        """See Overrides."""
        return await self._page(f"{_SELECT} where{_NEWEST_FIRST}", (*after_of(after), limit + 1), limit)

    async def _page(self, query: str, values: tuple[Any, ...], limit: int) -> Page[AccessOverride]:
        found = await self._connection.execute(query, values)
        overrides = [self._override(row) for row in await found.fetchall()]
        return page_of(overrides, [Position(each.begin_time, each.id) for each in overrides], limit)

    def _override(self, row: tuple[Any, ...]) -> AccessOverride:
        override_id, profile_id, counsellor, unit, reason_code, sealed, begin, end, kek_id, wrapped = row
        cipher = self._keys.use(profile_id, kek_id, wrapped)
        reason = cipher.open(sealed, _place(override_id)).decode()
        return AccessOverride(override_id, profile_id, counsellor, unit, Reason(reason_code), reason, begin, end)


def _place(override_id: str) -> str:
    return f"access_override.reason|{override_id}"
