"""A small encoder for tests: texts that share words have similar vectors, and the same text has always the same one."""

import threading
from hashlib import sha256
from typing import Literal

import numpy as np
import numpy.typing as npt

DIMENSION = 16


class WordEncoder:
    """An `Encoder` that adds up one fixed direction for each word; questions and answers are encoded alike."""

    def __init__(self, model_id: str = "word-model@1/torch/raw") -> None:
        self.model_id = model_id
        self.encoded: list[str] = []

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        """The unit vector of a text, (16,)."""
        self.encoded.append(text)
        total = np.sum([_direction(word) for word in text.lower().split()], axis=0)
        vector: npt.NDArray[np.float32] = (total / np.linalg.norm(total)).astype(np.float32)
        return vector


class PairedEncoder(WordEncoder):
    """Comes back from a text only when another one is in hand too."""

    def __init__(self) -> None:
        super().__init__()
        self._both = threading.Barrier(2)

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        self._both.wait(20)
        return super().encode(text, kind)


def _direction(word: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(sha256(word.strip(".,").encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)
