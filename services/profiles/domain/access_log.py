"""The seal of the access log: a chain of digests over its entries, heads that fix it, and what is found when it breaks.

Each entry that has been sealed has a place in the chain and the digest there: SHA-256 over the digest before it and the
entry. Whoever changes, removes or slips in an entry breaks the chain at its place; whoever writes the whole chain anew
contradicts the heads, which are signed and handed out.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

GENESIS = bytes(32)
"""The digest before the first entry."""
KEPT = timedelta(days=5 * 365 + 1)
"""How long an entry is kept: five years, as the logs of the city's other systems."""
HEAD_EVERY = timedelta(days=1)

_FORM = b"polku access 1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Break(StrEnum):
    """What can be wrong at a place."""

    CHANGED = "the entry, or the digest kept for it, is not what was sealed"
    REMOVED = "the entry that was sealed here is gone"
    PLACE_MISSING = "the seal of this place is gone"
    NOT_SEALED = "the entry is older than what has been sealed, and has no seal: it was slipped in"
    HEAD_DIFFERS = "the chain is another than the head that was made here"
    HEAD_NOT_SIGNED = "the head has no signature of this service's key"
    HEAD_MISSING = "the log was shortened up to here, and the signed head that allows it is gone"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is kept, in numbers and texts: what codes mean can change, and what was sealed stays.

    A step of an older version seals what a newer one has written, and codes that are known no more can be checked.
    """

    id: str
    profile_id: str
    time: datetime
    purpose: int
    role: str
    unit: str
    relation: int
    method: str
    reader: str
    service: str
    data: tuple[int, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """The place of an entry in the chain, from 1 on, and the digest there."""

    position: int
    access_id: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The chain as it stood at an instant. `signature` is a JWS of it, "" where the service has no key."""

    position: int
    digest: bytes
    time: datetime
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A place at which the log is broken; `access_id` "" where it is not known which entry was there."""

    position: int
    access_id: str
    kind: Break

    def __str__(self) -> str:
        entry = f", access {self.access_id}" if self.access_id else ""
        return f"position {self.position}{entry}: {self.kind.value}."


def digest_of(before: bytes, entry: Entry) -> bytes:
    """The digest of an entry behind the digest before it, 32 bytes."""
    return sha256(before + _bytes_of(entry)).digest()


def sealed(last: Seal | None, entries: Iterable[Entry]) -> list[Seal]:
    """The seals of entries that follow the last sealed one."""
    position, digest = (last.position, last.digest) if last is not None else (0, GENESIS)
    seals = []
    for entry in entries:
        position, digest = position + 1, digest_of(digest, entry)
        seals.append(Seal(position, entry.id, digest))
    return seals


def check(before: Seal | None, seal: Seal, entry: Entry | None) -> Fault | None:
    """What is wrong with a seal and its entry behind the seal before it, None where nothing is.

    The digest is compared behind the one that is kept, so that one broken place does not hide or blame those after it.
    """
    place, digest = (before.position, before.digest) if before is not None else (0, GENESIS)
    if seal.position != place + 1:
        return Fault(place + 1, "", Break.PLACE_MISSING)
    if entry is None:
        return Fault(seal.position, seal.access_id, Break.REMOVED)
    if seal.access_id != entry.id or seal.digest != digest_of(digest, entry):
        return Fault(seal.position, seal.access_id, Break.CHANGED)
    return None


def head_is_due(last: Head | None, newest: Seal | None, now: datetime) -> bool:
    """Whether a head is to be made: a day after the one before it, where something was sealed since."""
    if newest is None:
        return False
    return last is None or (newest.position > last.position and now - last.time >= HEAD_EVERY)


def _bytes_of(entry: Entry) -> bytes:
    """Everything in an entry, each part behind its length, so that no two entries have the same bytes."""
    parts = (
        _FORM,
        entry.id.encode(),
        entry.profile_id.encode(),
        str((entry.time - _EPOCH) // _MICROSECOND).encode(),
        str(entry.purpose).encode(),
        entry.role.encode(),
        entry.unit.encode(),
        str(entry.relation).encode(),
        entry.method.encode(),
        entry.reader.encode(),
        entry.service.encode(),
        ",".join(str(kind) for kind in entry.data).encode(),
        b"refused" if entry.refused else b"given",
    )
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)
