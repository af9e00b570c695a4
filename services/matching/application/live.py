"""The openings in memory, as the use cases need them. Ports, as in `ports`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.matching.application.ports import Vector
from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import View
from services.matching.domain.columns.storage import Array


class LiveView(Protocol):
    """The published openings at one moment: it stays as it is while openings come and go. Synchronous, any thread."""

    @property
    def columns(self) -> View:
        """All rows as columns."""
        ...

    def row(self, opening_id: str) -> int | None:
        """The row of a published opening, or None."""
        ...

    def candidate(self, row: int) -> Candidate:
        """The opening of a row, ready for comparing; without descriptions, which no rule reads."""
        ...

    def cosines(self, vector: Vector, rows: Array) -> Array:
        """float64 by row asked for: cosines of the centred vectors, −1 to 1, exact; NaN where there is no vector.

        Raises ValueError for a vector of another model or dimension.
        """
        ...

    def unread(self, rows: Array) -> int:
        """How many of these rows have no vector yet."""
        ...

    def cosines_of_all(self, vectors: Sequence[Vector]) -> Array:
        """float32[vectors, rows]: the same for all rows at once, as products of matrices; NaN as there."""
        ...


class LiveOpenings(Protocol):
    """The published openings and their vectors in memory, filled from the store at start, kept current by consumers.

    Synchronous; writers may call from any thread, and no reader ever waits for one.
    """

    @property
    def loaded(self) -> bool:
        """False until everything in the store has been read."""
        ...

    def stale(self, now: datetime) -> bool:
        """Whether it is more than a day since this was last known to be what the store holds."""
        ...

    @property
    def model(self) -> str:
        """Id of the model, engine and centring whose vectors are held; those of others are refused (ValueError)."""
        ...

    def view(self) -> LiveView:
        """What is published now."""
        ...

    def put(self, candidate: Candidate, digest: str) -> None:
        """Take an opening in; one of an older version than the one held is left aside.

        A vector that is held for the same `digest` of the text stays with it, another one goes.
        """
        ...

    def put_vector(self, opening_id: str, digest: str, vector: Vector) -> None:
        """Hold this vector for the opening. Nothing happens where it is not in, or has a text of another digest by now.

        Raises ValueError for a vector of another model or dimension.
        """
        ...

    def remove(self, opening_id: str) -> None:
        """Take an opening out. Nothing happens where it is not in."""
        ...
