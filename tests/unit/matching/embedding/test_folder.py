"""The light reader of model folders: identity, dimension, engine."""

import json
from pathlib import Path

import pytest

from services.matching.adapters.embedding.folder import ModelFolderError, find_folder, read_folder
from services.matching.adapters.embedding.loading import fetch_folder

# A port on which nothing listens.
_NOBODY = "http://127.0.0.1:9"


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _foreign_folder(root: Path, *, pooling: dict[str, object] | None = None) -> Path:
    folder = root / "someone-elses-model"
    _write(folder / "config.json", {"hidden_size": 48})
    modules = [("", "sentence_transformers.models.Transformer"), ("1_Pooling", "sentence_transformers.models.Pooling")]
    _write(folder / "modules.json", [{"path": path, "type": kind} for path, kind in modules])
    _write(folder / "1_Pooling" / "config.json", pooling or {"word_embedding_dimension": 48})
    return folder


def _built_folder(root: Path) -> Path:
    folder = _foreign_folder(root)
    manifest = {
        "name": "small",
        "content": "abc123",
        "centre": "c0ffee",
        "centre_modules": ["3_Dense"],
        "engines": {"onnx": "model.onnx"},
    }
    _write(folder / "manifest.json", manifest)
    return folder


def test_identity_of_a_built_folder(tmp_path: Path) -> None:
    """The model id names content, engine and centring, so that vectors of different making are never compared."""
    folder = read_folder(_built_folder(tmp_path))
    ids = {folder.model_id(), folder.model_id("torch"), folder.model_id(centred=False)}
    assert ids == {"small@abc123/onnx/centre-c0ffee", "small@abc123/torch/centre-c0ffee", "small@abc123/onnx/raw"}


def test_foreign_folder_runs_on_torch(tmp_path: Path) -> None:
    """A folder without a manifest is used as it is: torch, uncentred, named after itself."""
    folder = read_folder(_foreign_folder(tmp_path))
    assert folder.engine() == "torch"
    assert folder.model_id() == f"someone-elses-model@{folder.content}/torch/raw"


def test_foreign_content_is_its_bytes(tmp_path: Path) -> None:
    """The content of a foreign folder changes with any of its bytes and is the same when nothing changed."""
    folder = _foreign_folder(tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(b"\x00" * 64)
    before = read_folder(folder).content
    assert read_folder(folder).content == before
    weights.write_bytes(b"\x00" * 63 + b"\x01")
    assert read_folder(folder).content != before


@pytest.mark.parametrize(
    ("pooling", "dimension"),
    [
        ({"word_embedding_dimension": 48, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, 48),
        ({"word_embedding_dimension": 48, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, 96),
        ({"embedding_dimension": 48, "pooling_mode": "mean"}, 48),
        ({"embedding_dimension": 48, "pooling_mode": ["cls", "mean"]}, 96),
    ],
)
def test_dimension_follows_pooling(tmp_path: Path, pooling: dict[str, object], dimension: int) -> None:
    """Poolings are laid side by side, under the old and the new names of sentence-transformers."""
    assert read_folder(_foreign_folder(tmp_path, pooling=pooling)).dimension == dimension


def test_dimension_follows_a_projection(tmp_path: Path) -> None:
    """A dense layer after the pooling decides the width."""
    folder = _foreign_folder(tmp_path)
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    _write(folder / "modules.json", [*modules, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}])
    _write(folder / "2_Dense" / "config.json", {"in_features": 48, "out_features": 12})
    assert read_folder(folder).dimension == 12


def test_plain_transformer_has_its_hidden_size(tmp_path: Path) -> None:
    """Without modules.json the vectors are as wide as the transformer's."""
    _write(tmp_path / "config.json", {"hidden_size": 768})
    assert read_folder(tmp_path).dimension == 768


def test_folder_without_dimension_is_refused(tmp_path: Path) -> None:
    """A directory that describes no encoder is refused, not guessed at."""
    with pytest.raises(ModelFolderError, match="no text encoder"):
        read_folder(tmp_path)


def test_engine_without_its_graph_is_refused(tmp_path: Path) -> None:
    """An engine that was asked for by name never silently becomes another one."""
    folder = read_folder(_built_folder(tmp_path))
    with pytest.raises(ModelFolderError, match="choose one of onnx, torch"):
        folder.engine("onnx-int8")


def test_hub_id_is_found_in_the_cache(tmp_path: Path) -> None:
    """A hub id means the snapshot that the cache's main reference names, and keeps the id as its name."""
    repository = tmp_path / "models--some--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0123abcd", encoding="utf-8")
    _write(repository / "snapshots" / "0123abcd" / "config.json", {"hidden_size": 8})
    folder = read_folder(find_folder("some/model", tmp_path))
    assert (folder.name, folder.dimension) == ("some/model", 8)


def test_unknown_model_says_what_to_do(tmp_path: Path) -> None:
    """A setting that names neither a folder nor a cached hub id is refused with the command that fetches it."""
    with pytest.raises(ModelFolderError, match="hf download some/model"):
        find_folder("some/model", tmp_path)


def test_existing_path_wins(tmp_path: Path) -> None:
    """A path is taken as it is."""
    assert find_folder(str(tmp_path), tmp_path / "cache") == tmp_path


def test_fetching_prefers_what_is_there(tmp_path: Path) -> None:
    """A path or a cached hub id is used without asking the hub."""
    assert fetch_folder(str(tmp_path), tmp_path / "cache", endpoint=_NOBODY) == tmp_path


@pytest.mark.parametrize("model", ["some/model", "no such name"])
def test_fetching_without_a_hub_is_refused(tmp_path: Path, model: str) -> None:
    """A hub that does not answer and a name that cannot be a hub id give the same clear error."""
    with pytest.raises(ModelFolderError, match=r"neither a folder nor in .* the hub gave nothing"):
        fetch_folder(model, tmp_path, endpoint=_NOBODY)
