"""What a sentence-transformers folder says about itself, read from its JSON files alone.

No torch, no sentence-transformers, no numpy: the answering process reads the model's identity and dimension with it.
A folder that Polku built carries a manifest with its content hash, its graphs and its centring; of any other folder
the content is hashed, and it runs on torch.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Engine = Literal["onnx", "onnx-int8", "torch"]

# Measured in docs/adr/0003-embedding-engine.md.
DEFAULT_ENGINE: Engine = "onnx"
_CHUNK = 1 << 20


class ModelFolderError(ValueError):
    """The folder cannot be used as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model folder: `content` names its bytes, `engines` the graphs beside torch, `centre` the centring (or "")."""

    path: Path
    name: str
    content: str
    dimension: int
    engines: Mapping[str, str]
    centre: str
    centre_modules: tuple[str, ...]

    def engine(self, wanted: Engine | None = None) -> Engine:
        """The engine to run: the wanted one, else the default where the folder has its graph, else torch.

        Raises ModelFolderError when an engine is asked for by name and the folder has no graph for it.
        """
        if wanted is None:
            return DEFAULT_ENGINE if DEFAULT_ENGINE in self.engines else "torch"
        if wanted not in get_args(Engine) or (wanted != "torch" and wanted not in self.engines):
            known = ", ".join(sorted({*self.engines, "torch"}))
            raise ModelFolderError(f"{self.path} cannot run on the engine {wanted!r}: choose one of {known}")
        return wanted

    def model_id(self, engine: Engine | None = None, *, centred: bool = True) -> str:
        """Identity of the vectors, kept with each of them: `<name>@<content>/<engine>/<centring>`.

        Vectors may be compared only where it is the same; a vector with another one has to be encoded again.
        """
        centring = f"centre-{self.centre}" if self.centre and centred else "raw"
        return f"{self.name}@{self.content}/{self.engine(engine)}/{centring}"


def find_folder(model: str, hub_cache: Path) -> Path:
    """The folder that a setting names: a path, or a hub id whose snapshot lies in the hub cache.

    Raises ModelFolderError when there is neither.
    """
    if Path(model).is_dir():
        return Path(model)
    repository = hub_cache / f"models--{model.replace('/', '--')}"
    reference = repository / "refs" / "main"
    if reference.is_file():
        snapshot = repository / "snapshots" / reference.read_text(encoding="utf-8").strip()
        if snapshot.is_dir():
            return snapshot
    raise ModelFolderError(
        f"the model {model!r} is neither a folder nor in {hub_cache}: give the path of a sentence-transformers folder, "
        f"or fetch it once with `hf download {model}`"
    )


def read_folder(path: Path) -> ModelFolder:
    """Read the folder's JSON files; ModelFolderError when they do not describe a text encoder."""
    manifest: dict[str, Any] = _json(path / "manifest.json") or {}
    return ModelFolder(
        path=path,
        name=manifest.get("name") or _plain_name(path),
        content=manifest.get("content") or _hash_content(path),
        dimension=_dimension(path),
        engines=manifest.get("engines", {}),
        centre=manifest.get("centre", ""),
        centre_modules=tuple(manifest.get("centre_modules", ())),
    )


def _dimension(path: Path) -> int:
    # Without modules.json sentence-transformers pools the plain transformer itself.
    dimension = (_json(path / "config.json") or {}).get("hidden_size", 0)
    for module in _json(path / "modules.json") or ():
        config = _json(path / module["path"] / "config.json") or {}
        kind = module["type"].rsplit(".", 1)[-1]
        if kind == "Pooling":
            width = config.get("word_embedding_dimension") or config["embedding_dimension"]
            dimension = width * _poolings(config)
        elif kind == "Dense":
            dimension = config["out_features"]
    if not dimension:
        raise ModelFolderError(f"{path} does not say how wide its vectors are: it is no text encoder's folder")
    return int(dimension)


def _poolings(config: Mapping[str, Any]) -> int:
    mode = config.get("pooling_mode")
    if mode is not None:
        return 1 if isinstance(mode, str) else len(mode)
    return max(1, sum(value is True for key, value in config.items() if key.startswith("pooling_mode_")))


def _plain_name(path: Path) -> str:
    # A snapshot of the hub lies at models--<organisation>--<name>/snapshots/<revision>.
    if path.parent.name == "snapshots":
        return path.parent.parent.name.removeprefix("models--").replace("--", "/")
    return path.resolve().name


def _hash_content(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()[:12]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
