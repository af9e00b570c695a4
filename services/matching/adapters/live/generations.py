"""Generations of the openings in memory on disk: a start has to read from the store only what has changed since.

A generation is a copy that may be lost: whatever is not certain about it, it is refused, and the store is read.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from services.matching import domain
from services.matching.adapters.live.book import Book
from services.matching.adapters.live.files import Content, Refused, folders, read_files, read_manifest, write_folder
from services.matching.adapters.live.openings import LiveOpeningsInMemory
from services.matching.adapters.live.packing import Packing, dictionary_digest
from services.matching.adapters.live.vectors import Vectors
from services.matching.adapters.live.view import BookView
from services.matching.domain.columns import Catalogue
from services.matching.domain.columns.storage import Array, Parts
from services.matching.domain.linking import vocabulary_version
from shared.runtime.log import get_logger
from shared.vocabulary import Vocabulary

FORMAT = 1
_ALIGNMENT = 64
_log = get_logger("matching")


@dataclass(frozen=True, slots=True)
class Identity:
    """What has to be the same for a generation to be of use.

    code  digest of the rules and columns: after a change of either, what is laid down may mean something else
    """

    model: str
    dimension: int
    vocabulary: str
    format: int
    code: str
    packing: str


class Generations:
    """The generations in a folder; one is kept, the newest."""

    def __init__(self, folder: Path, live: LiveOpeningsInMemory, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._live = live
        self._vocabulary = vocabulary
        self._identity = Identity(
            live.model, live.dimension, vocabulary_version(vocabulary), FORMAT, _code(), dictionary_digest()
        )

    def save(self) -> None:
        """Write what is published now. Beside readers and writers. Raises OSError."""
        began, view, current_at = time.perf_counter(), self._live.view(), self._live.current_at
        rows, saved = view.alive, Parts()
        packed = view.book.save(rows, saved)
        saved.arrays["packed"] = np.array([len(one) for one in packed], np.int32)
        saved.arrays["with_vector"] = view.with_vector[rows]
        described = {
            **asdict(self._identity),
            "openings": len(rows),
            "generation": view.columns.generation,
            "current_at": None if current_at is None else current_at.isoformat(),
            "columns": _layout(saved.arrays),
        }
        files: dict[str, Content] = {
            "columns": _blocks(saved.arrays),
            "names": [msgspec.msgpack.encode(saved.keys)],
            "packed": [b"".join(packed)],
            "vectors": (floats.data for floats in view.book.vectors.copied(rows)),
        }
        folder = write_folder(self._folder, described, files)
        _log.info("index.saved", generation=folder.name, openings=len(rows), duration_ms=_ms_since(began))

    def load(self) -> bool:
        """Let the openings hold the newest generation that is of use. False where there is none: nothing is held."""
        began = time.perf_counter()
        for folder in folders(self._folder):
            try:
                view, current_at = self._read(folder)
            except Refused as refused:
                _log.warning("index.refused", generation=folder.name, reason=refused.reason)
            else:
                self._live.take_over(view, current_at)
                openings = len(self._live)
                _log.info("index.loaded", generation=folder.name, openings=openings, duration_ms=_ms_since(began))
                return True
        return False

    def _read(self, folder: Path) -> tuple[BookView, datetime | None]:
        manifest = read_manifest(folder)
        for name, value in asdict(self._identity).items():
            if manifest.get(name) != value:
                raise Refused(name)
        try:
            return self._view_of(folder, manifest)
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            raise Refused("unreadable") from error

    def _view_of(self, folder: Path, manifest: Mapping[str, Any]) -> tuple[BookView, datetime | None]:
        vectors = Vectors(self._identity.model, self._identity.dimension)
        small = {name: bytearray(manifest["files"][name]["bytes"]) for name in ("columns", "names", "packed")}
        into = {name: [memoryview(content)] for name, content in small.items()}
        read_files(folder, manifest, {**into, "vectors": vectors.memory(manifest["openings"])})
        arrays = {name: _array(small["columns"], *where) for name, where in manifest["columns"].items()}
        book = Book(vectors, Packing(), self._vocabulary, _cut(into["packed"][0], arrays["packed"]))
        book.load(Parts(arrays, _keys(small["names"])))
        book.catalogue.go_on_from(manifest["generation"])
        current_at = manifest["current_at"]
        view = BookView(book.catalogue.publish(), arrays["with_vector"], book)
        return view, None if current_at is None else datetime.fromisoformat(current_at)


def _layout(arrays: Mapping[str, Array]) -> dict[str, tuple[str, list[int], int]]:
    """Type, shape and first byte of each array in the file of columns."""
    found, start = {}, 0
    for name, array in arrays.items():
        found[name] = array.dtype.str, list(array.shape), start
        start += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    return found


def _blocks(arrays: Mapping[str, Array]) -> Iterator[bytes]:
    for array in arrays.values():
        yield array.tobytes()
        yield bytes(-array.nbytes % _ALIGNMENT)


def _array(content: bytearray, kind: str, shape: list[int], start: int) -> Array:
    if 0 in shape:  # numpy reads no empty array at the end of a buffer
        return np.zeros(shape, kind)
    return np.frombuffer(content, kind, int(np.prod(shape)), start).reshape(shape)


def _keys(content: bytearray) -> dict[str, list[Any]]:
    """The names in facets, of the types that an empty catalogue has for them."""
    kinds = Parts()
    Catalogue().save("catalogue", kinds)
    Packing().concepts.save("concepts", kinds)
    rows: dict[str, msgspec.Raw] = msgspec.msgpack.decode(content, type=dict[str, msgspec.Raw])
    return {name: msgspec.msgpack.decode(rows[name], type=list[kind]) for name, kind in kinds.kinds.items()}  # type: ignore[valid-type]


def _cut(content: memoryview, lengths: Array) -> list[bytes]:
    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    return [bytes(content[start:end]) for start, end in pairwise([0, *ends])]


def _code() -> str:
    """Digest of the domain's source."""
    found, root = sha256(), Path(next(iter(domain.__path__)))
    for path in sorted(root.rglob("*.py")):
        found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def _ms_since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
