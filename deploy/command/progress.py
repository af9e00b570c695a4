"""How the command shows progress: live lines on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from deploy.embedded.progress import PlainProgress


class LiveProgress:
    """Finished parts as lines, running ones with a spinner and their time. Use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[str, float] = {}
        self._live = Live(console=console, refresh_per_second=8, transient=True, get_renderable=self._render)

    def began(self, part: str) -> None:
        """Shows the part as running."""
        self._running[part] = time.monotonic()

    def done(self, part: str, seconds: float) -> None:
        """Prints the part with the time it took."""
        self._running.pop(part, None)
        self._live.refresh()
        self._console.print(f"  [green]✓[/] {part:<28} [dim]{seconds:6.2f} s[/]", highlight=False)

    def note(self, text: str) -> None:
        """Prints the text as it is."""
        self._console.print(f"    {text}", markup=False, highlight=False, style="dim")

    def _render(self) -> Table:
        now = time.monotonic()
        table = Table.grid(padding=(0, 1))
        for part, since in self._running.items():
            table.add_row(Spinner("dots"), part, f"{now - since:.0f} s")
        return table

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)


def shown_on(console: Console) -> "LiveProgress | PlainProgress":
    """The progress that fits where the console writes."""
    return LiveProgress(console) if console.is_terminal else PlainProgress()
