"""Erasing a person in PostgreSQL, and purging what deleted rows leave behind."""

from collections.abc import Mapping
from types import MappingProxyType

from services.profiles.domain.erasure import Erasure
from shared.runtime.postgres import Connection
from shared.runtime.requests import forget_answers_about

_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "profile": "select count(*) from profile where id = %s",
        "identity": "select count(*) from identity where profile_id = %s",
        "changes": "select count(*) from profile_change where profile_id = %s",
        "consents": "select count(*) from vacancy_consent where profile_id = %s",
        "suggestions": "select count(*) from suggestion_list where profile_id = %s",
        "assignments": "select count(*) from assignment where profile_id = %s",
        "overrides": "select count(*) from access_override where profile_id = %s",
        "access_log": "select count(*) from access where profile_id = %s",
    }
)
PURGED = (
    "profile", "person_key", "identity", "identity_index", "profile_change", "vacancy_consent", "suggestion_list",
    "assignment", "access_override", "stored_answer",
)  # fmt: skip
"""The tables from which an erasure deletes rows."""


class PostgresErasures:
    """The erasures, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self, profile_id: str) -> Mapping[str, int]:
        """See Erasures."""
        counted = {}
        for place, query in _COUNTED.items():
            row = await (await self._connection.execute(query, (profile_id,))).fetchone()
            counted[place] = int(row[0]) if row else 0
        return counted

    async def erase(self, erasure: Erasure) -> None:
        """See Erasures. The key and what else refers to the profile goes with its row."""
        await self._connection.execute("delete from assignment where profile_id = %s", (erasure.profile_id,))
        await self._connection.execute("delete from profile where id = %s", (erasure.profile_id,))
        await forget_answers_about(self._connection, erasure.profile_id)
        await self._connection.execute(
            "insert into erasure (profile_id, version, erase_time) values (%s, %s, %s)",
            (erasure.profile_id, erasure.version, erasure.erase_time),
        )
