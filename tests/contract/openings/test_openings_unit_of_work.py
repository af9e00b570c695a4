"""The fake and the PostgreSQL unit of work of the openings service keep one contract."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from services.openings.__main__ import MIGRATIONS
from services.openings.adapters.postgres import PostgresUnitOfWork
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool
from tests.builders.openings import NOW, a_creation, a_draft
from tests.contract.openings.unit_of_work_contract import MINUTE, Open, UnitOfWorkContract, a_publisher, kept
from tests.fakes.openings import FakeUnitOfWork, OpeningStore
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
async def pool(postgres_server: PostgresServer) -> AsyncIterator[Pool]:
    """A pool; the tests share a database, since each has ids of its own."""
    database = postgres_server.fresh_database()
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    pool = await open_pool(database.runtime_dsn, application_name="contract")
    yield pool
    await pool.close()
    postgres_server.drop(database)


class TestFakeUnitOfWork(UnitOfWorkContract):
    """The fake."""

    @pytest.fixture
    def open_uow(self) -> Open:
        """Units of work over one store."""
        store = OpeningStore()
        return lambda: FakeUnitOfWork(store)


class TestPostgresUnitOfWork(UnitOfWorkContract):
    """PostgreSQL, as the role that serves."""

    @pytest.fixture
    def open_uow(self, pool: Pool) -> Open:
        """Units of work over the pool."""
        return lambda: PostgresUnitOfWork(pool)

    async def test_what_another_one_holds_is_left_to_it(self, open_uow: Open) -> None:
        """Two followers of the clock never take the same opening: locked rows are skipped."""
        long_ago = NOW - 10_000_000 * MINUTE
        draft = a_draft(publisher=a_publisher(), publish_time=long_ago + MINUTE)
        opening = await kept(open_uow, a_creation(draft, long_ago))
        async with open_uow() as first, open_uow() as second:
            assert await first.openings.lock_due(long_ago + MINUTE, 10) == (opening,)
            assert await second.openings.lock_due(long_ago + MINUTE, 10) == ()

    async def test_transitions_are_recorded_for_ever(self, open_uow: Open, pool: Pool) -> None:
        """Each change leaves its row, which the serving role can neither change nor delete."""
        opening = await kept(open_uow, a_creation(a_draft(publisher=a_publisher())), "kid-7")
        async with pool.connection() as connection:
            found = await connection.execute(
                "select version, move, from_state, to_state, actor from opening_transition where opening_id = %s",
                (opening.id,),
            )
            assert await found.fetchall() == [(1, "publish", None, 2, "kid-7")]
        for statement in ("update opening_transition set actor = ''", "delete from opening_transition"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.connection() as connection:
                    await connection.execute(statement)

    async def test_events_leave_with_the_row(self, open_uow: Open, pool: Pool) -> None:
        """The outbox has the event of a kept change and none of one that was undone."""
        opening = await kept(open_uow, a_creation(a_draft(publisher=a_publisher())))
        undone = a_creation(a_draft(publisher=a_publisher()))
        async with open_uow() as uow:
            await uow.openings.keep(undone, "kid-1")
        async with pool.connection() as connection:
            found = await connection.execute(
                "select aggregate_id, aggregate_version, type from outbox where aggregate_id = any(%s)",
                ([opening.id, undone.opening.id],),
            )
            assert await found.fetchall() == [(opening.id, 1, "polku.openings.v1.OpeningPublished")]

    async def test_a_connection_left_in_autocommit_is_still_atomic(self, open_uow: Open, pool: Pool) -> None:
        """What a cancelled call left behind in the pool commits nothing by itself."""
        connections = [await pool.getconn() for _ in range(pool.max_size)]
        for connection in connections:
            await connection.set_autocommit(True)
            await pool.putconn(connection)
        undone = a_creation(a_draft(publisher=a_publisher()))
        async with open_uow() as uow:
            await uow.openings.keep(undone, "kid-1")
        async with open_uow() as uow:
            assert await uow.openings.get(undone.opening.id) is None
