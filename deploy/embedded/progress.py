"""How a start tells what it is doing: a port, and the plain-text one for pipes and logs."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO


class Progress(Protocol):
    """Told by the stack; must not block."""

    def began(self, part: str) -> None:
        """Work on a part has begun."""

    def done(self, part: str, seconds: float) -> None:
        """Work on a part has ended well after that many seconds."""

    def note(self, text: str) -> None:
        """Something worth a line that is neither."""


class Silent:
    """Tells nobody; for tests."""

    def began(self, part: str) -> None:
        """Nothing is shown."""

    def done(self, part: str, seconds: float) -> None:
        """Nothing is shown."""

    def note(self, text: str) -> None:
        """Nothing is shown."""


class PlainProgress:
    """One line per event, and one at least every `every` seconds while anything runs. Flushes each line.

    Use it as a context manager: a daemon thread prints the lines in between, because long work in the program
    itself (loading, building) would keep any event loop from it.
    """

    def __init__(
        self, stream: TextIO | None = None, *, every: float = 4.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[str, float] = {}
        self._last = clock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def began(self, part: str) -> None:
        """Prints `part ...`."""
        with self._lock:
            self._running[part] = self._clock()
            self._print(f"  ... {part}")

    def done(self, part: str, seconds: float) -> None:
        """Prints the part with the time it took."""
        with self._lock:
            self._running.pop(part, None)
            self._print(f"  ok  {part:<28} {seconds:6.2f} s")

    def note(self, text: str) -> None:
        """Prints the text as it is."""
        with self._lock:
            self._print(f"      {text}")

    def line_if_due(self) -> None:
        """Prints what is still running and for how long, when nothing was printed for `every` seconds."""
        with self._lock:
            now = self._clock()
            if self._running and now - self._last >= self._every:
                parts = (f"{part} ({now - since:.0f} s)" for part, since in self._running.items())
                self._print(f"      still at it: {', '.join(parts)}")

    def _print(self, line: str) -> None:
        self._last = self._clock()
        print(line, file=self._stream, flush=True)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._tick, name="progress", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _tick(self) -> None:
        while not self._over.wait(min(1.0, self._every)):
            self.line_if_due()
