"""The processes of the openings service.

usage: python -m services.openings serve      answers gRPC calls, follows the clock and publishes events, until SIGTERM
       python -m services.openings migrate    creates or updates tables, grants and the stream, then ends
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from polku.openings.v1.opening_service_pb2_grpc import add_OpeningServiceServicer_to_server
from polku.openings.v1.publisher_service_pb2_grpc import add_PublisherServiceServicer_to_server

from services.openings.adapters.clock import ClockFollower
from services.openings.adapters.codes import VocabularyCodes
from services.openings.adapters.grpc_api import (
    OPENING_SERVICE,
    PUBLISHER_SERVICE,
    OpeningServicer,
    PublisherServicer,
    key_verifier,
)
from services.openings.adapters.keys import PepperedSecrets
from services.openings.adapters.markup import Nh3Markup
from services.openings.adapters.postgres import PostgresUnitOfWork
from shared import vocabulary
from shared.kernel.paging import PageTokens
from shared.runtime import bus, lifecycle
from shared.runtime.auth import TokenVerifier
from shared.runtime.env import random_secret, read_settings, setting
from shared.runtime.housekeeping import keep_house
from shared.runtime.issuers import read_issuers
from shared.runtime.migrations import migrate as migrate_database
from shared.runtime.outbox import Relay
from shared.runtime.postgres import Pool, open_pool
from shared.runtime.process import MigrateSettings, ServeSettings, readiness, run_process
from shared.runtime.rpc import RpcServer, build_server, standard_interceptors, watch_readiness

SERVICE = "openings"
MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Settings(ServeSettings):
    """Settings of `serve`; the pepper is mixed into the stored forms of partner keys."""

    partner_key_pepper: str = setting("POLKU_PARTNER_KEY_PEPPER", parse=random_secret, secret=True)


async def serve(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer gRPC calls, follow the clock and publish events until told to stop, then drain: in reverse order."""
    settings = read_settings(Settings, environ)
    await bus.check_sync_always(settings.nats_monitor_url)
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name=SERVICE)
        stack.push_async_callback(pool.close)
        violations: list[str] = []
        connection = await bus.connect(settings.nats_url, name=SERVICE, on_violation=violations.append)
        stack.push_async_callback(connection.close)
        publisher = bus.Publisher(connection, bus.stream_of(SERVICE).name, SERVICE)
        clock = ClockFollower(lambda: PostgresUnitOfWork(pool))
        server = build(settings, pool, stored=clock.wake)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        drained = asyncio.Event()  # the last calls still write events: the relay goes on until they are done
        stack.callback(drained.set)
        background.start("relay", Relay(pool, settings.postgres_dsn, publisher.publish).run(drained))
        background.start("clock", clock.run(drained))
        background.start("housekeeping", keep_house(pool, drained))
        await server.start()
        stack.push_async_callback(server.drain)
        background.start("readiness", watch_readiness(server, readiness(pool, connection, violations), drained))
        await stop.wait()


def build(settings: Settings, pool: Pool, *, stored: Callable[[], None]) -> RpcServer:
    """The server with its two services, not started. `stored` is called after each change of an opening."""

    def open_uow() -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool)

    secrets = PepperedSecrets(settings.partner_key_pepper)
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier, partner_keys=key_verifier(open_uow, secrets)),
        max_concurrent_rpcs=settings.max_concurrent_rpcs,
        reflection=settings.reflection,
        verifier=verifier,
        tls=settings.tls,
    )
    codes, markup = VocabularyCodes(vocabulary.load(settings.vocabulary_file)), Nh3Markup()
    tokens = PageTokens(settings.page_token_secret.encode())
    openings = OpeningServicer(open_uow, codes, markup, tokens, stored=stored)
    server.add(add_OpeningServiceServicer_to_server, openings, OPENING_SERVICE)
    publishers = PublisherServicer(open_uow, markup, secrets)
    server.add(add_PublisherServiceServicer_to_server, publishers, PUBLISHER_SERVICE)
    return server


async def migrate(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Create or update the tables with their grants, and the stream. Consumers belong to who consumes."""
    settings = read_settings(MigrateSettings, environ)
    await asyncio.to_thread(migrate_database, settings.owner_dsn, [MIGRATIONS], settings.runtime_role)
    await bus.declare(settings.nats_owner_url, [bus.stream_of(SERVICE)])


if __name__ == "__main__":
    run_process(SERVICE, {"serve": serve, "migrate": migrate}, sys.argv[1:], os.environ)
