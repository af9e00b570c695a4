"""Text → vector: one text a call where a vector is kept for good, many where speed counts more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from services.matching.adapters.embedding.folder import Engine, read_folder
from services.matching.adapters.embedding.loading import load_encoder

Kind = Literal["query", "passage"]
_BATCH = 32


class TextEncoder:
    """A sentence-transformers model behind one synchronous method; safe to call from several threads.

    `model_id` names the vectors (folder.ModelFolder.model_id), `dimension` is their length, `max_tokens` the number
    of tokens after which a text is cut off.
    """

    def __init__(self, path: Path, *, engine: Engine | None = None, threads: int = 2, centred: bool = True) -> None:
        """Load the folder; takes seconds, most of them for importing torch. Raises ModelFolderError."""
        folder = read_folder(path)
        self._model = load_encoder(folder, engine, threads=threads, centred=centred)
        self._prompts = {"query": self._prompt("query"), "passage": self._prompt("passage", "document")}
        self.model_id = folder.model_id(engine, centred=centred)
        self.dimension = folder.dimension
        self.max_tokens = int(self._model.max_seq_length or 0)

    def encode(self, text: str, kind: Kind) -> npt.NDArray[np.float32]:
        """The text's vector, float32 (dimension,), of length one.

        Each text is a batch of its own: padding to a longer neighbour would change the last digits of a vector, and
        with int8 more than those.
        """
        vector = self._model.encode(
            [text], prompt=self._prompts[kind], batch_size=1, show_progress_bar=False, normalize_embeddings=True
        )[0]
        return np.asarray(vector, np.float32)

    def encode_many(self, texts: Sequence[str], kind: Kind) -> npt.NDArray[np.float32]:
        """Vectors of many texts, float32 (texts, dimension), three to five times as fast on short ones.

        Texts of similar length share a batch. A vector may differ from `encode`'s in its last digits.
        """
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(
            list(texts),
            prompt=self._prompts[kind],
            batch_size=_BATCH,
            show_progress_bar=False,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, np.float32)

    def _prompt(self, *names: str) -> str:
        """The first of the model's prompts that it has; a model without prompts takes the bare text."""
        prompts = self._model.prompts
        return next((prompt for name in names if (prompt := prompts.get(name))), "")
