"""Signing in to the embedded stack: the development issuer's accounts, and how the gateway is known to the issuer.

Accounts (deploy/issuer/accounts.py) come from whoever fills the stack with people.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.embedded.folders import VarFolder, read_json, write_json
from deploy.embedded.issuer import DevIssuer

CLIENT = "polku-gateway"


def prepare(var: VarFolder, issuer: DevIssuer, gateway: str, provider: str, client_secret: str) -> None:
    """Writes the gateway's OpenID file, and a file without accounts where there is none yet.

    gateway and provider are the URLs at which they answer.
    """
    registration = {
        "issuer": issuer.issuer,
        "client_id": CLIENT,
        "client_secret": client_secret,
        "redirect_uri": f"{gateway}/sign-in/callback",
        "authorization_endpoint": f"{provider}/authorize",
        "token_endpoint": f"{provider}/token",
    }
    write_json(var.openid, registration)
    if not var.accounts.exists():
        save_accounts(var.root, [])


def accounts(var_dir: Path) -> list[Mapping[str, str]]:
    """The accounts in the file."""
    kept: list[Mapping[str, str]] = read_json(VarFolder(var_dir).accounts).get("accounts", [])
    return kept


def save_accounts(var_dir: Path, entries: Sequence[Mapping[str, str]]) -> None:
    """Replaces the accounts; the running issuer reads them at the next sign-in.

    Each entry: user, password_hash, subject, role, and unit (counsellor) or publisher (publisher) where it applies.
    """
    write_json(VarFolder(var_dir).accounts, {"accounts": [dict(entry) for entry in entries]})
