"""Profiles that are willing, and rows of `candidate_list` and `candidate_list_entry`."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork
from services.matching.application.ports import Owner, StoredProfile, StoredVector, Vector
from services.matching.application.willing import CandidateList, Listed, Nearby
from services.matching.domain.signals import ProfileSignals
from services.matching.domain.snapshots import ProfileSnapshot
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection

_WILLING = (
    "select id::text, vector.digest, model, numbers from profile"
    " left join vector on owner = 'profile' and owner_id = id"
    # The newest word on the opening; 0 is taken back, 1 marks it as interesting, the others hide it.
    " where willing and not exists (select from (select kind from feedback where profile_id = profile.id"
    " and opening_id = %s order by id desc limit 1) newest where kind > 1)"
    " order by id"
)
# Whoever has changed or gone since they were read is left out; a change waits until this list is on record.
_ADD_ENTRIES = (
    "insert into candidate_list_entry (list_id, rank, profile_id, body)"
    " select %(list)s, given.rank, given.id, given.body from unnest(%(ids)b::text[]::uuid[], %(versions)b::int8[],"
    " %(ranks)b::int4[], %(bodies)b::bytea[]) as given (id, version, rank, body)"
    " join (select id, version from profile where id = any(%(ids)b::text[]::uuid[]) order by id for share) kept"
    " on kept.id = given.id and kept.version = given.version"
    " returning profile_id::text"
)
_LEVEL = 3


class PostgresWillingPeople:
    """Profiles that are willing: the column works out `aspects.is_willing` from the snapshot."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, opening_id: str) -> Sequence[Nearby]:
        """See WillingPeople."""
        found = await self._connection.execute(_WILLING, (opening_id,))
        return [
            (profile_id, _vector(profile_id, digest, model, numbers) if numbers is not None else None)
            for profile_id, digest, model, numbers in await found.fetchall()
        ]

    async def profiles(self, profile_ids: Collection[str]) -> Sequence[StoredProfile]:
        """See WillingPeople."""
        found = await self._connection.execute(
            "select snapshot::text, signals::text, digest from profile where id = any(%s::uuid[]) order by id",
            (list(profile_ids),),
        )
        return [
            StoredProfile(from_json(snapshot, ProfileSnapshot), from_json(signals, ProfileSignals), digest)
            for snapshot, signals, digest in await found.fetchall()
        ]


class PostgresCandidateLists:
    """Lists of candidates that were served."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, made: CandidateList) -> frozenset[str]:
        """See CandidateLists."""
        await self._connection.execute(
            "insert into candidate_list (id, opening_id, create_time, reader, body) values (%s, %s, %s, %s, %s)",
            (made.id, made.opening_id, made.create_time, made.reader, to_json(replace(made, people=()))),
        )
        values = {
            "list": made.id,
            "ids": [each.profile_id for each in made.people],
            "versions": [each.profile_version for each in made.people],
            "ranks": [each.rank for each in made.people],
            "bodies": [zlib.compress(to_json(each).encode(), _LEVEL) for each in made.people],
        }
        kept = await self._connection.execute(_ADD_ENTRIES, values)
        return frozenset(profile_id for (profile_id,) in await kept.fetchall())

    async def people_shown(self, reader: str, since: datetime) -> int:
        """See CandidateLists."""
        found = await self._connection.execute(
            "select count(distinct profile_id) from candidate_list join candidate_list_entry on list_id = id"
            " where reader = %s and create_time > %s",
            (reader, since),
        )
        row = await found.fetchone()
        return int(row[0]) if row else 0

    async def get(self, list_id: str) -> CandidateList | None:
        """See CandidateLists."""
        if not is_id(list_id):
            return None
        found = await self._connection.execute("select body::text from candidate_list where id = %s", (list_id,))
        row = await found.fetchone()
        if row is None:
            return None
        entries = await self._connection.execute(
            "select body from candidate_list_entry where list_id = %s order by rank", (list_id,)
        )
        people = tuple(from_json(zlib.decompress(body), Listed) for (body,) in await entries.fetchall())
        return replace(from_json(row[0], CandidateList), people=people)


class PostgresCandidateUnitOfWork(PostgresUnitOfWork):
    """A `CandidateUnitOfWork`."""

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        super().bind(connection)
        self.willing = PostgresWillingPeople(connection)
        self.candidate_lists = PostgresCandidateLists(connection)


def _vector(profile_id: str, digest: str, model: str, numbers: bytes) -> StoredVector:
    return StoredVector(Owner.PROFILE, profile_id, digest, Vector(model, bytes(numbers)))
