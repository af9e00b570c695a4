"""The gateway's fake services as gRPC servers on free ports of 127.0.0.1."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from polku.matching.v1 import (
    bulk_service_pb2_grpc,
    candidate_service_pb2_grpc,
    matching_service_pb2_grpc,
    text_service_pb2_grpc,
)
from polku.openings.v1 import opening_service_pb2_grpc, publisher_service_pb2_grpc
from polku.profiles.v1 import (
    access_service_pb2,
    access_service_pb2_grpc,
    caseload_service_pb2_grpc,
    consent_service_pb2_grpc,
    identity_service_pb2_grpc,
    profile_service_pb2_grpc,
    rights_service_pb2_grpc,
    suggestion_service_pb2_grpc,
)

from tests.fakes.gateway import ACCESSES, OWNED, FakeOpenings, FakeProfiles
from tests.fakes.gateway_calls import Fake
from tests.fakes.gateway_matching import FakeMatching


class FakeHealth(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # the library has no types
    """Health of one fake."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    async def Check(self, request: Any, context: Any) -> Any:
        """Answer what the test has set."""
        return health_pb2.HealthCheckResponse(status=self._fake.health)


@dataclass
class FakeServices:
    """The three fakes and the addresses at which they answer."""

    profiles: FakeProfiles = field(default_factory=FakeProfiles)
    openings: FakeOpenings = field(default_factory=FakeOpenings)
    matching: FakeMatching = field(default_factory=FakeMatching)
    addresses: dict[str, str] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget calls, failures and content."""
        for fake in (self.profiles, self.openings, self.matching):
            fake.reset()
        self.profiles.stored.clear()
        self.profiles.entries.clear()
        self.profiles.consents.clear()
        self.profiles.overrides.clear()
        self.profiles.identities.clear()
        self.profiles.changes.clear()
        self.profiles.found_as = access_service_pb2.Relation.KIND_ASSIGNED_COUNSELLOR
        self.profiles.open.clear()
        self.profiles.owned = dict(OWNED)
        self.profiles.accesses = list(ACCESSES)
        self.profiles.supervised = []
        self.profiles.next_page_token = ""
        self.openings.stored.clear()


@asynccontextmanager
async def fake_services() -> AsyncIterator[FakeServices]:
    """Serve the three fakes on free ports of 127.0.0.1."""
    services = FakeServices()
    async with AsyncExitStack() as stack:
        for name, fake in (
            ("profiles", services.profiles),
            ("openings", services.openings),
            ("matching", services.matching),
        ):
            server = grpc.aio.server()
            _register(server, fake)
            health_pb2_grpc.add_HealthServicer_to_server(FakeHealth(fake), server)
            services.addresses[name] = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
            await server.start()
            stack.push_async_callback(server.stop, None)
        yield services


def _register(server: grpc.aio.Server, fake: Any) -> None:
    if isinstance(fake, FakeProfiles):
        profile_service_pb2_grpc.add_ProfileServiceServicer_to_server(fake, server)
        access_service_pb2_grpc.add_AccessServiceServicer_to_server(fake, server)
        caseload_service_pb2_grpc.add_CaseloadServiceServicer_to_server(fake, server)
        identity_service_pb2_grpc.add_IdentityServiceServicer_to_server(fake, server)
        consent_service_pb2_grpc.add_ConsentServiceServicer_to_server(fake, server)
        rights_service_pb2_grpc.add_RightsServiceServicer_to_server(fake, server)
        suggestion_service_pb2_grpc.add_SuggestionServiceServicer_to_server(fake, server)
    elif isinstance(fake, FakeOpenings):
        opening_service_pb2_grpc.add_OpeningServiceServicer_to_server(fake, server)
        publisher_service_pb2_grpc.add_PublisherServiceServicer_to_server(fake, server)
    else:
        matching_service_pb2_grpc.add_MatchingServiceServicer_to_server(fake, server)
        bulk_service_pb2_grpc.add_BulkServiceServicer_to_server(fake, server)
        candidate_service_pb2_grpc.add_CandidateServiceServicer_to_server(fake, server)
        text_service_pb2_grpc.add_TextServiceServicer_to_server(fake, server)
