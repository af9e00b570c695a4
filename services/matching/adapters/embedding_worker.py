"""The encoder's work: texts that wait become vectors, the most urgent first."""

import asyncio
from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork
from services.matching.adapters.postgres.vectors import TASKS_CHANNEL
from services.matching.application.intake import StoreVector, store_vector
from services.matching.application.ports import EmbeddingTask, Owner, Vector
from services.matching.domain.embedding_input import digest
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import listen

LEASE = 60.0
"""Seconds for which a task belongs to one encoder: many times what the longest text takes."""
_SWEEP = 1.0  # seconds; finds what no notice announced
_KINDS: dict[Owner, Literal["query", "passage"]] = {Owner.PROFILE: "query", Owner.OPENING: "passage"}
_log = get_logger("encoder")


class Encoder(Protocol):
    """What makes vectors; see embedding.encoder.TextEncoder."""

    model_id: str

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        """The unit vector of a text. Slow, and called in a thread."""
        ...


class EmbeddingWorker:
    """Encodes until told to stop. Any number of workers may share a database: each leases the task that it does.

    A worker that dies leaves its task to the others when the lease ends, after `lease` seconds. A text that the model
    cannot take, or that waits for another model, is tried again after the lease and holds nobody up.
    """

    def __init__(
        self, open_uow: Callable[[], PostgresUnitOfWork], dsn: str, encoder: Encoder, *, lease: float = LEASE
    ) -> None:
        self._open_uow = open_uow
        self._dsn = dsn
        self._encoder = encoder
        self._lease = lease
        self._wake = asyncio.Event()
        self.idle = False
        """True while no text waits: the model has time for less urgent work."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the text in hand is finished first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, TASKS_CHANNEL, lambda _: self._wake.set(), stop))
            group.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._wake.clear()
                if not await self._one_safely() and not stop.is_set():
                    await self._wait()

    async def one(self) -> bool:
        """Do the most urgent task; False where none waits. Raises Unavailable without a database."""
        async with self._open_uow() as uow:
            task = await uow.tasks.lease(self._lease)
            known = await uow.vectors.of_text(task.owner, task.digest, self._encoder.model_id) if task else None
            await uow.commit()
        if task is None:
            return False
        if digest(self._encoder.model_id, task.text) != task.digest:
            _log.error("task.model_differs", owner=task.owner.value, owner_id=task.id, model=self._encoder.model_id)
            return True
        vector = known or await self._encoded(task)
        if vector is not None:
            await store_vector(StoreVector(task, vector), self._open_uow())
        return True

    async def _encoded(self, task: EmbeddingTask) -> Vector | None:
        try:
            numbers = await asyncio.to_thread(self._encoder.encode, task.text, _KINDS[task.owner])
        except Exception as error:  # whatever a model's engine raises; its text may quote the input
            _log.error("text.encoding_failed", owner=task.owner.value, owner_id=task.id, kind=type(error).__name__)
            return None
        return Vector(self._encoder.model_id, np.asarray(numbers, dtype="<f4").tobytes())

    async def _one_safely(self) -> bool:
        try:
            return await self.one()
        except Unavailable as error:
            _log.warning("task.taking_failed", reason=error.reason)
            return False

    async def _wait(self) -> None:
        self.idle = True
        try:
            await asyncio.wait_for(self._wake.wait(), _SWEEP)
        except TimeoutError:
            return  # and still idle: the sweep that follows is short
        self.idle = False

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
