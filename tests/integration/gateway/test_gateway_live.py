"""The stream behind the live region of a seeker's list."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import httpx
import pytest
from polku.matching.v1 import matching_service_pb2 as pb
from polku.matching.v1 import watch_pb2

from services.gateway.sessions import IDLE
from shared.kernel.errors import FailedPrecondition, PermissionDenied, PolkuError, ResourceExhausted
from tests.fakes.gateway_matches import DECISION, FIRST, OPENINGS, match
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import Clock
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in
from tests.integration.gateway.test_gateway_watch import blocks, told, until

PATH = "/me/watch?since=listed"


def fitting(*numbers: int) -> watch_pb2.WatchMatchesResponse.Fitting:
    """Some openings, as news."""
    found = [match(0, *OPENINGS[number], "en") for number in numbers]
    return watch_pb2.WatchMatchesResponse.Fitting(matches=found, decision=DECISION)


async def news(events: AsyncIterator[dict[str, str]]) -> str:
    """The next words."""
    async for block in events:
        if block.get("event") == "news":
            return str(json.loads(block["data"])["text"])
    raise AssertionError("the stream has ended")


async def test_the_list_names_the_stream_that_goes_on_from_it(http: httpx.AsyncClient, services: FakeServices) -> None:
    """A polite live region with the token of the list, and one script file of ours; none where there is no token."""
    await sign_in(http)
    text = await page(http, "/me")
    assert f'role="status" data-live="{PATH}"' in text
    assert re.findall(r"<script[^>]*>", text) == re.findall(
        r'<script src="/static/live\.js\?v=[0-9a-f]{12}" defer>', text
    )
    script = re.search(r'src="(/static/live\.js[^"]*)"', text)
    assert script
    assert (await http.get(html.unescape(script.group(1)))).headers["content-type"].startswith("text/javascript")
    for other in ("/me?kind=training", "/me/left-out"):
        assert "<script" not in await page(http, other)
    services.matching.answers["ListMatches"] = pb.ListMatchesResponse()
    assert "data-live=" not in await page(http, "/me")


async def test_new_matches_are_counted_in_words(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Each opening once, without those that are gone again; no title, no id, nothing but the words."""
    await sign_in(http)
    async with (
        http.stream("GET", PATH, headers={"Accept-Language": "en"}) as answer,
        aclosing(blocks(answer)) as events,
    ):
        assert services.matching.last.request.since == "listed"
        services.matching.news.put_nowait(told("s1", fitting=fitting(0)))
        assert await news(events) == "1 new or changed opening fits."
        services.matching.news.put_nowait(told("s2", fitting=fitting(0, 1, 2)))
        assert await news(events) == "3 new or changed openings fit."
        services.matching.news.put_nowait(told("s3", gone=[f"openings/{FIRST}"]))
        assert await news(events) == "2 new or changed openings fit."
        services.matching.news.put_nowait(told("s4", gone=[OPENINGS[1][0].name, OPENINGS[2][0].name]))
        assert await news(events) == "The list has changed."
    await until(lambda: services.matching.watching == 0, "matching's stream has ended with the page")


async def test_much_news_is_told_as_that_and_ends_the_stream(http: httpx.AsyncClient, services: FakeServices) -> None:
    """There is nothing to count any more: the script is told to stop asking."""
    await sign_in(http)
    async with http.stream("GET", f"{PATH}&lang=fi") as answer:
        services.matching.news.put_nowait(told("s1", many_changes=True))
        found = [block async for block in blocks(answer)]
    assert json.loads(found[-2]["data"])["text"] == "Luettelo on muuttunut."
    assert found[-1]["event"] == "end"


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (FailedPrecondition("LIST_OUTDATED", "Ask anew."), 200, "The list has changed."),
        (FailedPrecondition("MATCHING_PAUSED", "Paused."), 204, ""),
        (ResourceExhausted("WATCH_QUOTA_USED", "Too many."), 204, ""),
        (PermissionDenied(), 204, ""),
    ],
)
async def test_a_stream_that_cannot_begin_disturbs_nobody(
    http: httpx.AsyncClient, services: FakeServices, failure: PolkuError, status: int, words: str
) -> None:
    """204 tells a browser not to try again; a list of a process that has ended is an outdated one."""
    services.matching.failures["WatchMatches"] = failure
    await sign_in(http)
    answer = await http.get(PATH, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert words in answer.text


async def test_nothing_is_told_after_signing_out(http: httpx.AsyncClient, services: FakeServices) -> None:
    """The stream of a page that is still open in another tab ends with the session."""
    await sign_in(http)
    token = token_in((await http.get("/me")).text)
    async with http.stream("GET", PATH) as answer, aclosing(blocks(answer)) as events:
        assert (await anext(events))["retry"]
        await http.post("/sign-out", data={"csrf_token": token}, headers=OURS)
        services.matching.news.put_nowait(told("s1", fitting=fitting(0)))
        async with asyncio.timeout(10):
            rest = [block async for block in events]
    assert all(block.get("event") != "news" for block in rest)


async def test_an_open_page_keeps_nobody_signed_in(http: httpx.AsyncClient, clock: Clock) -> None:
    """What a script asks for is no visit: after 20 minutes without one the session is over."""
    await sign_in(http)
    clock.forward(IDLE - timedelta(minutes=1))
    async with http.stream("GET", PATH) as answer:
        assert answer.status_code == 200
    clock.forward(timedelta(minutes=2))
    assert (await http.get("/me")).headers["location"].startswith("/sign-in")
