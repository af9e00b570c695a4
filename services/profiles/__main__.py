"""The processes of the profiles service.

usage: python -m services.profiles serve      answers gRPC calls and publishes events, until SIGTERM
       python -m services.profiles migrate    creates or updates tables, grants and the stream, then ends
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from polku.profiles.v1.access_service_pb2_grpc import add_AccessServiceServicer_to_server
from polku.profiles.v1.consent_service_pb2_grpc import add_ConsentServiceServicer_to_server
from polku.profiles.v1.profile_service_pb2_grpc import add_ProfileServiceServicer_to_server

from services.profiles.adapters.codes import VocabularyCodes
from services.profiles.adapters.consent_api import CONSENT_SERVICE, ConsentServicer
from services.profiles.adapters.grpc_api import ACCESS_SERVICE, PROFILE_SERVICE, AccessServicer, ProfileServicer
from services.profiles.adapters.postgres import PostgresUnitOfWork
from shared import vocabulary
from shared.kernel.paging import PageTokens
from shared.runtime import bus, lifecycle
from shared.runtime.auth import TokenVerifier, read_issuers
from shared.runtime.env import read_settings
from shared.runtime.housekeeping import keep_house
from shared.runtime.migrations import migrate as migrate_database
from shared.runtime.outbox import Relay
from shared.runtime.postgres import Pool, open_pool
from shared.runtime.process import MigrateSettings, ServeSettings, readiness, run_process
from shared.runtime.rpc import RpcServer, build_server, standard_interceptors, watch_readiness

SERVICE = "profiles"
MIGRATIONS = Path(__file__).parent / "migrations"


async def serve(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer gRPC calls and publish events until told to stop, then drain: the reverse order of the start."""
    settings = read_settings(ServeSettings, environ)
    await bus.check_sync_always(settings.nats_monitor_url)
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name=SERVICE)
        stack.push_async_callback(pool.close)
        violations: list[str] = []
        connection = await bus.connect(settings.nats_url, name=SERVICE, on_violation=violations.append)
        stack.push_async_callback(connection.close)
        publisher = bus.Publisher(connection, bus.stream_of(SERVICE).name, SERVICE)
        server = build(settings, pool)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        drained = asyncio.Event()  # the last calls still write events: the relay goes on until they are done
        stack.callback(drained.set)
        background.start("relay", Relay(pool, settings.postgres_dsn, publisher.publish).run(drained))
        background.start("housekeeping", keep_house(pool, drained))
        await server.start()
        stack.push_async_callback(server.drain)
        background.start("readiness", watch_readiness(server, readiness(pool, connection, violations), drained))
        await stop.wait()


def build(settings: ServeSettings, pool: Pool) -> RpcServer:
    """The server with its services, not started."""
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier),
        max_concurrent_rpcs=settings.max_concurrent_rpcs,
        reflection=settings.reflection,
    )
    tokens = PageTokens(settings.page_token_secret.encode())
    codes = VocabularyCodes(vocabulary.load(settings.vocabulary_file))

    def open_uow() -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool)

    server.add(add_ProfileServiceServicer_to_server, ProfileServicer(open_uow, codes, tokens), PROFILE_SERVICE)
    server.add(add_ConsentServiceServicer_to_server, ConsentServicer(open_uow, tokens), CONSENT_SERVICE)
    server.add(add_AccessServiceServicer_to_server, AccessServicer(open_uow, tokens), ACCESS_SERVICE)
    return server


async def migrate(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Create or update the tables with their grants, and the stream. Consumers belong to who consumes."""
    settings = read_settings(MigrateSettings, environ)
    await asyncio.to_thread(migrate_database, settings.owner_dsn, [MIGRATIONS], settings.runtime_role)
    await bus.declare(settings.nats_owner_url, [bus.stream_of(SERVICE)])


if __name__ == "__main__":
    run_process(SERVICE, {"serve": serve, "migrate": migrate}, sys.argv[1:], os.environ)
