"""What the hardware, FAISS, gRPC and PostgreSQL take by themselves for the work that a list cannot do without."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import faiss
import grpc
import numpy as np
import numpy.typing as npt
import psycopg

from tests.bench.measuring import Times, timed, timed_calls
from tests.bench.world import Floats
from tests.servers import PostgresServer

TOP = 100
_faiss: Any = faiss  # its type stubs lack what is used here
Flags = npt.NDArray[np.bool_]


def gemv(vectors: Floats, queries: Floats, calls: int) -> Times:
    """One product of all vectors with a query."""
    return timed(lambda number: vectors @ queries[number % len(queries)], calls)


def flat(vectors: Floats, queries: Floats, masks: list[Flags], calls: int) -> Times:
    """FAISS' exact search for the nearest 100 among those that a bitmap lets through, one thread."""
    _faiss.omp_set_num_threads(1)
    index = _faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    selectors = [_faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")) for mask in masks]
    chosen = [_faiss.SearchParameters(sel=selector) for selector in selectors]

    def search(number: int) -> object:
        query = queries[number % len(queries)][np.newaxis]
        return index.search(query, TOP, params=chosen[number % len(chosen)])

    return timed(search, calls)


def random_masks(number: int, share: float, seed: int = 7) -> list[Flags]:
    """A few bitmaps that let through this share of all rows."""
    rng = np.random.default_rng(seed)
    return [rng.random(number) < share for _ in range(4)]


@asynccontextmanager
async def echo_channel() -> AsyncIterator[Any]:
    """A call to a server in Python that gives back what it is sent."""
    async with _echo_server() as address, grpc.aio.insecure_channel(address) as channel:
        yield channel.unary_unary("/bench.Echo/Echo")


async def echo(calls: int, *, at_once: int = 1, size: int = 1000) -> Times:
    """Calls to a server in Python that gives back so many bytes."""
    async with echo_channel() as call:
        content = bytes(size)
        return await timed_calls(lambda _: call(content), calls, at_once=at_once, warm=100)


def commit(postgres: PostgresServer, content: bytes, calls: int) -> Times:
    """One durable commit of a row with this content: what a list's record is, with synchronous_commit on."""
    with psycopg.connect(postgres.superuser_dsn, autocommit=True) as connection:
        connection.execute("drop table if exists floor")
        connection.execute("create table floor (id bigserial primary key, body bytea not null)")
        found = connection.execute("show synchronous_commit").fetchone()
        assert found == ("on",)
        return timed(lambda _: connection.execute("insert into floor (body) values (%s)", (content,)), calls)


@asynccontextmanager
async def _echo_server() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.echo", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = (await process.stdout.readline()).decode().strip()
        yield f"127.0.0.1:{port}"
    finally:
        process.stdin.close()
        await process.wait()
