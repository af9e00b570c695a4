"""What the development issuer reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.runtime.env import existing_path, host_port, setting


@dataclass(frozen=True)
class IssuerSettings:
    """The settings of `python -m deploy.issuer serve`.

    keys_dir       the folder with the issuer's key, issuer.json
    accounts_file  see accounts.py
    openid_file    the gateway's own registration (services/gateway/openid.py): client, secret and way back
    """

    listen: str = setting("POLKU_LISTEN", parse=host_port)
    keys_dir: Path = setting("POLKU_ISSUER_KEYS_DIR", parse=existing_path)
    accounts_file: Path = setting("POLKU_ISSUER_ACCOUNTS_FILE", parse=existing_path)
    openid_file: Path = setting("POLKU_OPENID_FILE", parse=existing_path)
