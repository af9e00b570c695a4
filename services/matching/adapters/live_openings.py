"""The published openings in memory."""

from collections.abc import Iterable, Sequence

from services.matching.domain.candidates import Candidate
from services.matching.domain.values import OpeningKind


class LiveOpeningsInMemory:
    """A `LiveOpenings` over one dict.

    Each change is one step of the interpreter, and a reader copies the values in one step: no lock is needed, and a
    reader never waits for a writer.
    """

    def __init__(self) -> None:
        self._held: dict[str, Candidate] = {}
        self._loaded = False

    @property
    def loaded(self) -> bool:
        """See LiveOpenings."""
        return self._loaded

    def __len__(self) -> int:
        return len(self._held)

    def fill(self, candidates: Iterable[Candidate]) -> None:
        """Take all these in (a start); afterwards the openings are loaded."""
        for candidate in candidates:
            self.put(candidate)
        self._loaded = True

    def get(self, opening_id: str) -> Candidate | None:
        """See LiveOpenings."""
        return self._held.get(opening_id)

    def all(self, kind: OpeningKind | None = None) -> Sequence[Candidate]:
        """See LiveOpenings."""
        now = list(self._held.values())
        return now if kind is None else [each for each in now if each.snapshot.kind is kind]

    def put(self, candidate: Candidate) -> None:
        """See LiveOpenings."""
        held = self._held.get(candidate.id)
        if held is None or held.snapshot.version <= candidate.snapshot.version:
            self._held[candidate.id] = candidate

    def remove(self, opening_id: str) -> None:
        """See LiveOpenings."""
        self._held.pop(opening_id, None)
