"""The forward pass of a BERT encoder as an ONNX graph over a model folder's own config.json and model.safetensors.

Any sentence-transformers folder with a BERT encoder in float32 and absolute positions can be given a graph, a tuned
model too: the graph holds no weights of its own, except the int8 ones.

The graph starts at the word vectors, not at the token ids. The word table is four fifths of the model; mapped into
memory it would soon be resident as a whole (the kernel maps megabytes around a row of 1.5 kB). Its place in the file
is written into the graph's metadata, and the runtime's user reads the few rows of a text from there.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from deploy.embedded.model.graph import GraphWriter

WORDS = "embeddings.word_embeddings.weight"

# Added to the scores of padding: large enough that their share after softmax is exactly zero in float32.
_MASKED = -1e9
_INT8_MAXIMUM = 63.0
_KEPT_FLOAT = re.compile(r"layer\.([0-3]\..*|\d+\.(output\.dense|attention\.self\.value))$")

Linear = Callable[[GraphWriter, str, str], str]


def write_graph(folder: Path, name: str, linear: Linear) -> None:
    """Write `folder/name`: word_embeddings (batch, tokens, hidden) float32 and attention_mask (batch, tokens) int64
    → token_embeddings (batch, tokens, hidden) float32. Raises ValueError for a model that is no such BERT."""
    config = json.loads((folder / "config.json").read_text())
    if config["model_type"] != "bert" or config.get("position_embedding_type", "absolute") != "absolute":
        raise ValueError(f"{folder} holds a {config['model_type']} model; only BERT encoders can be written as a graph")
    graph = GraphWriter(folder / "model.safetensors")
    encoder = _Encoder(graph, config, linear)
    tokens = encoder.embeddings()
    for layer in range(config["num_hidden_layers"]):
        tokens = encoder.layer(tokens, f"encoder.layer.{layer}")
    graph.name_output(encoder.per_text(tokens), "token_embeddings")
    vectors = ["batch", "tokens", config["hidden_size"]]
    inputs = [
        helper.make_tensor_value_info("word_embeddings", TensorProto.FLOAT, vectors),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, vectors[:2]),
    ]
    output = helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, vectors)
    graph.save(folder / name, inputs, output, _word_table(graph))


def _word_table(graph: GraphWriter) -> dict[str, str]:
    place = graph.place(WORDS)
    rows, width = place.shape
    return {
        "words.file": "model.safetensors",
        "words.offset": str(place.offset),
        "words.rows": str(rows),
        "words.width": str(width),
    }


def float_linear(graph: GraphWriter, tokens: str, name: str) -> str:
    """x · Wᵀ + b in float32; Gemm takes W in the layout in which torch stores it."""
    return graph.add("Gemm", tokens, graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias"), transB=1)


def int8_linear(graph: GraphWriter, tokens: str, name: str) -> str:
    """x · Wᵀ + b with 8-bit weights (one scale a row) and activations that are quantised as they come.

    Two of a layer's six matrices stay float32, because with them int8 lost most: the last one, which reads a few huge
    activations that take all steps of the common scale, and the small one of the attention's values (centred vectors
    of short texts: lowest cosine .993 instead of .969). So do the first four layers, whose losses all later ones
    amplify (tuned model: .996 instead of .989).
    Weights keep to 7 bits: processors without VNNI add two products in 16 bits and would overflow, so that one text
    would get different vectors on different machines.
    """
    if _KEPT_FLOAT.search(name):
        return float_linear(graph, tokens, name)
    weights = graph.values(f"{name}.weight")
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-12) / _INT8_MAXIMUM
    quantised = graph.constant(f"{name}.int8", np.rint(weights / scales[:, None]).T, np.int8)
    # Query, key and value read the same tokens, so they share their quantisation: values, scale _1, zero point _2.
    activations = graph.add_once("DynamicQuantizeLinear", tokens, outputs=3)
    product = graph.add("MatMulInteger", activations, quantised, f"{activations}_2")
    scale = graph.add("Mul", f"{activations}_1", graph.constant(f"{name}.scale", scales, np.float32))
    restored = graph.add("Mul", graph.add("Cast", product, to=TensorProto.FLOAT), scale)
    return graph.add("Add", restored, graph.weight(f"{name}.bias"))


class _Encoder:
    """BERT's parts; tokens travel as one (batch · tokens, hidden) matrix and are split into texts for attention."""

    def __init__(self, graph: GraphWriter, config: dict[str, int], linear: Linear) -> None:
        self._graph = graph
        self._linear = linear
        self._epsilon = float(config["layer_norm_eps"])
        self._hidden = config["hidden_size"]
        self._head_width = self._hidden // config["num_attention_heads"]
        width = [config["num_attention_heads"], self._head_width]
        shape = graph.add("Shape", "attention_mask")
        self._split_heads = graph.add("Concat", shape, graph.constant("heads", width, np.int64), axis=0)
        self._split_texts = graph.add("Concat", shape, graph.constant("width", [self._hidden], np.int64), axis=0)
        self._merge = graph.constant("merged", [-1, self._hidden], np.int64)
        self._bias = self._padding_bias()

    def embeddings(self) -> str:
        """Word, position and type vectors, summed and normalised: (batch · tokens, hidden)."""
        graph = self._graph
        types = graph.add(
            "Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant("zero", 0, np.int64)
        )
        offsets = graph.add("Add", self._positions(), types)
        summed = graph.add("Add", "word_embeddings", offsets)
        return self._norm(graph.add("Reshape", summed, self._merge), "embeddings.LayerNorm")

    def layer(self, tokens: str, name: str) -> str:
        """One transformer layer over (batch · tokens, hidden)."""
        graph = self._graph
        mixed = self._linear(graph, self._attention(tokens, name), f"{name}.attention.output.dense")
        tokens = self._norm(graph.add("Add", tokens, mixed), f"{name}.attention.output.LayerNorm")
        inner = graph.add("Gelu", self._linear(graph, tokens, f"{name}.intermediate.dense"))
        outer = self._linear(graph, inner, f"{name}.output.dense")
        return self._norm(graph.add("Add", tokens, outer), f"{name}.output.LayerNorm")

    def per_text(self, tokens: str) -> str:
        """(batch · tokens, hidden) → (batch, tokens, hidden)."""
        return self._graph.add("Reshape", tokens, self._split_texts)

    def _attention(self, tokens: str, name: str) -> str:
        graph = self._graph
        query, value = (
            self._heads(tokens, f"{name}.attention.self.{part}", [0, 2, 1, 3]) for part in ("query", "value")
        )
        key = self._heads(tokens, f"{name}.attention.self.key", [0, 2, 3, 1])
        scale = graph.constant("scale", self._head_width**-0.5, np.float32)
        scores = graph.add("Add", graph.add("Mul", graph.add("MatMul", query, key), scale), self._bias)
        context = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
        return graph.add("Reshape", graph.add("Transpose", context, perm=[0, 2, 1, 3]), self._merge)

    def _heads(self, tokens: str, name: str, order: list[int]) -> str:
        graph = self._graph
        split = graph.add("Reshape", self._linear(graph, tokens, name), self._split_heads)
        return graph.add("Transpose", split, perm=order)

    def _norm(self, tokens: str, name: str) -> str:
        graph = self._graph
        scale, bias = graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")
        return graph.add("LayerNormalization", tokens, scale, bias, axis=-1, epsilon=self._epsilon)

    def _positions(self) -> str:
        graph = self._graph
        zero, one = graph.constant("zero", 0, np.int64), graph.constant("one", 1, np.int64)
        length = graph.add("Gather", graph.add("Shape", "attention_mask"), one)
        table = graph.weight("embeddings.position_embeddings.weight")
        return graph.add("Gather", table, graph.add("Range", zero, length, one))

    def _padding_bias(self) -> str:
        graph = self._graph
        padding = graph.add(
            "Sub", graph.constant("one_float", 1, np.float32), graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        )
        bias = graph.add("Mul", padding, graph.constant("masked", _MASKED, np.float32))
        return graph.add("Unsqueeze", bias, graph.constant("head_and_query", [1, 2], np.int64))
