"""Rows of `suggestion_list`: a person's open suggestions, sealed as one value."""

from datetime import datetime

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.wire.suggestions import suggestions_from_bytes, suggestions_to_bytes
from services.profiles.domain.suggestions import KEPT_FOR, Suggestions
from shared.runtime.postgres import Connection, Pool, transaction

_PLACE = "suggestion_list.content"


class PostgresSuggestions:
    """See OpenSuggestions."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def get(self, profile_id: str) -> Suggestions | None:
        """See OpenSuggestions."""
        query = "select version, content from suggestion_list where profile_id = %s"
        row = await (await self._connection.execute(query, (profile_id,))).fetchone()
        if row is None:
            return None
        cipher = await self._keys.needed(profile_id)
        return suggestions_from_bytes(profile_id, row[0], cipher.open(row[1], _PLACE, row[0]))

    async def put(self, suggestions: Suggestions) -> None:
        """See OpenSuggestions."""
        if not suggestions.open:
            await self._connection.execute(
                "delete from suggestion_list where profile_id = %s", (suggestions.profile_id,)
            )  # fmt: skip
            return
        cipher = await self._keys.needed(suggestions.profile_id)
        sealed = cipher.seal(suggestions_to_bytes(suggestions), _PLACE, suggestions.version)
        await self._connection.execute(
            "insert into suggestion_list (profile_id, version, content, import_time) values (%s, %s, %s, %s)"
            " on conflict (profile_id) do update set version = excluded.version, content = excluded.content,"
            " import_time = excluded.import_time",
            (suggestions.profile_id, suggestions.version, sealed, suggestions.import_time),
        )


async def forget_suggestions(pool: Pool, now: datetime) -> dict[str, int]:
    """Delete the lists that nobody has answered for too long; a task of housekeeping. Return how many."""
    async with transaction(pool) as connection:
        gone = await connection.execute("delete from suggestion_list where import_time <= %s", (now - KEPT_FOR,))
        return {"suggestion_lists": gone.rowcount}
