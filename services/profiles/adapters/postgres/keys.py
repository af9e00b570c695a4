"""Rows of `person_key`: with its row, everything that is sealed of a person can be opened, without it nothing."""

from services.profiles.adapters.sealing import KeyRing, PersonCipher, WrappedKey
from services.profiles.domain.policy import not_accessible
from shared.runtime.postgres import Connection, Pool, transaction


class PostgresPersonKeys:
    """The keys of persons, within one transaction."""

    def __init__(self, connection: Connection, ring: KeyRing) -> None:
        self._connection = connection
        self._ring = ring
        self._ciphers: dict[str, PersonCipher] = {}

    def use(self, profile_id: str, kek_id: str, wrapped: bytes) -> PersonCipher:
        """The cipher of a key whose row was read beside something else."""
        cipher = self._ciphers.get(profile_id)
        if cipher is None:
            cipher = self._ciphers[profile_id] = self._ring.cipher(profile_id, WrappedKey(kek_id, wrapped))
        return cipher

    async def of(self, profile_id: str) -> PersonCipher | None:
        """The cipher of a person, None where there is no key (any more)."""
        if profile_id in self._ciphers:
            return self._ciphers[profile_id]
        query = "select kek_id, wrapped from person_key where profile_id = %s"
        row = await (await self._connection.execute(query, (profile_id,))).fetchone()
        return self.use(profile_id, str(row[0]), bytes(row[1])) if row else None

    async def needed(self, profile_id: str) -> PersonCipher:
        """As `of`. Raises PermissionDenied PROFILE_NOT_ACCESSIBLE: without a key the person is not there any more."""
        cipher = await self.of(profile_id)
        if cipher is None:
            raise not_accessible()
        return cipher

    async def create(self, profile_id: str) -> PersonCipher:
        """Keep a fresh key; the row of the profile follows in the same transaction."""
        key = self._ring.new_key()
        await self._connection.execute(
            "insert into person_key (profile_id, kek_id, wrapped) values (%s, %s, %s)",
            (profile_id, key.kek_id, key.wrapped),
        )
        return self.use(profile_id, key.kek_id, key.wrapped)

    async def destroy(self, profile_id: str) -> bool:
        """Delete the key: what it has sealed opens nowhere any more. Whether there was one."""
        self._ciphers.pop(profile_id, None)
        gone = await self._connection.execute("delete from person_key where profile_id = %s", (profile_id,))
        return gone.rowcount == 1


async def rewrap(pool: Pool, ring: KeyRing, batch: int = 500) -> int:
    """Wrap every person's key by the current key-encryption key, so that an older one can be retired. Return how many.

    What is sealed stays as it is. It may be stopped and run again. Raises Internal as `KeyRing.rewrapped`.
    """
    count = 0
    while True:
        async with transaction(pool) as connection:
            found = await connection.execute(
                "select profile_id::text, kek_id, wrapped from person_key where kek_id <> %s limit %s for update",
                (ring.current, batch),
            )
            rows = await found.fetchall()
            for profile_id, kek_id, wrapped in rows:
                key = ring.rewrapped(WrappedKey(kek_id, bytes(wrapped)))
                await connection.execute(
                    "update person_key set kek_id = %s, wrapped = %s where profile_id = %s",
                    (key.kek_id, key.wrapped, profile_id),
                )
        count += len(rows)
        if len(rows) < batch:
            return count
