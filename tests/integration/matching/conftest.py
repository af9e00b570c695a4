"""One running matching service for all tests that only use it, with a broker and a database of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import psycopg
import pytest

from tests.contract.matching.profiles_stand_in import serving
from tests.integration.matching.calls import City, Producer
from tests.integration.matching.process import MatchingProcess
from tests.servers import NatsServer, PostgresServer


@pytest.fixture(scope="module")
def broker() -> Iterator[NatsServer]:
    """NATS of the module's own: durable consumers remember what was taken, whatever the database is."""
    server = NatsServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@asynccontextmanager
async def city_of(postgres: PostgresServer, broker: NatsServer, folder: Path) -> AsyncIterator[City]:
    """Everything around a matching process that is migrated and not started."""
    database = postgres.fresh_database()
    process = MatchingProcess(folder, database, broker)
    try:
        await process.migrate()
        openings, profiles = await Producer.connect(broker, "openings"), await Producer.connect(broker, "profiles")
        async with (
            serving(process.people, process.keys, folder, f"127.0.0.1:{process.profiles_port}"),
            grpc.aio.insecure_channel(process.address) as channel,
        ):
            with psycopg.connect(database.owner_dsn, autocommit=True) as rows:
                yield City(process, openings, profiles, channel, rows)
        await openings.connection.close()
        await profiles.connection.close()
    finally:
        process.remove()
        postgres.drop(database)


@pytest.fixture(scope="session")
async def city(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """The service, ready to answer, with an encoder at work. Tests share it, since each has people of its own."""
    server = NatsServer()
    try:
        server.start()
        async with city_of(postgres_server, server, tmp_path_factory.mktemp("matching")) as made:
            await made.process.start()
            async with made.process.encoding():
                yield made
    finally:
        server.remove()
