"""A world put where matching keeps it, without an event for each opening: rows of the store, and the saved index."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg

from services.matching.adapters.codec import to_json
from services.matching.adapters.live import Generations, Held, LiveOpeningsInMemory
from services.matching.application.ports import Vector
from services.matching.domain.candidates import prepare
from shared import vocabulary
from tests.bench.world import World

_COPY_OPENINGS = "copy opening (id, version, snapshot, signals, digest) from stdin"
_COPY_VECTORS = "copy vector (owner, owner_id, digest, model, numbers, indexed) from stdin (format binary)"


def fill_store(dsn: str, world: World) -> None:
    """Write the rows of all openings and vectors."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        for made, vectors in world.batches():
            with cursor.copy(_COPY_OPENINGS) as copy:
                for each in made:
                    opening = each.snapshot
                    copy.write_row((opening.id, 1, to_json(opening), to_json(each.signals), each.digest))
            with cursor.copy(_COPY_VECTORS) as copy:
                copy.set_types(("text", "uuid", "text", "text", "bytea", "bool"))
                for each, row in zip(made, vectors, strict=True):
                    values = ("opening", UUID(each.snapshot.id), each.digest, world.model, row.tobytes(), True)
                    copy.write_row(values)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze opening")
        connection.execute("vacuum analyze vector")


def fill_memory(world: World) -> LiveOpeningsInMemory:
    """All openings in memory, as the serving process holds them."""
    live = LiveOpeningsInMemory(world.model, world.dimension, world.vocabulary)
    for held in _held(world):
        live.put_all(held)
    live.is_current(datetime.now(UTC))
    return live


def load_memory(world: World, folder: Path) -> LiveOpeningsInMemory:
    """The same from an index that was saved."""
    live = LiveOpeningsInMemory(world.model, world.dimension, world.vocabulary)
    assert Generations(folder, live, world.vocabulary).load(), f"{folder} has no index of use"
    return live


def save_index(folder: Path, number: int, model: str, dimension: int, seed: int) -> None:
    """Write the saved index of a world, as the serving process does when it ends. For a process of its own."""
    world = World(vocabulary.load(), number, model=model, dimension=dimension, seed=seed)
    Generations(folder, fill_memory(world), world.vocabulary).save()


def _held(world: World) -> Iterator[list[Held]]:
    for made, vectors in world.batches():
        yield [
            Held(
                prepare(each.snapshot, each.signals, world.vocabulary), each.digest, Vector(world.model, row.tobytes())
            )
            for each, row in zip(made, vectors, strict=True)
        ]
