"""Loads a model folder as a SentenceTransformer on the chosen engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.matching.adapters.embedding.folder import Engine, ModelFolder, ModelFolderError, find_folder
from services.matching.adapters.embedding.lean_imports import lean_imports

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


# Other runtimes' copies of the same weights.
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx"]


def fetch_folder(model: str, hub_cache: Path, endpoint: str | None = None) -> Path:
    """The folder that a setting names; a hub id that is not in the cache is downloaded once.

    `endpoint` is the hub's address, the public one by default. Raises ModelFolderError when nothing can be fetched.
    """
    try:
        return find_folder(model, hub_cache)
    except ModelFolderError as missing:
        from huggingface_hub import snapshot_download

        try:
            path = snapshot_download(model, cache_dir=hub_cache, endpoint=endpoint, ignore_patterns=_NOT_NEEDED)
        except (OSError, ValueError) as error:
            raise ModelFolderError(f"{missing}; the hub gave nothing: {type(error).__name__}") from error
        return Path(path)


def load_encoder(
    folder: ModelFolder, engine: Engine | None = None, *, threads: int = 2, centred: bool = True
) -> "SentenceTransformer":
    """The folder's modules as one SentenceTransformer on the CPU; pooling, centring and prompts come from the folder.

    With an ONNX engine only the transformer is replaced, the other modules are the folder's own. `centred=False`
    leaves the centring out. Raises ModelFolderError when the folder has no graph for the engine that was asked for.
    """
    chosen = folder.engine(engine)
    if chosen == "torch":
        return _load_torch(folder, threads, centred)
    return _load_onnx(folder, folder.engines[chosen], threads, centred)


def _load_torch(folder: ModelFolder, threads: int, centred: bool) -> "SentenceTransformer":
    with lean_imports():
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    # transformers draws a progress bar while it loads weights; a service's output is its log.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    model = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)
    if centred or not folder.centre:
        return model
    modules = list(model.children())[: -len(folder.centre_modules)]
    prompts = {name: prompt for name, prompt in model.prompts.items() if prompt}
    return SentenceTransformer(modules=modules, device="cpu", prompts=prompts, local_files_only=True)


def _load_onnx(folder: ModelFolder, graph: str, threads: int, centred: bool) -> "SentenceTransformer":
    from services.matching.adapters.embedding.unigram import UnigramTokenizer

    settings = _settings(folder, "sentence_bert_config.json")
    # Before the big imports: they then reuse the memory that reading the vocabulary took.
    tokenizer = UnigramTokenizer(folder.path / "tokenizer.json", settings["max_seq_length"])
    with lean_imports():
        import torch
        from sentence_transformers import SentenceTransformer

        from services.matching.adapters.embedding.onnx_transformer import OnnxTransformer
    # Torch only pools and normalises one vector here; more threads of it would do nothing but wait.
    torch.set_num_threads(1)
    transformer = OnnxTransformer(folder.path, graph, tokenizer, settings["max_seq_length"], threads)
    prompts = _settings(folder, "config_sentence_transformers.json")["prompts"]
    modules = [transformer, *_later_modules(folder, centred)]
    return SentenceTransformer(modules=modules, device="cpu", prompts=prompts, local_files_only=True)


def _later_modules(folder: ModelFolder, centred: bool) -> Iterator[Any]:
    """The folder's modules after the transformer, each loaded by its own class."""
    from sentence_transformers.util import import_from_string

    for module in _settings(folder, "modules.json")[1:]:
        if centred or module["path"] not in folder.centre_modules:
            kind: Any = import_from_string(module["type"])
            yield kind.load(str(folder.path), subfolder=module["path"], local_files_only=True)


def _settings(folder: ModelFolder, name: str) -> Any:
    return json.loads((folder.path / name).read_text(encoding="utf-8"))
