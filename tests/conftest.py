"""Fixtures for every test: real servers, started once per run and only when a test asks for them."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import Database, NatsServer, PostgresServer

# A test judges what comes out, not how soon: the machine may be busy, and what is built once is built in an example.
settings.register_profile("polku", deadline=None)
settings.load_profile("polku")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL with the roles test_owner and test_runtime."""
    server = PostgresServer()
    try:
        server.create()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """NATS with JetStream and `sync_interval: always`."""
    server = NatsServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A fresh database with the tables of the shared mechanisms."""
    made = postgres_server.fresh_database()
    yield made
    postgres_server.drop(made)
