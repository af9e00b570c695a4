"""Signing in and out over HTTP, and the sessions between."""

from datetime import timedelta

import httpx
import pytest

from tests.fakes.gateway_matches import FIRST
from tests.fakes.gateway_site import PASSWORD, SEEKER_PROFILE, Clock
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in


async def test_signing_in_leads_home_with_a_new_session(http: httpx.AsyncClient) -> None:
    """303 to the role's own page; the session's id changes; the cookie is HttpOnly and Lax."""
    await http.get("/sign-in")
    before = http.cookies["sid"]
    answer = await sign_in(http)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert http.cookies["sid"] != before
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await sign_in_as(http, "counsellor")).headers["location"] == "/caseload"


async def sign_in_as(http: httpx.AsyncClient, user: str) -> httpx.Response:
    """Sign in as another user, in a fresh session."""
    http.cookies.clear()
    return await sign_in(http, user)


async def test_the_id_from_before_signing_in_is_worth_nothing(http: httpx.AsyncClient) -> None:
    """A session id planted before sign-in does not become a signed-in one."""
    await http.get("/sign-in")
    planted = http.cookies["sid"]
    await sign_in(http)
    http.cookies.clear()
    http.cookies.set("sid", planted)
    assert (await http.get("/me")).status_code == 303


async def test_wrong_credentials_look_alike(http: httpx.AsyncClient) -> None:
    """An unknown user and a wrong password get the same page, word by word."""
    pages = []
    for user in ("seeker", "nobody"):
        form = await http.get("/sign-in")
        data = {"user": user, "password": "wrong", "csrf_token": token_in(form.text)}
        answer = await http.post("/sign-in", data=data, headers=OURS)
        assert answer.status_code == 403
        pages.append(answer.text)
    assert pages[0] == pages[1]
    assert 'role="alert"' in pages[0]
    assert "nobody" not in pages[1]


async def test_six_tries_within_a_minute_are_too_many(http: httpx.AsyncClient, clock: Clock) -> None:
    """After five failures even the right password waits for a minute."""
    for _ in range(5):
        form = await http.get("/sign-in")
        data = {"user": "newcomer", "password": "wrong", "csrf_token": token_in(form.text)}
        await http.post("/sign-in", data=data, headers=OURS)
    assert (await sign_in(http, "newcomer")).status_code == 403
    clock.forward(timedelta(seconds=61))
    assert (await sign_in(http, "newcomer")).status_code == 303


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_forms_from_elsewhere_are_refused(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """29: a POST that another site makes the browser send is 403, with the right token too."""
    form = await http.get("/sign-in")
    data = {"user": "seeker", "password": PASSWORD, "csrf_token": token_in(form.text)}
    assert (await http.post("/sign-in", data=data, headers=headers)).status_code == 403
    assert (await http.get("/me")).status_code == 303


async def test_a_form_needs_its_own_token(http: httpx.AsyncClient) -> None:
    """29: without the session's token the form is refused, also from our own site, and also for signing out."""
    await sign_in(http)
    for data in ({}, {"csrf_token": "x"}):
        assert (await http.post("/sign-out", data=data, headers=OURS)).status_code == 403
    assert (await http.get("/me")).status_code == 200


async def test_signing_out_ends_the_session(http: httpx.AsyncClient) -> None:
    """After sign-out the old cookie opens nothing."""
    await sign_in(http)
    old = http.cookies["sid"]
    out = await http.post("/sign-out", data={"csrf_token": token_in((await http.get("/me")).text)}, headers=OURS)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert "sid" not in http.cookies
    http.cookies.set("sid", old)
    assert (await http.get("/me")).status_code == 303


async def test_a_session_ends_by_itself(http: httpx.AsyncClient, clock: Clock) -> None:
    """After 20 idle minutes the pages ask to sign in again, and lead back afterwards."""
    await sign_in(http)
    clock.forward(timedelta(minutes=21))
    answer = await http.get(f"/me/openings/{FIRST}")
    assert answer.headers["location"] == f"/sign-in?next=%2Fme%2Fopenings%2F{FIRST}"
    http.cookies.clear()
    assert (await sign_in(http, next="/me")).headers["location"] == "/me"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "me"])
async def test_signing_in_leads_nowhere_else(http: httpx.AsyncClient, target: str) -> None:
    """Only paths of this site are followed."""
    assert (await sign_in(http, next=target)).headers["location"] == "/me"


@pytest.mark.parametrize(
    ("user", "path"), [("seeker", "/caseload"), ("seeker", f"/people/{SEEKER_PROFILE}"), ("counsellor", "/me")]
)
async def test_pages_of_other_roles_are_closed(http: httpx.AsyncClient, user: str, path: str) -> None:
    """A role sees its own pages only, and the others as if they were not there."""
    await sign_in(http, user)
    assert (await http.get(path)).status_code == 403


async def test_the_operator_is_told_that_there_are_no_pages(http: httpx.AsyncClient) -> None:
    """A role without pages gets the start page, with the way to the API."""
    answer = await sign_in(http, "operator")
    assert answer.headers["location"] == "/"
    assert "/openapi.json" in await page(http, "/")
