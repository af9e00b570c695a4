"""The encoder's tensors under the names that transformers' BertModel uses, in the order in which they are written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from deploy.embedded.model.quantised import Floats, QuantisedWeights
from deploy.embedded.model.sources import ModelBuildError
from services.matching.models.delta import Delta

# Rows of the word table that are dequantised at a time: 32 MB of float32, so the build needs little memory.
_WORD_STEP = 20_000

# The file's short names of a layer's parts and BERT's names of them.
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named float32 tensor whose values are produced, row block by row block, only when they are written."""

    name: str
    shape: tuple[int, ...]
    values: Callable[[], Iterator[Floats]]


def bert_tensors(source: QuantisedWeights) -> list[Tensor]:
    """All tensors of BertModel, read from the 4-bit file."""
    sizes = source.architecture
    tensors = [
        Tensor(
            "embeddings.word_embeddings.weight",
            (sizes.vocabulary, sizes.hidden),
            lambda: source.rows("emb.word", sizes.vocabulary, sizes.hidden, _WORD_STEP),
        ),
        _vector(source, "emb.pos", "embeddings.position_embeddings.weight", sizes.positions, sizes.hidden),
        _vector(source, "emb.type", "embeddings.token_type_embeddings.weight", sizes.token_types, sizes.hidden),
        _vector(source, "emb.ln.w", "embeddings.LayerNorm.weight", sizes.hidden),
        _vector(source, "emb.ln.b", "embeddings.LayerNorm.bias", sizes.hidden),
    ]
    for layer in range(sizes.layers):
        tensors += _layer(source, layer)
    return tensors + _unused_pooler(sizes.hidden)


def tuned(tensors: list[Tensor], delta: Delta | None) -> list[Tensor]:
    """The tensors with the tuned differences added; ModelBuildError where a difference belongs to none of them."""
    if delta is None:
        return tensors
    if unknown := delta.names() - {tensor.name for tensor in tensors}:
        raise ModelBuildError(f"the tuned differences are for another model: it has no tensor {min(unknown)}")
    return [replace(tensor, values=partial(_with_differences, tensor, delta)) for tensor in tensors]


def _with_differences(tensor: Tensor, delta: Delta) -> Iterator[Floats]:
    first = 0
    for rows in tensor.values():
        yield delta.added(tensor.name, rows, first)
        first += len(rows)


def _layer(source: QuantisedWeights, layer: int) -> list[Tensor]:
    sizes = source.architecture
    tensors: list[Tensor] = []
    for short, name in _LINEAR.items():
        rows = sizes.intermediate if short == "fi" else sizes.hidden
        columns = sizes.intermediate if short == "fo" else sizes.hidden
        full = f"encoder.layer.{layer}.{name}"
        tensors.append(_matrix(source, f"l{layer}.{short}.w", f"{full}.weight", rows, columns))
        tensors.append(_vector(source, f"l{layer}.{short}.b", f"{full}.bias", rows))
    for short, name in _NORM.items():
        full = f"encoder.layer.{layer}.{name}"
        tensors.append(_vector(source, f"l{layer}.{short}.w", f"{full}.weight", sizes.hidden))
        tensors.append(_vector(source, f"l{layer}.{short}.b", f"{full}.bias", sizes.hidden))
    return tensors


def _matrix(source: QuantisedWeights, short: str, name: str, rows: int, columns: int) -> Tensor:
    return Tensor(name, (rows, columns), lambda: iter([source.matrix(short, rows, columns)]))


def _vector(source: QuantisedWeights, short: str, name: str, *shape: int) -> Tensor:
    return Tensor(name, shape, lambda: iter([source.floats(short, *shape)]))


def _unused_pooler(hidden: int) -> list[Tensor]:
    # Mean pooling never runs BERT's own pooler; zeros keep transformers from drawing random weights for it.
    return [
        Tensor("pooler.dense.weight", (hidden, hidden), lambda: iter([np.zeros((hidden, hidden), np.float32)])),
        Tensor("pooler.dense.bias", (hidden,), lambda: iter([np.zeros(hidden, np.float32)])),
    ]
