"""Passwords, keys and secrets of one embedded stack: made once, kept in its var folder, mode 0600."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from deploy.embedded.folders import VarFolder, read_json, write_json

DATABASES = ("profiles", "openings", "matching")
NATS_OWNER = "owner"
NATS_SYSTEM = "system"
SERVICES = ("profiles", "openings", "matching", "gateway")
"""Those that sign short tokens of their own."""


def database_roles() -> tuple[str, ...]:
    """`<database>_owner`, which migrates, and `<database>_runtime`, which serves, for each database."""
    return tuple(f"{database}_{kind}" for database in DATABASES for kind in ("owner", "runtime"))


@dataclass(frozen=True)
class Credentials:
    """Every secret of the stack. No part of it is ever shown by repr."""

    postgres_superuser: str = field(repr=False)
    postgres_roles: Mapping[str, str] = field(repr=False)
    nats_users: Mapping[str, str] = field(repr=False)
    page_token_secret: str = field(repr=False)
    partner_key_pepper: str = field(repr=False)
    openid_client_secret: str = field(repr=False)


def load_or_create(var: VarFolder) -> Credentials:
    """Reads secrets.json, adds what is missing in it, and keeps the result."""
    kept = read_json(var.secrets)
    whole = Credentials(
        postgres_superuser=_kept_or_new(kept, "postgres_superuser"),
        postgres_roles=_kept_or_new_each(kept, "postgres_roles", database_roles()),
        nats_users=_kept_or_new_each(kept, "nats_users", (NATS_OWNER, NATS_SYSTEM, *DATABASES)),
        page_token_secret=_kept_or_new(kept, "page_token_secret"),
        partner_key_pepper=_kept_or_new(kept, "partner_key_pepper"),
        openid_client_secret=_kept_or_new(kept, "openid_client_secret"),
    )
    if asdict(whole) != kept:
        write_json(var.secrets, asdict(whole))
    return whole


def _kept_or_new(kept: Mapping[str, Any], name: str) -> str:
    value = kept.get(name)
    # 256 bits in the URL-safe alphabet: stands in a DSN, a NATS URL and an environment without quoting.
    return value if isinstance(value, str) and value else secrets.token_urlsafe(32)


def _kept_or_new_each(kept: Mapping[str, Any], name: str, users: tuple[str, ...]) -> dict[str, str]:
    value = kept.get(name)
    former = value if isinstance(value, dict) else {}
    return {user: _kept_or_new(former, user) for user in users}


def signing_key(path: Path) -> ECKey:
    """The ES256 key (RFC 7518 section 3.4: P-256) in the file, made there as a private JWK at the first call."""
    kept = read_json(path)
    if kept:
        return ECKey.import_key(kept)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    write_json(path, key.as_dict(private=True))
    return key


def write_person_keys(var: VarFolder) -> None:
    """Makes the keys under which the profiles service keeps people, where there are none: they are never replaced."""
    if not read_json(var.person_keys):
        # token_urlsafe(32) is 32 random bytes in base64url.
        keys = {"current": "1", "keys": {"1": secrets.token_urlsafe(32)}, "index": secrets.token_urlsafe(32)}
        write_json(var.person_keys, keys)


def service_key_file(var: VarFolder, service: str) -> Path:
    """Where the private JWK of a service is kept."""
    return var.keys / f"{service}.json"


def service_issuer(service: str) -> str:
    """The `iss` of the tokens that a service signs for itself."""
    return f"polku:service:{service}"


def write_issuers(var: VarFolder, user_issuers: Mapping[str, ECKey]) -> None:
    """Writes the public keys of everyone whose tokens are believed: those issuers and each service."""
    keys = {service_issuer(service): signing_key(service_key_file(var, service)) for service in SERVICES}
    issuers = {
        issuer: {"jwks": {"keys": [key.as_dict(private=False)]}} for issuer, key in {**user_issuers, **keys}.items()
    }
    write_json(var.issuers, {"issuers": issuers})
