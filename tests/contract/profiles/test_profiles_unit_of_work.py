"""The fake and the PostgreSQL unit of work of the profiles service keep one contract."""

from collections.abc import AsyncIterator

import pytest

from services.profiles.__main__ import MIGRATIONS
from services.profiles.adapters.postgres import PostgresUnitOfWork
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool
from tests.builders.person_keys import RING
from tests.contract.profiles.access_log_contract import AccessLogContract
from tests.contract.profiles.casework_contract import CaseworkContract
from tests.contract.profiles.erasures_contract import ErasuresContract
from tests.contract.profiles.identities_contract import IdentitiesContract
from tests.contract.profiles.records_contract import RecordsContract
from tests.contract.profiles.samples import Open
from tests.contract.profiles.suggestions_contract import SuggestionsContract
from tests.contract.profiles.unit_of_work_contract import UnitOfWorkContract
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
async def pool(postgres_server: PostgresServer) -> AsyncIterator[Pool]:
    """A pool of the serving role; the tests share a database, since each has ids of its own."""
    database = postgres_server.fresh_database()
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    opened = await open_pool(database.runtime_dsn, application_name="contract")
    yield opened
    await opened.close()
    postgres_server.drop(database)


class TestFakeUnitOfWork(
    UnitOfWorkContract,
    RecordsContract,
    CaseworkContract,
    SuggestionsContract,
    AccessLogContract,
    IdentitiesContract,
    ErasuresContract,
):
    """The fake."""

    @pytest.fixture
    def open_uow(self) -> Open:
        """Units of work over one store."""
        store = ProfileStore()
        return lambda: FakeUnitOfWork(store)


class TestPostgresUnitOfWork(
    UnitOfWorkContract,
    RecordsContract,
    CaseworkContract,
    SuggestionsContract,
    AccessLogContract,
    IdentitiesContract,
    ErasuresContract,
):
    """PostgreSQL, as the role that serves."""

    @pytest.fixture
    def open_uow(self, pool: Pool) -> Open:
        """Units of work over one pool."""
        return lambda: PostgresUnitOfWork(pool, RING)
