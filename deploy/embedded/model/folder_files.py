"""The small files that make a directory of weights an ordinary sentence-transformers folder.

Any sentence-transformers since 2.2 loads it with its standard modules: transformer, mean pooling, normalisation,
centring (a linear layer: identity weight, bias = −centre), normalisation. The first three alone are the model as it
was published.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from deploy.embedded.model.quantised import Architecture, Floats
from deploy.embedded.model.weights import Tensor

MAXIMUM_TOKENS = 512
_MODULES = (
    ("", "Transformer"),
    ("1_Pooling", "Pooling"),
    ("2_Normalize", "Normalize"),
    ("3_Dense", "Dense"),
    ("4_Normalize", "Normalize"),
)
_SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "sep_token": "</s>",
    "cls_token": "<s>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
# e5 was trained with these prefixes; "document" is what sentence-transformers calls a passage.
_PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}


def write_settings(folder: Path, sizes: Architecture) -> None:
    """Write every JSON file of the folder; the weights, the tokenizer and the centre come from elsewhere."""
    _write(folder / "config.json", _bert_config(sizes))
    _write(folder / "sentence_bert_config.json", {"max_seq_length": MAXIMUM_TOKENS, "do_lower_case": False})
    _write(folder / "config_sentence_transformers.json", {"prompts": _PROMPTS, "similarity_fn_name": "cosine"})
    _write(folder / "special_tokens_map.json", _SPECIAL_TOKENS)
    _write(folder / "tokenizer_config.json", _tokenizer_config())
    _write(folder / "modules.json", [_module(index, path, kind) for index, (path, kind) in enumerate(_MODULES)])
    _write(folder / "1_Pooling" / "config.json", _pooling_config(sizes.hidden))
    for path in ("2_Normalize", "4_Normalize"):
        _write(folder / path / "config.json", {})
    _write(folder / "3_Dense" / "config.json", _dense_config(sizes.hidden))


def centring_tensors(centre: Floats) -> list[Tensor]:
    """Weights of the centring layer: identity and −centre."""
    width = len(centre)
    return [
        Tensor("linear.bias", (width,), lambda: iter([-centre])),
        Tensor("linear.weight", (width, width), lambda: _identity(width)),
    ]


def _identity(width: int) -> Iterator[Floats]:
    yield np.eye(width, dtype=np.float32)


def _module(index: int, path: str, kind: str) -> dict[str, object]:
    return {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}


def _bert_config(sizes: Architecture) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": sizes.hidden,
        "initializer_range": 0.02,
        "intermediate_size": sizes.intermediate,
        "layer_norm_eps": float(f"{sizes.epsilon:.6g}"),
        "max_position_embeddings": sizes.positions,
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "torch_dtype": "float32",
        "type_vocab_size": sizes.token_types,
        "use_cache": True,
        "vocab_size": sizes.vocabulary,
    }


def _tokenizer_config() -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": MAXIMUM_TOKENS,
        "clean_up_tokenization_spaces": True,
        **_SPECIAL_TOKENS,
    }


def _pooling_config(width: int) -> dict[str, object]:
    # The names that every version of sentence-transformers reads.
    return {"word_embedding_dimension": width, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}


def _dense_config(width: int) -> dict[str, object]:
    identity = "torch.nn.modules.linear.Identity"
    return {"in_features": width, "out_features": width, "bias": True, "activation_function": identity}


def _write(path: Path, content: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
