"""Times of calls: warmed up, one by one or several at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each call, and how many calls a second there were."""

    ms: tuple[float, ...]
    rate: float

    @property
    def p50(self) -> float:
        """The median."""
        return self.quantile(50)

    @property
    def p99(self) -> float:
        """The time that one call in a hundred takes longer than."""
        return self.quantile(99)

    @property
    def least(self) -> float:
        """The quickest: what the work takes where nothing else runs."""
        return min(self.ms)

    def quantile(self, percent: float) -> float:
        """Any quantile, of 100."""
        return float(np.percentile(self.ms, percent))


def timed(call: Callable[[int], object], calls: int, *, warm: int = 5) -> Times:
    """Time so many calls, after some that are not counted; the call is given its number."""
    for number in range(warm):
        call(number)
    taken, began = [], time.perf_counter()
    for number in range(calls):
        start = time.perf_counter()
        call(number)
        taken.append(1000 * (time.perf_counter() - start))
    return Times(tuple(taken), calls / (time.perf_counter() - began))


async def timed_calls(
    call: Callable[[int], Awaitable[object]], calls: int, *, at_once: int = 1, warm: int = 10
) -> Times:
    """The same of calls to a server, so many of them at once."""
    for number in range(warm):
        await call(number)
    taken: list[float] = []
    numbers = iter(range(calls))

    async def one_after_the_other() -> None:
        for number in numbers:
            start = time.perf_counter()
            await call(number)
            taken.append(1000 * (time.perf_counter() - start))

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return Times(tuple(taken), calls / (time.perf_counter() - began))


def top(scores: Sequence[float], number: int) -> set[int]:
    """Places of the highest."""
    values = np.asarray(scores)
    if len(values) <= number:
        return set(range(len(values)))
    return set(np.argpartition(-values, number - 1)[:number].tolist())
