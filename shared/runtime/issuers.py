"""Whose tokens are believed: the issuers file, the names of an issuer's claims, and keys that change.

The file is JSON:

    {"issuers": {
        "https://id.example.fi": {
            "jwks_uri": "https://id.example.fi/jwks",
            "claims": {"role": "groups", "unit": "department"},
            "roles": {"employment-counsellors": "counsellor", "residents": "seeker"}
        },
        "polku:service:matching": {"jwks": {"keys": [{…}]}}
    }}

An issuer has its keys here ("jwks") or says where they are ("jwks_uri": fetched at the start, every ten minutes, and
when a token names a key that is not known). `claims` maps our claims (role, unit, publisher, scope) to the issuer's
names for them, `roles` the issuer's values of the role to ours; both may be left out where they are the same.
"""

import asyncio
import json
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.runtime.log import get_logger

if TYPE_CHECKING:
    from shared.runtime.auth import TokenVerifier

CLAIMS = frozenset({"role", "unit", "publisher", "scope"})
EVERY = 600.0
"""Seconds between two looks for new keys."""
AGAIN = 10.0
"""Seconds after a look that failed, and between two that unknown keys ask for: such tokens cost the issuer no more."""
_SECONDS = 5.0
_LONGEST = 256 * 1024
_log = get_logger("auth")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Somebody whose tokens are believed: `jwks` is a JWK set of public keys, empty where they are at `jwks_uri`."""

    jwks: Mapping[str, Any] = field(default_factory=dict)
    jwks_uri: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def role_of(self, claims: Mapping[str, Any]) -> object:
        """Our role for the issuer's; of a list of groups the one that is a role. None for none or several."""
        given = claims.get(self.claims.get("role", "role"))
        if not self.roles:
            return given
        values = given if isinstance(given, list) else [given]
        found = {self.roles[value] for value in values if isinstance(value, str) and value in self.roles}
        return found.pop() if len(found) == 1 else None

    def named(self, claims: Mapping[str, Any], name: str) -> object:
        """The value of a claim of ours, "" where the token has none."""
        return claims.get(self.claims.get(name, name), "")


def read_issuers(path: Path) -> dict[str, Issuer]:
    """Read the file. Raises ValueError for another form."""
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        return {issuer: _issuer(issuer, entry) for issuer, entry in content["issuers"].items()}
    except (KeyError, TypeError, AttributeError):
        raise ValueError(
            'The issuers file must have the form {"issuers": {"<iss>": {"jwks": {"keys": []}}}} or {"jwks_uri": "…"}.'
        ) from None


def _issuer(name: str, entry: Mapping[str, Any]) -> Issuer:
    found = Issuer(**entry)
    if bool(found.jwks) == bool(found.jwks_uri):
        raise ValueError(f"The issuer {name} must have either jwks or jwks_uri.")
    url = urlsplit(found.jwks_uri)
    if found.jwks_uri and url.scheme != "https" and not (url.scheme == "http" and url.hostname == "127.0.0.1"):
        raise ValueError(f"The jwks_uri of the issuer {name} must be an https address.")
    if not set(found.claims) <= CLAIMS:
        raise ValueError(f"The issuer {name} can name these claims only: {', '.join(sorted(CLAIMS))}.")
    return found


async def keep_keys(
    verifier: "TokenVerifier", stop: asyncio.Event, *, every: float = EVERY, again: float = AGAIN
) -> None:
    """Fetch the keys of issuers that say where they are, again and again. Without them their tokens are refused."""
    uris = verifier.key_addresses()
    while uris and not stop.is_set():
        verifier.asked_for.clear()
        found = [await _fetched(verifier, issuer, uri) for issuer, uri in uris.items()]
        await _within(again, stop)
        if all(found):
            await _within(every, stop, verifier.asked_for)


async def _within(seconds: float, *events: asyncio.Event) -> None:
    """Return when one of the events is set, or after so many seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _fetched(verifier: "TokenVerifier", issuer: str, uri: str) -> bool:
    try:
        verifier.take_keys(issuer, await asyncio.to_thread(_fetch, uri))
    except (OSError, ValueError) as error:  # what of it can be read is kept from the log: it may be an address
        _log.warning("keys.fetching_failed", issuer=issuer, kind=type(error).__name__)
        return False
    return True


def _fetch(uri: str) -> Mapping[str, Any]:
    context = ssl.create_default_context() if uri.startswith("https") else None
    with urllib.request.urlopen(uri, timeout=_SECONDS, context=context) as answer:  # noqa: S310 - https, or loopback
        found = json.loads(answer.read(_LONGEST))
    if not isinstance(found, dict):
        raise ValueError("a JWK set is an object")
    return found
