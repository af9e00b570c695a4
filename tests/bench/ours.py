"""What the running service takes: lists, next steps, memory, starts."""

import os
from dataclasses import dataclass, field

import psycopg

from tests.bench.city import City
from tests.bench.measuring import Times, timed_calls

CLIENTS = (1, 2, 4, 8)


@dataclass
class Measured:
    """One size. `record` is what a list's record holds, `memory` and `start` are bytes and seconds.

    rates       lists a second by clients that ask at once
    replicated  the same with as many serving processes as there are cores
    """

    openings: int
    eligible: float
    calls: Times
    steps: Times
    memory: int
    record: bytes
    rates: dict[int, float] = field(default_factory=dict)
    replicated: dict[int, float] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)


async def measure(city: City, calls: int) -> Measured:
    """Lists one after another, then by several clients at once."""
    answers = [await city.list(number) for number in range(len(city.people))]
    whole = answers[0].eligible_count + answers[0].excluded_count
    assert whole == city.world.number, f"{whole} openings are listed, {city.world.number} are published"
    assert not any(answer.pending for answer in answers), "some texts have no vector"
    listed = await timed_calls(city.list, calls, warm=20)
    steps = await timed_calls(city.steps, max(calls // 10, 5), warm=3)
    share = sum(answer.eligible_count for answer in answers) / len(answers) / whole
    found = Measured(city.world.number, share, listed, steps, city.memory(), _record(city.dsn))
    for clients in CLIENTS:
        found.rates[clients] = (await timed_calls(city.list, calls, at_once=clients)).rate
    return found


async def measure_replicas(city: City, calls: int) -> dict[int, float]:
    """Lists a second by clients, from as many serving processes as there are cores."""
    async with city.replicas(os.cpu_count() or 1) as whole:
        for number in range(2 * len(city.people)):
            await whole.list(number)  # each process has made its first lists
        return {clients: (await timed_calls(whole.list, calls, at_once=clients)).rate for clients in CLIENTS[1:]}


async def measure_starts(city: City) -> dict[str, float]:
    """Seconds from the start of the process to the first list: with the index that was saved, and from the store."""
    saved = await city.restart()
    await city.matching.stop()
    city.drop_index()
    return {"index": saved, "store": await city.start()}


def _record(dsn: str) -> bytes:
    """What the newest list has left in the store: body, order and items."""
    query = "select body::text, shortlist, items from decision order by id desc limit 1"
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0].encode() + bytes(row[1]) + bytes(row[2])
