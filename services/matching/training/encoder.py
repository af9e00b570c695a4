"""The encoder as training runs it: over rows of several texts, in bfloat16 with float32 weights behind it.

The attention is written out: torch's fused one has a backward pass on processors that takes ten times as long as
these four products at such lengths.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from services.matching.training.products import Linear
from services.matching.training.rows import fill_rows

WORDS = "embeddings.word_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
_HEADS = 12
_MASKED = -1e4


class _Layer(nn.Module):
    """One transformer layer of BERT; query, key and value are one product."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.qkv = Linear(width, 3 * width)
        self.mix = Linear(width, width)
        self.first_norm = nn.LayerNorm(width, eps=1e-12)
        self.inner = Linear(width, inner)
        self.outer = Linear(inner, width)
        self.second_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, tokens: Tensor, bias: Tensor) -> Tensor:
        rows, length, width = tokens.shape
        heads = self.qkv(tokens).view(rows, length, 3, _HEADS, width // _HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = heads.reshape(3, rows * _HEADS, length, width // _HEADS).unbind()
        scores = torch.baddbmm(bias, query, key.transpose(1, 2), alpha=(width // _HEADS) ** -0.5)
        context = torch.bmm(scores.softmax(-1), value).view(rows, _HEADS, length, width // _HEADS)
        context = context.transpose(1, 2).reshape(rows, length, width)
        tokens = self.first_norm(tokens + self.mix(context))
        return cast(Tensor, self.second_norm(tokens + self.outer(functional.gelu(self.inner(tokens)))))


_PARTS = {
    "mix": "attention.output.dense",
    "first_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "second_norm": "output.LayerNorm",
}


class TrainedEncoder(nn.Module):
    """multilingual-e5-small with mean pooling: token lists → unit vectors, float32.

    The parameters compute in bfloat16 once `bfloat16()` was called. The word table stays float32 and outside the
    parameters, because a step reads few of its rows (`rows_of`).
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        stored = load_file(folder / "model.safetensors")
        self.words = stored[WORDS]
        self.positions = stored["embeddings.position_embeddings.weight"] + stored[_TYPES][0]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.padding: int = self.tokenizer.token_to_id("<pad>") or 0
        width, inner = self.words.shape[1], stored["encoder.layer.0.intermediate.dense.bias"].shape[0]
        layers = 1 + max(int(name.split(".")[2]) for name in stored if name.startswith("encoder.layer."))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(_Layer(width, inner) for _ in range(layers))
        self.load_named(stored)

    def tokens(self, texts: Sequence[str], most: int) -> list[list[int]]:
        """Token numbers of texts that carry their prefix, cut off after `most`."""
        self.tokenizer.enable_truncation(most)
        return [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]

    def forward(self, token_lists: Sequence[Sequence[int]], words: Tensor | None = None) -> Tensor:
        """Unit vectors (texts, width). `words` are the rows of `rows_of` where they are to be trained."""
        filled = fill_rows(token_lists, self.padding)
        numbers, texts = torch.from_numpy(filled.tokens), torch.from_numpy(filled.texts)
        if words is None:
            embedded = self.words[numbers]
        else:
            _, inverse = torch.unique(numbers, return_inverse=True)
            embedded = words[inverse]
        positions = self.positions[torch.from_numpy(filled.positions)]
        kind = self.norm.weight.dtype
        hidden = self.norm((embedded + positions).to(kind))
        bias = _bias(texts, kind)
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return _pooled(hidden, texts, len(token_lists))

    def rows_of(self, token_lists: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """(numbers, rows) of the words that these texts use, in the order in which `forward` expects them."""
        numbers = torch.unique(torch.tensor([self.padding, *(t for tokens in token_lists for t in tokens)]))
        return numbers, self.words[numbers].clone().requires_grad_()

    def named(self) -> dict[str, Tensor]:
        """The parameters under the names of transformers' BertModel, without the words."""
        found: dict[str, Tensor] = {}
        for kind in ("weight", "bias"):
            found[f"embeddings.LayerNorm.{kind}"] = getattr(self.norm, kind)
            for number, layer in enumerate(self.layers):
                prefix = f"encoder.layer.{number}."
                for part, name in zip(("query", "key", "value"), getattr(layer.qkv, kind).chunk(3), strict=True):
                    found[f"{prefix}attention.self.{part}.{kind}"] = name
                for part, name in _PARTS.items():
                    found[f"{prefix}{name}.{kind}"] = getattr(getattr(layer, part), kind)
        return found

    @torch.no_grad()
    def load_named(self, tensors: dict[str, Tensor]) -> None:
        """Set the tensors of `named` (and the words, where they are given)."""
        for name, tensor in self.named().items():
            tensor.copy_(tensors[name])
        if WORDS in tensors:
            self.words = tensors[WORDS]


def _bias(texts: Tensor, kind: torch.dtype) -> Tensor:
    """What keeps the texts of a row apart: (rows · heads, length, length)."""
    apart = (texts[:, None, :] != texts[:, :, None]).repeat_interleave(_HEADS, 0)
    return torch.zeros(apart.shape, dtype=kind).masked_fill_(apart, _MASKED)


def _pooled(hidden: Tensor, texts: Tensor, count: int) -> Tensor:
    flat, owner = hidden.float().flatten(0, 1), texts.flatten()
    inside = owner >= 0
    sums = torch.zeros(count, flat.shape[1]).index_add(0, owner[inside], flat[inside])
    return functional.normalize(sums, dim=-1)
