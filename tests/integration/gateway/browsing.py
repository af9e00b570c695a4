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


async def sign_in(http: httpx.AsyncClient, user: str = "seeker", **more: str) -> httpx.Response:
    """Sign in through the form."""
    form = await http.get("/sign-in")
    data = {"user": user, "password": PASSWORD, "csrf_token": token_in(form.text), **more}
    return await http.post("/sign-in", data=data, headers=OURS)


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
