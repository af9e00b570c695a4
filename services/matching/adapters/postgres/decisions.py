"""Rows of `decision` and `decision_match`."""

from collections.abc import Sequence
from dataclasses import replace

from services.matching.adapters.codec import from_json, to_json
from services.matching.domain.matches import Decision, Match
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection


class PostgresDecisions:
    """The lists that were served."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, decision: Decision) -> None:
        """See Decisions."""
        await self._connection.execute(
            "insert into decision (id, profile_id, create_time, body) values (%s, %s, %s, %s)",
            (decision.id, decision.profile_id, decision.create_time, to_json(replace(decision, matches=()))),
        )
        await self.append(decision.id, decision.matches)

    async def get(self, decision_id: str) -> Decision | None:
        """See Decisions."""
        if not is_id(decision_id):
            return None
        found = await self._connection.execute("select body::text from decision where id = %s", (decision_id,))
        row = await found.fetchone()
        if row is None:
            return None
        served = await self._connection.execute(
            "select body::text from decision_match where decision_id = %s order by rank", (decision_id,)
        )
        matches = tuple(from_json(body, Match) for (body,) in await served.fetchall())
        return replace(from_json(row[0], Decision), matches=matches)

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        """See Decisions."""
        if not matches:
            return
        async with self._connection.cursor() as cursor:
            await cursor.executemany(
                "insert into decision_match (decision_id, rank, body) values (%s, %s, %s) on conflict do nothing",
                [(decision_id, match.rank, to_json(match)) for match in matches],
            )
