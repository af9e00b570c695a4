"""What the processes of matching read from their environment, besides what all services do."""

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from shared.runtime import process
from shared.runtime.env import existing_path, flag, host_port, setting, whole_number
from shared.runtime.tls import TlsSettings


def time_of_day(text: str) -> time:
    """A time such as 02:30. Raises ValueError."""
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise ValueError("give a time of day as hh:mm, such as 02:30") from None


@dataclass(frozen=True)
class ServeSettings(process.ServeSettings):
    """Settings of `serve`. Of the model folder it reads the identity only.

    bulk_at      when lists for all people are made each night, hh:mm in Europe/Helsinki; None: only when asked for
    max_watches  streams that watch, at most; they do not count among POLKU_MAX_CONCURRENT_RPCS
    index_dir  where the openings in memory are saved; None: every start reads all of them from the store
    """

    profiles_address: str = setting("POLKU_PROFILES_ADDRESS", parse=host_port)
    service_key_file: Path = setting("POLKU_SERVICE_KEY_FILE", parse=existing_path)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    bulk_at: time | None = setting("POLKU_BULK_AT", default=None, parse=time_of_day)
    max_watches: int = setting("POLKU_MAX_WATCHES", default=200, parse=whole_number)
    index_dir: Path | None = setting("POLKU_INDEX_DIR", default=None, parse=Path)


@dataclass(frozen=True)
class WorkSettings:
    """Settings of `work`. Of the model folder it reads the identity only. It reads `index_dir`, and writes nothing."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    nats_url: str = setting("POLKU_NATS_URL", secret=True)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    vocabulary_file: Path | None = setting("POLKU_VOCABULARY_FILE", default=None, parse=existing_path)
    index_dir: Path | None = setting("POLKU_INDEX_DIR", default=None, parse=Path)


@dataclass(frozen=True)
class EncodeSettings(TlsSettings):
    """Settings of `encode`. `threads` are those of the model; `label_dir` keeps vectors of labels between starts.

    Without `label_dir` they lie beside the model's folder.
    """

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)
    token_audience: str = setting("POLKU_TOKEN_AUDIENCE", default="polku")
    vocabulary_file: Path | None = setting("POLKU_VOCABULARY_FILE", default=None, parse=existing_path)
    threads: int = setting("POLKU_ENCODER_THREADS", default=2, parse=whole_number)
    label_dir: Path | None = setting("POLKU_LABEL_DIR", default=None, parse=Path)
    reflection: bool = setting("POLKU_REFLECTION", default=False, parse=flag)

    @property
    def labels(self) -> Path:
        """Where vectors of labels are kept."""
        return self.label_dir or self.model_dir.parent / "labels"
