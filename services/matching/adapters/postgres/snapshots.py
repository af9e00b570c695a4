"""Rows of `opening` and `profile`."""

from services.matching.adapters.codec import from_json, to_json
from services.matching.application.ports import StoredOpening, StoredProfile
from services.matching.domain.signals import OpeningSignals, ProfileSignals
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection

_GET_PROFILE = "select snapshot::text, signals::text, digest from profile where id = %s"
_LOCK_PROFILE = "select snapshot::text, signals::text, digest from profile where id = %s for update"


class PostgresOpenings:
    """Published openings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, opening_id: str) -> StoredOpening | None:
        """See Openings."""
        if not is_id(opening_id):
            return None
        found = await self._connection.execute(
            "select snapshot::text, signals::text, digest from opening where id = %s", (opening_id,)
        )
        row = await found.fetchone()
        return opening_from_row(*row) if row else None

    async def put(self, opening: StoredOpening) -> None:
        """See Openings."""
        snapshot = opening.snapshot
        await self._connection.execute(
            "insert into opening (id, version, snapshot, signals, digest) values (%s, %s, %s, %s, %s)"
            " on conflict (id) do update set version = excluded.version, snapshot = excluded.snapshot,"
            " signals = excluded.signals, digest = excluded.digest where opening.version <= excluded.version",
            (snapshot.id, snapshot.version, to_json(snapshot), to_json(opening.signals), opening.digest),
        )

    async def close(self, opening_id: str) -> None:
        """See Openings. An encoder that is storing the opening's vector is waited for, so that it can be deleted."""
        await self._connection.execute("delete from opening where id = %s", (opening_id,))
        await self._connection.execute(
            "select from embedding_task where owner = 'opening' and owner_id = %s for update", (opening_id,)
        )


class PostgresProfiles:
    """Profiles as last fetched."""

    def __init__(self, connection: Connection, *, lock: bool = False) -> None:
        """With `lock`, `get` keeps the profile as it is until the transaction ends."""
        self._connection = connection
        self._get = _LOCK_PROFILE if lock else _GET_PROFILE

    async def get(self, profile_id: str) -> StoredProfile | None:
        """See Profiles."""
        if not is_id(profile_id):
            return None
        found = await self._connection.execute(self._get, (profile_id,))
        row = await found.fetchone()
        if row is None:
            return None
        snapshot, signals, digest = row
        return StoredProfile(from_json(snapshot, ProfileSnapshot), from_json(signals, ProfileSignals), digest)

    async def put(self, profile: StoredProfile) -> None:
        """See Profiles."""
        snapshot = profile.snapshot
        await self._connection.execute(
            "insert into profile (id, version, snapshot, signals, digest) values (%s, %s, %s, %s, %s)"
            " on conflict (id) do update set version = excluded.version, snapshot = excluded.snapshot,"
            " signals = excluded.signals, digest = excluded.digest where profile.version <= excluded.version",
            (snapshot.id, snapshot.version, to_json(snapshot), to_json(profile.signals), profile.digest),
        )

    async def delete(self, profile_id: str) -> None:
        """See Profiles. The inbox keeps the version, so that a late event brings nothing back."""
        for statement in (
            "delete from profile where id = %s",
            # Before the vector: an encoder that is just storing it holds the task, and is waited for.
            "delete from embedding_task where owner = 'profile' and owner_id = %s",
            "delete from vector where owner = 'profile' and owner_id = %s",
            "delete from decision where profile_id = %s",
        ):
            await self._connection.execute(statement, (profile_id,))


def opening_from_row(snapshot: str, signals: str, digest: str) -> StoredOpening:
    """An opening from its columns."""
    return StoredOpening(from_json(snapshot, OpeningSnapshot), from_json(signals, OpeningSignals), digest)
