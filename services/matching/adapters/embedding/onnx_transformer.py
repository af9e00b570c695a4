"""The transformer of a model folder on ONNX Runtime, as a module of sentence-transformers."""

import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
import torch
from sentence_transformers.sentence_transformer.modules import Module

from services.matching.adapters.embedding.unigram import UnigramTokenizer

Features = dict[str, Any]


class WordTable:
    """The rows of the word table that a text needs, read from the safetensors file where the graph says they lie."""

    def __init__(self, folder: Path, place: dict[str, str]) -> None:
        self._file = os.open(folder / place["words.file"], os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        self._offset = int(place["words.offset"])
        self.width = int(place["words.width"])

    def rows(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(batch, tokens) int64 ids → (batch, tokens, width) float32."""
        unique, inverse = np.unique(ids, return_inverse=True)
        stride = 4 * self.width
        data = b"".join(os.pread(self._file, stride, self._offset + row * stride) for row in unique.tolist())
        table = np.frombuffer(data, "<f4").reshape(len(unique), self.width)
        return table[inverse].reshape(*ids.shape, self.width)


class OnnxTransformer(Module):
    """Stands where sentence-transformers' Transformer stands: texts → features with `token_embeddings`."""

    def __init__(self, folder: Path, graph: str, tokenizer: UnigramTokenizer, max_tokens: int, threads: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.modalities = ["text"]
        self.max_seq_length = max_tokens
        self._folder = folder
        self._tokenizer = tokenizer
        self._session = _open_session(folder / graph, threads)
        self._words = WordTable(folder, self._session.get_modelmeta().custom_metadata_map)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: object) -> Features:
        """Token ids and attention mask, int64 (batch, tokens); shorter texts are padded and masked."""
        tokens = [self._tokenizer.encode((prompt or "") + text) for text in inputs]
        longest = max(map(len, tokens))
        ids = np.zeros((len(tokens), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(tokens):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: Features, **_: object) -> Features:
        """Add `token_embeddings`, float32 (batch, tokens, width)."""
        inputs = {
            "word_embeddings": self._words.rows(features["input_ids"].numpy()),
            "attention_mask": features["attention_mask"].numpy(),
        }
        (vectors,) = self._session.run(None, inputs)
        features["token_embeddings"] = torch.from_numpy(vectors)
        return features

    def get_embedding_dimension(self) -> int:
        """Width of a token's vector."""
        return self._words.width

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Refuses: the folder from which this was loaded is already the saved form."""
        raise NotImplementedError(f"copy {self._folder} to {output_path}: the ONNX engine only serves")


def _open_session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait by spinning take the core from the database and the services beside: on two busy cores it made
    # encoding four times slower, on idle ones it gains a seventh.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena keeps what the longest text needed for ever: 30 MB, and no time is gained by it.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
