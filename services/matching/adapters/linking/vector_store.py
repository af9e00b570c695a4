"""Vectors of texts that stay the same, such as labels: kept on disk by the text's digest, so that each is made once.

A file for each model, of records (16 bytes of digest, then float32 in little endian) that are only appended, under a
lock: several processes may use it. What a crash left half written is cut off before the next record. Digests instead
of texts: whatever was embedded stays unreadable.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Kind = Literal["query", "passage"]
Told = Callable[[int, int], None]
"""(done, all): called after each part of the work."""

_DIGEST = 16
_PART = 256  # texts between two signs of progress; a second or two


def untold(done: int, everything: int) -> None:
    """Nobody listens."""


class BatchEncoder(Protocol):
    """What makes vectors of many texts; see embedding.encoder.TextEncoder."""

    model_id: str
    dimension: int

    def encode_many(self, texts: Sequence[str], kind: Kind) -> Floats:
        """Unit vectors, float32 (texts, dimension)."""
        ...


class VectorStore:
    """The vectors of one model: their places in memory, themselves on disk."""

    def __init__(self, folder: Path, model_id: str, dimension: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / (re.sub(r"[^A-Za-z0-9.@-]+", "_", model_id) + ".vectors")
        self._path.touch()
        self._record = np.dtype([("digest", f"V{_DIGEST}"), ("vector", "<f4", (dimension,))])
        self._dimension = dimension
        self._place: dict[bytes, int] = {}
        self._rows = 0
        self._read_new()

    def known(self, texts: Sequence[str], kind: Kind) -> list[bool]:
        """Whether each text's vector is there."""
        return [_digest(text, kind) in self._place for text in texts]

    def of(self, texts: Sequence[str], kind: Kind) -> Floats:
        """Stored vectors, float32 (texts, dimension). Raises KeyError for a text that `known` denies."""
        places = [self._place[_digest(text, kind)] for text in texts]
        if not places:
            return np.zeros((0, self._dimension), np.float32)
        return np.asarray(self._mapped()["vector"][places], np.float32)

    def encode(self, texts: Sequence[str], kind: Kind, encoder: BatchEncoder, told: Told = untold) -> Floats:
        """Vectors of all texts; those not stored yet are made and stored, in parts of texts of similar length."""
        missing = self.missing(texts, kind)
        for start in range(0, len(missing), _PART):
            part = missing[start : start + _PART]
            self.add(part, kind, encoder.encode_many(part, kind))
            told(min(start + _PART, len(missing)), len(missing))
        return self.of(texts, kind)

    def missing(self, texts: Sequence[str], kind: Kind) -> list[str]:
        """Those of the texts, each once, whose vectors are not stored yet, the shortest first."""
        unknown = (text for text in dict.fromkeys(texts) if _digest(text, kind) not in self._place)
        return sorted(unknown, key=len)

    def add(self, texts: Sequence[str], kind: Kind, vectors: Floats) -> None:
        """Store vectors of texts."""
        records = np.zeros(len(texts), self._record)
        records["digest"] = np.asarray([_digest(text, kind) for text in texts], f"S{_DIGEST}").view(f"V{_DIGEST}")
        records["vector"] = vectors
        with self._path.open("r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            whole = os.fstat(stream.fileno()).st_size // self._record.itemsize * self._record.itemsize
            stream.truncate(whole)
            stream.seek(whole)
            stream.write(records.tobytes())
        self._read_new()

    def _read_new(self) -> None:
        """Take in what this or another process has added."""
        rows = self._path.stat().st_size // self._record.itemsize
        if rows > self._rows:
            # Once, and not for each: all of them are read from the file here.
            digests = self._mapped(rows)["digest"][self._rows :].tobytes()
            for number, digest in enumerate(digests[at : at + _DIGEST] for at in range(0, len(digests), _DIGEST)):
                self._place.setdefault(digest, self._rows + number)
            self._rows = rows

    def _mapped(self, rows: int | None = None) -> np.memmap[tuple[int], np.dtype[np.void]]:
        return np.memmap(self._path, self._record, "r", shape=(self._rows if rows is None else rows,))


def _digest(text: str, kind: Kind) -> bytes:
    return hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()[:_DIGEST]
