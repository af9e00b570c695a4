"""Proof: every reading that was answered has its row in the access log, and a broken log is found out.

    python -m tests.proofs.access_log [READS] [SEED]

Sixteen callers read and try to read people at random from a running profiles service (seekers, their counsellors,
matching on their behalf and for itself, auditors, strangers), while the service and PostgreSQL are killed (-9) again
and again. Then, for each caller, person, method and purpose: rows are never fewer than answers, and no more than
answers and calls whose outcome is unknown; the same for refusals. The seal is checked by the command, then one letter
of one entry is changed and must be named. The same readings from a service that writes the row after the answer must be
found out. Ends with status 1 where one of these does not hold.
"""

import asyncio
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

import grpc
import psycopg

from tests.integration.profiles.process import ProfilesProcess
from tests.proofs.access_log_world import Key, World
from tests.servers import Database, NatsServer, PostgresServer

CALLERS = 16
READS_A_KILL = 400
SABOTAGE_READS = 1_500
LATE = "tests.proofs.late_rows"


@dataclass
class Tally:
    """What callers saw, and what the log says."""

    answered: Counter[Key] = field(default_factory=Counter)
    refused: Counter[Key] = field(default_factory=Counter)
    unknown: Counter[Key] = field(default_factory=Counter)
    calls: int = 0
    unknown_calls: int = 0
    kills: int = 0
    rows: Counter[Key] = field(default_factory=Counter)
    refusals: Counter[Key] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """Rows in the log."""
        return self.rows.total() + self.refusals.total()

    @property
    def missing(self) -> int:
        """Answers and refusals without a row."""
        return (self.answered - self.rows).total() + (self.refused - self.refusals).total()

    @property
    def extra(self) -> int:
        """Rows without an answer."""
        return (self.rows - self.answered).total() + (self.refusals - self.refused).total()

    @property
    def unexplained(self) -> int:
        """Rows without an answer that no call of unknown outcome explains."""
        over = (self.rows - self.answered) + (self.refusals - self.refused)
        return (over - self.unknown).total()

    def holds(self) -> bool:
        """Whether every answer has its row, and every other row its call."""
        return self.missing == 0 and self.unexplained == 0


@dataclass
class Run:
    """Readings until enough have been answered, with kills in between."""

    world: World
    postgres: PostgresServer
    reads: int
    kill_every: int
    tally: Tally = field(default_factory=Tally)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    kill_at: int = 0

    async def read(self, channel: grpc.aio.Channel) -> Tally:
        """Do it; the tally is without the log's side."""
        self.up.set()
        self._next_kill()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill())
            for _ in range(CALLERS):
                group.create_task(self._caller(channel))
        return self.tally

    async def _caller(self, channel: grpc.aio.Channel) -> None:
        while self.tally.calls < self.reads:
            await self.up.wait()
            read = self.world.read(channel)
            try:
                await read.call(read.request, metadata=read.metadata, timeout=20, wait_for_ready=True)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.PERMISSION_DENIED:
                    self.tally.unknown.update(read.keys)
                    self.tally.unknown_calls += 1
                    continue
                self.tally.refused.update(read.keys)
            else:
                self.tally.answered.update(read.keys)
            self.tally.calls += 1

    async def _kill(self) -> None:
        """Each so many answers kill the service in the middle of what it does, each fifth time PostgreSQL with it."""
        while self.tally.calls < self.reads:
            await asyncio.sleep(0.001)
            if self.tally.calls < self.kill_at:
                continue
            self.tally.kills += 1
            # Nobody begins a call that could not be answered; those under way are cut off wherever they are.
            self.up.clear()
            self.world.process.signal(signal.SIGKILL)
            await asyncio.to_thread(self.world.process.wait)
            if self.tally.kills % 5 == 0:
                await asyncio.to_thread(self.postgres.stop, signal.SIGKILL)
                await asyncio.to_thread(start_again, self.postgres)
            await asyncio.to_thread(self.world.process.start)
            self._next_kill()
            self.up.set()

    def _next_kill(self) -> None:
        self.kill_at = self.tally.calls + self.world.random.randint(self.kill_every // 2, self.kill_every * 3 // 2)


def start_again(postgres: PostgresServer) -> None:
    """Start PostgreSQL after a kill; while processes of the old one are ending it refuses, and is asked again."""
    give_up_at = monotonic() + 20
    while True:
        try:
            return postgres.start()
        except AssertionError:
            if monotonic() > give_up_at:
                raise
            postgres.stop()


def look_into_the_log(database: Database, tally: Tally) -> None:
    """Count the rows by the same keys. Creating people leaves none of them."""
    query = (
        "select reader, profile_id::text, method, purpose, count(*) from access where refused = %s group by 1, 2, 3, 4"
    )
    with psycopg.connect(database.owner_dsn) as connection:
        for refused, counter in ((False, tally.rows), (True, tally.refusals)):
            for reader, profile_id, method, purpose, count in connection.execute(query, (refused,)).fetchall():
                counter[reader, profile_id, method, purpose] = count


async def measure(
    servers: "Servers", reads: int, seed: int, *, module: str = "services.profiles", kill_every: int = READS_A_KILL
) -> "Measured":
    """One run on a database of its own; the process is stopped at the end, the database kept for looking."""
    database = servers.postgres.fresh_database()
    process = ProfilesProcess(Path(tempfile.mkdtemp(dir=servers.folder)), database, servers.nats, module=module)
    process.migrate()
    await asyncio.to_thread(process.start)
    options = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]
    try:
        async with grpc.aio.insecure_channel(process.address, options=options) as channel:
            world = World(process, Random(seed))
            await world.populate(channel)
            tally = await Run(world, servers.postgres, reads, kill_every).read(channel)
        await asyncio.to_thread(process.stop)
    finally:
        process.remove()
    look_into_the_log(database, tally)
    return Measured(tally, process, database)


@dataclass(frozen=True)
class Measured:
    """A run and what it left."""

    tally: Tally
    process: ProfilesProcess
    database: Database


@dataclass
class Servers:
    """The servers of the proof."""

    folder: Path
    postgres: PostgresServer = field(default_factory=PostgresServer)
    nats: NatsServer = field(default_factory=NatsServer)

    def start(self) -> None:
        """Start both."""
        self.postgres.create()
        self.nats.start()

    def remove(self) -> None:
        """Stop both and delete what they kept."""
        self.postgres.remove()
        self.nats.remove()


@dataclass(frozen=True)
class Flip:
    """One letter changed in one entry: where, and what the command said before and after."""

    access_id: str
    position: int
    before: "tuple[int, str]"
    after: "tuple[int, str]"

    def holds(self) -> bool:
        """Whether the log was found whole before, and broken at this entry alone after."""
        named = f"position {self.position}, access {self.access_id}: "
        faults = [line for line in self.after[1].splitlines() if line.startswith("position ")]
        found_whole = self.before[0] == 0 and "whole" in self.before[1]
        return found_whole and self.after[0] == 1 and len(faults) == 1 and faults[0].startswith(named)


def flip_a_letter(measured: Measured, seed: int) -> Flip:
    """Check the seal, change one letter of one entry by the owner's hand, and check it again."""
    before = measured.process.run("verify-log")
    with psycopg.connect(measured.database.owner_dsn) as connection:
        sealed = connection.execute("select access_id::text, position from access_seal order by position").fetchall()
        access_id, position = Random(seed).choice(sealed)
        connection.execute(
            "update access set method = overlay(method placing 'Q' from length(method)) where id = %s", (access_id,)
        )
    after = measured.process.run("verify-log")
    return Flip(access_id, position, (before.returncode, before.stdout), (after.returncode, after.stdout))


def report(name: str, tally: Tally) -> str:
    """A run in one line."""
    return (
        f"{name}: {tally.calls:,} calls answered with {tally.answered.total():,} readings and"
        f" {tally.refused.total():,} refusals, {tally.kills} kills; rows {tally.kept:,}, missing {tally.missing},"
        f" extra {tally.extra} of {tally.unknown_calls} calls with unknown outcome, unexplained {tally.unexplained}"
    )


async def prove(reads: int, seed: int, sabotage_reads: int = SABOTAGE_READS) -> bool:
    """All of it, printed; whether it holds."""
    with tempfile.TemporaryDirectory(prefix="polku-log-") as folder:
        servers, started = Servers(Path(folder)), monotonic()
        try:
            servers.start()
            honest = await measure(servers, reads, seed)
            print(report("service", honest.tally), f"({monotonic() - started:.0f} s)")
            flip = await asyncio.to_thread(flip_a_letter, honest, seed)
            print(f"seal: {flip.before[1].splitlines()[0]}\none letter changed: {flip.after[1].splitlines()[0]}")
            late = await measure(servers, sabotage_reads, seed, module=LATE)
            print(report("row after the answer", late.tally))
        finally:
            servers.remove()
    print(f"sabotage {'caught' if late.tally.missing else 'NOT CAUGHT'}")
    return honest.tally.holds() and flip.holds() and late.tally.missing > 0


def main(arguments: list[str]) -> int:
    """Run the proof and print what was found."""
    reads, seed = (int(text) for text in (*arguments, *("10000", "7")[len(arguments) :]))
    return 0 if asyncio.run(prove(reads, seed)) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
