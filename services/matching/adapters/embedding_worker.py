"""The encoder's work: texts that wait become vectors, the most urgent first."""

import asyncio
from collections import deque
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
"""Tasks of a portion: what one transaction stores. An urgent text waits for two of them at most: the one in hand and
the one that is leased already."""
_SWEEP = 1.0  # seconds; finds what no notice announced
_KINDS: dict[Owner, Literal["query", "passage"]] = {Owner.PROFILE: "query", Owner.OPENING: "passage"}
_Leased = list[tuple[EmbeddingTask, Vector | None]]
"""Tasks, each with a vector that was stored of the same text."""
_Made = dict[tuple[Owner, str], Vector]
"""Vectors by the kind of owner and the digest of the text."""
_log = get_logger("encoder")


class Encoder(Protocol):
    """What makes vectors; see embedding.encoder.TextEncoder."""

    model_id: str

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        """The unit vector of a text. Slow, and called in a thread, or in several at once."""
        ...


class EmbeddingWorker:
    """Encodes until told to stop. Any number of workers may share a database: each leases the tasks that it does.

    One portion is stored and another one leased while one is encoded, so that the model never waits for the disk. Texts
    of a portion are encoded `lanes` at a time: one text alone keeps two threads busy for three quarters of the time.
    A worker that dies leaves its tasks to the others when the lease ends, after `lease` seconds. A text that the model
    cannot take, or that waits for another model, is tried again after the lease and holds nobody up.
    """

    def __init__(
        self,
        open_uow: Callable[[], PostgresUnitOfWork],
        dsn: str,
        encoder: Encoder,
        *,
        lease: float = LEASE,
        lanes: int = 1,
    ) -> None:
        self._open_uow = open_uow
        self._dsn = dsn
        self._encoder = encoder
        self._lease = lease
        self._lanes = asyncio.Semaphore(lanes)
        self._wake = asyncio.Event()
        # Of the portion before, and of the one before that: neither was stored when the one in hand was leased.
        self._latest: deque[_Made] = deque(maxlen=2)
        self.idle = False
        """True while no text waits: the model has time for less urgent work."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is leased is finished first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, TASKS_CHANNEL, lambda _: self._wake.set(), stop))
            group.create_task(self._wake_at(stop))
            storing = group.create_task(asyncio.sleep(0, 0))
            leased: _Leased = []
            while leased or not stop.is_set():
                self._wake.clear()
                leased = leased or await self._leased()
                if leased:
                    coming = group.create_task(self._coming(stop))
                    encoded = await self._encoded(leased)
                    await storing
                    storing = group.create_task(self._store(encoded))
                    leased = await coming
                elif not stop.is_set():
                    await self._wait()
            await storing

    async def portion(self) -> bool:
        """Do the most urgent tasks, from leasing to storing; False where none waits."""
        leased = await self._leased()
        await self._store(await self._encoded(leased))
        return bool(leased)

    async def _coming(self, stop: asyncio.Event) -> _Leased:
        return [] if stop.is_set() else await self._leased()

    async def _leased(self) -> _Leased:
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

    async def _encoded(self, leased: _Leased) -> list[Encoded]:
        """The vectors of these texts, each text once: also where it was in a portion that was just being stored."""
        known = {same: vector for made in self._latest for same, vector in made.items()}
        ours = [(task, stored) for task, stored in leased if self._is_for_this_model(task)]
        made: _Made = {}
        missing: dict[tuple[Owner, str], EmbeddingTask] = {}
        for task, stored in ours:
            same = task.owner, task.digest
            vector = stored or known.get(same)
            if vector is not None:
                made[same] = vector
            else:
                missing.setdefault(same, task)
        encoded = await asyncio.gather(*(self._in_lane(task) for same, task in missing.items() if same not in made))
        made |= {(task.owner, task.digest): vector for task, vector in encoded if vector is not None}
        self._latest.append(made)
        return [(task, made[task.owner, task.digest]) for task, _ in ours if (task.owner, task.digest) in made]

    async def _in_lane(self, task: EmbeddingTask) -> tuple[EmbeddingTask, Vector | None]:
        async with self._lanes:
            return task, await asyncio.to_thread(self._vector, task)

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
