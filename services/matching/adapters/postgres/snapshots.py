"""Rows of `opening` and `profile`."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres.erasure import hold, wait_for_holders
from services.matching.adapters.postgres.notices import STORED_CHANNEL
from services.matching.application.ports import Owner, StoredOpening, StoredProfile, StoredVector, Told, Vector
from services.matching.domain.feedback import Feedback, FeedbackKind, FeedbackReason
from services.matching.domain.signals import OpeningSignals, ProfileSignals
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection
from shared.runtime.requests import forget_answers_about

_GET_PROFILE = "select snapshot::text, signals::text, digest from profile where id = %s"
_PERSON = (
    "select snapshot::text, signals::text, profile.digest, vector.digest, model, numbers,"
    " (select json_agg(json_build_array(id, opening_id, kind, reason, decision_id, create_time) order by id desc)::text"
    " from (select distinct on (opening_id) * from feedback where profile_id = asked.id"
    " order by opening_id, id desc) newest where kind > 0)"
    " from (select %s::uuid as id) asked left join profile on profile.id = asked.id"
    " left join vector on owner = 'profile' and owner_id = asked.id"
)
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
        """See Openings. The serving processes are told at the commit."""
        snapshot, signals = opening.snapshot, to_json(opening.signals)
        await self._connection.execute(
            "with put as (insert into opening (id, version, snapshot, signals, digest) values (%s, %s, %s, %s, %s)"
            " on conflict (id) do update set version = excluded.version, snapshot = excluded.snapshot,"
            " signals = excluded.signals, digest = excluded.digest where opening.version <= excluded.version"
            " returning id, version) select pg_notify(%s, 'opening:' || id || ':' || version) from put",
            (
                snapshot.id,
                snapshot.version,
                to_json(snapshot),
                signals,
                opening.digest,
                STORED_CHANNEL,
            ),
        )

    async def close(self, opening_id: str) -> None:
        """See Openings. An encoder that is storing the opening's vector is waited for, so that it can be deleted."""
        await self._connection.execute(
            "with gone as (delete from opening where id = %s returning id)"
            " select pg_notify(%s, 'opening:' || id || ':0') from gone",
            (opening_id, STORED_CHANNEL),
        )
        await self._connection.execute(
            "select from embedding_task where owner = 'opening' and owner_id = %s for update", (opening_id,)
        )


_Word = tuple[str, str, FeedbackKind, FeedbackReason, str | None, datetime]
_WORDS: msgspec.json.Decoder[list[_Word]] = msgspec.json.Decoder(list[_Word])


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

    async def person(self, profile_id: str) -> Told:
        """See Profiles."""
        if not is_id(profile_id):
            return None, None, ()
        found = await self._connection.execute(_PERSON, (profile_id,))
        row = await found.fetchone()
        if row is None:
            return None, None, ()
        snapshot, signals, digest, encoded, model, numbers, said = row
        stored = None
        if snapshot is not None:
            stored = StoredProfile(from_json(snapshot, ProfileSnapshot), from_json(signals, ProfileSignals), digest)
        vector = None
        if numbers is not None:
            vector = StoredVector(Owner.PROFILE, profile_id, encoded, Vector(model, bytes(numbers)))
        return stored, vector, _words(profile_id, said)

    async def versions(self, profile_ids: Collection[str]) -> Mapping[str, int]:
        """See Profiles."""
        found = await self._connection.execute(
            "select id::text, version from profile where id = any(%s::uuid[])", (sorted(profile_ids),)
        )
        return {profile_id: int(version) for profile_id, version in await found.fetchall()}

    async def put(self, profile: StoredProfile) -> None:
        """See Profiles."""
        snapshot = profile.snapshot
        await self._connection.execute(
            "insert into profile (id, version, snapshot, signals, digest) values (%s, %s, %s, %s, %s)"
            " on conflict (id) do update set version = excluded.version, snapshot = excluded.snapshot,"
            " signals = excluded.signals, digest = excluded.digest where profile.version <= excluded.version",
            (snapshot.id, snapshot.version, to_json(snapshot), to_json(profile.signals), profile.digest),
        )
        # It was made of an earlier version, perhaps of one that wanted lists.
        await self._connection.execute("delete from prepared_list where profile_id = %s", (snapshot.id,))

    async def hold(self, profile_id: str) -> None:
        """See Profiles."""
        await hold(self._connection, profile_id)

    async def delete(self, profile_id: str) -> None:
        """See Profiles. The inbox keeps the version, so that a late event brings nothing back."""
        await wait_for_holders(self._connection, profile_id)
        for statement in (
            # First: who records a list holds this row, and is waited for.
            "delete from profile where id = %s",
            # Before the vector: an encoder that is just storing it holds the task, and is waited for.
            "delete from embedding_task where owner = 'profile' and owner_id = %s",
            "delete from vector where owner = 'profile' and owner_id = %s",
            "insert into decision_erased (decision_id, erased_on)"
            " select id, current_date from decision where profile_id = %s on conflict do nothing",
            "delete from decision where profile_id = %s",
            "delete from decision_input where profile_id = %s",
            "delete from feedback where profile_id = %s",
            "delete from prepared_list where profile_id = %s",
            "delete from contest where profile_id = %s",
            "insert into erasure (profile_id, erase_time) values (%s, now())"
            " on conflict (profile_id) do update set erase_time = excluded.erase_time, purge_time = null",
        ):
            await self._connection.execute(statement, (profile_id,))
        await forget_answers_about(self._connection, profile_id)


def opening_from_row(snapshot: str, signals: str, digest: str) -> StoredOpening:
    """An opening from its columns."""
    return StoredOpening(from_json(snapshot, OpeningSnapshot), from_json(signals, OpeningSignals), digest)


def _words(profile_id: str, said: str | None) -> tuple[Feedback, ...]:
    return tuple(
        Feedback(word_id, profile_id, opening_id, kind, reason, decision_id or "", create_time)
        for word_id, opening_id, kind, reason, decision_id, create_time in (_WORDS.decode(said) if said else ())
    )
