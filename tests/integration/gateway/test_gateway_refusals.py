"""What the API refuses, and how; the numbers are those of the list of bad inputs in the design."""

import re
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
import pytest

from services.gateway import examples
from services.gateway.api import OPERATIONS
from services.gateway.operations import Access, Operation
from services.gateway.problems import STATUS
from shared.kernel.errors import BY_CODE, FieldViolation, ResourceExhausted
from tests.fakes.gateway_candidates import YES
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import ISSUER, SEEKER_PROFILE, Site, new_key

KEY = {"X-API-Key": f"kid-1.{'s' * 43}"}
PATH = "/v1/publishers/kielo-jobs/vacancies/4711"
PERSON = f"/v1/profiles/{SEEKER_PROFILE}"
CLOSED = [operation for operation in OPERATIONS if operation.access is not Access.ANYONE]
PERSONAL = [operation for operation in OPERATIONS if operation.access is Access.TOKEN]


def named(operation: Operation) -> str:
    """A test's name."""
    return operation.id


def address(operation: Operation) -> str:
    """A path of the operation."""
    values = {"publisher": "kielo-jobs", "external_id": "4711", "kid": "k1", "handle": YES}
    return re.sub(r"{(\w+)}", lambda part: values.get(part.group(1), SEEKER_PROFILE), operation.path)


def fakes(services: FakeServices) -> list[Any]:
    """All fakes."""
    return [services.profiles, services.openings, services.matching]


async def send(http: httpx.AsyncClient, operation: Operation, headers: dict[str, str]) -> httpx.Response:
    """Call an operation with its own example."""
    return await http.request(operation.method, address(operation), json=operation.example, headers=headers)


@pytest.mark.parametrize("operation", CLOSED, ids=named)
async def test_nobody_is_refused_before_a_service_hears_of_it(
    http: httpx.AsyncClient, services: FakeServices, operation: Operation
) -> None:
    """3: without credentials the answer is 401 with the schemes, and no service was called."""
    answer = await send(http, operation, {})
    assert (answer.status_code, answer.json()["reason"]) == (401, "CREDENTIALS_MISSING")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not any(fake.calls for fake in fakes(services))


@pytest.mark.parametrize("operation", PERSONAL, ids=named)
async def test_a_partners_key_opens_nothing_about_a_person(
    http: httpx.AsyncClient, services: FakeServices, operation: Operation
) -> None:
    """Keys are for publishing: about persons, and for operators' work, they count as no credentials."""
    answer = await send(http, operation, KEY)
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_NEEDED")
    assert not any(fake.calls for fake in fakes(services))


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
async def test_every_operation_passes_a_refusal_on(
    http: httpx.AsyncClient, site: Site, services: FakeServices, operation: Operation
) -> None:
    """26: whatever a service refuses is refused by every operation alike, with the same bytes but for the trace."""
    denied = BY_CODE["PERMISSION_DENIED"]("ACCESS_DENIED", "The resource does not exist, or you may not use it.")
    for fake in fakes(services):
        fake.failures.update(dict.fromkeys(_methods(fake), denied))
    answer = await send(http, operation, site.bearer("operator"))
    document = answer.json()
    assert re.fullmatch(r"[0-9a-f]{32}", document.pop("traceId"))
    assert (answer.status_code, document) == (
        403,
        {
            "type": "urn:polku:problem:access-denied",
            "title": "Not allowed, or not there",
            "status": 403,
            "detail": "The resource does not exist, or you may not use it.",
            "reason": "ACCESS_DENIED",
        },
    )


def _methods(fake: Any) -> list[str]:
    return [name for name in dir(fake) if name[0].isupper()]


@pytest.mark.parametrize("code", BY_CODE)
async def test_every_code_of_a_service_has_its_status(
    http: httpx.AsyncClient, site: Site, services: FakeServices, code: str
) -> None:
    """Reason, metadata and violations of the service arrive unchanged, under the status of the code."""
    violation = FieldViolation("profile.work.licences[0].code", "CODE_UNKNOWN", "Use a known code.", "x", "y")
    error = BY_CODE[code]("SOME_REASON", "What to do.", metadata={"key": "value"}, violations=(violation,))
    services.profiles.failures["UpdateProfile"] = error
    answer = await http.patch(PERSON, json={"work": {}}, headers=site.bearer())
    document = answer.json()
    assert answer.status_code == STATUS[code]
    assert (document["reason"], document["detail"], document["metadata"]["key"]) == (
        "SOME_REASON",
        "What to do.",
        "value",
    )
    assert document["violations"][0] == {
        "field": "work.licences[0].code",
        "reason": "CODE_UNKNOWN",
        "description": "Use a known code.",
        "value": "x",
        "nearest": "y",
    }


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (grpc.StatusCode.UNAVAILABLE, 503),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 504),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 429),
        (grpc.StatusCode.UNKNOWN, 500),
        (grpc.StatusCode.DATA_LOSS, 500),
        (grpc.StatusCode.UNIMPLEMENTED, 500),
    ],
)
async def test_failures_that_are_not_ours_leak_nothing(
    http: httpx.AsyncClient, site: Site, services: FakeServices, code: grpc.StatusCode, status: int
) -> None:
    """A library's own text does not reach the client, whatever its code is."""
    services.matching.failures["ListMatches"] = code
    answer = await http.get(f"{PERSON}/matches", headers=site.bearer())
    assert answer.status_code == status
    assert "internal text" not in answer.text
    assert answer.headers.get("retry-after") == ("1" if status in (429, 503) else None)


async def test_a_quota_says_when_to_come_back(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """429 with the Retry-After of the service."""
    services.openings.failures["ListOpenings"] = ResourceExhausted("QUOTA", "Wait.", retry_after=7)
    answer = await http.get("/v1/openings")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def _other_key(site: Site) -> str:
    return site.token(issuer=new_key())


@pytest.mark.parametrize(
    "make",
    [
        lambda site: "x",
        lambda site: "a.b.c",
        lambda site: site.token(exp=1_700_000_000),
        lambda site: site.token(aud="elsewhere"),
        lambda site: site.token(iss="https://elsewhere.test"),
        lambda site: site.token(iat=int(datetime.now(UTC).timestamp()) + 3600),
        lambda site: site.token("king"),
        lambda site: site.token("anonymous"),
        lambda site: site.token("service", sub="service:matching", iss=ISSUER),
        lambda site: site.token()[:-4] + "AAAA",
        lambda site: site.token() + "." + site.token(),
        lambda site: "x" * 7000,
        _other_key,
    ],
)
async def test_tokens_that_do_not_hold_are_refused(
    http: httpx.AsyncClient, site: Site, services: FakeServices, make: Any
) -> None:
    """Broken, foreign, expired, early and self-made tokens all give the same 401, before a service is called."""
    answer = await http.get(PERSON, headers={"Authorization": f"Bearer {make(site)}"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_INVALID")
    assert services.profiles.calls == []


@pytest.mark.parametrize("authorization", ["Basic eDp5", "PolkuKey short", "PolkuKey a.b c", "Bearer", "Token x"])
async def test_other_schemes_are_refused(http: httpx.AsyncClient, authorization: str) -> None:
    """What is neither a bearer token nor a partner key is 401."""
    answer = await http.put(PATH, json=examples.VACANCY, headers={"Authorization": authorization})
    assert answer.status_code == 401


async def test_two_credentials_are_refused(http: httpx.AsyncClient, site: Site) -> None:
    """A request speaks for one caller."""
    answer = await http.put(PATH, json=examples.VACANCY, headers={**KEY, **site.bearer()})
    assert (answer.status_code, answer.json()["reason"]) == (400, "CREDENTIALS_AMBIGUOUS")
