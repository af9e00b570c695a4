"""How fast the match is: floors, peers and Polku in one run.

    python -m tests.bench --model FOLDER [--openings 10000,100000,1000000] [--calls 200] [--full] [--write]

Prints the table of goals and the tables behind it; with --write they go into docs/figures.md. Set OMP_NUM_THREADS and
OPENBLAS_NUM_THREADS to 1: the floors are those of one thread, as `make bench` has them.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import uvloop

from services.matching.evaluation.figures import Section, write_section
from shared import vocabulary
from shared.vocabulary import Vocabulary
from tests.bench import floors
from tests.bench.city import City, city_of
from tests.bench.compared import run_peers
from tests.bench.following import follow
from tests.bench.nightly import night
from tests.bench.ours import measure, measure_replicas, measure_starts
from tests.bench.report import Run, Size, report
from tests.bench.search import Searching
from tests.bench.store import load_memory
from tests.bench.world import Floats, World
from tests.servers import PostgresServer

SHARES = (0.01, 0.1, 0.5)
FOLLOWED_AT = 100_000
"""Openings at which starts and ingest are measured, or the most that there are."""
_OPENINGS = "10000,100000,1000000"
_PEERS_UP_TO = 100_000
_RECALL_UP_TO = 10_000
_say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--openings", default=_OPENINGS)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    sizes = [int(text) for text in options.openings.split(",")]
    began = time.monotonic()
    run = uvloop.run(bench(options.model, sizes, options.calls, full=options.full))
    body = report(run)
    print(body)
    _say(f"{time.monotonic() - began:.0f} s")
    if options.write:
        command = "make bench" + (" FULL=1" if options.full else "")
        command += f" OPENINGS={options.openings}" if options.openings != _OPENINGS else ""
        write_section(Section("Speed", command, body), datetime.now(UTC).date())
    return 0


async def bench(model: Path, sizes: list[int], calls: int, *, full: bool = False) -> Run:
    """Measure all sizes."""
    run, known = Run(os.cpu_count() or 1), vocabulary.load()
    run.echo = await floors.echo(5 * calls)
    run.echo_rate = (await floors.echo(10 * calls, at_once=8)).rate
    followed = max((size for size in sizes if size <= FOLLOWED_AT), default=0)
    for number in sizes:
        run.sizes.append(await _size(run, known, model, number, calls, full=full, followed=number == followed))
    return run


async def _size(
    run: Run, known: Vocabulary, model: Path, number: int, calls: int, *, full: bool, followed: bool
) -> Size:
    _say(f"{number:,} openings: making them")
    async with city_of(known, model, number) as city:
        _say("lists")
        size = Size(await measure(city, calls))
        size.commit = _commit_floor(size.ours.record, calls)
        _measure_search(size, city, calls, full=full)
        if followed:
            _say("several serving processes")
            size.ours.replicated = await measure_replicas(city, calls)
            _say("publishing and starts")
            run.followed = await follow(city, model, min(100, calls), min(300, 2 * calls))
            _say("lists of all people")
            run.night = await night(city, 20_000 if full else 5 * calls)
            run.starts = await measure_starts(city)
            run.started_with = number
    return size


def _commit_floor(record: bytes, calls: int) -> floors.Times:
    postgres = PostgresServer()
    try:
        postgres.create()
        return floors.commit(postgres, record, calls)
    finally:
        postgres.remove()


def _measure_search(size: Size, city: City, calls: int, *, full: bool) -> None:
    world, number = city.world, city.world.number
    _say("floors")
    searching = Searching(world, load_memory(world, city.index))
    size.search, size.judged, size.whole = searching.times(calls)
    vectors, queries = _vectors(world), np.stack([searching.vector(place) for place in range(8)])
    size.gemv = floors.gemv(vectors, queries, calls)
    for share in SHARES:
        size.flat[share] = floors.flat(vectors, queries, floors.random_masks(number, share), calls)
    if number <= _RECALL_UP_TO:
        _say("recall")
        size.recalls = searching.recalls()
    if number <= _PEERS_UP_TO or full:
        _say("peers")
        size.peers = run_peers(vectors, queries, searching.fits(0), min(calls, 100))


def _vectors(world: World) -> Floats:
    found = np.empty((world.number, world.dimension), np.float32)
    at = 0
    for _, vectors in world.batches():
        found[at : at + len(vectors)] = vectors
        at += len(vectors)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
