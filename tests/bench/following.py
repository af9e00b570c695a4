"""How soon an opening that is published is listed, and how many a second come in when there are many."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import grpc
import psycopg
from polku.openings.v1 import opening_events_pb2, opening_pb2

from tests.bench.city import City
from tests.bench.measuring import Times
from tests.integration.matching.calls import Producer, a_vacancy, bare_id
from tests.servers import free_port, until

THREADS = 2
"""Of the encoder, in the service and by itself."""
_LINKING = "polku.matching.v1.LinkingService"
_POLL = 0.002
_PATIENCE = 300.0
_WORDS = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split()


@dataclass(frozen=True, slots=True)
class Followed:
    """Times to being listed and to being compared by text; openings a second in bulk, and the encoder's own texts."""

    listed: Times
    compared: Times
    bulk: float
    encoder: float


async def follow(city: City, model: Path, openings: int, bulk: int) -> Followed:
    """Publish openings one by one, then many at once, with the real encoder beside."""
    encoder = await asyncio.to_thread(_encoder_rate, model, bulk)
    producer = await Producer.connect(city.matching.nats, "openings")
    async with _encoding(city):
        await _one(city, producer, _vacancy(0))  # the first text warms the encoder
        times = [await _one(city, producer, _vacancy(number)) for number in range(1, openings + 1)]
        rate = await _many(city, producer, in_bulk(bulk))
    await producer.connection.close()
    listed, compared = (tuple(1000 * each for each in column) for column in zip(*times, strict=True))
    return Followed(Times(listed, 0.0), Times(compared, 0.0), rate, encoder)


def in_bulk(number: int) -> list[opening_pb2.Opening]:
    """The openings that are published at once."""
    return [_vacancy(10_000 + each) for each in range(number)]


def text_of(number: int) -> str:
    """An advert's text, each a different one."""
    rnd = random.Random(number)
    return " ".join(rnd.choices(_WORDS, k=40))


async def _one(city: City, producer: Producer, opening: opening_pb2.Opening) -> tuple[float, float]:
    began = time.perf_counter()
    await _publish(producer, opening)
    listed = 0.0
    while time.perf_counter() - began < _PATIENCE:
        try:
            answer = await city.explain(opening.name)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.NOT_FOUND:
                raise
        else:
            listed = listed or time.perf_counter() - began
            if any(part.part == "text" and part.known for part in answer.match.parts):
                return listed, time.perf_counter() - began
        await asyncio.sleep(_POLL)
    raise AssertionError(f"{opening.name} was not listed within {_PATIENCE} s")


async def _many(city: City, producer: Producer, openings: list[opening_pb2.Opening]) -> float:
    began = time.perf_counter()
    for opening in openings:
        await _publish(producer, opening)
    ids = [bare_id(opening.name) for opening in openings]
    query = "select count(*) from vector where indexed and owner = 'opening' and owner_id = any(%s::uuid[])"
    with psycopg.connect(city.dsn, autocommit=True) as connection:
        while time.perf_counter() - began < _PATIENCE:
            found = connection.execute(query, (ids,)).fetchone()
            if found == (len(ids),):
                return len(ids) / (time.perf_counter() - began)
            await asyncio.sleep(0.1)
    raise AssertionError(f"the texts were not encoded within {_PATIENCE} s")


async def _publish(producer: Producer, opening: opening_pb2.Opening) -> None:
    event = opening_events_pb2.OpeningPublished(opening=opening)
    await producer.publish(event, bare_id(opening.name), opening.version)


def _vacancy(number: int) -> opening_pb2.Opening:
    opening = a_vacancy(f"Keittiöapulainen {number}")
    opening.descriptions.add(language="fi", text=text_of(number))
    return opening


@asynccontextmanager
async def _encoding(city: City) -> AsyncIterator[None]:
    """The encoder, started wholly: building the linker, and labels without a vector, take a core for a while."""
    changes = {**city.matching.changes, "POLKU_ENCODER_THREADS": str(THREADS)}
    encoder = replace(city.matching, port=free_port(), folder=city.matching.folder / "encoder", changes=changes)
    encoder.folder.mkdir()
    encoder.spawn("encode")
    try:
        await asyncio.to_thread(until, lambda: encoder.health(_LINKING) == 1, "the start of the encoder", 120)
        await asyncio.to_thread(until, lambda: "labels.filled" in encoder.log, "the vectors of its labels", 900)
        yield
    finally:
        encoder.remove()


def _encoder_rate(model: Path, texts: int) -> float:
    command = [sys.executable, "-m", "tests.bench.encoding", str(model), str(texts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])
