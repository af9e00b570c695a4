"""A small writer of ONNX graphs: nodes, constants, and weights that stay in the safetensors file beside the graph."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from deploy.embedded.model.quantised import Floats
from deploy.embedded.model.tensor_file import Place, read_places, read_tensor

# 20 is the first opset with Gelu as one operator; IR 9 is the format of its time, so older runtimes read it too.
_OPSET = 20
_IR_VERSION = 9


class GraphWriter:
    """Collects nodes and constants; every `add` returns the name of the value that it computes."""

    def __init__(self, weights: Path) -> None:
        self._file = weights
        self._places: dict[str, Place] = read_places(weights)
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}
        self._shared: dict[tuple[str, str], str] = {}

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Append a node and return the name of its first output; further outputs end in `_1`, `_2`."""
        name = f"{operator}_{len(self._nodes)}"
        names = [name, *(f"{name}_{index}" for index in range(1, outputs))]
        self._nodes.append(helper.make_node(operator, list(inputs), names, name=name, **attributes))
        return name

    def add_once(self, operator: str, value: str, outputs: int) -> str:
        """`add` for a step that several readers of one value share: the second call returns the first one's name."""
        if (operator, value) not in self._shared:
            self._shared[operator, value] = self.add(operator, value, outputs=outputs)
        return self._shared[operator, value]

    def constant(self, name: str, values: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        """A small constant that is stored in the graph itself."""
        if name not in self._initializers:
            self._initializers[name] = numpy_helper.from_array(np.array(values, dtype, order="C"), name)
        return name

    def weight(self, name: str) -> str:
        """A tensor of the safetensors file by its own name: referred to by offset, never copied.

        ONNX Runtime memory-maps it; weights that it repacks for speed leave memory again.
        """
        if name not in self._initializers:
            self._initializers[name] = _external(name, self._places[name], self._file.name)
        return name

    def values(self, name: str) -> Floats:
        """The values of a tensor of the safetensors file, memory-mapped."""
        return read_tensor(self._file, self._places[name])

    def place(self, name: str) -> Place:
        """Where a tensor of the safetensors file lies, for values that the graph's user reads itself."""
        return self._places[name]

    def save(
        self,
        path: Path,
        inputs: Sequence[onnx.ValueInfoProto],
        output: onnx.ValueInfoProto,
        metadata: Mapping[str, str],
    ) -> None:
        """Write the graph; `metadata` travels in it and is read back through the runtime's session."""
        graph = helper.make_graph(self._nodes, path.stem, inputs, [output], list(self._initializers.values()))
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION, producer_name="polku"
        )
        helper.set_model_props(model, dict(metadata))
        path.write_bytes(model.SerializeToString(deterministic=True))

    def name_output(self, value: str, name: str) -> None:
        """Give a computed value the name under which the graph's users read it."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=name))


def _external(name: str, place: Place, location: str) -> onnx.TensorProto:
    if place.length != 4 * math.prod(place.shape):
        raise ValueError(f"tensor {name} has {place.length} bytes, its shape {place.shape} needs another number")
    tensor = onnx.TensorProto(name=name, data_type=TensorProto.FLOAT, dims=place.shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", str(place.offset)), ("length", str(place.length))):
        tensor.external_data.add(key=key, value=value)
    return tensor
