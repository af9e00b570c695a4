"""Openings and texts on their way in, as events and the encoder bring them."""

import numpy as np

from services.matching.application.intake import StoreVectors, index_vectors, store_vectors
from services.matching.application.ports import Owner
from services.matching.domain.values import LocalizedText
from tests.builders.matching import NOW, vacancy
from tests.builders.matching_world import World
from tests.fakes.matching import vector

OPENING = vacancy(1, titles=(LocalizedText("fi", "Siivooja"),))
ID = OPENING.id
KEY = (Owner.OPENING, ID)


def new_world() -> World:
    """Nobody and nothing is there."""
    world = World()
    world.uow.state.profiles.clear()
    return world


def cosine(world: World) -> float | None:
    """The opening's cosine with a text; None where it has no vector or is not in memory."""
    view = world.live.view()
    row = view.row(ID)
    if row is None:
        return None
    (found,) = view.cosines(vector(1, 0), np.array([row]))
    return None if np.isnan(found) else float(found)


async def encode(world: World, owner: Owner, owner_id: str) -> bool:
    """What the encoder does with a task."""
    task = world.uow.state.tasks[owner, owner_id]
    return await store_vectors(StoreVectors([(task, vector(1, 0))]), world.uow) == 1


async def index(world: World) -> int:
    """What a serving process does with the vectors of which nobody has been told; how many there were."""
    return (await index_vectors(100, world.uow, world.engine, NOW)).found
