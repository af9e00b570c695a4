"""The scale of efforts from its file."""

import tomllib
from pathlib import Path

from services.matching.domain.efforts import Efforts

DEFAULT = Path(__file__).resolve().parents[1] / "efforts.toml"


def read_efforts(path: Path = DEFAULT) -> Efforts:
    """The scale of a file. Raises OSError, tomllib.TOMLDecodeError or TypeError for one that is wrong."""
    return Efforts(**tomllib.loads(path.read_text(encoding="utf-8")))
