"""The shipped differences: what four bits keep, which rows find room, and that nothing else changes."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from services.matching.models.delta import BLOCK, Delta, packed, unpacked
from services.matching.training.packing import WORDS, changed_rows, pack

_CHANCE = np.random.default_rng(3)


def _random(*shape: int, size: float = 1e-3) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return (_CHANCE.standard_normal(shape) * size).astype(np.float32)


@pytest.mark.parametrize("size", [1e-5, 1e-3, 1.0])
def test_four_bits_keep_a_difference(size: float) -> None:
    """What is read back differs by about a tenth of the difference itself, whatever its size."""
    difference = _random(48, 2 * BLOCK, size=size)
    lost = unpacked(packed("w", difference), "w") - difference
    assert np.linalg.norm(lost) < 0.12 * np.linalg.norm(difference)


def test_packing_is_exact_where_values_are_steps() -> None:
    """Whole steps of one scale all come back, the lowest too, but for the scale's own rounding; zeros stay zeros."""
    steps = (np.tile(np.arange(-8, 8), 8).reshape(1, 2 * BLOCK) / 64).astype(np.float32)
    assert np.allclose(unpacked(packed("w", steps), "w"), steps, rtol=0.03)
    assert not unpacked(packed("w", np.zeros((2, BLOCK), np.float32)), "w").any()


def test_rows_that_changed_most_find_room() -> None:
    """Rows are chosen by how much they changed, as many as the room takes; unchanged rows never."""
    difference = np.zeros((10, BLOCK), np.float32)
    for row, change in ((2, 1.0), (7, 3.0), (4, 2.0)):
        difference[row] = change
    row_bytes = BLOCK // 2 + 2 + 4
    assert changed_rows(difference, 2 * row_bytes).tolist() == [4, 7]
    assert changed_rows(difference, 100 * row_bytes).tolist() == [2, 4, 7]
    assert changed_rows(difference, -5).tolist() == []


def test_file_gives_the_tuned_model(tmp_path: Path) -> None:
    """Base and file together are the tuned tensors, in whatever blocks of rows they are asked for."""
    base = {WORDS: _random(300, 64, size=0.1), "layer.weight": _random(64, 128, size=0.1), "layer.bias": _random(64)}
    save_file(base, tmp_path / "base.safetensors")
    tuned = {name: values + _random(*values.shape) for name, values in base.items()}
    tuned[WORDS][100:] = base[WORDS][100:]
    out = tmp_path / "delta.safetensors"
    assert pack(tmp_path / "base.safetensors", tuned, out, "0" * 64, largest=80_000) == 100
    assert out.stat().st_size <= 80_000
    delta = Delta(out)
    assert delta.base == "0" * 64
    assert delta.names() == set(base)
    for name, values in base.items():
        again = np.concatenate([delta.added(name, values[at : at + 90], at) for at in range(0, len(values), 90)])
        change = np.linalg.norm(tuned[name] - values)
        assert np.linalg.norm(again - tuned[name]) < 0.12 * change
    again = delta.added(WORDS, base[WORDS])
    assert np.array_equal(again[100:], base[WORDS][100:])
    assert delta.added("layer.other", base["layer.bias"]) is base["layer.bias"]


def test_room_bounds_the_file(tmp_path: Path) -> None:
    """Where not all changed rows fit, the file keeps its size and the rows of the least change stay as published."""
    base = {WORDS: np.zeros((2000, 64), np.float32), "layer.bias": np.zeros(64, np.float32)}
    save_file(base, tmp_path / "base.safetensors")
    tuned = {WORDS: np.linspace(0.001, 1, 2000, dtype=np.float32)[:, None] * np.ones(64, np.float32)}
    out = tmp_path / "delta.safetensors"
    rows = pack(tmp_path / "base.safetensors", tuned, out, "", largest=60_000)
    assert 0 < rows < 2000
    assert out.stat().st_size <= 60_000
    again = Delta(out).added(WORDS, base[WORDS])
    assert not again[: 2000 - rows].any()
    assert again[2000 - rows :].all()
