"""A list as it changes, over HTTP: server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import httpx
import pytest
from polku.matching.v1 import watch_pb2

from shared.kernel.errors import FailedPrecondition, PermissionDenied
from tests.fakes.gateway_matches import DECISION, FIRST, LEFT_OUT, OPENINGS, match
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site

PATH = f"/v1/profiles/{SEEKER_PROFILE}/matches:watch"
PATIENCE = 10.0


def told(since: str, **more: object) -> watch_pb2.WatchMatchesResponse:
    """A message of matching."""
    return watch_pb2.WatchMatchesResponse(since=since, **more)  # type: ignore[arg-type]


def fitting() -> watch_pb2.WatchMatchesResponse.Fitting:
    """The first opening, as news."""
    return watch_pb2.WatchMatchesResponse.Fitting(matches=[match(0, *OPENINGS[0], "en")], decision=DECISION)


async def blocks(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream: field → value, comments under ""."""
    block: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            field, _, value = line.partition(":")
            block[field] = value.strip()
        elif block:
            yield block
            block = {}


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, f"not within {PATIENCE:.0f} s: {what}"
        await asyncio.sleep(0.01)


async def test_changes_are_told_as_events(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Each event has the token as its id and the message as its data; what says nothing moves only the id on."""
    async with http.stream("GET", f"{PATH}?since=s1&language=en", headers=site.bearer()) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert services.matching.last.request.since == "s1"
        events = blocks(answer)
        assert (await anext(events)) == {"": "", "retry": "3000", "id": "begun"}
        services.matching.news.put_nowait(told("s2", fitting=fitting(), gone=[f"openings/{LEFT_OUT}"]))
        services.matching.news.put_nowait(told("s3"))
        services.matching.news.put_nowait(told("s4", many_changes=True))
        assert (await anext(events)) == {"": "", "id": "begun"}
        change = await anext(events)
        assert (change["event"], change["id"]) == ("change", "s2")
        data = json.loads(change["data"])
        assert data["gone"] == [f"openings/{LEFT_OUT}"]
        assert data["fitting"]["matches"][0]["opening"]["name"] == f"openings/{FIRST}"
        assert (await anext(events)) == {"": "", "id": "s3"}
        many = await anext(events)
        assert json.loads(many["data"]) == {"manyChanges": True}
    await until(lambda: services.matching.watching == 0, "matching's stream has ended with the client's")


async def test_a_client_that_comes_back_goes_on_where_it_was(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Last-Event-ID, as browsers send it, goes before the parameter of the address."""
    headers = {**site.bearer(), "Last-Event-ID": "s9"}
    async with http.stream("GET", f"{PATH}?since=s1", headers=headers) as answer:
        assert answer.status_code == 200
    assert services.matching.last.request.since == "s9"
    await until(lambda: services.matching.watching == 0, "the stream has ended")


async def test_a_stream_that_cannot_begin_is_a_problem(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Refused before the first event: an ordinary answer with status and reason."""
    services.matching.failures["WatchMatches"] = FailedPrecondition("LIST_OUTDATED", "Ask for the list anew.")
    answer = await http.get(PATH, headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (409, "LIST_OUTDATED")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stream_that_cannot_go_on_says_why(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """When access ends meanwhile, the last event has the problem, and the stream is over."""
    async with http.stream("GET", PATH, headers=site.bearer()) as answer:
        services.matching.news.put_nowait(PermissionDenied())
        found = [block async for block in blocks(answer)]
    assert found[-1]["event"] == "end"
    assert json.loads(found[-1]["data"])["reason"] == "ACCESS_DENIED"


async def test_a_stream_ends_with_its_token(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """A token that lasts for a second more: then the stream ends by itself and says so."""
    now = int(datetime.now(UTC).timestamp())
    async with http.stream("GET", PATH, headers=site.bearer(exp=now + 2)) as answer:
        async with asyncio.timeout(PATIENCE):
            found = [block async for block in blocks(answer)]
    assert json.loads(found[-1]["data"])["reason"] == "TOKEN_EXPIRED"
    await until(lambda: services.matching.watching == 0, "matching's stream has ended as well")


async def test_streams_end_when_the_process_does(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Draining ends every stream at once, without a last event: clients connect again, to another process."""
    async with http.stream("GET", PATH, headers=site.bearer()) as answer, aclosing(blocks(answer)) as events:
        await anext(events)
        site.draining.on = True
        async with asyncio.timeout(PATIENCE):
            rest = [block async for block in events]
    assert all("event" not in block for block in rest)
    site.draining.on = False


@pytest.mark.parametrize("role", ["seeker", "counsellor"])
async def test_who_leaves_before_anything_happens_leaves_nothing_behind(
    http: httpx.AsyncClient, site: Site, services: FakeServices, role: str
) -> None:
    """Twenty clients that go at once leave no stream open behind the gateway."""
    for _ in range(20):
        async with http.stream("GET", PATH, headers=site.bearer(role)) as answer:
            assert answer.status_code == 200
    await until(lambda: services.matching.watching == 0, "all streams have ended")
