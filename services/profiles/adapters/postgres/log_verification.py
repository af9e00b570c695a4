"""Checking the seal of the access log from the first entry to the last, and shortening the log."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from joserfc.jwk import Key

from services.profiles.adapters.head_signing import is_signed
from services.profiles.adapters.postgres.accesses import ACCESS_COLUMNS, entry_from_row
from services.profiles.domain.access_log import KEPT, Break, Entry, Fault, Head, Seal, check
from shared.runtime.postgres import Connection

AT_ONCE = 2000
"""Rows that are held at a time."""


@dataclass(slots=True)
class Verified:
    """What a check has found.

    entries    sealed entries that were checked
    waiting    entries that are not sealed yet
    heads      heads that agree with the chain
    newest     the last seal
    """

    entries: int = 0
    waiting: int = 0
    heads: int = 0
    newest: Seal | None = None
    faults: list[Fault] = field(default_factory=list)


async def verify(
    connection: Connection, keys: Sequence[Key], now: datetime, kept_elsewhere: Sequence[Head] = ()
) -> Verified:
    """Check every seal, every head, and that nothing was slipped in. `connection` is in a transaction of its own.

    keys            those that may have signed heads; with none, signatures are not asked for
    kept_elsewhere  heads that were handed out earlier: what they fixed must be there unchanged
    """
    await connection.execute("set transaction isolation level repeatable read, read only")
    found = await connection.execute("select position, digest, time, signature from access_seal_head")
    heads = [*(Head(*row) for row in await found.fetchall()), *kept_elsewhere]
    done = Verified()
    await _check_seals(connection, done, _allowed_starts(heads, keys, now), _by_position(heads), keys)
    last = done.newest.position if done.newest is not None else 0
    done.faults += [Fault(head.position, "", Break.HEAD_DIFFERS) for head in heads if head.position > last]
    await _check_outside(connection, done)
    return done


async def shorten(connection: Connection, keys: Sequence[Key], now: datetime) -> int:
    """Delete the entries up to the newest signed head that is older than KEPT, and the seals before it.

    The seal at the head stays: the chain goes on from it. Every entry up to a head is older than the head, so none is
    deleted early; of the clocks of this process and of the database the one that is behind counts. Where the chain is
    another than a head, that head allows nothing. Needs the owner's role. Return how many entries were deleted.
    """
    found = await connection.execute(
        "select position, digest, time, signature from access_seal_head join access_seal using (position, digest)"
        " where time < least(now(), %s) - %s order by position desc",
        (now, KEPT),
    )
    heads = [Head(*row) for row in await found.fetchall()]
    head = next((each for each in heads if is_signed(each, keys)), None)
    if head is None:
        return 0
    deleted = await connection.execute(
        "delete from access using access_seal where access.id = access_id and position <= %s", (head.position,)
    )
    await connection.execute("delete from access_seal where position < %s", (head.position,))
    return deleted.rowcount


async def _check_seals(
    connection: Connection,
    done: Verified,
    allowed_starts: Collection[int],
    heads: Mapping[int, list[Head]],
    keys: Sequence[Key],
) -> None:
    before: Seal | None = None
    async for seal, entry in _sealed(connection):
        if before is None and seal.position > 1:
            # What stood before was kept long enough, if a head says so; that it is this head is looked at below.
            allowed = seal.position in allowed_starts
            fault = None if allowed else Fault(seal.position, seal.access_id, Break.HEAD_MISSING)
        else:
            fault = check(before, seal, entry)
            done.entries += 1
        if fault is not None:
            done.faults.append(fault)
        for head in heads.get(seal.position, ()):
            _check_head(done, head, seal, keys)
        before = seal
    done.newest = before


def _check_head(done: Verified, head: Head, seal: Seal, keys: Sequence[Key]) -> None:
    if head.digest != seal.digest:
        done.faults.append(Fault(seal.position, seal.access_id, Break.HEAD_DIFFERS))
    elif keys and not is_signed(head, keys):
        done.faults.append(Fault(seal.position, seal.access_id, Break.HEAD_NOT_SIGNED))
    else:
        done.heads += 1


async def _check_outside(connection: Connection, done: Verified) -> None:
    """Entries without a seal: those behind the newest one wait for theirs, older ones were slipped in.

    Where the newest seal is of another server, whose numbers say nothing here, all of them wait.
    """
    found = await connection.execute(
        "select access.id::text, coalesce((access.xid, access.id) < (newest.xid, newest.access_id)"
        " and newest.xid < pg_snapshot_xmax(pg_current_snapshot()), false)"
        " from access left join (select xid, access_id from access_seal order by position desc limit 1) newest on true"
        " where not exists (select from access_seal where access_id = access.id)"
    )
    for access_id, is_older in await found.fetchall():
        if is_older:
            position = done.newest.position if done.newest is not None else 0
            done.faults.append(Fault(position, access_id, Break.NOT_SEALED))
        else:
            done.waiting += 1


def _allowed_starts(heads: Sequence[Head], keys: Sequence[Key], now: datetime) -> frozenset[int]:
    """Positions of signed heads that are old enough for a log to begin there."""
    old = [head for head in heads if head.time < now - KEPT]
    return frozenset(head.position for head in old if is_signed(head, keys))


def _by_position(heads: Sequence[Head]) -> dict[int, list[Head]]:
    found: dict[int, list[Head]] = {}
    for head in heads:
        found.setdefault(head.position, []).append(head)
    return found


async def _sealed(connection: Connection) -> AsyncIterator[tuple[Seal, Entry | None]]:
    """Every seal in order with its entry, None where that is gone."""
    query = (
        f"select position, access_id::text, digest, {ACCESS_COLUMNS} from access_seal"  # noqa: S608 - constant
        " left join access on access.id = access_id order by position"
    )
    async with connection.cursor(name="seals") as cursor:
        cursor.itersize = AT_ONCE
        await cursor.execute(query)
        async for row in cursor:
            yield Seal(*row[:3]), entry_from_row(row[3:]) if row[3] is not None else None
