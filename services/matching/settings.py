"""What the processes of matching read from their environment, besides what all services do."""

from dataclasses import dataclass
from pathlib import Path

from shared.runtime import process
from shared.runtime.env import existing_path, host_port, setting, whole_number


@dataclass(frozen=True)
class ServeSettings(process.ServeSettings):
    """Settings of `serve`. Of the model folder it reads the identity only."""

    profiles_address: str = setting("POLKU_PROFILES_ADDRESS", parse=host_port)
    service_key_file: Path = setting("POLKU_SERVICE_KEY_FILE", parse=existing_path)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)


@dataclass(frozen=True)
class EncodeSettings:
    """Settings of `encode`. `threads` are those of the model."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    threads: int = setting("POLKU_ENCODER_THREADS", default=2, parse=whole_number)
