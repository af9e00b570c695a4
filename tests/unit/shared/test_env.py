"""Settings from the environment."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.runtime.env import (
    SettingsError,
    existing_path,
    flag,
    host_port,
    read_settings,
    setting,
    whole_number,
)


@dataclass(frozen=True)
class Settings:
    """An example of each kind of setting."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    pepper: str = setting("POLKU_PARTNER_KEY_PEPPER", secret=True)
    reflection: bool = setting("POLKU_REFLECTION", default=False, parse=flag)
    limit: int = setting("POLKU_MAX_CONCURRENT_RPCS", default=64, parse=whole_number)


GOOD = {"POLKU_LISTEN": "127.0.0.1:0", "POLKU_PARTNER_KEY_PEPPER": "pepper-value"}


def test_values_and_defaults() -> None:
    """Given values are parsed, the others have their defaults."""
    settings = read_settings(Settings, {**GOOD, "POLKU_REFLECTION": "true"})
    assert settings == Settings(listen="127.0.0.1:0", pepper="pepper-value", reflection=True, limit=64)


def test_all_faults_are_reported_at_once() -> None:
    """Missing, empty and malformed variables are all named in one error."""
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings, {"POLKU_LISTEN": "", "POLKU_REFLECTION": "maybe", "POLKU_MAX_CONCURRENT_RPCS": "0"})
    text = str(caught.value)
    for name in ("POLKU_LISTEN", "POLKU_PARTNER_KEY_PEPPER", "POLKU_REFLECTION", "POLKU_MAX_CONCURRENT_RPCS"):
        assert name in text
    assert len(caught.value.faults) == 4


def test_secret_is_neither_in_repr_nor_in_errors() -> None:
    """A secret shows up nowhere, even where it cannot be parsed."""

    @dataclass(frozen=True)
    class Secretive:
        pin: int = setting("PIN", parse=int, secret=True)

    assert "pepper-value" not in repr(read_settings(Settings, GOOD))
    with pytest.raises(SettingsError) as caught:
        read_settings(Secretive, {"PIN": "hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["127.0.0.1", ":80", "host:", "host:99999", "host:8o"])
def test_bad_addresses(text: str) -> None:
    """An address needs a host and a port."""
    with pytest.raises(ValueError, match="host:port"):
        host_port(text)


def test_path_must_exist(tmp_path: Path) -> None:
    """A path that is not there is refused at the start and not at the first use."""
    assert existing_path(str(tmp_path)) == tmp_path
    with pytest.raises(ValueError, match="exists"):
        existing_path(str(tmp_path / "missing"))
