"""`var/endpoints.json`: where the running stack answers, and the development credentials for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, read_json, write_json


@dataclass(frozen=True)
class Tokens:
    """Bearer tokens; seekers by profile id. Empty where nobody has issued one yet."""

    operator: str = field(default="", repr=False)
    counsellor: str = field(default="", repr=False)
    seekers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Endpoints:
    """The whole file: gateway a URL, grpc `host:port` by service, publisher_keys `kid.secret` by publisher."""

    gateway: str = ""
    grpc: Mapping[str, str] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)
    publisher_keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, var_dir: Path) -> "Endpoints":
        """Reads the file of this var folder. StackError when there is none, or it is not of this shape."""
        path = VarFolder(var_dir).endpoints
        value = read_json(path)
        if not value:
            raise StackError(f"{path} does not exist: start the stack first.")
        return cls._of(value, path)

    @classmethod
    def load_or_empty(cls, var_dir: Path) -> "Endpoints":
        """As load; without a file, an empty one."""
        path = VarFolder(var_dir).endpoints
        return cls._of(read_json(path), path)

    @classmethod
    def _of(cls, value: Mapping[str, Any], path: Path) -> "Endpoints":
        try:
            return cls(**{**value, "tokens": Tokens(**value.get("tokens", {}))})
        except TypeError as error:
            raise StackError(f"{path} has an unknown field ({error}): delete it and start the stack again.") from error

    def save(self, var_dir: Path) -> None:
        """Writes the file, mode 0600, whole or not at all."""
        write_json(VarFolder(var_dir).endpoints, asdict(self))
