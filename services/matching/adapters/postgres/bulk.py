"""Rows of `bulk_run`, `bulk_item` and `prepared_list`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, LiteralString

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres.shortlists import HASH_BYTES, pack_shortlist, unpack_shortlist
from services.matching.application.prepared import BulkItem, BulkRun, PreparedList, Progress
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection

_STARTING = 0x42554C4B  # "BULK"
_NO_HASH = bytes(HASH_BYTES)
_PROGRESS: LiteralString = (
    "select run.id::text, create_time, scheduled_for, count(number), count(done_at), coalesce(sum(people), 0),"
    " coalesce(sum(people) filter (where done_at is not null), 0), coalesce(sum(prepared), 0),"
    " count(*) filter (where failed <> '' and done_at is null)"
    " from bulk_run run left join bulk_item on run_id = run.id where run.id = %s group by run.id"
)


class PostgresBulkRuns:
    """Runs and their items."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def newest(self) -> Progress | None:
        """See BulkRuns."""
        await self._connection.execute("select pg_advisory_xact_lock(%s)", (_STARTING,))
        found = await self._one("select id::text from bulk_run order by create_time desc, id desc limit 1")
        return await self.progress(found[0]) if found else None

    async def scheduled(self, day: date) -> bool:
        """See BulkRuns."""
        return await self._one("select from bulk_run where scheduled_for = %s", day) is not None

    async def people(self) -> list[str]:
        """See BulkRuns."""
        found = await self._connection.execute("select id::text from profile order by id")
        return [profile_id for (profile_id,) in await found.fetchall()]

    async def add(self, run: BulkRun, items: Sequence[BulkItem]) -> None:
        """See BulkRuns."""
        await self._connection.execute(
            "insert into bulk_run (id, create_time, scheduled_for) values (%s, %s, %s)",
            (run.id, run.create_time, run.scheduled_for),
        )
        async with self._connection.cursor() as cursor:
            await cursor.executemany(
                "insert into bulk_item (id, run_id, number, first_id, last_id, people) values (%s, %s, %s, %s, %s, %s)",
                [(each.id, each.run_id, each.number, each.first_id, each.last_id, each.people) for each in items],
            )

    async def progress(self, run_id: str) -> Progress | None:
        """See BulkRuns."""
        row = await self._one(_PROGRESS, run_id) if is_id(run_id) else None
        if row is None:
            return None
        made, create_time, scheduled_for, *numbers = row
        return Progress(BulkRun(made, create_time, scheduled_for), *(int(number) for number in numbers))

    async def waiting(self, item_id: str) -> BulkItem | None:
        """See BulkRuns."""
        if not is_id(item_id):
            return None
        row = await self._one(
            "select id::text, run_id::text, number, first_id::text, last_id::text, people from bulk_item"
            " where id = %s and done_at is null and failed = ''",
            item_id,
        )
        return BulkItem(*row) if row else None

    async def people_of(self, item: BulkItem) -> list[str]:
        """See BulkRuns."""
        found = await self._connection.execute(
            "select id::text from profile where id between %s and %s order by id", (item.first_id, item.last_id)
        )
        return [profile_id for (profile_id,) in await found.fetchall()]

    async def finish(self, item_id: str, prepared: int, now: datetime) -> bool:
        """See BulkRuns."""
        done = await self._connection.execute(
            "update bulk_item set done_at = %s, prepared = %s where id = %s and done_at is null",
            (now, prepared, item_id),
        )
        return done.rowcount == 1

    async def give_up(self, item_id: str, reason: str) -> None:
        """See BulkRuns."""
        if is_id(item_id):
            await self._connection.execute(
                "update bulk_item set failed = %s where id = %s and done_at is null", (reason, item_id)
            )

    async def _one(self, query: LiteralString, *values: object) -> Any:
        return await (await self._connection.execute(query, values)).fetchone()


class PostgresPreparedLists:
    """Lists until they are served."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, lists: Sequence[PreparedList]) -> int:
        """See PreparedLists. Profiles stay as they are until the transaction ends."""
        if not lists:
            return 0
        packed = [pack_shortlist(each.shortlist, [_NO_HASH] * len(each.shortlist)) for each in lists]
        done = await self._connection.execute(
            "insert into prepared_list (profile_id, run_id, create_time, body, shortlist)"
            " select given.id, given.run, given.at, given.body, given.shortlist"
            " from unnest(%s::uuid[], %s::bigint[], %s::uuid[], %s::timestamptz[], %s::json[], %s::bytea[])"
            " as given (id, version, run, at, body, shortlist)"
            " join (select id, version from profile where id = any(%s::uuid[]) order by id for share) kept"
            " on kept.id = given.id and kept.version = given.version"
            " on conflict (profile_id) do update set run_id = excluded.run_id, create_time = excluded.create_time,"
            " body = excluded.body, shortlist = excluded.shortlist where prepared_list.run_id <= excluded.run_id",
            (
                [each.profile_id for each in lists],
                [each.versions.profile_version for each in lists],
                [each.run_id for each in lists],
                [each.create_time for each in lists],
                [to_json(replace(each, shortlist=())) for each in lists],
                packed,
                [each.profile_id for each in lists],
            ),
        )
        return done.rowcount

    async def get(self, profile_id: str) -> PreparedList | None:
        """See PreparedLists."""
        if not is_id(profile_id):
            return None
        found = await self._connection.execute(
            "select body::text, shortlist from prepared_list where profile_id = %s", (profile_id,)
        )
        row = await found.fetchone()
        if row is None:
            return None
        return replace(from_json(row[0], PreparedList), shortlist=unpack_shortlist(row[1]))
