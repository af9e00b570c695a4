"""Two serving processes over one store and the same consumers: what one of them takes, both know."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import grpc
import psycopg
import pytest

from tests.integration.matching.calls import City, Seeker, a_vacancy, bare_id, eventually, text_values
from tests.integration.matching.conftest import city_of
from tests.integration.matching.test_watch_process import told, watch
from tests.servers import NatsServer, PostgresServer, free_port

SOON = 1.0
"""Seconds within which both know."""
SOME = 8
"""Openings: enough for each of the two to take some of them."""
Pair = tuple[City, City]


@pytest.fixture(scope="module")
async def pair(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    """Both, ready to answer, with an encoder at work; each has a saved index of its own."""
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    async with city_of(postgres_server, broker, folders[0]) as first:
        second = replace(first.process, folder=folders[1], port=free_port())
        try:
            for process, folder in zip((first.process, second), folders, strict=True):
                process.changes = {"POLKU_INDEX_DIR": str(folder / "index")}
                await process.start()
            async with grpc.aio.insecure_channel(second.address) as channel, first.process.encoding():
                yield first, replace(first, process=second, channel=channel)
        finally:
            second.remove()


def at_both(pair: Pair, seeker: Seeker) -> tuple[Seeker, Seeker]:
    """The same person as a caller of either."""
    return seeker, replace(seeker, city=pair[1])


def taken_by(city: City) -> int:
    """How many events of openings this process has taken."""
    return sum('"consumer": "matching-openings"' in line for line in city.process.log.splitlines())


async def test_both_list_what_either_has_taken(pair: Pair) -> None:
    """Published, changed and withdrawn, within a second; the events are shared between the two."""
    callers = at_both(pair, await pair[0].person())
    openings = [a_vacancy(f"Siivooja {number}") for number in range(SOME)]
    before = [taken_by(city) for city in pair]

    async def both_list(versions: dict[str, int]) -> bool:
        names = {opening.name for opening in openings}
        found = [await caller.listed() for caller in callers]
        return all({name: each[name] for name in names & each.keys()} == versions for each in found)

    for opening in openings:
        began = time.monotonic()
        await pair[0].publish(opening)
        expected = {each.name: 1 for each in openings[: openings.index(opening) + 1]}
        await eventually(lambda wanted=expected: both_list(wanted), "listing")  # type: ignore[misc]
        assert time.monotonic() - began < SOON
    for opening in openings[:4]:
        await pair[0].publish(a_vacancy("Kokki", 2, opening_id=bare_id(opening.name)))
    for opening in openings[4:]:
        await pair[0].close(opening, 2)
    await eventually(lambda: both_list({each.name: 2 for each in openings[:4]}), "changing", SOON)
    taken = [taken_by(city) - was for city, was in zip(pair, before, strict=True)]
    assert sum(taken) == 2 * SOME
    assert min(taken) > 0, "one process has taken all events: this run shows nothing"


async def test_both_compare_texts_whoever_tells_of_them(pair: Pair) -> None:
    """A vector is in the memory of both; it is told of once."""
    callers = at_both(pair, await pair[0].person())
    openings = [a_vacancy(f"Siivooja hotelliin {number}") for number in range(SOME)]
    for opening in openings:
        await pair[0].publish(opening)

    async def both_compare() -> bool:
        texts = [text_values(await caller.whole()) for caller in callers]
        return all(opening.name in found for opening in openings for found in texts)

    await eventually(both_compare, "comparing")
    await pair[0].indexed()
    query = "select count(*) from outbox where type = 'polku.matching.v1.OpeningIndexed' and aggregate_id = any(%s)"
    assert pair[0].one(query, [bare_id(opening.name) for opening in openings]) == SOME


async def test_a_watcher_of_either_is_told_within_a_second(pair: Pair) -> None:
    """Whichever process takes the event."""
    callers = at_both(pair, await pair[0].person())
    calls = [watch(caller) for caller in callers]
    for call in calls:
        await told(call)
    for number in range(SOME):
        opening, began = a_vacancy(f"Puutarhuri {number}"), time.monotonic()
        await pair[0].publish(opening)
        for call in calls:
            fitting: set[str] = set()
            while opening.name not in fitting:
                fitting = {match.opening.name for match in (await told(call)).fitting.matches}
        assert time.monotonic() - began < SOON
    for call in calls:
        call.cancel()


async def test_lost_notices_are_made_up_for(pair: Pair) -> None:
    """The listeners' connections are cut while openings come: both know all of them soon after."""
    callers = at_both(pair, await pair[0].person())
    cut = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and application_name = 'listen stored'"
    )
    openings = [a_vacancy(f"Varastotyöntekijä {number}") for number in range(SOME)]
    with psycopg.connect(pair[0].process.database.runtime_dsn, autocommit=True) as connection:
        for opening in openings:
            connection.execute(cut)
            await pair[0].publish(opening)

    async def both_list() -> bool:
        found = [await caller.listed() for caller in callers]
        return all({opening.name for opening in openings} <= each.keys() for each in found)

    await eventually(both_list, "making up")


async def test_one_that_was_killed_knows_what_came_meanwhile(pair: Pair) -> None:
    """It is started again and reads what the other one has taken."""
    callers = at_both(pair, await pair[0].person())
    pair[1].process.kill()
    opening = a_vacancy("Kokki")
    await pair[0].publish(opening)

    async def first_lists() -> bool:
        return opening.name in await callers[0].listed()

    await eventually(first_lists, "listing", 60.0)  # what the killed one had in hand comes back after its time
    await pair[1].process.start()
    assert opening.name in await callers[1].listed()
