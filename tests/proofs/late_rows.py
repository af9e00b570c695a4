"""Sabotage for the proof of the access log: a profiles service that writes the access row after the answer.

    python -m tests.proofs.late_rows serve

It is the service in everything else; the proof has to catch it.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from types import TracebackType

from services.profiles.__main__ import build
from services.profiles.adapters.postgres import PostgresUnitOfWork
from services.profiles.adapters.postgres.accesses import PostgresAccesses
from services.profiles.domain.policy import Access
from services.profiles.settings import Settings
from shared.kernel.errors import Unavailable
from shared.runtime.env import read_settings
from shared.runtime.postgres import Connection, Pool, open_pool, transaction
from shared.runtime.process import run_process
from shared.runtime.rpc import watch_readiness

LATE = 0.05
"""Seconds between the answer and its row."""
_writing: set["asyncio.Task[None]"] = set()


class LateAccesses(PostgresAccesses):
    """Keeps readings in memory."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.late: list[Access] = []

    async def append(self, *accesses: Access) -> None:
        """Remember them."""
        self.late.extend(accesses)


class LateUnitOfWork(PostgresUnitOfWork):
    """Writes its readings and refusals when the answer has gone."""

    def bind(self, connection: Connection) -> None:
        """See PostgresUnitOfWork."""
        super().bind(connection)
        self.accesses: LateAccesses = LateAccesses(connection)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, then write."""
        late = [*self.accesses.late, *self.accesses.refusals]
        self.accesses.late, self.accesses.refusals = [], []
        await super().__aexit__(kind, error, trace)
        if late:
            task = asyncio.create_task(_write(self._pool, late))
            _writing.add(task)
            task.add_done_callback(_writing.discard)


async def _write(pool: Pool, accesses: list[Access]) -> None:
    await asyncio.sleep(LATE)
    try:
        async with transaction(pool) as connection:
            await PostgresAccesses(connection).append(*accesses)
    except Unavailable:
        return


async def serve(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer gRPC calls until told to stop."""
    settings = read_settings(Settings, environ)
    pool = await open_pool(settings.postgres_dsn, application_name="late")
    server = build(settings, pool, unit_of_work=LateUnitOfWork)
    await server.start()
    watching = asyncio.create_task(watch_readiness(server, {}, stop))
    await stop.wait()
    await server.drain()
    # What it still has in hand is not held against it: only what a kill took.
    await asyncio.gather(*_writing)
    await watching
    await pool.close()


if __name__ == "__main__":
    run_process("profiles", {"serve": serve}, sys.argv[1:], os.environ)
