"""The settings of the profiles service."""

from dataclasses import dataclass
from pathlib import Path

from services.profiles.adapters.sealing import KeyRing, key_ring_file
from shared.runtime.env import existing_path, host_port, setting
from shared.runtime.process import ServeSettings


@dataclass(frozen=True)
class PersonKeys:
    """Where the keys that wrap persons' keys are. Who loses that file has lost what is kept of every person."""

    person_keys: KeyRing = setting("POLKU_PERSON_KEYS_FILE", parse=key_ring_file)


@dataclass(frozen=True)
class Settings(ServeSettings, PersonKeys):
    """Settings of `serve`. Without the address of LinkingService, CVs are read by the names of concepts alone.

    Without the service's key the heads of the access log are not signed, and the log is never shortened.
    """

    linking_address: str = setting("POLKU_LINKING_ADDRESS", default="", parse=host_port)
    service_key_file: Path | None = setting("POLKU_SERVICE_KEY_FILE", default=None, parse=existing_path)


@dataclass(frozen=True)
class KeySettings(PersonKeys):
    """Settings of `rewrap` and `reindex`."""

    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
