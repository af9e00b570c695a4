"""Bodies, parameters and paths that cannot be used; the numbers are those of the list of bad inputs in the design."""

import asyncio
from typing import Any

import httpx
import pytest

from services.gateway import examples
from services.gateway.security_headers import HEADERS
from shared.kernel.errors import FieldViolation, InvalidArgument
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site

KEY = {"X-API-Key": f"kid-1.{'s' * 43}"}
PATH = "/v1/publishers/kielo-jobs/vacancies/4711"
PERSON = f"/v1/profiles/{SEEKER_PROFILE}"


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b'{"titles": [', 400, "JSON_INVALID"),
        (b'{"url": "\xff"}', 400, "JSON_INVALID"),
        (b'{"url": "\\ud800"}', 400, "BODY_INVALID"),
        (b'{"vacancy": {"pay": {"minimum": NaN}}}', 400, "JSON_INVALID"),
        (b'{"vacancy": {"pay": {"minimum": 1e400}}}', 400, "BODY_INVALID"),
        (b'{"publishTime": "9999-99-99"}', 400, "BODY_INVALID"),
        (b"[" * 65_536, 400, "JSON_INVALID"),
        (b'{"url": "' + b"a" * 65_536 + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
async def test_bodies_that_cannot_be_used_are_refused(
    http: httpx.AsyncClient, services: FakeServices, content: bytes, status: int, reason: str
) -> None:
    """1, 2, 10, 12: broken JSON, bad UTF-8, no numbers, bottomless and over-long bodies are not sent on."""
    answer = await http.put(PATH, content=content, headers=KEY)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert services.openings.calls == []


async def test_a_long_body_without_a_length_is_stopped(http: httpx.AsyncClient, services: FakeServices) -> None:
    """10: a body in chunks is counted while it comes."""

    async def chunks() -> Any:
        for _ in range(80):
            yield b"x" * 1024

    answer = await http.put(PATH, content=chunks(), headers=KEY)
    assert (answer.status_code, answer.json()["reason"]) == (413, "BODY_TOO_LARGE")


async def test_a_body_of_another_kind_is_415(http: httpx.AsyncClient) -> None:
    """Forms and XML are not JSON; a vendor's JSON is."""
    form = await http.put(PATH, content=b"a=b", headers={**KEY, "Content-Type": "application/x-www-form-urlencoded"})
    assert (form.status_code, form.json()["reason"]) == (415, "MEDIA_TYPE_UNSUPPORTED")
    merge = {**KEY, "Content-Type": "application/merge-patch+json; charset=utf-8"}
    assert (await http.put(PATH, json=examples.VACANCY, headers=merge)).status_code == 201


async def test_a_service_that_checks_more_is_heard(http: httpx.AsyncClient, services: FakeServices) -> None:
    """6, 8, 13: what only the service can know comes back with its reason and its fields, named as the client wrote."""
    violation = FieldViolation("opening.titles[0].text", "TEXT_INVALID", "must have visible characters.")
    services.openings.failures["PublishOpening"] = InvalidArgument("OPENING_INVALID", "Wrong.", violations=(violation,))
    answer = await http.put(PATH, json=examples.VACANCY, headers=KEY)
    assert (answer.status_code, answer.json()["violations"][0]["field"]) == (400, "titles[0].text")
    services.openings.failures["PublishOpening"] = InvalidArgument("REQUEST_ID_REUSED", "Another body.")
    reused = await http.put(PATH, json=examples.VACANCY, headers=KEY)
    assert (reused.status_code, reused.json()["reason"]) == (400, "REQUEST_ID_REUSED")


@pytest.mark.parametrize("size", ["0", "-1", "101", "1000000000", "ten", "", "1.5", "１"])
async def test_pages_have_a_size_from_1_to_100(http: httpx.AsyncClient, site: Site, size: str) -> None:
    """33: other sizes are refused, not silently changed."""
    answer = await http.get(f"{PERSON}/matches?page_size={size}", headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (400, "PAGE_SIZE_OUT_OF_RANGE")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("gender=male", "PARAMETER_UNKNOWN"),
        ("page_sise=5", "PARAMETER_UNKNOWN"),
        ("kind=vacancy&kind=service", "PARAMETER_TWICE"),
        ("kind=job", "PARAMETER_INVALID"),
        ("x" * 3000, "QUERY_TOO_LONG"),
    ],
)
async def test_unknown_parameters_are_refused(http: httpx.AsyncClient, site: Site, query: str, reason: str) -> None:
    """35: there is no filter by gender, nationality, age or name, and a misspelt one is not ignored."""
    answer = await http.get(f"{PERSON}/matches?{query}", headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)


async def test_a_misspelt_parameter_is_told_its_nearest(http: httpx.AsyncClient, site: Site) -> None:
    """The answer names the parameter that was probably meant."""
    answer = await http.get(f"{PERSON}/matches?page_sise=5", headers=site.bearer())
    assert answer.json()["violations"][0]["nearest"] == "page_size"


@pytest.mark.parametrize("name", ["x", "019A4C1E-7D52-7C31-9A64-2F8E5B6D1C07", "..%2F..%2Fetc", "a'%20OR%20'1'='1"])
async def test_ids_of_another_form_are_refused(
    http: httpx.AsyncClient, site: Site, services: FakeServices, name: str
) -> None:
    """What is no id reaches no service."""
    answer = await http.get(f"/v1/profiles/{name}", headers=site.bearer())
    assert answer.status_code in (400, 404)
    assert services.profiles.calls == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1", 404), ("GET", "/v1/nothing", 404), ("GET", PERSON + "/", 404), ("PUT", "/v1/openings", 405)],
)
async def test_what_is_not_there_is_a_problem_too(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    """Unknown paths and methods under /v1 are answered as problem documents."""
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/v1/openings", "/v1/nothing", "/nothing", "/healthz", "/static/no"])
async def test_every_answer_has_the_security_headers(http: httpx.AsyncClient, path: str) -> None:
    """Also errors carry the policy; nothing says which server answered."""
    answer = await http.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_a_body_that_never_ends_is_given_up(site: Site) -> None:
    """25: a body that stops coming is answered 408 after 10 s, and meanwhile others are served."""
    host, _, port = site.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"PUT {PATH} HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY['X-API-Key']}\r\nContent-Length: 100\r\n\r\n{{"
    writer.write(head.encode())
    await writer.drain()
    async with httpx.AsyncClient(base_url=site.url) as other:
        assert (await other.get("/healthz")).status_code == 200
    async with asyncio.timeout(20):
        status = await reader.readline()
    assert b" 408 " in status
    writer.close()
