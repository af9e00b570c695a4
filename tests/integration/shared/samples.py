"""Events for tests, and waiting for conditions."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id


def event(
    aggregate_id: str = "", version: int = 1, service: str = "profiles", payload: bytes = b"\x0a\x01a"
) -> EventRecord:
    """Return an event of an aggregate; each call makes a new id."""
    aggregate = aggregate_id or new_id()
    return EventRecord(
        id=new_id(),
        type="polku.test.v1.ThingChanged",
        subject=f"polku.{service}.thing.changed.v1.{aggregate}",
        aggregate_id=aggregate,
        aggregate_version=version,
        occurred_at=datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC),
        payload=payload,
    )


async def eventually(condition: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = 15.0) -> None:
    """Wait for a condition with a deadline; AssertionError names what did not happen."""
    give_up_at = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert time.monotonic() < give_up_at, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.01)
