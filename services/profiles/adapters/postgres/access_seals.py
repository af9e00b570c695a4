"""Sealing the access log behind its entries, in the order in which they became visible.

An entry is written by a transaction that may commit later than one that began after it. So the step takes only entries
of transactions below the oldest that still runs (pg_snapshot_xmin): nothing can appear among them any more. They are
sealed by number of transaction, then id. Numbers at or above the next one to be given are those of another server,
from which the database was restored: their transactions are long over, too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from services.profiles.adapters.head_signing import HeadSigner
from services.profiles.adapters.postgres.accesses import ACCESS_COLUMNS, entry_from_row
from services.profiles.domain.access_log import Head, Seal, head_is_due, sealed
from shared.kernel.errors import Unavailable
from shared.runtime.log import get_logger
from shared.runtime.postgres import Connection, Pool, transaction

BATCH = 1000
EVERY = 1.0
"""Seconds between two looks for entries that are not sealed."""
_LOCK = 0x5345414C  # "SEAL"
_OVER = "xid < pg_snapshot_xmin(pg_current_snapshot())"
_FOREIGN = "xid >= pg_snapshot_xmax(pg_current_snapshot())"
_log = get_logger("access_log")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest seal, and the transaction of its entry; `foreign` where that is one of another server."""

    seal: Seal
    xid: str
    foreign: bool


class Sealer:
    """Seals what is written, and makes the heads. Several may run: one of them works at a time."""

    def __init__(
        self,
        pool: Pool,
        signer: HeadSigner | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        batch: int = BATCH,
    ) -> None:
        self._pool = pool
        self._signer = signer
        self._now = now
        self._batch = batch

    async def run(self, stop: asyncio.Event) -> None:
        """Seal each second until `stop` is set, and once more then; what cannot be stored is tried again."""
        while True:
            stopping = stop.is_set()
            try:
                await self.seal_all()
            except Unavailable as error:
                _log.warning("accesses.sealing_failed", reason=error.reason)
            if stopping:
                return
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue

    async def seal_all(self) -> int:
        """Seal what can be sealed now. Return how many entries. Raises Unavailable STORAGE_UNAVAILABLE."""
        done = 0
        while True:
            count = await self._round()
            done += count
            if count < self._batch:
                return done

    async def _round(self) -> int:
        async with transaction(self._pool) as connection:
            row = await (await connection.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,))).fetchone()
            if row != (True,):
                return 0
            newest = await _newest(connection)
            rows = await _not_sealed(connection, newest, self._batch)
            seals = sealed(newest.seal if newest else None, [entry_from_row(row[1:]) for row in rows])
            await _keep(connection, seals, [row[0] for row in rows])
            await self._make_head(connection, seals[-1] if seals else newest.seal if newest is not None else None)
        return len(seals)

    async def _make_head(self, connection: Connection, newest: Seal | None) -> None:
        found = await connection.execute(
            "select position, digest, time, signature from access_seal_head order by position desc limit 1"
        )
        row = await found.fetchone()
        now = self._now()
        if newest is None or not head_is_due(Head(*row) if row else None, newest, now):
            return
        head = Head(newest.position, newest.digest, now)
        if self._signer is not None:
            head = replace(head, signature=self._signer.sign(head))
        await connection.execute(
            "insert into access_seal_head (position, digest, time, signature) values (%s, %s, %s, %s)",
            (head.position, head.digest, head.time, head.signature),
        )
        # Whoever keeps the logs elsewhere keeps the heads with them.
        _log.info("access_log.head_made", position=head.position, digest=head.digest.hex(), signed=head.signature != "")


async def _newest(connection: Connection) -> Newest | None:
    found = await connection.execute(
        f"select position, access_id::text, digest, xid::text, {_FOREIGN} from access_seal"  # noqa: S608 - constant
        " order by position desc limit 1"
    )
    row = await found.fetchone()
    return Newest(Seal(*row[:3]), row[3], row[4]) if row else None


async def _not_sealed(connection: Connection, newest: Newest | None, limit: int) -> list[tuple[Any, ...]]:
    """(transaction, entry) of what follows the newest seal.

    Where that says nothing, it is everything without a seal, and what another server has written comes first: once an
    entry of this one is sealed, only those behind it are looked at.
    """
    where = f"({_OVER} or {_FOREIGN})"
    given: tuple[str, ...] = ()
    if newest is not None and not newest.foreign:
        where, given = f"(xid, id) > (%s::xid8, %s::uuid) and {_OVER}", (newest.xid, newest.seal.access_id)
    query = (
        f"select access.xid::text, {ACCESS_COLUMNS} from access where {where}"  # noqa: S608 - constants
        " and not exists (select from access_seal where access_id = access.id)"
        f" order by {_FOREIGN} desc, access.xid, access.id limit %s"
    )
    return list(await (await connection.execute(query, (*given, limit))).fetchall())


async def _keep(connection: Connection, seals: list[Seal], xids: list[str]) -> None:
    if not seals:
        return
    await connection.execute(
        "insert into access_seal (position, access_id, xid, digest)"
        " select * from unnest(%s::bigint[], %s::uuid[], %s::text[]::xid8[], %s::bytea[])",
        (
            [seal.position for seal in seals],
            [seal.access_id for seal in seals],
            xids,
            [seal.digest for seal in seals],
        ),
    )
