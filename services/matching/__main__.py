"""The processes of the matching service.

usage: python -m services.matching serve      answers gRPC calls, takes events in and publishes its own, until SIGTERM
       python -m services.matching encode     turns waiting texts into vectors, until SIGTERM
       python -m services.matching work       prepares lists of bulk runs, any number of processes, until SIGTERM
       python -m services.matching purge      makes what was erased physically gone, then ends (owner role; every hour)
       python -m services.matching migrate    creates or updates tables, grants, stream and consumers, then ends
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from nats.js.errors import NotFoundError

from services.matching.settings import EncodeSettings, ServeSettings, WorkSettings
from shared.kernel.errors import Unavailable
from shared.runtime import bus
from shared.runtime.env import read_settings
from shared.runtime.erasures import purge_erased
from shared.runtime.migrations import migrate as migrate_database
from shared.runtime.process import MigrateSettings, PurgeSettings, run_process

SERVICE = "matching"
PRODUCERS_PATIENCE = 60.0
"""Seconds to wait for the streams of the producers."""
MIGRATIONS = Path(__file__).parent / "migrations"
ACK_WAIT = timedelta(seconds=5)
"""What a killed process had in hand comes again after this; a living one says in time that it is still at work."""
CONSUMERS = (
    bus.ConsumerSpec(stream="POLKU_OPENINGS", durable="matching-openings", ack_wait=ACK_WAIT),
    bus.ConsumerSpec(stream="POLKU_PROFILES", durable="matching-profiles", ack_wait=ACK_WAIT),
)

WORKERS = bus.ConsumerSpec(stream=bus.work_stream_of(SERVICE).name, durable="matching-workers", ack_wait=ACK_WAIT)


async def serve(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer gRPC calls, take events in and publish events until told to stop."""
    from services.matching.serving import serve as run  # FAISS and numpy: the other processes do without

    await run(read_settings(ServeSettings, environ), CONSUMERS, stop)


async def encode(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Turn waiting texts into vectors until told to stop."""
    from services.matching.encoding import encode as run  # torch: seconds, and hundreds of megabytes

    await run(read_settings(EncodeSettings, environ), stop)


async def work(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Prepare lists of bulk runs until told to stop."""
    # One thread a process, before numpy is there to read it: more processes use more cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from services.matching.working import work as run

    await run(read_settings(WorkSettings, environ), WORKERS, stop)


async def migrate(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Create or update the tables with their grants, the stream, and the consumers of this service.

    The streams that it consumes are declared by their producers, which may be migrating at the same time.
    """
    settings = read_settings(MigrateSettings, environ)
    await asyncio.to_thread(migrate_database, settings.owner_dsn, [MIGRATIONS], settings.runtime_role)
    give_up_at = time.monotonic() + PRODUCERS_PATIENCE
    while True:
        try:
            streams = [bus.stream_of(SERVICE), bus.work_stream_of(SERVICE)]
            await bus.declare(settings.nats_owner_url, streams, [*CONSUMERS, WORKERS])
            return
        except NotFoundError:
            if time.monotonic() > give_up_at or stop.is_set():
                raise Unavailable(
                    "STREAM_MISSING", "The streams of profiles and openings are not there. Run their migrate first."
                ) from None
        await asyncio.sleep(0.1)


async def purge(environ: Mapping[str, str], _: asyncio.Event) -> None:
    """Make physically gone what erasures have deleted, from the files of tables and from the log of the database."""
    from services.matching.adapters.postgres.erasure import PURGED

    await purge_erased(read_settings(PurgeSettings, environ).owner_dsn, PURGED)


if __name__ == "__main__":
    processes = {"serve": serve, "encode": encode, "work": work, "migrate": migrate, "purge": purge}
    run_process(SERVICE, processes, sys.argv[1:], os.environ)
