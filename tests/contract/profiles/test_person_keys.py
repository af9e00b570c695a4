"""Keys of persons in PostgreSQL: what is kept of a person is readable with their key, and not without it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from services.profiles.__main__ import MIGRATIONS
from services.profiles.adapters.postgres import PostgresUnitOfWork
from services.profiles.adapters.postgres.identities import reindex
from services.profiles.adapters.postgres.keys import rewrap
from services.profiles.adapters.sealing import KeyRing
from services.profiles.domain.finding import wanted_name
from services.profiles.domain.identity import IdentityRecord
from services.profiles.domain.profile import Assignment, Profile
from shared.kernel.errors import Internal, PermissionDenied
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool
from tests.builders.identities import AINO
from tests.builders.person_keys import RING
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import a_key, a_profile, kept
from tests.servers import Database, PostgresServer

NEWER = KeyRing("2", {**RING.keys, "2": bytes(32)}, RING.index)


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of this test's own, since keys of all persons are touched."""
    made = postgres_server.fresh_database()
    migrate(made.owner_dsn, [MIGRATIONS], made.runtime_role)
    yield made
    postgres_server.drop(made)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """A pool of the serving role."""
    opened = await open_pool(database.runtime_dsn, application_name="contract")
    yield opened
    await opened.close()


async def test_nothing_personal_is_kept_in_clear(pool: Pool, database: Database) -> None:
    """Neither the words nor the case reference are in any row of any table, stored answers included."""
    profile, key = a_profile(), a_key()
    profile = replace(profile, content=replace(profile.content, case_reference="K-CANARY-4711"))
    async with PostgresUnitOfWork(pool, RING) as uow:
        await uow.answers.find(key, Profile)
        await uow.profiles.add(profile)
        await uow.answers.keep(key, profile)
        await uow.commit()
    with psycopg.connect(database.owner_dsn) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        names = [sql.Identifier(str(name)) for (name,) in tables]
        rows = [connection.execute(sql.SQL("select * from {}").format(name)).fetchall() for name in names]
    texts = [value for table in rows for row in table for value in row if isinstance(value, bytes | str)]
    blobs = b"\n".join(value if isinstance(value, bytes) else value.encode() for value in texts)
    assert b"seeker-" in blobs  # what is not sealed is found
    for secret in ("K-CANARY-4711", "siivooja"):
        assert secret.encode() not in blobs


async def test_a_person_whose_key_is_destroyed_is_not_there(pool: Pool) -> None:
    """The profile, the caseload and stored answers give nothing of them; others stay as they were."""
    gone, other, key = a_profile(), a_profile(), a_key()
    for profile in (gone, other):
        await kept(lambda: PostgresUnitOfWork(pool, RING), profile, Assignment(profile.id, "c-keys", "unit-1", NOW))
    async with PostgresUnitOfWork(pool, RING) as uow:
        await uow.answers.find(key, Profile)
        await uow.answers.keep(key, gone)
        await uow.commit()

    async with PostgresUnitOfWork(pool, RING) as uow:
        assert await uow.profiles.lock(gone.id) == gone
        assert await uow.keys.destroy(gone.id)
        assert not await uow.keys.destroy(gone.id)
        await uow.commit()

    async with PostgresUnitOfWork(pool, RING) as uow:
        assert await uow.profiles.get(gone.id) is None
        assert await uow.profiles.lock(gone.id) is None
        assert await uow.profiles.id_of_owner(gone.owner_subject) == ""
        caseload = await uow.assignments.caseload("c-keys", None, 10)
        assert [entry.profile_id for entry in caseload.entries] == [other.id]
        with pytest.raises(PermissionDenied):
            await uow.answers.find(key, Profile)
        with pytest.raises(PermissionDenied):
            await uow.profiles.save(replace(gone, version=2))


async def test_a_row_that_was_put_in_anothers_place_does_not_open(pool: Pool, database: Database) -> None:
    """Values of one person under the id of another, and old values under a newer version, are noticed."""
    first = await kept(lambda: PostgresUnitOfWork(pool, RING), a_profile())
    second = await kept(lambda: PostgresUnitOfWork(pool, RING), a_profile())
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(
            "update profile set work = (select work from profile where id = %s) where id = %s", (first.id, second.id)
        )
        connection.execute("update profile set version = 2 where id = %s", (first.id,))
    for profile in (first, second):
        async with PostgresUnitOfWork(pool, RING) as uow:
            with pytest.raises(Internal) as refused:
                await uow.profiles.get(profile.id)
        assert refused.value.reason == "SEAL_BROKEN"


async def test_an_older_key_can_be_retired(pool: Pool) -> None:
    """After rewrapping, everything opens without the older key; a second run finds nothing to do."""
    profiles = [await kept(lambda: PostgresUnitOfWork(pool, RING), a_profile()) for _ in range(3)]
    assert await rewrap(pool, NEWER, batch=2) == 3
    assert await rewrap(pool, NEWER, batch=2) == 0
    new_only = KeyRing("2", {"2": bytes(32)}, RING.index)
    for profile in profiles:
        async with PostgresUnitOfWork(pool, new_only) as uow:
            assert await uow.profiles.get(profile.id) == profile
    async with PostgresUnitOfWork(pool, RING) as uow:
        with pytest.raises(Internal) as refused:
            await uow.profiles.get(profiles[0].id)
    assert refused.value.reason == "PERSON_KEY_UNKNOWN"


async def test_people_are_found_under_a_changed_index_key(pool: Pool) -> None:
    """After the index key has changed nobody is found; after `reindex` everybody is, and by the old key nobody."""
    changed = KeyRing("1", RING.keys, bytes(32))
    profiles = []
    for _ in range(3):
        profile = a_profile()
        await kept(lambda: PostgresUnitOfWork(pool, RING), profile, Assignment(profile.id, "c-index", "unit-1", NOW))
        async with PostgresUnitOfWork(pool, RING) as uow:
            await uow.identities.put(IdentityRecord(profile.id, 1, AINO, NOW, NOW))
            await uow.commit()
        profiles.append(profile.id)

    async def found(ring: KeyRing) -> set[str]:
        async with PostgresUnitOfWork(pool, ring) as uow:
            return {each.profile_id for each in await uow.identities.find(wanted_name("aino"), "c-index", "", 10)}

    assert (await found(RING), await found(changed)) == (set(profiles), set())
    assert await reindex(pool, changed, batch=2) == 3
    assert (await found(RING), await found(changed)) == (set(), set(profiles))
