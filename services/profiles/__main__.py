"""The processes of the profiles service.

usage: python -m services.profiles serve      answers gRPC calls and publishes events, until SIGTERM
       python -m services.profiles migrate    creates or updates tables, grants and the stream, then ends
       python -m services.profiles rewrap     wraps every person's key by the current key of the file, then ends
       python -m services.profiles reindex    makes people findable under a changed index key of the file, then ends
       python -m services.profiles purge      makes what was erased physically gone, then ends (owner role; every hour)
       python -m services.profiles verify-log names the first entry of the access log that was changed, then ends
       python -m services.profiles shorten-log  drops what is past its retention, up to a signed head, then ends
       python -m services.profiles policy     prints who may do what with a person's record: docs/policy.md
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import grpc.aio
from polku.profiles.v1.access_service_pb2_grpc import add_AccessServiceServicer_to_server
from polku.profiles.v1.caseload_service_pb2_grpc import add_CaseloadServiceServicer_to_server
from polku.profiles.v1.consent_service_pb2_grpc import add_ConsentServiceServicer_to_server
from polku.profiles.v1.identity_service_pb2_grpc import add_IdentityServiceServicer_to_server
from polku.profiles.v1.profile_service_pb2_grpc import add_ProfileServiceServicer_to_server
from polku.profiles.v1.rights_service_pb2_grpc import add_RightsServiceServicer_to_server
from polku.profiles.v1.suggestion_service_pb2_grpc import add_SuggestionServiceServicer_to_server

from services.profiles.adapters.caseload_api import CASELOAD_SERVICE, CaseloadServicer
from services.profiles.adapters.codes import VocabularyCodes
from services.profiles.adapters.consent_api import CONSENT_SERVICE, ConsentServicer
from services.profiles.adapters.documents import DocumentOpener
from services.profiles.adapters.grpc_api import ACCESS_SERVICE, PROFILE_SERVICE, AccessServicer, ProfileServicer
from services.profiles.adapters.holds import read_holds
from services.profiles.adapters.identity_api import IDENTITY_SERVICE, IdentityServicer
from services.profiles.adapters.linking import tools_for
from services.profiles.adapters.postgres import PostgresUnitOfWork
from services.profiles.adapters.postgres.suggestions import forget_suggestions
from services.profiles.adapters.rights_api import RIGHTS_SERVICE, RightsServicer
from services.profiles.adapters.suggestion_api import LARGE_REQUESTS, SUGGESTION_SERVICE, SuggestionServicer
from services.profiles.domain.policy.page import page
from services.profiles.log_processes import sealer, shorten_log, verify_log
from services.profiles.maintenance import purge_people, reindex_people, rewrap_keys
from services.profiles.settings import Settings
from shared import vocabulary
from shared.kernel.paging import PageTokens
from shared.runtime import bus, lifecycle
from shared.runtime.auth import TokenVerifier
from shared.runtime.env import read_settings
from shared.runtime.housekeeping import keep_house
from shared.runtime.issuers import read_issuers
from shared.runtime.log import get_logger
from shared.runtime.migrations import migrate as migrate_database
from shared.runtime.outbox import Relay
from shared.runtime.postgres import Pool, open_pool
from shared.runtime.process import MigrateSettings, readiness, run_process
from shared.runtime.rpc import RpcServer, build_server, open_channel, standard_interceptors, watch_readiness

SERVICE = "profiles"
MIGRATIONS = Path(__file__).parent / "migrations"
_log = get_logger("profiles")


async def serve(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer gRPC calls and publish events until told to stop, then drain: the reverse order of the start."""
    settings = read_settings(Settings, environ)
    await bus.check_sync_always(settings.nats_monitor_url)
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.postgres_dsn, application_name=SERVICE)
        stack.push_async_callback(pool.close)
        violations: list[str] = []
        connection = await bus.connect(settings.nats_url, name=SERVICE, on_violation=violations.append)
        stack.push_async_callback(connection.close)
        publisher = bus.Publisher(connection, bus.stream_of(SERVICE).name, SERVICE)
        linking = open_channel(settings.linking_address, tls=settings.tls) if settings.linking_address else None
        if linking is not None:
            stack.push_async_callback(linking.close)
        server = build(settings, pool, linking)
        background = await stack.enter_async_context(lifecycle.Background(stop))
        drained = asyncio.Event()  # the last calls still write events: the relay goes on until they are done
        stack.callback(drained.set)
        background.start("relay", Relay(pool, settings.postgres_dsn, publisher.publish).run(drained))
        background.start("seal", sealer(pool, settings.service_key_file).run(drained))
        background.start("housekeeping", keep_house(pool, drained, forget_suggestions))
        await server.start()
        stack.push_async_callback(server.drain)
        background.start("readiness", watch_readiness(server, readiness(pool, connection, violations), drained))
        await stop.wait()


def build(
    settings: Settings,
    pool: Pool,
    linking: grpc.aio.Channel | None = None,
    unit_of_work: type[PostgresUnitOfWork] = PostgresUnitOfWork,
) -> RpcServer:
    """The server with its services, not started. `linking` leads to LinkingService."""
    verifier = TokenVerifier(read_issuers(settings.token_issuers_file), settings.token_audience)
    server = build_server(
        listen=settings.listen,
        interceptors=standard_interceptors(verifier, large_requests=LARGE_REQUESTS),
        max_receive_bytes=max(LARGE_REQUESTS.values()),
        max_concurrent_rpcs=settings.max_concurrent_rpcs,
        reflection=settings.reflection,
        verifier=verifier,
        tls=settings.tls,
    )
    tokens = PageTokens(settings.page_token_secret.encode())
    words = vocabulary.load(settings.vocabulary_file)
    codes = VocabularyCodes(words)

    def open_uow() -> PostgresUnitOfWork:
        return unit_of_work(pool, settings.person_keys)

    def open_reading() -> PostgresUnitOfWork:
        return unit_of_work(pool, settings.person_keys, one_write=True)

    server.add(
        add_ProfileServiceServicer_to_server,
        ProfileServicer(open_uow, codes, tokens, open_reading=open_reading),
        PROFILE_SERVICE,
    )
    server.add(add_IdentityServiceServicer_to_server, IdentityServicer(open_uow), IDENTITY_SERVICE)
    server.add(add_CaseloadServiceServicer_to_server, CaseloadServicer(open_uow, tokens), CASELOAD_SERVICE)
    server.add(add_ConsentServiceServicer_to_server, ConsentServicer(open_uow, tokens), CONSENT_SERVICE)
    suggestions = SuggestionServicer(open_uow, codes, tokens, DocumentOpener(), tools_for(words, linking))
    server.add(add_SuggestionServiceServicer_to_server, suggestions, SUGGESTION_SERVICE)
    server.add(add_RightsServiceServicer_to_server, RightsServicer(open_uow, read_holds()), RIGHTS_SERVICE)
    server.add(
        add_AccessServiceServicer_to_server, AccessServicer(open_uow, tokens, open_reading=open_reading), ACCESS_SERVICE
    )
    return server


async def migrate(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Create or update the tables with their grants, and the stream. Consumers belong to who consumes."""
    settings = read_settings(MigrateSettings, environ)
    await asyncio.to_thread(migrate_database, settings.owner_dsn, [MIGRATIONS], settings.runtime_role)
    await bus.declare(settings.nats_owner_url, [bus.stream_of(SERVICE)])


async def policy(_environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Print who may do what with a person's record, as a page."""
    sys.stdout.write(page())


if __name__ == "__main__":
    processes = {
        "serve": serve,
        "migrate": migrate,
        "rewrap": rewrap_keys,
        "reindex": reindex_people,
        "purge": purge_people,
        "policy": policy,
        "verify-log": verify_log,
        "shorten-log": shorten_log,
    }
    run_process(SERVICE, processes, sys.argv[1:], os.environ)
