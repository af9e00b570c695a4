"""A migrated database of matching for each module of tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from services.matching.__main__ import MIGRATIONS
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool
from tests.servers import Database, PostgresServer


@pytest.fixture(scope="module")
def matching_database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database with the tables of matching; the tests of a module share it, since each has ids of its own."""
    database = postgres_server.fresh_database()
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    yield database
    postgres_server.drop(database)


@pytest.fixture(scope="module")
async def pool(matching_database: Database) -> AsyncIterator[Pool]:
    """A pool of the serving role."""
    opened = await open_pool(matching_database.runtime_dsn, application_name="contract", max_size=16)
    yield opened
    await opened.close()
