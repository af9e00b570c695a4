"""Tokens and keys: verifying users' and services' JWTs, signing a service's own, partner keys.

Users' tokens: ES256 or RS256 (RFC 8725), claims iss, sub, aud, exp, iat, role, and unit or publisher where it applies.
Services' tokens: iss "polku:service:<name>", sub "service:<name>", role "service", 5 minutes.
"""

import asyncio
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from shared.kernel.errors import Unauthenticated
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from shared.runtime.issuers import Issuer
from shared.runtime.log import get_logger

ALGORITHMS = ("ES256", "RS256")
SERVICE_ISSUER = "polku:service:"
_SERVICE_SECONDS = 300
_LONGEST = 6 * 1024
_KEPT = 4096  # tokens whose signatures need not be checked again
_TEXT = re.compile(r"[!-~]{1,128}")
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_USER_ROLES = frozenset(Role) - {Role.ANONYMOUS, Role.SERVICE}
_log = get_logger("auth")


class TokenVerifier:
    """Verifies tokens of known issuers. `leeway` in seconds covers clocks that differ."""

    def __init__(
        self,
        issuers: Mapping[str, Issuer | Mapping[str, Any]],
        audience: str,
        leeway: int = 30,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`issuers` by their iss; a JWK set stands for one whose claims are named as ours. Raises ValueError for none.

        The keys of issuers that only say where they are come from `keep_keys` (issuers.py).
        """
        if not issuers:
            raise ValueError("No token issuer is known: put at least one into the issuers file.")
        self._issuers = {
            name: given if isinstance(given, Issuer) else Issuer(jwks=given) for name, given in issuers.items()
        }
        self._keys = {
            name: [] if issuer.jwks_uri else _public_keys(name, issuer.jwks) for name, issuer in self._issuers.items()
        }
        self.asked_for = asyncio.Event()
        """Set where a token names a key that is not known yet."""
        self._audience = audience
        self._leeway = leeway
        self._clock = clock
        # A caller sends one token with many calls, and a signature once found good stays so. Refusals are not kept.
        self._signed_claims = lru_cache(maxsize=_KEPT)(self._checked_claims)

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for. Raises Unauthenticated TOKEN_INVALID, without saying what is wrong."""
        try:
            claims = self._verified_claims(token, self._audience)
            return _principal(claims, self._issuers[claims["iss"]], token)
        except _REFUSALS as error:
            raise _refusal(error) from None

    def verify_identity(self, token: str, issuer: str, client_id: str, nonce: str) -> str:
        """Return the subject of an identity token of this issuer, made for this client as the answer to this nonce.

        OpenID Connect Core 1.0, section 3.1.3.7. Raises Unauthenticated TOKEN_INVALID.
        """
        try:
            claims = self._verified_claims(token, client_id)
            if claims["iss"] != issuer or claims.get("azp", client_id) != client_id:
                raise _Refused("issuer")
            given = claims.get("nonce")
            if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
                raise _Refused("nonce")
            subject = claims["sub"]
            if not isinstance(subject, str) or not subject:
                raise _Refused("subject")
            return subject
        except _REFUSALS as error:
            raise _refusal(error) from None

    def key_addresses(self) -> dict[str, str]:
        """Where the keys are of issuers that only say where."""
        return {name: issuer.jwks_uri for name, issuer in self._issuers.items() if issuer.jwks_uri}

    def take_keys(self, issuer: str, jwks: Mapping[str, Any]) -> None:
        """The issuer's keys are these from now on; what was signed by others is refused. Raises ValueError for none."""
        self._keys[issuer] = _public_keys(issuer, jwks)
        self._signed_claims.cache_clear()

    def _verified_claims(self, token: str, audience: str) -> Mapping[str, Any]:
        claims = self._signed_claims(token)
        self._check_times(claims)
        given = claims.get("aud")
        if audience not in (given if isinstance(given, list) else [given]):
            raise _Refused("audience")
        return claims

    def _checked_claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that a known issuer has signed, whatever they say."""
        if not token.isascii() or len(token) > _LONGEST or token.count(".") != 2:
            raise _Refused("form")
        unverified = jws.extract_compact(token.encode())
        header = unverified.headers()
        if header.get("alg") not in ALGORITHMS:
            raise _Refused("algorithm")
        if "crit" in header:
            raise _Refused("critical header")
        claims = json.loads(unverified.payload)
        issuer = claims.get("iss") if isinstance(claims, dict) else None
        if not isinstance(issuer, str) or issuer not in self._keys:
            raise _Refused("issuer")
        try:
            key = _pick(self._keys[issuer], header.get("kid"))
        except _Refused:
            if self._issuers[issuer].jwks_uri:
                self.asked_for.set()  # the issuer may have new keys
            raise
        return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock()
        expires, issued = _instant(claims.get("exp")), _instant(claims.get("iat"))
        not_before = _instant(claims.get("nbf", 0))
        if expires + self._leeway <= now:
            raise _Refused("expired")
        if issued - self._leeway > now or not_before - self._leeway > now:
            raise _Refused("not yet valid")


class ServiceSigner:
    """Signs the short tokens with which a service says who it is."""

    def __init__(self, key: Mapping[str, Any], service: str, audience: str = "polku") -> None:
        """`key` is a private JWK on curve P-256. Raises ValueError for anything else."""
        if key.get("kty") != "EC" or key.get("crv") != "P-256" or "d" not in key:
            raise ValueError("The key of a service must be a private JWK of type EC on curve P-256.")
        self._key = import_key(dict(key))
        self._header = {"alg": "ES256", **({"kid": key["kid"]} if "kid" in key else {})}
        self._service = service
        self._audience = audience
        self._cached = ("", 0)

    def token(self, now: datetime) -> str:
        """Return a token that is valid for at least 2 more minutes (signed anew when needed, for 5)."""
        instant = int(now.timestamp())
        cached, expires = self._cached
        # An issue time in the future, after the clock went back, would be refused: sign anew then too.
        if not 120 <= expires - instant <= _SERVICE_SECONDS:
            cached, expires = self._sign(instant), instant + _SERVICE_SECONDS
            self._cached = (cached, expires)
        return cached

    def _sign(self, instant: int) -> str:
        claims = {
            "iss": f"{SERVICE_ISSUER}{self._service}",
            "sub": f"service:{self._service}",
            "aud": self._audience,
            "role": Role.SERVICE.value,
            "iat": instant,
            "exp": instant + _SERVICE_SECONDS,
            "jti": new_id(),
        }
        return jwt.encode(self._header, claims, self._key, algorithms=["ES256"])


def read_key(path: Path) -> dict[str, Any]:
    """Read a private JWK from a file."""
    key: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return key


def new_key() -> tuple[str, str]:
    """Return (kid, secret) of a new partner key: 64 and 256 random bits. Show the secret once, store its hash."""
    return secrets.token_hex(8), secrets.token_urlsafe(32)


def hash_secret(pepper: str, secret: str) -> str:
    """Return the hash to store: HMAC-SHA256 with the pepper. A slow hash adds nothing to 256 random bits."""
    return hmac.new(pepper.encode(), secret.encode(), sha256).hexdigest()


def verify_secret(pepper: str, secret: str, stored: str) -> bool:
    """Compare in constant time. For an unknown kid call it with an empty `stored`, so that it takes as long."""
    return hmac.compare_digest(hash_secret(pepper, secret), stored or "0" * 64) and bool(stored)


def token_invalid() -> Unauthenticated:
    """Return the one answer to every token or key that is not accepted."""
    return Unauthenticated("TOKEN_INVALID", "The credentials are not valid or have expired. Sign in again.")


class _Refused(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


_REFUSALS = (_Refused, JoseError, ValueError, TypeError, KeyError, RecursionError)


def _refusal(error: Exception) -> Unauthenticated:
    _log.info("credentials.refused", why=error.why if isinstance(error, _Refused) else type(error).__name__)
    return token_invalid()


def _principal(claims: Mapping[str, Any], known: Issuer, token: str) -> Principal:
    issuer, subject, role = claims["iss"], claims.get("sub"), known.role_of(claims)
    if not isinstance(subject, str) or _TEXT.fullmatch(subject) is None:
        raise _Refused("subject")
    if issuer.startswith(SERVICE_ISSUER):
        service = issuer.removeprefix(SERVICE_ISSUER)
        # A service's key speaks for that service alone: never for a user, never for another service.
        if role != Role.SERVICE or subject != f"service:{service}":
            raise _Refused("service identity")
        return Principal(role=Role.SERVICE, subject=subject, service=service)
    if not isinstance(role, str) or role not in _USER_ROLES or subject.startswith("service:"):
        raise _Refused("role")
    unit, publisher = _text(known, claims, "unit"), _text(known, claims, "publisher")
    scopes = frozenset(_text(known, claims, "scope", spaces=True).split())
    return Principal(Role(role), subject, unit=unit, publisher=publisher, scopes=scopes, token=token)


def _text(known: Issuer, claims: Mapping[str, Any], name: str, *, spaces: bool = False) -> str:
    value = known.named(claims, name)
    if not isinstance(value, str) or (value and _TEXT.fullmatch(value.replace(" ", "") if spaces else value) is None):
        raise _Refused(name)
    return value


def _public_keys(issuer: str, jwks: Mapping[str, Any]) -> list[Key]:
    given = [dict(key) for key in jwks.get("keys", [])]
    keys = KeySet.import_key_set({"keys": given}).keys if given else []
    if not keys or any(key.key_type not in ("EC", "RSA") or key.is_private for key in keys):
        raise ValueError(f"The issuer {issuer} must have public keys of type EC or RSA, and nothing else.")
    return list(keys)


def _pick(keys: list[Key], kid: object) -> Key:
    if kid is None and len(keys) == 1:
        return keys[0]
    if not isinstance(kid, str) or _KEY_ID.fullmatch(kid) is None:
        raise _Refused("key id")
    for key in keys:
        if key.kid == kid:
            return key
    raise _Refused("key")


def _instant(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise _Refused("times")
    return value
