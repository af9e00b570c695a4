"""Signs of life of work that takes longer than two seconds, on standard error."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

_EVERY = 2.0  # seconds


class Progress:
    """Says at most every two seconds how far the work is; on a terminal in one line, else a line each time."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._said = clock()
        self._open_line = False

    def say(self, text: str) -> None:
        """A line that stays."""
        self._close()
        self._stream.write(f"{text}\n")
        self._stream.flush()
        self._said = self._clock()

    def step(self, what: str) -> Callable[[int, int], None]:
        """A listener for (done, all) of a piece of work."""
        began = self._clock()

        def told(done: int, everything: int) -> None:
            now = self._clock()
            if now - self._said < _EVERY:
                return
            rate = done / max(now - began, 1e-9)
            left = (everything - done) / rate if rate else 0.0
            self._write(f"  {what}: {done:,} of {everything:,} ({rate:,.0f}/s, about {left:.0f} s left)")
            self._said = now

        return told

    def _write(self, text: str) -> None:
        if self._stream.isatty():
            self._stream.write(f"\r\033[K{text}")
            self._open_line = True
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def _close(self) -> None:
        if self._open_line:
            self._stream.write("\r\033[K")
            self._open_line = False
