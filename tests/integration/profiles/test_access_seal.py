"""Sealing the access log in a real database: order, restarts, several sealers, what is found when it is broken."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from joserfc.jwk import ECKey
from psycopg import AsyncConnection

from services.profiles.__main__ import MIGRATIONS
from services.profiles.adapters.head_signing import HeadSigner
from services.profiles.adapters.postgres.access_seals import Sealer
from services.profiles.adapters.postgres.accesses import PostgresAccesses
from services.profiles.adapters.postgres.log_verification import Verified, shorten, verify
from services.profiles.domain.access_log import KEPT, Break, Head
from services.profiles.domain.policy import Access, Data
from shared.kernel.ids import new_id
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool, transaction
from tests.builders.profiles import NOW
from tests.contract.profiles.samples import an_access
from tests.servers import Database, PostgresServer

KEY = ECKey.generate_key("P-256", auto_kid=True)
DAY = timedelta(days=1)
Owner = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def migrated(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database with the tables of profiles."""
    database = postgres_server.fresh_database()
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    yield database
    postgres_server.drop(database)


@pytest.fixture
def prepared(migrated: Database) -> Database:
    """The database with an empty log."""
    with psycopg.connect(migrated.owner_dsn) as connection:
        connection.execute("truncate access, access_seal, access_seal_head")
    return migrated


@pytest.fixture
async def pool(prepared: Database) -> AsyncIterator[Pool]:
    """A pool of the serving role."""
    opened = await open_pool(prepared.runtime_dsn, application_name="seal")
    yield opened
    await opened.close()


@pytest.fixture
def owner(prepared: Database) -> Iterator[Owner]:
    """A look into the database as its owner."""
    with psycopg.connect(prepared.owner_dsn, autocommit=True) as connection:
        yield connection


def sealer(pool: Pool, now: datetime = NOW, *, batch: int = 1000, key: ECKey | None = KEY) -> Sealer:
    """A sealer whose clock stands still."""
    signer = HeadSigner(key.as_dict(private=True)) if key is not None else None
    return Sealer(pool, signer, lambda: now, batch=batch)


async def write(pool: Pool, *accesses: Access) -> list[str]:
    """Keep entries, each in a transaction of its own; their ids."""
    for access in accesses:
        async with transaction(pool) as connection:
            await PostgresAccesses(connection).append(access)
    return [access.id for access in accesses]


def entries(count: int) -> list[Access]:
    """So many entries."""
    return [replace(an_access(new_id(), minutes), data=(Data.CASE, Data.WORK)) for minutes in range(count)]


async def seal(pool: Pool, owner: Owner, now: datetime = NOW, *, batch: int = 1000, key: ECKey | None = KEY) -> None:
    """Seal until nothing waits: whatever else runs in the server, such as an analysis of a table, holds it back."""
    step = sealer(pool, now, batch=batch, key=key)
    waiting = "select count(*) from access where not exists (select from access_seal where access_id = access.id)"
    async with asyncio.timeout(20):
        while owner.execute(waiting).fetchone() != (0,):
            await step.seal_all()


async def verified(database: Database, now: datetime = NOW, elsewhere: Sequence[Head] = ()) -> Verified:
    """What a check finds."""
    async with await AsyncConnection.connect(database.runtime_dsn) as connection:
        return await verify(connection, [KEY], now, elsewhere)


def order(owner: Owner) -> list[str]:
    """Ids of sealed entries in the order of the chain."""
    return [str(row[0]) for row in owner.execute("select access_id from access_seal order by position").fetchall()]


async def test_entries_are_sealed_in_batches_and_found_whole(prepared: Database, pool: Pool, owner: Owner) -> None:
    """Every entry is sealed once, in the order of its commit, over several rounds and sealers of one after another."""
    first = await write(pool, *entries(5))
    await seal(pool, owner, batch=2)
    second = await write(pool, *entries(3))
    await seal(pool, owner)
    assert await sealer(pool).seal_all() == 0

    assert order(owner) == first + second
    found = await verified(prepared)
    assert (found.entries, found.waiting, found.heads, found.faults) == (8, 0, 1, [])


async def test_a_late_commit_is_never_skipped(prepared: Database, pool: Pool, owner: Owner) -> None:
    """What began earlier and commits later holds the step back until it is done, and is then sealed in its place."""
    late, early = entries(2)
    async with transaction(pool) as connection:
        await PostgresAccesses(connection).append(late)
        await write(pool, early)
        assert await sealer(pool).seal_all() == 0
    await seal(pool, owner)

    assert order(owner) == [late.id, early.id]
    assert (await verified(prepared)).faults == []


async def test_transactions_are_in_the_order_of_their_numbers(prepared: Database, pool: Pool, owner: Owner) -> None:
    """10 comes after 9: numbers that grow by a digit change nothing in the order, whatever the size of a batch."""
    numbers = (8, 9, 10, 11, 99, 100, 101)
    ids = await write(pool, *entries(len(numbers)))
    for number, access_id in zip(numbers, ids, strict=True):
        owner.execute("update access set xid = %s::text::xid8 where id = %s", (str(number), access_id))

    await seal(pool, owner, batch=2)

    assert order(owner) == ids
    assert (await verified(prepared)).faults == []


async def test_what_was_undone_leaves_no_gap(prepared: Database, pool: Pool, owner: Owner) -> None:
    """An entry whose transaction was rolled back is not in the chain, and those after it are."""
    with pytest.raises(RuntimeError):
        async with transaction(pool) as connection:
            await PostgresAccesses(connection).append(entries(1)[0])
            raise RuntimeError
    kept = await write(pool, *entries(2))

    await seal(pool, owner)

    assert order(owner) == kept
    assert (await verified(prepared)).faults == []


async def test_a_code_of_a_newer_version_is_sealed(prepared: Database, pool: Pool, owner: Owner) -> None:
    """While a service is being replaced, the old one seals what the new one writes, known code or not."""
    ids = await write(pool, *entries(2))
    owner.execute("update access set purpose = 99, data = '{250}', role = 'envoy' where id = %s", (ids[0],))

    await seal(pool, owner)

    found = await verified(prepared)
    assert (found.entries, found.faults) == (2, [])


async def test_a_chain_that_differs_from_its_head_is_not_shortened(
    prepared: Database, pool: Pool, owner: Owner
) -> None:
    """What is broken is kept, so that it can be looked at."""
    await write(pool, *entries(3))
    await seal(pool, owner)
    date_first_head(owner, NOW - 2 * KEPT)
    owner.execute("update access_seal set digest = %s where position = 3", (bytes(32),))

    async with await AsyncConnection.connect(prepared.owner_dsn) as connection:
        assert await shorten(connection, [KEY], NOW) == 0


async def test_several_sealers_make_one_chain(prepared: Database, pool: Pool, owner: Owner) -> None:
    """Six at once while entries are being written: every entry has one place."""
    stop = asyncio.Event()
    running = [asyncio.create_task(sealer(pool, batch=3).run(stop)) for _ in range(6)]
    written = await write(pool, *entries(60))
    stop.set()
    await asyncio.gather(*running)
    await seal(pool, owner)

    assert sorted(order(owner)) == sorted(written)
    assert (await verified(prepared)).faults == []


async def test_a_database_restored_to_another_server_goes_on(prepared: Database, pool: Pool, owner: Owner) -> None:
    """Numbers of transactions that this server has not reached yet are sealed, and so is what is written afterwards."""
    old = await write(pool, *entries(2))
    await seal(pool, owner)
    moved = "update {} set xid = (xid::text::numeric + 1000000000)::text::xid8"
    owner.execute(moved.format("access"))
    owner.execute(moved.format("access_seal"))
    not_sealed = entries(1)
    await write(pool, *not_sealed)
    owner.execute("update access set xid = '2000000000' where id = %s", (not_sealed[0].id,))

    new = await write(pool, *entries(2))
    assert (await verified(prepared)).faults == []
    await seal(pool, owner, batch=1)
    newer = await write(pool, *entries(1))
    await seal(pool, owner, batch=1)

    assert sorted(order(owner)) == sorted([*old, not_sealed[0].id, *new, *newer])
    found = await verified(prepared)
    assert (found.entries, found.waiting, found.faults) == (6, 0, [])


CHANGES = {
    "purpose": "purpose = purpose + 1",
    "no such purpose": "purpose = 99",
    "time": "time = time + interval '1 microsecond'",
    "unit": "unit = overlay(unit placing 'x' from 1)",
    "reader": "reader = overlay(reader placing 'C' from 1)",
    "role": "role = 'auditor'",
    "data": "data = '{3}'",
    "profile": "profile_id = gen_random_uuid()",
    "refused": "refused = true, data = '{}'",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_entry_is_named(prepared: Database, pool: Pool, owner: Owner, change: str) -> None:
    """One changed value of one entry: that entry is named, at its place, and no other."""
    ids = await write(pool, *entries(6))
    await seal(pool, owner)

    owner.execute(f"update access set {CHANGES[change]} where id = %s", (ids[3],))  # noqa: S608 - constants

    faults = (await verified(prepared)).faults
    assert [(fault.position, fault.access_id, fault.kind) for fault in faults] == [(4, ids[3], Break.CHANGED)]


BREAKS: dict[str, tuple[Callable[[Owner, list[str]], object], int, Break]] = {
    "an entry is deleted": (
        lambda owner, ids: owner.execute("delete from access where id = %s", (ids[2],)), 3, Break.REMOVED,
    ),
    "an entry is deleted with its seal": (
        lambda owner, ids: (
            owner.execute("delete from access where id = %s", (ids[2],)),
            owner.execute("delete from access_seal where position = 3"),
        ),
        3, Break.PLACE_MISSING,
    ),
    "the newest entries are deleted with their seals": (
        lambda owner, ids: (
            owner.execute("delete from access where id = %s", (ids[5],)),
            owner.execute("delete from access_seal where position = 6"),
        ),
        6, Break.HEAD_DIFFERS,
    ),
    "a digest is changed": (
        lambda owner, ids: owner.execute(
            "update access_seal set digest = set_byte(digest, 0, (get_byte(digest, 0) + 1) %% 256) where position = %s",
            (2,),
        ),
        2, Break.CHANGED,
    ),
    "an entry is slipped in": (
        lambda owner, ids: owner.execute(
            "insert into access (id, profile_id, time, purpose, role, unit, relation, method, reader, service, xid)"
            " select gen_random_uuid(), profile_id, time, purpose, role, unit, relation, method, reader, service, xid"
            " from access where id = %s",
            (ids[0],),
        ),
        6, Break.NOT_SEALED,
    ),
    "the beginning is deleted": (
        lambda owner, ids: (
            owner.execute("delete from access where id = any(%s)", (ids[:3],)),
            owner.execute("delete from access_seal where position < 3"),
        ),
        3, Break.HEAD_MISSING,
    ),
    "a head is made by somebody else": (
        lambda owner, ids: owner.execute("update access_seal_head set signature = ''"), 6, Break.HEAD_NOT_SIGNED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
async def test_what_the_owner_can_do_shows(prepared: Database, pool: Pool, owner: Owner, broken: str) -> None:
    """Whatever is deleted, slipped in or written anew by the role that may, the first fault says where and what."""
    ids = await write(pool, *entries(6))
    await seal(pool, owner)
    do, position, kind = BREAKS[broken]

    do(owner, ids)

    faults = (await verified(prepared)).faults
    assert (faults[0].position, faults[0].kind) == (position, kind)


async def test_a_log_written_anew_contradicts_a_head_that_was_kept(
    prepared: Database, pool: Pool, owner: Owner
) -> None:
    """Chain and heads made anew with the service's own key look whole, but for a head that somebody kept elsewhere."""
    ids = await write(pool, *entries(3))
    await seal(pool, owner)
    row = owner.execute("select position, digest, time, signature from access_seal_head").fetchone()
    kept = Head(*row)  # type: ignore[misc, arg-type]  # a row of this table

    owner.execute("delete from access where id = %s", (ids[1],))
    owner.execute("truncate access_seal, access_seal_head")
    await write(pool, *entries(1))
    await seal(pool, owner)

    assert (await verified(prepared)).faults == []
    faults = (await verified(prepared, elsewhere=[kept])).faults
    assert [(fault.position, fault.kind) for fault in faults] == [(3, Break.HEAD_DIFFERS)]


async def test_a_log_that_was_kept_long_enough_is_shortened_at_a_signed_head(
    prepared: Database, pool: Pool, owner: Owner
) -> None:
    """Entries go five years after the head behind them and not before; what is left is whole and grows on."""
    await write(pool, *entries(3))
    await seal(pool, owner, NOW)
    await write(pool, *entries(2))
    await seal(pool, owner, NOW + DAY)
    now = owner.execute("select now()").fetchone()[0]  # type: ignore[index]  # one row
    assert isinstance(now, datetime)

    async def shortened(by_our_clock: datetime) -> int:
        async with await AsyncConnection.connect(prepared.owner_dsn) as connection:
            return await shorten(connection, [KEY], by_our_clock)

    # Five years all but five minutes, by the database's clock; ours is a year ahead.
    date_first_head(owner, now - KEPT + timedelta(minutes=5))
    assert await shortened(now + timedelta(days=365)) == 0
    # Five years, by the database's clock; ours is behind.
    date_first_head(owner, now - KEPT - timedelta(minutes=5))
    assert await shortened(now - timedelta(hours=1)) == 0
    assert await shortened(now + timedelta(hours=1)) == 3

    found = await verified(prepared, now)
    assert (found.entries, found.faults) == (2, [])
    more = await write(pool, *entries(1))
    await seal(pool, owner, NOW + 2 * DAY)
    assert order(owner)[-1] == more[0]
    assert (await verified(prepared, now)).faults == []
    # A year earlier that beginning would have been too early.
    assert (await verified(prepared, now - timedelta(days=365))).faults[0].kind is Break.HEAD_MISSING


def date_first_head(owner: Owner, time: datetime) -> None:
    """Make the first head one that was made and signed then."""
    row = owner.execute("select position, digest, time, signature from access_seal_head order by position").fetchone()
    head = replace(Head(*row), time=time)  # type: ignore[misc, arg-type]  # a row of this table
    owner.execute(
        "update access_seal_head set time = %s, signature = %s where position = %s",
        (time, HeadSigner(KEY.as_dict(private=True)).sign(head), head.position),
    )


async def test_without_a_key_nothing_is_deleted(prepared: Database, pool: Pool, owner: Owner) -> None:
    """A head that is not signed allows no shortening, however old it is."""
    await write(pool, *entries(3))
    await seal(pool, owner, NOW - 3 * KEPT, key=None)

    async with await AsyncConnection.connect(prepared.owner_dsn) as connection:
        assert await shorten(connection, [KEY], NOW) == 0


def test_the_serving_role_can_only_add(prepared: Database) -> None:
    """Entries, seals and heads: the role that serves can read and add, and neither change nor delete nor empty."""
    tables = ("access", "access_seal", "access_seal_head")
    with psycopg.connect(prepared.runtime_dsn, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"select count(*) from {table}")  # noqa: S608 - constant
            changing = ("update {} set position = 1", "delete from {}", "truncate {}")
            for statement in changing if table != "access" else ("update {} set reader = ''", *changing[1:]):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(table))
