"""What permission, record and encryption cost where a person is read: GetProfile against what it cannot do without.

    python -m tests.proofs.read_cost [CALLS]

The floor is a gRPC echo of as many bytes, the same select, and one durable insert of a row like that of the access log,
each by itself, in turns with GetProfile, in the same run and on the same server. Goal: the median of GetProfile is at
most 1.5 times the sum of their medians.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import grpc.aio
import psycopg
from polku.profiles.v1 import profile_pb2

from services.matching.evaluation.figures import Section, markdown_table, write_section
from services.profiles.adapters.postgres.profiles import SELECT
from shared.kernel.ids import new_id
from tests.bench import floors
from tests.bench.measuring import Times, timed_calls
from tests.integration.profiles.calls import a_profile, create, creation, get
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import Database, NatsServer, PostgresServer

GOAL = 1.5
ROUNDS = 5
Work = Callable[[int], Awaitable[object]]


@asynccontextmanager
async def _service() -> AsyncIterator[ProfilesProcess]:
    postgres, nats = PostgresServer(), NatsServer()
    with tempfile.TemporaryDirectory() as folder:
        try:
            postgres.create()
            nats.start()
            process = ProfilesProcess(Path(folder), postgres.fresh_database(), nats)
            process.migrate()
            process.start()
            try:
                yield process
            finally:
                process.remove()
        finally:
            nats.remove()
            postgres.remove()


def _like_the_log(database: Database) -> None:
    """A table with the columns and indexes of the access log, for rows that are no accesses."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute("create table read_cost (like access including defaults including indexes)")
        owner.execute(f"grant select, insert on read_cost to {database.runtime_role}")
        row = owner.execute("show synchronous_commit").fetchone()
        assert row == ("on",)


def _copy_of_an_access(database: Database) -> tuple[str, list[object]]:
    """An insert with the values of an access that the service has written; the first of them is the id."""
    with psycopg.connect(database.owner_dsn) as owner:
        found = owner.execute("select * from access limit 1")
        assert found.description is not None
        names, row = [column.name for column in found.description], found.fetchone()
        assert row is not None
    given = [(name, value) for name, value in zip(names, row, strict=True) if name not in ("id", "txid", "transaction")]
    columns = ", ".join(["id", *(name for name, _ in given)])
    places = ", ".join(["%s"] * (len(given) + 1))
    statement = f"insert into read_cost ({columns}) values ({places})"  # noqa: S608 - names of our own table
    return statement, [value for _, value in given]


async def measure(calls: int) -> dict[str, Times]:
    """Times by what was done, with as many calls of each."""
    async with _service() as process, AsyncExitStack() as stack:
        owner = Caller("seeker-1", (("authorization", f"Bearer {process.issuer.user('seeker-1', 'seeker')}"),))
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(process.address))
        given: profile_pb2.Profile = a_profile()
        stored = await create(channel, owner, creation(given))
        await get(channel, owner, stored.name)
        _like_the_log(process.database)
        insert, values = _copy_of_an_access(process.database)
        echo = await stack.enter_async_context(floors.echo_channel())
        connection = await stack.enter_async_context(
            await psycopg.AsyncConnection.connect(process.database.runtime_dsn, autocommit=True)
        )
        profile_id, payload = stored.name.removeprefix("profiles/"), stored.SerializeToString()

        async def select(_: int) -> object:
            return await (await connection.execute(SELECT, (profile_id,))).fetchone()

        works: dict[str, Work] = {
            "gRPC echo": lambda _: echo(payload),
            "select": select,
            "durable insert": lambda _: connection.execute(insert, [new_id(), *values]),
            "GetProfile": lambda _: get(channel, owner, stored.name),
        }
        taken: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                taken[name] += (await timed_calls(work, calls // ROUNDS, warm=20)).ms
        return {name: Times(tuple(ms), 0.0) for name, ms in taken.items()}


def main(arguments: list[str]) -> int:
    """The command."""
    calls = int(arguments[0]) if arguments else 1000
    found = asyncio.run(measure(calls))
    floor = sum(times.p50 for name, times in found.items() if name != "GetProfile")
    ratio = found["GetProfile"].p50 / floor
    rows = [(name, f"{times.p50:.2f}", f"{times.p99:.2f}", f"{times.least:.2f}") for name, times in found.items()]
    body = markdown_table(("ms", "median", "99th percentile", "least"), rows)
    reached = "yes" if ratio <= GOAL else "no"
    body += f"\n\nGetProfile takes {ratio:.2f} times the sum of the three (goal: at most {GOAL}): {reached}."
    print(body)
    write_section(Section("Reading a person", "make read-cost", body), datetime.now(UTC).date())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
