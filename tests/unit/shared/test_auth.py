"""Tokens: what is accepted, and everything that is not."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Role
from shared.runtime.auth import (
    ServiceSigner,
    TokenVerifier,
    hash_secret,
    new_key,
    verify_secret,
)
from shared.runtime.issuers import read_issuers

NOW = 1_800_000_000
ISSUER = "https://id.example"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k1"})
RSA = RSAKey.generate_key(2048, {"kid": "r1"})
SERVICE = ECKey.generate_key("P-256", {"kid": "s1"})
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "user-1",
    "aud": "polku",
    "iat": NOW - 10,
    "exp": NOW + 600,
    "jti": "1",
    "role": "seeker",
}
SERVICE_CLAIMS = {**CLAIMS, "iss": "polku:service:matching", "sub": "service:matching", "role": "service"}


def _jwks(*keys: Any) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


VERIFIER = TokenVerifier(
    {ISSUER: _jwks(KEY, RSA), "polku:service:matching": _jwks(SERVICE)}, "polku", clock=lambda: NOW
)


def _sign(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    full = {"alg": "ES256", "kid": key.kid, **header}
    return jwt.encode(full, claims, key, algorithms=["ES256", "RS256", "HS256"])


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _hs256_with_the_public_key() -> str:
    signing = f"{_encoded({'alg': 'HS256', 'kid': 'k1'})}.{_encoded(CLAIMS)}"
    signature = hmac.digest(KEY.as_pem(private=False), signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _with_critical_header() -> str:
    registry = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    header = {"alg": "ES256", "kid": "k1", "crit": ["strange"], "strange": True}
    signing = f"{_encoded(header)}.{_encoded(CLAIMS)}"
    signature = registry.get_alg("ES256").sign(signing.encode(), KEY)
    return f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _altered() -> str:
    header, _, signature = _sign(CLAIMS).split(".")
    return f"{header}.{_encoded({**CLAIMS, 'role': 'operator'})}.{signature}"


def test_user_token_is_accepted() -> None:
    """A good ES256 token gives role, subject and unit, and keeps the token for passing on."""
    token = _sign({**CLAIMS, "role": "counsellor", "unit": "unit-7"})
    principal = VERIFIER.verify(token)
    assert (principal.role, principal.subject, principal.unit) == (Role.COUNSELLOR, "user-1", "unit-7")
    assert principal.token == token


def test_rs256_and_audience_list_are_accepted() -> None:
    """RS256 and a list of audiences are accepted as well."""
    assert VERIFIER.verify(_sign({**CLAIMS, "aud": ["x", "polku"]}, RSA, alg="RS256")).subject == "user-1"


def test_leeway_covers_30_seconds() -> None:
    """A token that expired 29 s ago, or is issued 29 s ahead, still counts: clocks differ."""
    assert VERIFIER.verify(_sign({**CLAIMS, "exp": NOW - 29})).subject == "user-1"
    assert VERIFIER.verify(_sign({**CLAIMS, "iat": NOW + 29})).subject == "user-1"


def test_a_token_that_was_accepted_is_refused_once_it_has_run_out() -> None:
    """The signature need not be checked again, the times are with every call; another token is another signature."""
    at = [NOW]
    verifier = TokenVerifier({ISSUER: _jwks(KEY)}, "polku", clock=lambda: at[0])
    token = _sign(CLAIMS)
    assert verifier.verify(token) == verifier.verify(token)
    at[0] = NOW + 631
    with pytest.raises(Unauthenticated):
        verifier.verify(token)
    at[0] = NOW
    assert verifier.verify(token).subject == "user-1"
    for wrong in (_altered(), _sign(CLAIMS, OTHER)):
        with pytest.raises(Unauthenticated):
            verifier.verify(wrong)


def test_service_token_is_accepted() -> None:
    """A service's own token gives the role service and its name."""
    principal = VERIFIER.verify(_sign(SERVICE_CLAIMS, SERVICE))
    assert (principal.role, principal.subject, principal.service) == (Role.SERVICE, "service:matching", "matching")


BAD: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "garbage": lambda: "garbage",
    "three garbage parts": lambda: "a.b.c",
    "not ascii": lambda: "ä.ö.å",
    "very long": lambda: "a" * 10_000 + ".b.c",
    "alg none": lambda: f"{_encoded({'alg': 'none', 'kid': 'k1'})}.{_encoded(CLAIMS)}.",
    "HS256 with the public key": _hs256_with_the_public_key,
    "altered payload": _altered,
    "another key with the same id": lambda: _sign(CLAIMS, OTHER),
    "unknown key id": lambda: _sign(CLAIMS, kid="k9"),
    "key id with a path": lambda: _sign(CLAIMS, kid="../../etc/passwd"),
    "key id that is a number": lambda: f"{_encoded({'alg': 'ES256', 'kid': 1})}.{_encoded(CLAIMS)}.AAAA",
    "algorithm of the other key": lambda: _sign(CLAIMS, KEY, kid="r1"),
    "unknown critical header": _with_critical_header,
    "expired": lambda: _sign({**CLAIMS, "exp": NOW - 31}),
    "without expiry": lambda: _sign(_without("exp")),
    "expiry as text": lambda: _sign({**CLAIMS, "exp": str(NOW + 60)}),
    "expiry true": lambda: _sign({**CLAIMS, "exp": True}),
    "without issue time": lambda: _sign(_without("iat")),
    "issued in the future": lambda: _sign({**CLAIMS, "iat": NOW + 31}),
    "not yet valid": lambda: _sign({**CLAIMS, "nbf": NOW + 31}),
    "wrong audience": lambda: _sign({**CLAIMS, "aud": "other"}),
    "without audience": lambda: _sign(_without("aud")),
    "unknown issuer": lambda: _sign({**CLAIMS, "iss": "https://evil.example"}),
    "without issuer": lambda: _sign(_without("iss")),
    "issuer that is a list": lambda: _sign({**CLAIMS, "iss": [ISSUER]}),
    "without subject": lambda: _sign(_without("sub")),
    "subject with a line break": lambda: _sign({**CLAIMS, "sub": "a\nb"}),
    "subject of a service": lambda: _sign({**CLAIMS, "sub": "service:matching"}),
    "without role": lambda: _sign(_without("role")),
    "empty role": lambda: _sign({**CLAIMS, "role": ""}),
    "unknown role": lambda: _sign({**CLAIMS, "role": "admin"}),
    "role as a list": lambda: _sign({**CLAIMS, "role": ["seeker"]}),
    "anonymous role": lambda: _sign({**CLAIMS, "role": "anonymous"}),
    "user issuer claims to be a service": lambda: _sign({**CLAIMS, "role": "service"}),
    "service key speaks for a user": lambda: _sign({**SERVICE_CLAIMS, "role": "operator"}, SERVICE),
    "service key speaks for another service": lambda: _sign({**SERVICE_CLAIMS, "sub": "service:profiles"}, SERVICE),
    "user key signs for a service issuer": lambda: _sign(SERVICE_CLAIMS, KEY),
    "payload nested too deeply": lambda: (
        f"{_encoded({'alg': 'ES256', 'kid': 'k1'})}.{base64.urlsafe_b64encode(b'[' * 4200).rstrip(b'=').decode()}.AAAA"
    ),
    "payload is a list": lambda: f"{_encoded({'alg': 'ES256', 'kid': 'k1'})}.W10.AAAA",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_token_is_refused_without_saying_why(name: str) -> None:
    """Every bad token gets the same answer."""
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(BAD[name]())
    assert caught.value.reason == "TOKEN_INVALID"
    assert str(caught.value) == "TOKEN_INVALID: The credentials are not valid or have expired. Sign in again."
    assert caught.value.__cause__ is None


def test_private_or_symmetric_keys_are_no_issuer_keys() -> None:
    """An issuers file with a private or a symmetric key, or without issuers, is refused at the start."""
    symmetric = OctKey.generate_key(256).as_dict(private=True)
    for keys in ([KEY.as_dict(private=True)], [symmetric], []):
        with pytest.raises(ValueError, match="public keys"):
            TokenVerifier({ISSUER: {"keys": keys}}, "polku")
    with pytest.raises(ValueError, match="issuer"):
        TokenVerifier({}, "polku")


def test_service_signer_round_trip_and_reuse() -> None:
    """A signed token verifies, is reused while it has 2 minutes left, then replaced; also when the clock goes back."""
    signer = ServiceSigner(SERVICE.as_dict(private=True), "matching")
    first = signer.token(datetime.fromtimestamp(NOW, UTC))
    assert VERIFIER.verify(first).service == "matching"
    assert signer.token(datetime.fromtimestamp(NOW + 180, UTC)) == first
    assert signer.token(datetime.fromtimestamp(NOW + 181, UTC)) != first
    again = signer.token(datetime.fromtimestamp(NOW - 3600, UTC))
    assert jwt.decode(again, SERVICE, algorithms=["ES256"]).claims["iat"] == NOW - 3600


def test_service_signer_needs_a_private_p256_key() -> None:
    """A public key or one of another type cannot sign."""
    for key in (SERVICE.as_dict(private=False), RSA.as_dict(private=True)):
        with pytest.raises(ValueError, match="P-256"):
            ServiceSigner(key, "matching")


def test_partner_keys() -> None:
    """A secret verifies against its own hash and pepper only; the empty hash of an unknown key never does."""
    kid, secret = new_key()
    stored = hash_secret("pepper", secret)
    assert secret not in stored
    assert verify_secret("pepper", secret, stored)
    assert not verify_secret("other", secret, stored)
    assert not verify_secret("pepper", secret + "x", stored)
    assert not verify_secret("pepper", secret, "")
    assert new_key()[0] != kid


def test_issuers_file(tmp_path: Path) -> None:
    """The issuers file is read, and one of another form is refused with the form that is needed."""
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": {ISSUER: {"jwks": _jwks(KEY)}}}))
    assert TokenVerifier(read_issuers(path), "polku", clock=lambda: NOW).verify(_sign(CLAIMS)).subject == "user-1"
    path.write_text("[]")
    with pytest.raises(ValueError, match="issuers"):
        read_issuers(path)
