"""Profiles that are willing, and rows of `candidate_list`, `candidate_list_entry` and `candidate_ask`."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork
from services.matching.application.ports import Owner, StoredProfile, StoredVector, Vector
from services.matching.application.willing import CandidateAsk, CandidateList, Listed, Nearby
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
_ONE_AFTER_THE_OTHER = "select pg_advisory_xact_lock(hashtextextended('candidate_ask ' || %(reader)s, 0))"
_ASK_COLUMNS = "reader, request_id, opening_id, handle, create_time, answer_by_time"
_KEPT_ASK = (
    "select reader, request_id::text, opening_id::text, handle, create_time, answer_by_time from candidate_ask"
    " where reader = %(reader)s and request_id = %(request)s"
)
_COUNT_ASKS = "select count(*) from candidate_ask where reader = %(reader)s and create_time > %(since)s"
_ADD_ASK = f"insert into candidate_ask ({_ASK_COLUMNS}) values (%s, %s, %s, %s, %s, %s)"  # noqa: S608 - constant
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

    async def people_of(self, reader: str, opening_id: str, since: datetime) -> frozenset[str]:
        """See CandidateLists."""
        found = await self._connection.execute(
            "select distinct profile_id::text from candidate_list join candidate_list_entry on list_id = id"
            " where reader = %s and opening_id = %s and create_time > %s",
            (reader, opening_id, since),
        )
        return frozenset(profile_id for (profile_id,) in await found.fetchall())

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


class PostgresCandidateAsks:
    """Requests for a yes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, ask: CandidateAsk, since: datetime, most: int) -> CandidateAsk | None:
        """See CandidateAsks."""
        key = {"reader": ask.reader, "request": ask.request_id, "since": since}
        await self._connection.execute(_ONE_AFTER_THE_OTHER, key)
        found = await (await self._connection.execute(_KEPT_ASK, key)).fetchone()
        if found is not None:
            return CandidateAsk(*found)
        counted = await (await self._connection.execute(_COUNT_ASKS, key)).fetchone()
        if counted is None or counted[0] >= most:
            return None
        values = (ask.reader, ask.request_id, ask.opening_id, ask.handle, ask.create_time, ask.answer_by)
        await self._connection.execute(_ADD_ASK, values)
        return ask


class PostgresCandidateUnitOfWork(PostgresUnitOfWork):
    """A `CandidateUnitOfWork`."""

    def bind(self, connection: Connection) -> None:
        """See TransactionalUnitOfWork."""
        super().bind(connection)
        self.willing = PostgresWillingPeople(connection)
        self.candidate_lists = PostgresCandidateLists(connection)
        self.candidate_asks = PostgresCandidateAsks(connection)


def _vector(profile_id: str, digest: str, model: str, numbers: bytes) -> StoredVector:
    return StoredVector(Owner.PROFILE, profile_id, digest, Vector(model, bytes(numbers)))
