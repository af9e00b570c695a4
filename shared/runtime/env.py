"""Settings from environment variables: frozen dataclasses, read once, every fault reported at once.

@dataclass(frozen=True)
class Settings:
    listen: str = setting("POLKU_LISTEN", parse=host_port)
    pepper: str = setting("POLKU_PARTNER_KEY_PEPPER", secret=True)

settings = read_settings(Settings, os.environ)
"""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")
MISSING: Any = dataclasses.MISSING
"""The default of a setting that must be given."""


class SettingsError(Exception):
    """Names are missing or have values that cannot be used. `faults` has one sentence for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("The settings are not usable:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


class SettingsRefused(Exception):
    """A server that we depend on is set up in a way that would lose accepted data."""


def setting(name: str, *, default: Any = MISSING, parse: Callable[[str], Any] = str, secret: bool = False) -> Any:
    """Declare a dataclass field that is read from the variable `name`.

    `parse` turns the text into the value and raises ValueError with what is expected; `default` is the value itself.
    A `secret` stays out of repr and out of error messages.
    """
    metadata = {"variable": name, "parse": parse, "secret": secret}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata, kw_only=True)


def read_settings(cls: type[T], environ: Mapping[str, str]) -> T:
    """Return an instance of the settings class. An empty variable counts as missing. Raises SettingsError."""
    values: dict[str, object] = {}
    faults: list[str] = []
    for spec in dataclasses.fields(cast(Any, cls)):
        if "variable" not in spec.metadata:
            continue
        text = environ.get(spec.metadata["variable"], "")
        if text:
            _parse(spec, text, values, faults)
        elif spec.default is dataclasses.MISSING:
            faults.append(f"{spec.metadata['variable']} is missing: set it in the environment of this process.")
    if faults:
        raise SettingsError(tuple(faults))
    return cls(**values)


def flag(text: str) -> bool:
    """Parse true/false."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in known:
        raise ValueError("true or false")
    return known[text.lower()]


def whole_number(text: str) -> int:
    """Parse a positive whole number."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError("a whole number above 0")
    return int(text)


def host_port(text: str) -> str:
    """Check an address of the form host:port and return it."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("an address of the form host:port")
    return text


def existing_path(text: str) -> Path:
    """Parse the path of a file or folder that must exist."""
    path = Path(text)
    if not path.exists():
        raise ValueError("the path of a file or folder that exists and can be read by this process")
    return path


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser that takes one of these words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(" or ".join(choices))
        return text

    return parse


def random_secret(text: str) -> str:
    """Check that a secret is long enough to be random, and return it."""
    if len(text) < 32:
        raise ValueError("at least 32 random characters")
    return text


def _parse(spec: "dataclasses.Field[Any]", text: str, values: dict[str, object], faults: list[str]) -> None:
    variable = spec.metadata["variable"]
    try:
        values[spec.name] = spec.metadata["parse"](text)
    except ValueError as fault:
        # A secret's own text must not show up, and parsers such as int() quote what they were given.
        shown = "a secret of another form" if spec.metadata["secret"] else f"{text!r}"
        expected = "another value" if spec.metadata["secret"] else str(fault)
        faults.append(f"{variable} cannot be used: got {shown}, expected {expected}.")
