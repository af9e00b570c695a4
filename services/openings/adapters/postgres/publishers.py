"""Rows of publishers and their keys."""

from psycopg import errors

from services.openings.adapters.postgres.rows import KEY_COLUMNS, key_from_row, key_to_row
from services.openings.domain.publisher import Publisher, PublisherKey
from shared.kernel.errors import AlreadyExists
from shared.runtime.postgres import Connection

_SELECT_KEY = f"select {KEY_COLUMNS} from publisher_key"  # noqa: S608 - constant


class PostgresPublishers:
    """Rows of `publisher` and `publisher_key`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, publisher: Publisher) -> None:
        """Insert. Raises AlreadyExists PUBLISHER_EXISTS."""
        try:
            await self._connection.execute(
                "insert into publisher (id, display_name, create_time) values (%s, %s, %s)",
                (publisher.id, publisher.display_name, publisher.create_time),
            )
        except errors.UniqueViolation:
            raise AlreadyExists(
                "PUBLISHER_EXISTS", "There is a publisher with this id: use it, or another id."
            ) from None

    async def lock(self, publisher_id: str) -> Publisher | None:
        """The publisher with its row locked, or None."""
        found = await self._connection.execute(
            "select id, display_name, create_time from publisher where id = %s for update", (publisher_id,)
        )
        row = await found.fetchone()
        return Publisher(*row) if row else None

    async def keys(self, publisher_id: str) -> tuple[PublisherKey, ...]:
        """All keys, oldest first."""
        query = f"{_SELECT_KEY} where publisher = %s order by create_time, kid"
        found = await self._connection.execute(query.encode(), (publisher_id,))
        return tuple(key_from_row(row) for row in await found.fetchall())

    async def key(self, kid: str) -> PublisherKey | None:
        """The key, or None."""
        found = await self._connection.execute(f"{_SELECT_KEY} where kid = %s".encode(), (kid,))
        row = await found.fetchone()
        return key_from_row(row) if row else None

    async def add_key(self, key: PublisherKey) -> None:
        """Insert."""
        await self._connection.execute(
            f"insert into publisher_key ({KEY_COLUMNS}) values (%s, %s, %s, %s, %s, %s)".encode(),  # noqa: S608
            key_to_row(key),
        )

    async def end_key(self, key: PublisherKey) -> None:
        """Set the revocation."""
        await self._connection.execute(
            "update publisher_key set revoke_time = %s where kid = %s", (key.revoke_time, key.kid)
        )
