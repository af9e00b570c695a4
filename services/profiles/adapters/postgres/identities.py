"""Rows of `identity`, sealed, and of `identity_index`, by which people are found without opening anything."""

from collections.abc import Collection

from polku.profiles.v1 import identity_service_pb2 as pb

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.sealing import KeyRing
from services.profiles.adapters.wire.identity import content_from_wire, content_to_wire
from services.profiles.domain.finding import Entry, Found, entries
from services.profiles.domain.identity import Identity, IdentityRecord
from services.profiles.domain.policy import Relation
from shared.kernel.errors import Aborted
from shared.runtime.postgres import Connection, Pool, transaction

_PLACE = "identity.content"
_FIND = (
    "select assignment.profile_id::text, counsellor = %(counsellor)s as own"
    " from (select profile_id from unnest(%(digests)s::bytea[], %(numbers)s::int[]) as wanted (digest, number)"
    "  join identity_index using (digest) group by profile_id having count(distinct number) = %(sets)s) as named"
    " join assignment using (profile_id) join person_key using (profile_id)"
    " where end_time is null and (counsellor = %(counsellor)s or (unit = %(unit)s and %(unit)s <> ''))"
    " order by own desc, assignment.profile_id desc limit %(limit)s"
)


class PostgresIdentities:
    """See Identities."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys, ring: KeyRing) -> None:
        self._connection = connection
        self._keys = keys
        self._ring = ring

    async def get(self, profile_id: str) -> IdentityRecord:
        """See Identities."""
        found = await self._connection.execute(
            "select version, content, create_time, update_time from identity where profile_id = %s", (profile_id,)
        )
        row = await found.fetchone()
        if row is None:
            return IdentityRecord(profile_id)
        version, content, created, updated = row
        return IdentityRecord(profile_id, version, await self._open(profile_id, version, content), created, updated)

    async def put(self, record: IdentityRecord) -> None:
        """See Identities. Raises Aborted IDENTITY_CHANGED where it is not the next version."""
        content = content_to_wire(record.identity).SerializeToString(deterministic=True)
        cipher = await self._keys.needed(record.profile_id)
        kept = await self._connection.execute(
            "insert into identity (profile_id, version, content, create_time, update_time) values (%s, %s, %s, %s, %s)"
            " on conflict (profile_id) do update set version = excluded.version, content = excluded.content,"
            " update_time = excluded.update_time where identity.version = excluded.version - 1",
            (
                record.profile_id,
                record.version,
                cipher.seal(content, _PLACE, record.version),
                record.create_time,
                record.update_time,
            ),
        )
        if kept.rowcount != 1:
            raise Aborted("IDENTITY_CHANGED", "This has changed meanwhile. Read it again and repeat the change.")
        await self.index(record)

    async def protected(self, profile_ids: Collection[str]) -> frozenset[str]:
        """See Identities."""
        if not profile_ids:
            return frozenset()
        found = await self._connection.execute(
            "select version, content, profile_id::text, kek_id, wrapped"
            " from identity join person_key using (profile_id) where profile_id = any(%s::uuid[])",
            (list(profile_ids),),
        )
        opened = {row[2]: (self._keys.use(*row[2:]), row[0], row[1]) for row in await found.fetchall()}
        return frozenset(
            profile_id
            for profile_id, (cipher, version, content) in opened.items()
            if pb.Identity.FromString(cipher.open(content, _PLACE, version)).protected
        )

    async def find(self, wanted: tuple[frozenset[Entry], ...], counsellor: str, unit: str, limit: int) -> list[Found]:
        """See Identities."""
        asked = [(self._ring.digest(*entry), number) for number, each in enumerate(wanted) for entry in each]
        digests, numbers = [digest for digest, _ in asked], [number for _, number in asked]
        parameters = {
            "digests": digests, "numbers": numbers, "sets": len(wanted), "counsellor": counsellor, "unit": unit,
            "limit": limit,
        }  # fmt: skip
        rows = await (await self._connection.execute(_FIND, parameters)).fetchall()
        return [Found(row[0], Relation.ASSIGNED_COUNSELLOR if row[1] else Relation.SAME_UNIT) for row in rows]

    async def index(self, record: IdentityRecord) -> None:
        """Make the entries of the index those of this record, under the index key of now."""
        digests = [self._ring.digest(*entry) for entry in entries(record.identity)]
        await self._connection.execute(
            "delete from identity_index where profile_id = %s and digest <> all(%s::bytea[])",
            (record.profile_id, digests),
        )
        await self._connection.execute(
            "insert into identity_index (digest, profile_id) select unnest(%s::bytea[]), %s on conflict do nothing",
            (digests, record.profile_id),
        )

    async def _open(self, profile_id: str, version: int, content: bytes) -> Identity:
        cipher = await self._keys.needed(profile_id)
        return content_from_wire(pb.Identity.FromString(cipher.open(content, _PLACE, version)))


async def reindex(pool: Pool, ring: KeyRing, batch: int = 200) -> int:
    """Write everybody's entries anew, after the index key was changed. Return how many people.

    It runs beside `serve` with the new file; whoever has not had their turn is not found until then.
    """
    last, count = "00000000-0000-0000-0000-000000000000", 0
    while True:
        async with transaction(pool) as connection:
            keys = PostgresPersonKeys(connection, ring)
            identities = PostgresIdentities(connection, keys, ring)
            found = await connection.execute(
                "select profile_id::text from identity join person_key using (profile_id) where profile_id > %s"
                " order by profile_id limit %s for update of identity",
                (last, batch),
            )
            people = [str(row[0]) for row in await found.fetchall()]
            for profile_id in people:
                await identities.index(await identities.get(profile_id))
        count += len(people)
        if len(people) < batch:
            return count
        last = people[-1]
