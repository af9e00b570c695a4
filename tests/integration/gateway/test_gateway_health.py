"""Health, document, log."""

import io
import json
from collections.abc import Iterator

import httpx
import pytest
import structlog
from grpc_health.v1 import health_pb2

from services.gateway import examples
from services.gateway.api import OPERATIONS
from shared.runtime.log import configure
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site


async def test_the_gateway_is_ready_when_every_service_serves(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """/readyz is 200 with all serving, else 503 with the state of each; /healthz does not depend on them."""
    ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    services.matching.health = health_pb2.HealthCheckResponse.NOT_SERVING
    not_ready = await http.get("/readyz")
    assert not_ready.status_code == 503
    assert not_ready.json()["services"] == {"profiles": "SERVING", "openings": "SERVING", "matching": "NOT_SERVING"}
    assert (await http.get("/healthz")).json() == {"status": "alive"}


async def test_a_draining_gateway_is_not_ready(http: httpx.AsyncClient, site: Site) -> None:
    """On its way out it still answers, and says that it wants nobody new."""
    site.draining.on = True
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "draining")
    assert (await http.get("/v1/openings")).status_code == 200


async def test_the_document_is_served(http: httpx.AsyncClient) -> None:
    """/openapi.json lists every operation."""
    document = (await http.get("/openapi.json")).json()
    ids = {operation["operationId"] for entry in document["paths"].values() for operation in entry.values()}
    assert ids == {operation.id for operation in OPERATIONS}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the gateway logs."""
    stream = io.StringIO()
    configure("gateway", format="json", stream=stream, strict=True)
    yield stream
    structlog.reset_defaults()


async def test_each_request_leaves_one_line_without_ids(http: httpx.AsyncClient, site: Site, log: io.StringIO) -> None:
    """Template, status, role, reason, duration and trace; neither query nor the id of a person."""
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    headers = {**site.bearer("counsellor"), "traceparent": traceparent}
    await http.get(f"/v1/profiles/{SEEKER_PROFILE}/matches?language=fi&page_size=3", headers=headers)
    await http.get(f"/v1/profiles/{SEEKER_PROFILE}")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    read, refused = (line for line in lines if line["event"] == "request.answered")
    assert read["route"] == "/v1/profiles/{profile}/matches"
    assert (read["method"], read["status"], read["role"]) == ("GET", 200, "counsellor")
    assert read["trace_id"] == "a" * 32
    assert read["duration_ms"] > 0
    assert (refused["status"], refused["role"], refused["reason"]) == (401, "anonymous", "CREDENTIALS_MISSING")
    assert SEEKER_PROFILE not in log.getvalue()
    assert "page_size" not in log.getvalue()


async def test_secrets_are_never_logged(http: httpx.AsyncClient, site: Site, log: io.StringIO) -> None:
    """Neither keys, tokens, passwords nor bodies reach the log."""
    key = "s" * 43
    token = site.token()
    await http.put("/v1/publishers/a/vacancies/secret-id", json=examples.VACANCY, headers={"X-API-Key": f"k.{key}"})
    await http.get("/v1/caseload", headers={"Authorization": f"Bearer {token}x"})
    await http.post("/sign-in", data={"user": "a-user", "password": "a-secret-password"})
    for secret in (key, token, "a-user", "a-secret-password", "secret-id", "hoiva-avustaja"):
        assert secret not in log.getvalue()
