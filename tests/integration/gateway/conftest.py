"""The gateway before fake services, over real HTTP and gRPC."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.gateway_services import FakeServices, fake_services
from tests.fakes.gateway_site import SEEKER_PROFILE, Clock, Site, gateway_site


@pytest.fixture(scope="session")
async def running_services() -> AsyncIterator[FakeServices]:
    """The fake services, started once."""
    async with fake_services() as services:
        yield services


@pytest.fixture(scope="session")
def clock() -> Clock:
    """The gateway's time."""
    return Clock()


@pytest.fixture(scope="session")
async def running_site(
    running_services: FakeServices, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The gateway, started once."""
    async with gateway_site(running_services, tmp_path_factory.mktemp("gateway"), clock=clock) as site:
        yield site


@pytest.fixture
def services(running_services: FakeServices) -> FakeServices:
    """The fake services without anything that another test left, with one profile."""
    running_services.reset()
    running_services.profiles.put(SEEKER_PROFILE, "K-1042", "uk")
    return running_services


@pytest.fixture
def site(running_site: Site, services: FakeServices) -> Site:
    """The gateway before fresh services."""
    running_site.draining.on = False
    return running_site


@pytest.fixture
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A client without cookies."""
    async with httpx.AsyncClient(base_url=site.url, timeout=20) as client:
        yield client
