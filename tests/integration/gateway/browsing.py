"""What a browser does with the pages, for tests over plain HTTP."""

import html
import re

import httpx

from tests.fakes.gateway_site import PASSWORD

OURS = {"Sec-Fetch-Site": "same-origin"}


def token_in(page: str) -> str:
    """The CSRF token of a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found.group(1)


async def at_the_issuer(http: httpx.AsyncClient, **query: str) -> httpx.Response:
    """Begin to sign in: the issuer's page."""
    begun = await http.get("/sign-in", params=query)
    assert begun.status_code == 303, begun.text
    return await http.get(begun.headers["location"])


async def send_credentials(
    http: httpx.AsyncClient, form: httpx.Response, user: str, password: str = PASSWORD
) -> httpx.Response:
    """Send the issuer's form."""
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.text))
    data = {**{name: html.unescape(value) for name, value in fields.items()}, "user": user, "password": password}
    return await http.post(str(form.url.copy_with(query=None)), data=data)


async def sign_in(http: httpx.AsyncClient, user: str = "seeker", **query: str) -> httpx.Response:
    """Sign in at the issuer and come back: the gateway's answer to the browser that returns."""
    sent = await send_credentials(http, await at_the_issuer(http, **query), user)
    assert sent.status_code == 303, sent.text
    return await http.get(sent.headers["location"])


async def page(http: httpx.AsyncClient, path: str, language: str = "en") -> str:
    """The text of a page."""
    answer = await http.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def send_form(http: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """Send a form of a page that is open, as a browser does, in English."""
    token = token_in((await http.get(path.split("/feedback")[0].split("/contests")[0].split("/correct")[0])).text)
    headers = {**OURS, "Accept-Language": "en"}
    return await http.post(path, data={"csrf_token": token, **form}, headers=headers)
