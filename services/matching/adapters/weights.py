"""Weights from their file."""

import tomllib
from pathlib import Path

from services.matching.domain.weights import Weights

DEFAULT = Path(__file__).resolve().parents[1] / "weights.toml"


def read_weights(path: Path = DEFAULT) -> Weights:
    """The weights of a file. Raises OSError, tomllib.TOMLDecodeError, TypeError or ValueError for one that is wrong."""
    return Weights(**tomllib.loads(path.read_text(encoding="utf-8")))
