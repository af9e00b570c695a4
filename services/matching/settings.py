"""What the processes of matching read from their environment."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.env import existing_path, flag, host_port, setting, whole_number


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(" or ".join(choices))
        return text

    return parse


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("at least 32 random characters")
    return text


@dataclass(frozen=True)
class ServeSettings:
    """Settings of `serve`. Of the model folder it reads the identity only."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    nats_url: str = setting("POLKU_NATS_URL", secret=True)
    nats_monitor_url: str = setting("POLKU_NATS_MONITOR_URL")
    profiles_address: str = setting("POLKU_PROFILES_ADDRESS", parse=host_port)
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)
    token_audience: str = setting("POLKU_TOKEN_AUDIENCE", default="polku")
    service_key_file: Path = setting("POLKU_SERVICE_KEY_FILE", parse=existing_path)
    page_token_secret: str = setting("POLKU_PAGE_TOKEN_SECRET", parse=_secret, secret=True)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    max_concurrent_rpcs: int = setting("POLKU_MAX_CONCURRENT_RPCS", default=64, parse=whole_number)
    reflection: bool = setting("POLKU_REFLECTION", default=False, parse=flag)


@dataclass(frozen=True)
class EncodeSettings:
    """Settings of `encode`. `threads` are those of the model."""

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    postgres_dsn: str = setting("POLKU_POSTGRES_DSN", secret=True)
    model_dir: Path = setting("POLKU_MODEL_DIR", parse=existing_path)
    threads: int = setting("POLKU_ENCODER_THREADS", default=2, parse=whole_number)


@dataclass(frozen=True)
class MigrateSettings:
    """Settings of `migrate`."""

    owner_dsn: str = setting("POLKU_OWNER_DSN", secret=True)
    runtime_role: str = setting("POLKU_RUNTIME_ROLE")
    nats_owner_url: str = setting("POLKU_NATS_OWNER_URL", secret=True)


@dataclass(frozen=True)
class LogSettings:
    """Settings of the log, read first so that everything else can be reported in it."""

    level: str = setting("POLKU_LOG_LEVEL", default="info", parse=_one_of("debug", "info", "warning", "error"))
    format: str = setting("POLKU_LOG_FORMAT", default="auto", parse=_one_of("auto", "json", "console"))
