"""The gateway's sign-in file for development: who may sign in to the pages, with the development issuer's key.

Its form is the gateway's (services/gateway/sign_in.py). Accounts come from whoever fills the stack with people.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.embedded.folders import VarFolder, read_json, write_json
from deploy.embedded.issuer import DevIssuer

KEY_FILE = "keys/sign-in.json"
"""Below the var folder, like the file that names it."""


def prepare(var: VarFolder, issuer: DevIssuer) -> None:
    """Writes the key file, and a sign-in file without accounts where there is none yet."""
    write_json(var.root / KEY_FILE, {"iss": issuer.issuer, "key": issuer.key.as_dict(private=True)})
    if not var.sign_in.exists():
        save_accounts(var.root, [])


def accounts(var_dir: Path) -> list[Mapping[str, str]]:
    """The accounts in the file."""
    kept: list[Mapping[str, str]] = read_json(VarFolder(var_dir).sign_in).get("accounts", [])
    return kept


def save_accounts(var_dir: Path, entries: Sequence[Mapping[str, str]]) -> None:
    """Replaces the accounts; the running gateway reads them at the next sign-in.

    Each entry: user, password_hash, subject, role, and unit (counsellor), publisher (publisher) or profile (seeker)
    where it applies.
    """
    write_json(
        VarFolder(var_dir).sign_in, {"issuer_key_file": KEY_FILE, "accounts": [dict(entry) for entry in entries]}
    )
