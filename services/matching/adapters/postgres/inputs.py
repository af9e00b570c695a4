"""Rows of `decision_input`: what lists were made with, each content once a month."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from threading import Lock

from services.matching.adapters.codec import to_json
from services.matching.adapters.postgres.shortlists import HASH_BYTES
from services.matching.application.records import MadeWith
from services.matching.domain.matches import Decision, Shortlisted

Key = tuple[date, str, int]
"""Month, id and version of an opening: within a process, which has one vocabulary, they say what its input is."""
_MANY = 16  # openings to be encoded for which a thread is worth its while


class KnownInputs:
    """Which openings' inputs are stored, with their hashes: only what has been committed. All transactions share it."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._hashes: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()

    def hashes(self, keys: Iterable[Key]) -> list[bytes | None]:
        """The hash of each, None where it is not known to be stored."""
        with self._lock:
            found = [self._hashes.get(key) for key in keys]
        return found

    def remember(self, stored: Iterable[tuple[Key, bytes]]) -> None:
        """These have been committed. The ones that were stored first are forgotten first."""
        with self._lock:
            for key, hashed in stored:
                self._hashes[key] = hashed
            while len(self._hashes) > self._most:
                self._hashes.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Input:
    """A row to be."""

    hash: bytes
    kind: str
    profile_id: str | None
    body: str


@dataclass(slots=True)
class Written:
    """The inputs of one decision: rows to insert, and the hash of each opening in the order of the shortlist."""

    month: date
    profile: bytes
    weights: bytes
    openings: list[bytes]
    rows: list[Input]
    new: list[tuple[Key, bytes]] = field(default_factory=list)


def month_of(instant: datetime) -> date:
    """The first day of an instant's month, in UTC."""
    return instant.astimezone(UTC).date().replace(day=1)


async def inputs_of(decision: Decision, made_with: MadeWith, known: KnownInputs) -> Written:
    """What has to be stored beside a decision: of its openings those alone that are not stored yet this month."""
    month = month_of(decision.create_time)
    profile = _input("profile", to_json(made_with.person), decision.profile_id)
    weights = _input("weights", to_json(made_with.weights))
    keys = [_key(month, place) for place in decision.shortlist]
    hashes = known.hashes(keys)
    missing = [place for place, hashed in enumerate(hashes) if hashed is None]
    if len(missing) > _MANY:
        openings = await asyncio.to_thread(_encoded, made_with, missing)
    else:
        openings = _encoded(made_with, missing)
    fresh = dict(zip(missing, openings, strict=True))
    return Written(
        month,
        profile.hash,
        weights.hash,
        [hashed if hashed is not None else fresh[place].hash for place, hashed in enumerate(hashes)],
        # Sorted, so that two transactions that store the same inputs wait for each other in one direction only.
        sorted((profile, weights, *openings), key=lambda row: row.hash),
        [(keys[place], fresh[place].hash) for place in missing],
    )


def _encoded(made_with: MadeWith, places: list[int]) -> list[Input]:
    return [_input("opening", to_json(made_with.opening(place))) for place in places]


def _input(kind: str, body: str, profile_id: str | None = None) -> Input:
    return Input(blake2b(f"{kind}\n{body}".encode(), digest_size=HASH_BYTES).digest(), kind, profile_id, body)


def _key(month: date, place: Shortlisted) -> Key:
    return month, place.opening_id, place.version
