"""Issuers that name things their own way, and keys that change."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Role
from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import Issuer, keep_keys, read_issuers

NAME = "https://id.example.fi"
OLD = ECKey.generate_key("P-256", {"kid": "old"})
NEW = ECKey.generate_key("P-256", {"kid": "new"})
NAMES = {"role": "groups", "unit": "department"}
ROLES = {"employment-counsellors": "counsellor", "residents": "seeker"}


def signed(key: ECKey = OLD, **claims: Any) -> str:
    """A token of the issuer."""
    now = int(time.time())
    usual = {"iss": NAME, "sub": "user-1", "aud": "polku", "iat": now, "exp": now + 600, "role": "seeker"}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, {**usual, **claims}, key, algorithms=["ES256"])


def jwks(*keys: ECKey) -> dict[str, Any]:
    """The public keys."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


@pytest.fixture
def verifier() -> TokenVerifier:
    """Verifies tokens of an issuer with names of its own."""
    return TokenVerifier({NAME: Issuer(jwks=jwks(OLD), claims=NAMES, roles=ROLES)}, "polku")


def test_an_issuers_own_names_become_ours(verifier: TokenVerifier) -> None:
    """The group that is a role gives the role, among others that are none; the unit comes from the issuer's claim."""
    principal = verifier.verify(signed(groups=["staff", "employment-counsellors"], department="iso-omena"))
    assert (principal.role, principal.unit) == (Role.COUNSELLOR, "iso-omena")
    assert verifier.verify(signed(groups="residents")).role is Role.SEEKER


@pytest.mark.parametrize(
    "groups", [[], ["staff"], ["residents", "employment-counsellors"], {"a": 1}, None, [["residents"]]]
)
def test_a_token_without_exactly_one_role_is_refused(verifier: TokenVerifier, groups: object) -> None:
    """No role, two at once, and things that are no groups: nobody guesses. Our own claim counts for nothing here."""
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(groups=groups, role="operator"))


def test_the_file_is_read_whole_or_refused(tmp_path: Path) -> None:
    """Keys or their address, not both and not neither; https but on loopback; only claims that there are."""
    path = tmp_path / "issuers.json"

    def read(entry: object) -> Issuer:
        path.write_text(json.dumps({"issuers": {NAME: entry}}))
        return read_issuers(path)[NAME]

    assert read({"jwks_uri": f"{NAME}/jwks", "claims": NAMES, "roles": ROLES}).roles == ROLES
    assert read({"jwks_uri": "http://127.0.0.1:1/jwks"}).jwks_uri
    for wrong in (
        {},
        {"jwks": jwks(OLD), "jwks_uri": f"{NAME}/jwks"},
        {"jwks_uri": "http://id.example.fi/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks": jwks(OLD), "claims": {"subject": "upn"}},
        {"jwks": jwks(OLD), "unknown": 1},
        [],
    ):
        with pytest.raises(ValueError, match="issuer"):
            read(wrong)


def test_new_keys_end_what_the_old_ones_signed(verifier: TokenVerifier) -> None:
    """A token that was accepted is refused once its key is withdrawn; keys of no use leave the known ones."""
    token = signed(groups="residents")
    verifier.verify(token)
    with pytest.raises(ValueError, match="public keys"):
        verifier.take_keys(NAME, {"keys": []})
    verifier.verify(token)
    verifier.take_keys(NAME, jwks(NEW))
    with pytest.raises(Unauthenticated):
        verifier.verify(token)
    assert verifier.verify(signed(NEW, groups="residents")).subject == "user-1"


@pytest.fixture
def published() -> Iterator[tuple[str, dict[str, Any]]]:
    """A server of keys: its address, and the set that it publishes."""
    content: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/jwks", content
        server.shutdown()


async def until_accepted(verifier: TokenVerifier, token: str) -> None:
    """Wait until a token is believed."""
    deadline = time.monotonic() + 10
    while True:
        try:
            verifier.verify(token)
            return
        except Unauthenticated:
            assert time.monotonic() < deadline, "the keys were not fetched"
            await asyncio.sleep(0.02)


async def test_keys_are_fetched_and_looked_for_anew(published: tuple[str, dict[str, Any]]) -> None:
    """Before the first look every token is refused; a token that names an unknown key makes a look come early."""
    address, content = published
    content.update(jwks(OLD))
    verifier = TokenVerifier({NAME: Issuer(jwks_uri=address)}, "polku")
    with pytest.raises(Unauthenticated):
        verifier.verify(signed())
    stop = asyncio.Event()
    keeper = asyncio.create_task(keep_keys(verifier, stop, again=0.05))
    await until_accepted(verifier, signed())
    content.clear()
    content.update(jwks(OLD, NEW))
    await until_accepted(verifier, signed(NEW))
    stop.set()
    await keeper


async def test_a_look_that_fails_leaves_what_is_known(published: tuple[str, dict[str, Any]]) -> None:
    """An answer without keys changes nothing, and the next look comes soon."""
    address, content = published
    content.update(jwks(OLD))
    verifier = TokenVerifier({NAME: Issuer(jwks_uri=address)}, "polku")
    stop = asyncio.Event()
    keeper = asyncio.create_task(keep_keys(verifier, stop, again=0.05))
    await until_accepted(verifier, signed())
    content.clear()
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(NEW))
    content.update(jwks(OLD, NEW))
    await until_accepted(verifier, signed(NEW))
    assert verifier.verify(signed()).subject == "user-1"
    stop.set()
    await keeper
