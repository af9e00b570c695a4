"""Signing in and out over HTTP, and the sessions between."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.fakes.gateway_matches import FIRST
from tests.fakes.gateway_site import SEEKER_PROFILE, Clock, Site
from tests.integration.gateway.browsing import OURS, at_the_issuer, page, send_credentials, sign_in, token_in


async def test_signing_in_leads_home_with_a_new_session(http: httpx.AsyncClient) -> None:
    """303 to the role's own page; the session's id changes; the cookie is HttpOnly and Lax."""
    form = await at_the_issuer(http)
    before = http.cookies["sid"]
    answer = await http.get((await send_credentials(http, form, "seeker")).headers["location"])
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
    """An unknown user and a wrong password get the same page of the issuer, but for what each request carries along."""
    form = await at_the_issuer(http)
    pages = [await send_credentials(http, form, user, "wrong") for user in ("seeker", "nobody")]
    assert [page.status_code for page in pages] == [403, 403]
    assert pages[0].text == pages[1].text
    assert 'role="alert"' in pages[0].text
    assert "nobody" not in pages[1].text


async def test_six_tries_within_a_minute_are_too_many(http: httpx.AsyncClient, clock: Clock) -> None:
    """After five failures even the right password waits for a minute."""
    form = await at_the_issuer(http)
    for _ in range(5):
        await send_credentials(http, form, "newcomer", "wrong")
    assert (await send_credentials(http, form, "newcomer")).status_code == 403
    clock.forward(timedelta(seconds=61))
    assert (await sign_in(http, "newcomer")).status_code == 303


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_forms_from_elsewhere_are_refused(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """29: a POST that another site makes the browser send is 403, with the right token too."""
    await sign_in(http)
    data = {"csrf_token": token_in((await http.get("/me")).text)}
    assert (await http.post("/sign-out", data=data, headers=headers)).status_code == 403
    assert (await http.get("/me")).status_code == 200


async def test_an_answer_to_somebody_elses_request_signs_nobody_in(http: httpx.AsyncClient, site: Site) -> None:
    """A code that was made for another session (login CSRF), a second use, and no request at all sign nobody in."""
    async with httpx.AsyncClient(base_url=site.url, timeout=20) as attacker:
        sent = await send_credentials(attacker, await at_the_issuer(attacker), "seeker")
    await at_the_issuer(http)
    planted = await http.get(sent.headers["location"])
    assert planted.headers["location"] == "/sign-in/refused"
    assert (await http.get("/me")).status_code == 303
    own = await send_credentials(http, await at_the_issuer(http), "seeker")
    assert (await http.get(own.headers["location"])).headers["location"] == "/me"
    http.cookies.clear()
    assert (await http.get(own.headers["location"])).headers["location"] == "/sign-in/refused"


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"code": "made-up"}, {}])
async def test_what_the_issuer_did_not_grant_signs_nobody_in(http: httpx.AsyncClient, answer: dict[str, str]) -> None:
    """A refusal, a made-up code and an empty answer get one page: it did not work, and how to try again."""
    begun = await http.get("/sign-in")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    found = await http.get("/sign-in/callback", params={**answer, "state": state}, follow_redirects=True)
    assert found.status_code == 403
    assert 'role="alert"' in found.text
    assert "made-up" not in found.text
    assert (await http.get("/me")).status_code == 303


async def test_tokens_are_renewed_while_somebody_works(http: httpx.AsyncClient, site: Site, clock: Clock) -> None:
    """Past the token's five minutes the pages go on with a new one; requests that come together share one renewal."""
    await sign_in(http, "counsellor")
    used = set()
    for _ in range(3):
        clock.forward(timedelta(minutes=4))
        pages = await asyncio.gather(*(http.get("/caseload") for _ in range(4)))
        assert [page.status_code for page in pages] == [200] * 4
        used.add(site.services.profiles.last.metadata["authorization"])
    assert len(used) == 3


async def test_an_account_that_ends_is_signed_out(http: httpx.AsyncClient, site: Site, clock: Clock) -> None:
    """Once the token has to be renewed, whoever has no account any more has to sign in again, and cannot."""
    before = site.accounts_file.read_text()
    await sign_in(http, "counsellor")
    kept = [account for account in json.loads(before)["accounts"] if account["user"] != "counsellor"]
    site.accounts_file.write_text(json.dumps({"accounts": kept}))
    try:
        clock.forward(timedelta(minutes=4))
        assert (await http.get("/caseload")).status_code == 303
        sent = await send_credentials(http, await at_the_issuer(http), "counsellor")
        assert sent.status_code == 403
    finally:
        site.accounts_file.write_text(before)


async def test_a_profile_that_comes_later_shows(http: httpx.AsyncClient, site: Site) -> None:
    """A seeker without a profile is told so, and sees it as soon as there is one."""
    await sign_in(http, "newcomer")
    assert (await http.get("/me")).status_code == 200
    assert not [call for call in site.services.matching.calls if call.method == "ListMatches"]
    site.services.profiles.owned["user-2"] = SEEKER_PROFILE
    await http.get("/me")
    assert [call for call in site.services.matching.calls if call.method == "ListMatches"]


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
