"""The tuned and the published model: which differences are added, and which files are refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deploy.embedded.model.build import content_version
from deploy.embedded.model.sources import WEIGHTS, ModelBuildError
from deploy.embedded.model.variants import BASE, TUNED, Variant
from deploy.embedded.model.weights import Tensor, tuned
from services.matching.models.delta import Delta, packed, packed_rows, write_delta

_LARGEST = 16_000_000


def _delta(path: Path, base: str = WEIGHTS.sha256) -> Variant:
    table = np.zeros((5, 64), np.float32)
    table[3] = 2.0
    stored = {**packed("bias", np.ones(3, np.float32)), **packed_rows("table", table, np.array([3]))}
    write_delta(path, stored, base)
    return replace(TUNED, delta=path)


def _tensors() -> list[Tensor]:
    table = np.ones((5, 64), np.float32)
    return [
        Tensor("table", (5, 64), lambda: iter([table[:2], table[2:]])),
        Tensor("bias", (3,), lambda: iter([np.zeros(3, np.float32)])),
        Tensor("other", (3,), lambda: iter([np.zeros(3, np.float32)])),
    ]


def _values(tensors: list[Tensor]) -> dict[str, list[float]]:
    return {tensor.name: np.concatenate([rows.reshape(-1) for rows in tensor.values()]).tolist() for tensor in tensors}


def test_differences_are_added_where_they_belong(tmp_path: Path) -> None:
    """Rows are counted across row blocks; a tensor without difference keeps its values."""
    values = _values(tuned(_tensors(), _delta(tmp_path / "delta.safetensors").differences()))
    assert values["table"] == pytest.approx([1.0] * 192 + [3.0] * 64 + [1.0] * 64, abs=2e-3)
    assert values["bias"] == [1.0] * 3
    assert values["other"] == [0.0] * 3


def test_published_model_has_no_differences() -> None:
    """The base is what its wheel carries."""
    assert BASE.differences() is None
    assert _values(tuned(_tensors(), None)) == _values(_tensors())


def test_differences_for_other_weights_are_refused(tmp_path: Path) -> None:
    """Differences that were made for other weights would give a model that nobody trained."""
    with pytest.raises(ModelBuildError, match="made for other weights"):
        _delta(tmp_path / "delta.safetensors", base="0" * 64).differences()


def test_differences_to_unknown_tensors_are_refused(tmp_path: Path) -> None:
    """Every difference belongs to a tensor of the model."""
    _delta(tmp_path / "delta.safetensors")
    with pytest.raises(ModelBuildError, match="no tensor table"):
        tuned(_tensors()[1:], Delta(tmp_path / "delta.safetensors"))


def test_missing_differences_are_refused(tmp_path: Path) -> None:
    """Without the file there is no tuned model, and the message says where it comes from."""
    with pytest.raises(ModelBuildError, match="belongs to the repository"):
        content_version(replace(TUNED, delta=tmp_path / "absent.safetensors"))


def test_every_tuning_has_a_version_of_its_own(tmp_path: Path) -> None:
    """The content's name changes with the differences, so vectors of two models are never mixed."""
    versions = {content_version(BASE), content_version(TUNED), content_version(_delta(tmp_path / "delta.safetensors"))}
    assert len(versions) == 3


def test_shipped_differences_fit() -> None:
    """The shipped file belongs to the pinned weights and is small."""
    delta = TUNED.differences()
    assert delta is not None
    assert "encoder.layer.11.output.dense.weight" in delta.names()
    assert TUNED.delta is not None
    assert TUNED.delta.stat().st_size <= _LARGEST
