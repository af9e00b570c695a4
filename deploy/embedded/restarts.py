"""When a part that died is started again: a pure rule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Exponential wait between restarts; seconds throughout."""

    first: float = 0.2
    longest: float = 5.0
    steady_after: float = 60.0
    """Uptime after which a part counts as sound again and the wait starts over."""

    def next(self, former: float | None, uptime: float) -> float:
        """The wait before the next start, after a wait of `former` (None: never restarted) and `uptime` alive."""
        if former is None or uptime >= self.steady_after:
            return self.first
        return min(former * 2, self.longest)
