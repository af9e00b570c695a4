"""What every use case that compares needs: the vocabulary, the weights, and the openings in memory."""

from dataclasses import dataclass

from services.matching.application.ports import AccessGate, LiveOpenings, ProfileSource, VectorIndex
from services.matching.domain.linking import vocabulary_version
from services.matching.domain.matches import Versions
from services.matching.domain.rules import RULES_VERSION
from services.matching.domain.weights import Weights
from shared.kernel.errors import Unavailable
from shared.kernel.paging import PageTokens
from shared.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Engine:
    """Wired once by `__main__`."""

    vocabulary: Vocabulary
    weights: Weights
    live: LiveOpenings
    index: VectorIndex
    gate: AccessGate
    source: ProfileSource
    tokens: PageTokens

    def check_ready(self) -> None:
        """Raises Unavailable OPENINGS_LOADING while memory is not filled: an empty list would be a lie."""
        if not (self.live.loaded and self.index.ready):
            raise Unavailable(
                "OPENINGS_LOADING", "The openings are still being read into memory. Try again in a moment."
            )

    def versions(self, profile_version: int) -> Versions:
        """The versions of all that a list made now is made with."""
        return Versions(
            model=self.index.model,
            weights=self.weights.version,
            rules=RULES_VERSION,
            index_generation=self.index.generation,
            profile_version=profile_version,
            vocabulary=vocabulary_version(self.vocabulary),
        )
