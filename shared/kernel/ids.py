"""Identifiers: UUID version 7 (RFC 9562 §5.7), ordered by time of making, strictly rising within a process."""

import re
import secrets
import threading
import time
from datetime import UTC, datetime

_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TAIL_BITS = 74  # rand_a (12) and rand_b (62) taken as one counter: RFC 9562 §6.2, method 2
_lock = threading.Lock()
_last_ms = 0
_last_tail = 0


def new_id() -> str:
    """Return a new id: 36 characters, lower-case hexadecimal with dashes."""
    global _last_ms, _last_tail
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            # The top bit stays free, so that the counter has room to rise within one millisecond.
            _last_ms, _last_tail = now_ms, secrets.randbits(_TAIL_BITS - 1)
        else:
            # Same millisecond, or the clock went back: go on from the last id with a random step.
            _last_tail += 1 + secrets.randbits(32)
            if _last_tail >> _TAIL_BITS:
                _last_ms, _last_tail = _last_ms + 1, secrets.randbits(_TAIL_BITS - 1)
        return _format(_last_ms, _last_tail)


def is_id(text: str) -> bool:
    """Say whether `text` is an id in the one form that `new_id` gives."""
    return _FORM.fullmatch(text) is not None


def made_at(made: str) -> datetime:
    """The instant of an id's making, by itself: UTC, to the millisecond. Raises ValueError for what is no id."""
    if not is_id(made):
        raise ValueError("not an id")
    return datetime.fromtimestamp(int(made[:8] + made[9:13], 16) / 1000, UTC)


def _format(milliseconds: int, tail: int) -> str:
    rand_a, rand_b = tail >> 62, tail & ((1 << 62) - 1)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
