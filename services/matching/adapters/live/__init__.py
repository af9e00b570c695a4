"""The published openings in memory, as columns with their vectors, and the generations of them on disk."""

from services.matching.adapters.live.generations import Generations
from services.matching.adapters.live.openings import Held, LiveOpeningsInMemory

__all__ = ["Generations", "Held", "LiveOpeningsInMemory"]
