"""The encoder's work: texts that wait become vectors, the most urgent first."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork
from services.matching.adapters.postgres.vectors import TASKS_CHANNEL
from services.matching.application.intake import Encoded, StoreVectors, store_vectors
from services.matching.application.ports import EmbeddingTask, Owner, Vector
from services.matching.domain.embedding_input import digest
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import listen

LEASE = 60.0
"""Seconds for which a task belongs to one encoder: many times what the longest texts of a portion take."""
AT_ONCE = 8
"""Tasks of a portion: what one transaction stores. An urgent text waits for so many others at most."""
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
    """Encodes until told to stop. Any number of workers may share a database: each leases the tasks that it does.

    One portion is stored while the next one is encoded, so that the model never waits for the disk. A worker that dies
    leaves its tasks to the others when the lease ends, after `lease` seconds. A text that the model cannot take, or
    that waits for another model, is tried again after the lease and holds nobody up.
    """

    def __init__(
        self, open_uow: Callable[[], PostgresUnitOfWork], dsn: str, encoder: Encoder, *, lease: float = LEASE
    ) -> None:
        self._open_uow = open_uow
        self._dsn = dsn
        self._encoder = encoder
        self._lease = lease
        self._wake = asyncio.Event()
        self._latest: dict[tuple[Owner, str], Vector] = {}
        self.idle = False
        """True while no text waits: the model has time for less urgent work."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the portion in hand is finished first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, TASKS_CHANNEL, lambda _: self._wake.set(), stop))
            group.create_task(self._wake_at(stop))
            storing = group.create_task(asyncio.sleep(0, 0))
            while not stop.is_set():
                self._wake.clear()
                leased = await self._leased()
                if leased:
                    encoded = await self._encoded(leased)
                    await storing
                    storing = group.create_task(self._store(encoded))
                elif not stop.is_set():
                    await self._wait()
            await storing

    async def portion(self) -> bool:
        """Do the most urgent tasks, from leasing to storing; False where none waits."""
        leased = await self._leased()
        await self._store(await self._encoded(leased))
        return bool(leased)

    async def _leased(self) -> list[tuple[EmbeddingTask, Vector | None]]:
        try:
            async with self._open_uow() as uow:
                leased = await uow.tasks.lease(self._lease, self._encoder.model_id, AT_ONCE)
                await uow.commit()
        except Unavailable as error:
            _log.warning("task.taking_failed", reason=error.reason)
            return []
        return leased

    def _is_for_this_model(self, task: EmbeddingTask) -> bool:
        if digest(self._encoder.model_id, task.text) == task.digest:
            return True
        _log.error("task.model_differs", owner=task.owner.value, owner_id=task.id, model=self._encoder.model_id)
        return False

    async def _encoded(self, leased: Sequence[tuple[EmbeddingTask, Vector | None]]) -> list[Encoded]:
        return await asyncio.to_thread(self._encode, leased)

    def _encode(self, leased: Sequence[tuple[EmbeddingTask, Vector | None]]) -> list[Encoded]:
        """The vectors of these texts, each text once: also where it was in the portion that is just being stored."""
        made = dict(self._latest)
        self._latest = {}
        encoded = []
        for task, stored in leased:
            if not self._is_for_this_model(task):
                continue
            same = task.owner, task.digest
            vector = stored or made.get(same) or self._vector(task)
            if vector is not None:
                made[same] = self._latest[same] = vector
                encoded.append((task, vector))
        return encoded

    def _vector(self, task: EmbeddingTask) -> Vector | None:
        try:
            numbers = self._encoder.encode(task.text, _KINDS[task.owner])
        except Exception as error:  # whatever a model's engine raises; its text may quote the input
            _log.error("text.encoding_failed", owner=task.owner.value, owner_id=task.id, kind=type(error).__name__)
            return None
        return Vector(self._encoder.model_id, np.asarray(numbers, dtype="<f4").tobytes())

    async def _store(self, encoded: Sequence[Encoded]) -> int:
        if not encoded:
            return 0
        try:
            return await store_vectors(StoreVectors(encoded), self._open_uow())
        except Unavailable as error:
            # The lease ends, and the texts are encoded again.
            _log.warning("vectors.storing_failed", reason=error.reason)
            return 0

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
