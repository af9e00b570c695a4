"""Writes the files of the model folder, step by step, from the two pinned sources, the tuning and the centre."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from deploy.embedded.model import bert_graph, folder_files
from deploy.embedded.model.manifest import Manifest, Progress, write_manifest
from deploy.embedded.model.quantised import Floats, QuantisedWeights
from deploy.embedded.model.sources import TOKENIZER, WEIGHTS, locate, verify
from deploy.embedded.model.tensor_file import write_tensors
from deploy.embedded.model.variants import Variant
from deploy.embedded.model.weights import bert_tensors, tuned

_PROGRESS_SECONDS = 2.0


def write_folder(folder: Path, content: str, progress: Progress, variant: Variant, centre: Floats) -> None:
    """Fill an empty directory with settings, tokenizer, weights, graphs and manifest. Raises ModelBuildError."""
    progress("model: checking the pinned weights and tokenizer")
    weights, tokenizer = locate(WEIGHTS), locate(TOKENIZER)
    verify(WEIGHTS, weights)
    verify(TOKENIZER, tokenizer)
    source = QuantisedWeights(weights)
    folder_files.write_settings(folder, source.architecture)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    hashes = {"tokenizer.json": TOKENIZER.sha256}
    heard = _every_few_seconds(progress)
    tensors = tuned(bert_tensors(source), variant.differences())
    hashes["model.safetensors"] = write_tensors(folder / "model.safetensors", tensors, heard)
    write_tensors(folder / "3_Dense" / "model.safetensors", folder_files.centring_tensors(centre), heard)
    progress("model: writing the ONNX graphs")
    bert_graph.write_graph(folder, "model.onnx", bert_graph.float_linear)
    bert_graph.write_graph(folder, "model.int8.onnx", bert_graph.int8_linear)
    write_manifest(folder, _manifest(content, variant), hashes)


def _manifest(content: str, variant: Variant) -> Manifest:
    return Manifest(
        name=variant.name,
        content=content,
        centre=variant.centre_version(),
        centre_modules=("3_Dense", "4_Normalize"),
        engines={"onnx": "model.onnx", "onnx-int8": "model.int8.onnx"},
        weights=WEIGHTS.sha256,
        delta=variant.delta_sha256,
    )


def _every_few_seconds(progress: Progress) -> Callable[[int, int], None]:
    last = time.monotonic()

    def heard(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            progress(f"model: writing weights, {done >> 20} of {total >> 20} MB")

    progress("model: writing the weights")
    return heard
