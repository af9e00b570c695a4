"""One running profiles service for each module of tests, with callers of every role."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import grpc
import psycopg
import pytest

from shared.kernel.ids import new_id
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import NatsServer, PostgresServer

NewCaller = Callable[..., Caller]


@pytest.fixture(scope="module")
def profiles(
    postgres_server: PostgresServer, nats_server: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProfilesProcess]:
    """The service, ready to answer."""
    database = postgres_server.fresh_database()
    process = ProfilesProcess(tmp_path_factory.mktemp("profiles"), database, nats_server)
    try:
        process.migrate()
        process.start()
        yield process
    finally:
        process.remove()
        postgres_server.drop(database)


@pytest.fixture
async def channel(profiles: ProfilesProcess) -> AsyncIterator[grpc.aio.Channel]:
    """A plain channel, without retries and deadlines of its own."""
    async with grpc.aio.insecure_channel(profiles.address) as opened:
        yield opened


@pytest.fixture
def caller(profiles: ProfilesProcess) -> NewCaller:
    """Make a caller of a role; each has a subject of its own."""

    def new_caller(role: str, unit: str = "") -> Caller:
        subject = f"{role}-{new_id()}"
        token = profiles.issuer.user(subject, role, unit or ("unit-1" if role == "counsellor" else ""))
        return Caller(subject, (("authorization", f"Bearer {token}"),))

    return new_caller


@pytest.fixture
def service(profiles: ProfilesProcess) -> Callable[[str], Caller]:
    """Make the caller that a service is when it calls for itself."""

    def service_caller(name: str) -> Caller:
        return Caller(f"service:{name}", (("x-polku-service", profiles.issuer.service(name)),))

    return service_caller


@pytest.fixture
def rows(profiles: ProfilesProcess) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A look into the database as its owner."""
    with psycopg.connect(profiles.database.owner_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a process of the test's own."""
    return tmp_path
