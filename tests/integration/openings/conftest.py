"""One running openings service for each module of tests, with partners and callers of every role."""

from collections.abc import AsyncIterator, Iterator

import grpc
import psycopg
import pytest

from tests.integration.openings.calls import Partner, Rows, new_partner
from tests.integration.openings.process import OpeningsProcess
from tests.servers import NatsServer, PostgresServer


@pytest.fixture(scope="module")
def openings(
    postgres_server: PostgresServer, nats_server: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpeningsProcess]:
    """The service, ready to answer."""
    database = postgres_server.fresh_database()
    process = OpeningsProcess(tmp_path_factory.mktemp("openings"), database, nats_server)
    try:
        process.migrate()
        process.start()
        yield process
    finally:
        process.remove()
        postgres_server.drop(database)


@pytest.fixture
async def channel(openings: OpeningsProcess) -> AsyncIterator[grpc.aio.Channel]:
    """A plain channel, without retries and deadlines of its own."""
    async with grpc.aio.insecure_channel(openings.address) as opened:
        yield opened


@pytest.fixture
async def partner(channel: grpc.aio.Channel, openings: OpeningsProcess) -> Partner:
    """A publisher of the test's own."""
    return await new_partner(channel, openings)


@pytest.fixture
def rows(openings: OpeningsProcess) -> Iterator[Rows]:
    """A look into the database as its owner."""
    with psycopg.connect(openings.database.owner_dsn, autocommit=True) as connection:
        yield connection
