"""What the gateway reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.runtime.env import existing_path, flag, host_port, setting
from shared.runtime.tls import TlsSettings


def seconds(text: str) -> float:
    """Parse a number of seconds, 0 or more."""
    value = float(text) if text.replace(".", "", 1).isdigit() else -1.0
    if value < 0:
        raise ValueError("a number of seconds, 0 or more")
    return value


@dataclass(frozen=True)
class Settings(TlsSettings):
    """The settings of `python -m services.gateway serve`.

    openid_file    where people sign in (see openid.py); without it the pages have no sign-in
    cookie_secure  false only on plain http on loopback: then the session cookie has no `__Host-` prefix
    contact        how a person reaches a human, such as a telephone number; the pages say it beside the counsellor
    drain_seconds  time between "not ready" and closing the port, for a load balancer to notice
    """

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    profiles_address: str = setting("POLKU_PROFILES_ADDRESS", parse=host_port)
    openings_address: str = setting("POLKU_OPENINGS_ADDRESS", parse=host_port)
    matching_address: str = setting("POLKU_MATCHING_ADDRESS", parse=host_port)
    token_issuers_file: Path = setting("POLKU_TOKEN_ISSUERS_FILE", parse=existing_path)
    token_audience: str = setting("POLKU_TOKEN_AUDIENCE", default="polku")
    service_key_file: Path = setting("POLKU_SERVICE_KEY_FILE", parse=existing_path)
    openid_file: Path | None = setting("POLKU_OPENID_FILE", default=None, parse=existing_path)
    cookie_secure: bool = setting("POLKU_COOKIE_SECURE", default=True, parse=flag)
    contact: str = setting("POLKU_CONTACT", default="")
    drain_seconds: float = setting("POLKU_DRAIN_SECONDS", default=0.0, parse=seconds)
    log_level: str = setting("POLKU_LOG_LEVEL", default="info")
    log_format: str = setting("POLKU_LOG_FORMAT", default="auto")
