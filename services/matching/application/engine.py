"""What every use case that compares needs: the vocabulary, the weights, and the openings in memory."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from services.matching.application.access import AccessGate, ProfileSource
from services.matching.application.live import LiveOpenings, LiveView
from services.matching.domain.columns import Closeness
from services.matching.domain.efforts import Efforts
from services.matching.domain.linking import vocabulary_version
from services.matching.domain.matches import Versions
from services.matching.domain.rules import RULES_VERSION
from services.matching.domain.weights import Weights
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.kernel.paging import PageTokens
from shared.vocabulary import Vocabulary

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Engine:
    """Wired once by `__main__`."""

    vocabulary: Vocabulary
    weights: Weights
    live: LiveOpenings
    gate: AccessGate
    source: ProfileSource
    tokens: PageTokens
    efforts: Efforts
    closeness: Closeness = field(init=False)
    epoch: str = field(init=False)
    lists: Executor = field(init=False)

    def __post_init__(self) -> None:
        """Make what is kept between lists."""
        object.__setattr__(self, "closeness", Closeness(self.vocabulary))
        # Generations of the openings count from the start of the process.
        object.__setattr__(self, "epoch", new_id())
        object.__setattr__(self, "lists", ThreadPoolExecutor(1, "lists"))

    async def in_turn(self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """What `work` gives, done in the thread of lists, one after the other.

        Computing takes longer than other calls may wait for the event loop. Two threads at it would take turns at the
        interpreter, which costs more than it brings.
        """
        return await asyncio.get_running_loop().run_in_executor(self.lists, partial(work, *args, **kwargs))

    def check_ready(self) -> None:
        """Raises Unavailable OPENINGS_LOADING while memory is not filled: an empty list would be a lie."""
        if not self.live.loaded:
            raise Unavailable(
                "OPENINGS_LOADING", "The openings are still being read into memory. Try again in a moment."
            )

    def versions(self, profile_version: int, view: LiveView) -> Versions:
        """The versions of all that a list from this view is made with."""
        return Versions(
            model=self.live.model,
            weights=self.weights.version,
            rules=RULES_VERSION,
            index_generation=view.columns.generation,
            profile_version=profile_version,
            vocabulary=vocabulary_version(self.vocabulary),
        )
