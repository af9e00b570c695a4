"""The development issuer: signs the user tokens that a real identity provider would sign in production."""

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.embedded.credentials import signing_key

ISSUER = "https://issuer.polku.localhost"
AUDIENCE = "polku"
LIFETIME = 12 * 60 * 60
"""Seconds: a working day in front of the demo."""


@dataclass(frozen=True)
class DevIssuer:
    """Issues ES256 tokens as `ISSUER`. Whoever can read its key file is everyone: for development only."""

    key: ECKey = field(repr=False)
    issuer: str = ISSUER
    audience: str = AUDIENCE

    @classmethod
    def load_or_create(cls, folder: Path) -> "DevIssuer":
        """The issuer whose key is kept in this folder (mode 0700), made at the first call."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(signing_key(folder / "issuer.json"))

    def token(
        self,
        sub: str,
        role: str,
        *,
        unit: str = "",
        publisher: str = "",
        lifetime: int = LIFETIME,
        now: int | None = None,
    ) -> str:
        """A signed token of the user `sub` (an opaque id, never a name) in a role.

        lifetime in seconds; unit only for counsellors, publisher (its id) only for publishers; now in seconds since the
        epoch, the clock's when left out.
        """
        issued = int(time.time()) if now is None else now
        claims = {
            "iss": self.issuer,
            "sub": sub,
            "aud": self.audience,
            "iat": issued,
            "exp": issued + lifetime,
            "jti": secrets.token_urlsafe(16),
            "role": role,
            **({"unit": unit} if unit else {}),
            **({"publisher": publisher} if publisher else {}),
        }
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": self.key.kid}, claims, self.key, algorithms=["ES256"])
