"""The writer's side of the openings in memory: a catalogue, and beside each of its rows what it has no column for."""

from collections.abc import Sequence
from functools import lru_cache, partial
from hashlib import sha256

import numpy as np

from services.matching.adapters.live.packing import Packing
from services.matching.adapters.live.vectors import Rows, Vectors
from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.columns import Catalogue
from services.matching.domain.columns.distinct import NONE
from services.matching.domain.columns.storage import Column, Parts
from shared.vocabulary import Vocabulary

DIGEST_BYTES = 16
_UNPACKED = 2048  # openings kept ready: lists show the same ones again and again


def short(digest: str) -> bytes:
    """Stands for the digest of a text: enough to tell texts apart."""
    return sha256(digest.encode()).digest()[:DIGEST_BYTES]


class Book:
    """Rows of openings. Written by one thread at a time; a row never changes, but for the vector it comes to have.

    digest    two numbers by row: `short` of the digest of the opening's text
    previous  the row that the opening had before, or −1
    """

    def __init__(self, vectors: Vectors, packing: Packing, vocabulary: Vocabulary, packed: list[bytes]) -> None:
        self.catalogue = Catalogue()
        self.vectors = vectors
        self.packing = packing
        self.digest = Column(np.uint64, 2)
        self.previous = Column(np.int32)
        self.packed = packed
        self._vocabulary = vocabulary
        # Not a method: the book would hold itself, and its memory would wait for the collector.
        self.candidate = lru_cache(_UNPACKED)(partial(_unpacked, packed, packing, vocabulary))

    def __len__(self) -> int:
        return len(self.packed)

    def append(self, candidate: Candidate, packed: bytes, digest: bytes) -> int:
        """Write a row and give its number."""
        # The catalogue comes last: it is by its table of ids that readers find a row.
        self.previous.append(self.catalogue.row(candidate.id))
        self.digest.append(np.frombuffer(digest, np.uint64))
        self.packed.append(packed)
        return self.catalogue.append(candidate)

    def digest_of(self, row: int) -> bytes:
        """The short digest of a row's text."""
        return bytes(self.digest.view()[row].tobytes())

    def row(self, opening_id: str, rows: int) -> int:
        """The newest among the first so many rows that the opening had, or −1."""
        row = self.catalogue.row(opening_id)
        while row >= rows:
            row = self.previous.item(row)
        return row

    def kept(self, rows: Rows, vectors: Vectors) -> "Book":
        """These rows alone, at most one of each opening, with these vectors."""
        kept = Book(vectors, self.packing, self._vocabulary, [self.packed[row] for row in rows.tolist()])
        kept.catalogue = self.catalogue.kept(rows)
        kept.digest = self.digest.kept(rows)
        kept.previous.extend(np.full(len(rows), NONE))
        return kept

    def save(self, rows: Rows, into: Parts) -> Sequence[bytes]:
        """Add these rows, at most one of each opening, without vectors; returns the packed openings."""
        self.catalogue.kept(rows).save("catalogue", into)
        self.digest.kept(rows).save("digest", into)
        self.packing.concepts.save("concepts", into)
        return [self.packed[row] for row in rows.tolist()]

    def load(self, saved: Parts) -> None:
        """Take over what was saved; the packed openings are there already.

        Raises KeyError or ValueError where it is not whole.
        """
        self.catalogue.load("catalogue", saved)
        self.digest.load("digest", saved)
        self.packing.concepts.load("concepts", saved)
        if not len(self.catalogue) == len(self.digest) == len(self.packed):
            raise ValueError("The saved openings are not whole.")
        self.previous.extend(np.full(len(self.packed), NONE))


def _unpacked(packed: list[bytes], packing: Packing, vocabulary: Vocabulary, row: int) -> Candidate:
    return prepare(*packing.unpack(packed[row]), vocabulary)
