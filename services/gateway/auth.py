"""Who calls the HTTP API: a bearer token, or a partner's key."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Protocol

from starlette.requests import Request

from services.gateway.clients import NOBODY, Caller
from shared.kernel.errors import InvalidArgument, Unauthenticated
from shared.kernel.principal import Principal, Role
from shared.runtime.auth import token_invalid

_PARTNER_KEY = re.compile(r"([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{16,128}")


class Verifier(Protocol):
    """Verifies a user's token."""

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for. Raises Unauthenticated."""
        ...


def caller_of(request: Request, verifier: Verifier) -> Caller:
    """Return who calls; NOBODY where the request carries no credentials.

    Reads `Authorization: Bearer <token>`, `Authorization: PolkuKey <kid>.<secret>` and `X-API-Key: <kid>.<secret>`.
    Raises Unauthenticated for credentials that are no use, InvalidArgument for two at once.
    """
    headers = [value for name in ("authorization", "x-api-key") for value in request.headers.getlist(name)]
    if len(headers) > 1:
        raise InvalidArgument("CREDENTIALS_AMBIGUOUS", "Send one Authorization or X-API-Key header, not several.")
    if not headers:
        return NOBODY
    if "x-api-key" in request.headers:
        return _partner(headers[0])
    scheme, _, credentials = headers[0].partition(" ")
    if scheme.lower() == "bearer":
        principal = verifier.verify(credentials.strip())
        if principal.role is Role.SERVICE:
            raise token_invalid()  # services call each other over gRPC, in a header of their own
        return Caller(principal, f"Bearer {credentials.strip()}")
    if scheme.lower() == "polkukey":
        return _partner(credentials)
    raise Unauthenticated("SCHEME_UNKNOWN", "Use a bearer token or a partner key (PolkuKey).")


def require_token(caller: Caller) -> None:
    """Refuse callers without a user's token: what follows is about a person, or an operator's work."""
    if caller is NOBODY:
        raise Unauthenticated("CREDENTIALS_MISSING", "This needs a bearer token in the Authorization header.")
    if caller.principal.role is Role.PUBLISHER and not caller.principal.token:
        raise Unauthenticated("TOKEN_NEEDED", "A partner key is not accepted here: use a bearer token.")


def require_credentials(caller: Caller) -> None:
    """Refuse callers without any credentials."""
    if caller is NOBODY:
        raise Unauthenticated("CREDENTIALS_MISSING", "This needs a partner key or a bearer token.")


def expiry_of(token: str) -> float:
    """When a token ends that has been verified, in seconds since 1970."""
    payload = token.split(".")[1]
    return float(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])


def _partner(key: str) -> Caller:
    found = _PARTNER_KEY.fullmatch(key.strip())
    if found is None:
        raise token_invalid()
    # Only openings knows the pepper: there the secret is verified. Until then the kid is a claim, used for nothing.
    return Caller(Principal(Role.PUBLISHER, subject=found.group(1)), f"PolkuKey {key.strip()}")
