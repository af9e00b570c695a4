"""Vectors of the benchmark's texts, made once and kept between runs by the text's digest."""

from collections.abc import Sequence
from pathlib import Path

from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.linking.vector_store import Floats, Kind, VectorStore
from services.matching.evaluation.progress import Progress


class Encoder:
    """A model folder with a store of its vectors; the model is loaded when a text comes that has none yet."""

    def __init__(self, folder: Path, store: Path, progress: Progress, *, centred: bool = True) -> None:
        described = read_folder(folder)
        self.model_id = described.model_id(centred=centred)
        self._folder = folder
        self._centred = centred
        self._progress = progress
        self._store = VectorStore(store, self.model_id, described.dimension)

    def vectors(self, texts: Sequence[str], kind: Kind, what: str) -> Floats:
        """Unit vectors, float32 (texts, dimension); zeros for an empty text, which is encoded nowhere."""
        missing = self._store.missing(texts, kind)
        if missing:
            from services.matching.adapters.embedding.encoder import TextEncoder  # torch: seconds

            self._progress.say(f"  {what}: {len(missing):,} texts to encode, {self.model_id}")
            encoder = TextEncoder(self._folder, centred=self._centred)
            self._store.encode(missing, kind, encoder, self._progress.step(what))
        vectors = self._store.of(texts, kind)
        vectors[[not text for text in texts]] = 0.0
        return vectors
