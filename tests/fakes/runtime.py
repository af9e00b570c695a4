"""In-memory fakes of the shared mechanisms; they pass the same contract tests as the real ones."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.kernel.errors import FieldViolation, Internal, InvalidArgument, PolkuError
from shared.kernel.events import EventRecord
from shared.runtime.inbox import Accepted
from shared.runtime.requests import StoredAnswer


@dataclass
class FakeOutbox:
    """Events in the order of appending; a second event of one version is refused, as the table refuses it."""

    records: list[EventRecord] = field(default_factory=list)

    async def append(self, records: Iterable[EventRecord]) -> None:
        """Append events."""
        for record in records:
            key = (record.aggregate_id, record.aggregate_version)
            if any((known.aggregate_id, known.aggregate_version) == key for known in self.records):
                raise ValueError(f"A second event of version {record.aggregate_version} of one aggregate.")
            self.records.append(record)


@dataclass
class FakeInbox:
    """Remembers the newest version per consumer and aggregate."""

    taken: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    async def accept(self, consumer: str, aggregate_id: str, version: int, event_id: str) -> Accepted:
        """Say whether a version is newer than what was taken."""
        known_version, known_event = self.taken.get((consumer, aggregate_id), (0, ""))
        if version > known_version:
            self.taken[consumer, aggregate_id] = (version, event_id)
            return Accepted.NEW
        return Accepted.DUPLICATE if event_id == known_event else Accepted.STALE


@dataclass
class _Kept:
    method: str
    fingerprint: bytes
    about: str = ""
    answer: bytes | None = None


@dataclass
class FakeAnswers:
    """Stored answers by (scope, request_id)."""

    kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)

    async def answer_once(self, *, scope: str, request_id: str, method: str, fingerprint: bytes) -> StoredAnswer | None:
        """Claim a request id, or return its answer."""
        known = self.kept.get((scope, request_id))
        if known is None:
            self.kept[scope, request_id] = _Kept(method, fingerprint)
            return None
        if (known.method, known.fingerprint) != (method, fingerprint):
            violation = FieldViolation("request_id", "REQUEST_ID_REUSED", "Use a new request_id for another request.")
            raise InvalidArgument("REQUEST_ID_REUSED", "This request_id was used before.", violations=(violation,))
        if known.answer is None:
            raise Internal("ANSWER_MISSING", "The first call with this request_id stored no answer.")
        return StoredAnswer(known.answer)

    async def keep_answer(self, *, scope: str, request_id: str, answer: bytes, about: str = "") -> None:
        """Store the answer of a claimed request."""
        known = self.kept.get((scope, request_id))
        if known is None:
            raise Internal("REQUEST_NOT_CLAIMED", "keep_answer was called without answer_once.")
        known.answer, known.about = answer, about

    async def forget_answers_about(self, about: str) -> int:
        """Delete the answers about one person or thing."""
        found = [key for key, kept in self.kept.items() if kept.about == about]
        for key in found:
            del self.kept[key]
        return len(found)


@dataclass
class FakeStream:
    """A stream that stores each event id once; `failures` are raised first, one for each publish."""

    stored: list[EventRecord] = field(default_factory=list)
    failures: list[PolkuError] = field(default_factory=list)
    in_flight: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_in_flight: int = 0
    most_per_aggregate: int = 0

    async def publish(self, record: EventRecord) -> None:
        """Store an event, unless a failure is due."""
        self.in_flight[record.aggregate_id] += 1
        self.most_in_flight = max(self.most_in_flight, sum(self.in_flight.values()))
        self.most_per_aggregate = max(self.most_per_aggregate, self.in_flight[record.aggregate_id])
        try:
            await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop(0)
            if all(known.id != record.id for known in self.stored):
                self.stored.append(record)
        finally:
            self.in_flight[record.aggregate_id] -= 1
