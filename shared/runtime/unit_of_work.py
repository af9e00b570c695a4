"""The frame of a unit of work over PostgreSQL: what is not committed is undone."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from shared.runtime.postgres import Connection, Pool, single_statements, transaction


class TransactionalUnitOfWork(ABC):
    """Each `async with` is one transaction. Errors of storage leave as Unavailable STORAGE_UNAVAILABLE.

    A subclass makes its stores in `bind`. With `one_write`, for work that reads and then writes by a single statement,
    each statement stands for itself: the same promise, without the trips that begin and end a transaction.
    """

    def __init__(self, pool: Pool, *, one_write: bool = False) -> None:
        self._pool = pool
        self._frame = single_statements if one_write else transaction
        self._transaction: AbstractAsyncContextManager[Connection] | None = None

    @abstractmethod
    def bind(self, connection: Connection) -> None:
        """Make the stores of a transaction over its connection."""

    async def __aenter__(self) -> Self:
        self._transaction = self._frame(self._pool)
        self.bind(await self._transaction.__aenter__())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        running, self._transaction = self._transaction, None
        if running is None:
            return
        # A transaction that is left without an error would be committed: undoing needs one.
        undo = error or _NotCommitted()
        await running.__aexit__(type(undo), undo, undo.__traceback__)

    async def commit(self) -> None:
        """Make everything last, durably. The connection goes back to the pool."""
        running, self._transaction = self._transaction, None
        if running is not None:
            await running.__aexit__(None, None, None)


class _NotCommitted(Exception):
    """Undoes a transaction that was left without commit."""
