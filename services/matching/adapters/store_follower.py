"""Following the store: memory holds what it holds, whichever process has changed it.

Several serving processes may share a store and the consumers of events. What one of them takes the others learn by a
notice of the same transaction, in the order of the commits; what the encoder stores, all of them.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from services.matching.adapters.memory import Memory
from services.matching.adapters.postgres.loading import PORTION
from services.matching.adapters.postgres.notices import STORED_CHANNEL, Notice, read_notice
from services.matching.application.engine import Engine
from services.matching.application.intake import Indexed, index_vectors
from services.matching.application.ports import Owner, UnitOfWork
from shared.kernel.errors import Aborted, Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import listen

_SWEEP = 1.0  # seconds; finds the vectors that no notice announced
_log = get_logger("matching")


class StoreFollower:
    """Reads what it was told of, and indexes the vectors of which nobody has been told.

    Where the connection was lost, memory is compared with the whole store: so nothing is missed. Of several processes
    one at a time marks vectors and tells the others of them; into memory each of them takes all.
    """

    def __init__(self, dsn: str, memory: Memory, open_uow: Callable[[], UnitOfWork], engine: Engine) -> None:
        self.listening = asyncio.Event()
        """Set as soon as no change is missed any more: what is read from then on need not be compared again. And at
        the stop, so that nobody waits for it in vain."""
        self._dsn = dsn
        self._memory = memory
        self._open_uow = open_uow
        self._engine = engine
        self._wake = asyncio.Event()
        self._noticed: set[Notice] = set()
        self._compare = False
        self._look = True

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set. Before memory is filled, notices are only kept."""
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._dsn, STORED_CHANNEL, self._notice, stop))
            group.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._wake.clear()
                if not (self._engine.live.loaded and await self._round_safely()) and not stop.is_set():
                    await self._wait()

    async def round(self) -> bool:
        """Take in what there is; whether there may be more. Raises Unavailable."""
        compare, self._compare = self._compare, False
        noticed, self._noticed = self._noticed, set()
        look = self._look or compare or any(notice.of_vector for notice in noticed)
        try:
            if compare:
                await self._memory.compare()
            indexed = await self._index() if look else Indexed()
            await self._memory.follow(
                notice
                for notice in noticed
                if notice.owner is Owner.OPENING and not (notice.of_vector and notice.id in indexed.openings)
            )
        except BaseException:
            self._compare = self._compare or compare
            self._noticed |= noticed
            self._look = True
            raise
        self._look = indexed.found == PORTION
        return self._look

    async def sweep(self) -> int:
        """Index a portion and return how many vectors it held. Raises Unavailable."""
        return (await self._index()).found

    async def _index(self) -> Indexed:
        try:
            indexed = await index_vectors(PORTION, self._open_uow(), self._engine, datetime.now(UTC))
        except Aborted:
            return Indexed()  # a version that another transaction was just telling of: the next round knows of it
        for opening_id in indexed.foreign:
            # An encoder with another model did this text: the two processes must be given the same folder.
            _log.error("vector.model_differs", owner=Owner.OPENING.value, owner_id=opening_id)
        return indexed

    async def _round_safely(self) -> bool:
        try:
            return await self.round()
        except Unavailable as error:
            _log.warning("store.following_failed", reason=error.reason)
            return False

    def _notice(self, payload: str) -> None:
        try:
            self._noticed.add(read_notice(payload))
        except ValueError:
            # The connection is new, or a newer process says things in its own way.
            self._compare = self._compare or self.listening.is_set()
            self.listening.set()
        self._wake.set()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), _SWEEP)
        except TimeoutError:
            self._look = True

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.listening.set()
        self._wake.set()
