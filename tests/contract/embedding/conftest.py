"""The built model and its encoders, loaded once for all contract tests of the embedding."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sentence_transformers import SentenceTransformer

from deploy.embedded.model.build import ensure_model
from deploy.embedded.model.centre import read_texts
from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.embedding.folder import Engine

_VAR = Path(__file__).parents[3] / "var"

Encode = Callable[[Engine], TextEncoder]
Vectors = Callable[[Engine], npt.NDArray[np.float32]]


@pytest.fixture(scope="session")
def model_folder() -> Path:
    return ensure_model(_VAR, lambda line: None)


@pytest.fixture(scope="session")
def plain(model_folder: Path) -> SentenceTransformer:
    """The folder as any user of sentence-transformers loads it."""
    return SentenceTransformer(str(model_folder), device="cpu", local_files_only=True)


@pytest.fixture(scope="session")
def uncentred(model_folder: Path) -> TextEncoder:
    """The published model's own vectors, on the default engine."""
    return TextEncoder(model_folder, centred=False)


@pytest.fixture(scope="session")
def encoder(model_folder: Path) -> Encode:
    """One encoder an engine, kept for the session."""
    loaded: dict[Engine, TextEncoder] = {}

    def get(engine: Engine) -> TextEncoder:
        if engine not in loaded:
            loaded[engine] = TextEncoder(model_folder, engine=engine)
        return loaded[engine]

    return get


@pytest.fixture(scope="session")
def vectors(encoder: Encode) -> Vectors:
    """Half of the project's own texts, in all seven languages, as passages: (77, 384), kept for the session."""
    encoded: dict[Engine, npt.NDArray[np.float32]] = {}

    def get(engine: Engine) -> npt.NDArray[np.float32]:
        if engine not in encoded:
            encoded[engine] = np.stack([encoder(engine).encode(text, "passage") for _, text in read_texts()[::2]])
        return encoded[engine]

    return get
