"""What the built folder owes its users, and that other models work by setting alone."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from deploy.embedded.model.build import content_version, ensure_model
from deploy.embedded.model.manifest import damaged_files
from deploy.embedded.model.variants import BASE
from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.embedding.folder import ModelFolderError


@pytest.fixture
def large_directory() -> Iterator[Path]:
    """A directory that is gone after the test: half a GB has no place among pytest's kept ones."""
    path = Path(tempfile.mkdtemp(prefix="polku-model-"))
    yield path
    shutil.rmtree(path)


def test_anyone_can_load_the_folder(plain: SentenceTransformer) -> None:
    """It is an ordinary sentence-transformers folder: no code of Polku, no remote code, the model's own prompts."""
    query = plain.encode_query("Kokki lounasravintolaan", show_progress_bar=False)
    near, far = plain.encode_document(["кухар у ресторан", "зварювальник"], show_progress_bar=False)
    assert query @ near > query @ far
    assert {plain.prompts["query"], plain.prompts["passage"]} == {"query: ", "passage: "}


def test_folder_is_what_its_manifest_says(model_folder: Path) -> None:
    """Every file has the recorded hash."""
    assert damaged_files(model_folder, content_version()) == []


def test_interrupted_build_is_started_again(model_folder: Path, large_directory: Path) -> None:
    """What a build left behind, under either name, is replaced by a whole folder, the same bytes as any other build."""
    name = f"polku-linking-2-{content_version()}"
    for left in (f".building-{name}", name):
        (large_directory / "models" / left).mkdir(parents=True)
        (large_directory / "models" / left / "model.safetensors").write_bytes(b"half")
    lines: list[str] = []
    folder = ensure_model(large_directory, lines.append)
    assert damaged_files(folder, content_version()) == []
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == [name]
    assert (folder / "manifest.json").read_bytes() == (model_folder / "manifest.json").read_bytes()
    assert len(lines) >= 3


def test_published_model_stays_buildable(model_folder: Path, large_directory: Path) -> None:
    """The model that the tuned one is compared with is built beside it, under its own name and with its own centre."""
    folder = ensure_model(large_directory, lambda line: None, BASE)
    assert folder.name == f"multilingual-e5-small-{content_version(BASE)}"
    assert damaged_files(folder, content_version(BASE)) == []
    published, tuned = TextEncoder(folder), TextEncoder(model_folder)
    assert published.model_id != tuned.model_id
    title, same, other = "прибиральниця", "siivooja", "ohjelmistokehittäjä"
    for encoder in (published, tuned):
        near, far = encoder.encode(same, "query"), encoder.encode(other, "query")
        assert encoder.encode(title, "query") @ near > encoder.encode(title, "query") @ far


def test_second_call_builds_nothing(model_folder: Path) -> None:
    """Where the folder is whole, asking for it takes no time and says nothing."""
    lines: list[str] = []
    started = time.monotonic()
    assert ensure_model(model_folder.parents[1], lines.append) == model_folder
    assert time.monotonic() - started < 0.2
    assert lines == []


def _other_model(folder: Path) -> Path:
    """A tiny BERT of another width, with prompts of its own, saved by sentence-transformers."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "kokki", "siivooja", "hae:", "teksti:"]
    tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    bert = folder / "bert"
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]")  # type: ignore[no-untyped-call]
    fast.save_pretrained(bert)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(bert)
    modules = [Transformer(str(bert), max_seq_length=32), Pooling(24)]
    prompts = {"query": "hae: ", "document": "teksti: "}
    model = SentenceTransformer(modules=modules, prompts=prompts, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def test_another_model_works_by_setting_alone(tmp_path: Path) -> None:
    """Another sentence-transformers folder brings its dimension and prompts and runs on torch."""
    path = _other_model(tmp_path)
    encoder = TextEncoder(path)
    assert (encoder.dimension, encoder.max_tokens) == (24, 32)
    assert encoder.model_id.startswith("model@")
    assert encoder.model_id.endswith("/torch/raw")
    plain = SentenceTransformer(str(path), device="cpu", local_files_only=True)
    for kind, prompt in (("query", "hae: "), ("passage", "teksti: ")):
        expected = plain.encode(f"{prompt}kokki", normalize_embeddings=True, show_progress_bar=False)
        vector = encoder.encode("kokki", "query" if kind == "query" else "passage")
        assert np.allclose(vector, expected, atol=1e-6)


def test_another_model_has_no_graph(tmp_path: Path) -> None:
    """Asking for ONNX where there is no graph is refused before anything is loaded."""
    with pytest.raises(ModelFolderError, match="choose one of torch"):
        TextEncoder(_other_model(tmp_path), engine="onnx")
