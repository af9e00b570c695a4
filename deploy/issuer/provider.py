"""What an OpenID Connect provider decides, without HTTP: who may ask, what a code is good for, what a token says.

Authorization code flow with PKCE (OpenID Connect Core 1.0; RFC 6749, 7636, 9068), one client, codes of a minute and for
one use, refresh tokens that change with every use. Everything is kept in memory: a restart ends what was granted.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from joserfc import jwt

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.accounts import Account

CODE_LIFE = timedelta(minutes=1)
ACCESS_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(hours=8)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Client:
    """Who may ask: the gateway."""

    id: str
    secret: str = field(repr=False)
    redirect_uris: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that is in order."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str


@dataclass(frozen=True, slots=True)
class _Granted:
    user: str
    until: datetime
    asked: Asked


class Refused(Exception):
    """A request that is not in order, with its code of RFC 6749 section 4.1.2.1 or 5.2.

    `told` is true where the error may go back to the client by redirection: its address is known to be the client's.
    """

    def __init__(self, code: str, *, told: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


class Provider:
    """Grants codes and tokens to one client. `current` says what an account is now, None where it has ended."""

    def __init__(self, issuer: DevIssuer, client: Client, current: Callable[[str], Account | None]) -> None:
        self._issuer = issuer
        self._client = client
        self._current = current
        self._codes: dict[str, _Granted] = {}
        self._refreshes: dict[str, _Granted] = {}

    def check(self, query: Mapping[str, str]) -> Asked:
        """Read an authorization request. Raises Refused."""
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != self._client.id or redirect_uri not in self._client.redirect_uris:
            raise Refused("invalid_request")
        if query.get("response_type") != "code":
            raise Refused("unsupported_response_type", told=True)
        if "openid" not in query.get("scope", "").split():
            raise Refused("invalid_scope", told=True)
        # Without S256 a stolen code would be of use to the thief.
        if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            raise Refused("invalid_request", told=True)
        return Asked(redirect_uri, query.get("state", ""), query.get("nonce", ""), query["code_challenge"])

    def code(self, asked: Asked, account: Account, now: datetime) -> str:
        """A code for somebody who has signed in."""
        return self._keep(self._codes, _Granted(account.user, now + CODE_LIFE, asked), now)

    def exchange(self, form: Mapping[str, str], client: tuple[str, str], now: datetime) -> dict[str, object]:
        """Answer a token request: tokens for a code or for a refresh token. Raises Refused."""
        if not self._is_client(*client):
            raise Refused("invalid_client")
        match form.get("grant_type"):
            case "authorization_code":
                granted = self._take(self._codes, form.get("code", ""), now)
                verifier = form.get("code_verifier", "")
                if granted.asked.redirect_uri != form.get("redirect_uri") or _s256(verifier) != granted.asked.challenge:
                    raise Refused("invalid_grant")
            case "refresh_token":
                granted = self._take(self._refreshes, form.get("refresh_token", ""), now)
            case _:
                raise Refused("unsupported_grant_type")
        account = self._current(granted.user)
        if account is None:
            raise Refused("invalid_grant")
        return self._tokens(account, granted.asked, now)

    def _tokens(self, account: Account, asked: Asked, now: datetime) -> dict[str, object]:
        issued = int(now.timestamp())
        life = int(ACCESS_LIFE.total_seconds())
        access = self._issuer.token(
            account.subject, account.role, unit=account.unit, publisher=account.publisher, lifetime=life, now=issued
        )
        identity = {
            "iss": self._issuer.issuer,
            "sub": account.subject,
            "aud": self._client.id,
            "iat": issued,
            "exp": issued + life,
            **({"nonce": asked.nonce} if asked.nonce else {}),
        }
        key = self._issuer.key
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": life,
            "id_token": jwt.encode({"alg": "ES256", "kid": key.kid}, identity, key, algorithms=["ES256"]),
            "refresh_token": self._keep(self._refreshes, _Granted(account.user, now + REFRESH_LIFE, asked), now),
        }

    def _is_client(self, client_id: str, secret: str) -> bool:
        right = compare_digest(secret.encode(), self._client.secret.encode())
        return right and client_id == self._client.id

    def _keep(self, kept: dict[str, _Granted], granted: _Granted, now: datetime) -> str:
        for ended in [key for key, each in kept.items() if each.until <= now]:
            del kept[ended]
        if len(kept) >= _MOST:
            del kept[next(iter(kept))]
        ticket = secrets.token_urlsafe(32)
        kept[_key(ticket)] = granted
        return ticket

    def _take(self, kept: dict[str, _Granted], ticket: str, now: datetime) -> _Granted:
        """What a ticket stands for; it is good once."""
        granted = kept.pop(_key(ticket), None)
        if granted is None or granted.until <= now:
            raise Refused("invalid_grant")
        return granted


def _key(ticket: str) -> str:
    # The ticket itself is not kept: whoever reads this memory cannot use what they find.
    return sha256(ticket.encode()).hexdigest()


def _s256(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
