"""The lists of all people: the real run over its work queue, and the least that it takes, the product of all vectors.

python -m tests.bench.nightly PEOPLE OPENINGS    prints the seconds of the product, all cores
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.bench.city import City

_DIMENSION, _BLOCK, _PATIENCE = 384, 500, 3600
WORKERS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Night:
    """Seconds of a run, and of the product, for so many people and openings."""

    people: int
    openings: int
    run: float
    gemm: float


async def night(city: "City", people: int) -> Night:
    """Make the lists of so many people more, by a worker for each core."""
    await asyncio.to_thread(_fill, city, people)
    gemm = await asyncio.to_thread(_gemm_floor, people, city.world.number)
    async with _working(city):
        began = time.perf_counter()
        lists = await _run(city)
        taken = time.perf_counter() - began
    assert lists >= people, f"{lists} lists were made for {people} people"
    return Night(people, city.world.number, taken, gemm)


async def _run(city: "City") -> int:
    import grpc
    from polku.matching.v1 import bulk_service_pb2 as pb
    from polku.matching.v1.bulk_service_pb2_grpc import BulkServiceStub

    metadata = city.matching.keys.user("operator-1", "operator")
    async with grpc.aio.insecure_channel(city.matching.address) as channel:
        stub: Any = BulkServiceStub(channel)
        run = (await stub.StartBulkRun(pb.StartBulkRunRequest(), metadata=metadata, timeout=25)).run
        give_up_at = time.monotonic() + _PATIENCE
        while run.items_done + run.items_failed < run.items:
            assert time.monotonic() < give_up_at, f"{run.items_done} of {run.items} items are done"
            await asyncio.sleep(0.2)
            request = pb.GetBulkRunRequest(name=run.name)
            run = (await stub.GetBulkRun(request, metadata=metadata, timeout=25)).run
    return int(run.lists)


def _fill(city: "City", people: int) -> None:
    """Profiles with vectors, as matching keeps them."""
    import psycopg

    from services.matching.adapters.codec import to_json
    from services.matching.application.people import stored_profile
    from shared.kernel.ids import new_id
    from tests.bench.people import snapshot_of, wishes, work_profile

    world, profiles, vectors = city.world, [], []
    for number, wish in enumerate(wishes(world.vocabulary, people)):
        snapshot = snapshot_of(work_profile(wish, number % 100, world.vocabulary), new_id())
        stored = stored_profile(snapshot, world.vocabulary, world.model)
        numbers = world.vectors_near(wish, 1, 1000 + number)[0].tobytes()
        profiles.append((snapshot.id, 1, to_json(stored.snapshot), to_json(stored.signals), stored.digest))
        vectors.append(("profile", UUID(snapshot.id), stored.digest, world.model, numbers, True))
    with psycopg.connect(city.dsn) as connection, connection.cursor() as cursor:
        with cursor.copy("copy profile (id, version, snapshot, signals, digest) from stdin") as copy:
            for row in profiles:
                copy.write_row(row)
        command = "copy vector (owner, owner_id, digest, model, numbers, indexed) from stdin (format binary)"
        with cursor.copy(command) as copy:
            copy.set_types(("text", "uuid", "text", "text", "bytea", "bool"))
            for row in vectors:
                copy.write_row(row)


@asynccontextmanager
async def _working(city: "City") -> AsyncIterator[None]:
    from tests.servers import free_port, until

    workers = []
    try:
        for number in range(WORKERS):
            folder = city.matching.folder / f"worker-{number}"
            folder.mkdir()
            # One thread each: there is a worker for each core.
            changes = {**city.matching.changes, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            workers.append(replace(city.matching, port=free_port(), folder=folder, changes=changes))
            workers[-1].spawn("work")
        for worker in workers:
            await asyncio.to_thread(until, lambda worker=worker: worker.health() == 1, "the start of a worker", 300)
        yield
    finally:
        for worker in workers:
            worker.remove()


def _gemm_floor(people: int, openings: int) -> float:
    """Measured in a process of its own that may use all cores."""
    free = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    command = [sys.executable, "-m", "tests.bench.nightly", str(people), str(openings)]
    done = subprocess.run(command, env=free, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _measure(people: int, openings: int) -> float:
    """The better one of both ways round."""
    import numpy as np  # after the process has been given its threads

    rng = np.random.default_rng(7)
    texts = rng.standard_normal((openings, _DIMENSION), np.float32)
    asked = rng.standard_normal((people, _DIMENSION), np.float32)
    blocks = [asked[start : start + _BLOCK] for start in range(0, people, _BLOCK)]
    turned = np.ascontiguousarray(texts.T)

    def openings_first() -> None:
        out = np.empty((openings, _BLOCK), np.float32)
        for block in blocks:
            np.matmul(texts, block.T, out=out[:, : len(block)])

    def people_first() -> None:
        out = np.empty((_BLOCK, openings), np.float32)
        for block in blocks:
            np.matmul(block, turned, out=out[: len(block)])

    return min(_seconds(way) for way in (openings_first, people_first))


def _seconds(work: Callable[[], None]) -> float:
    work()  # memory is touched for the first time
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(_measure(int(sys.argv[1]), int(sys.argv[2])))
