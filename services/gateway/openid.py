"""Signing in at an OpenID Connect provider: authorization code flow with PKCE.

The file that POLKU_OPENID_FILE names is JSON:

    {
      "issuer": "https://id.example.fi",
      "client_id": "polku", "client_secret": "…",
      "redirect_uri": "https://polku.example.fi/sign-in/callback",
      "scope": "openid polku",
      "authorization_endpoint": "…", "token_endpoint": "…", "end_session_endpoint": "…"
    }

The endpoints may be left out: they are then read from the issuer's discovery document when somebody first signs in.
The issuer must be in the issuers file (shared/runtime/auth.py), with the names of its claims where they are not ours:
identity tokens and access tokens are verified with the same keys by the same code as in every service.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from services.gateway.auth import expiry_of
from services.gateway.sessions import Grant, Pending, SignedIn
from services.gateway.sign_in import Started
from shared.kernel.errors import Unauthenticated, Unavailable
from shared.runtime.auth import TokenVerifier, token_invalid
from shared.runtime.env import SettingsError
from shared.runtime.log import get_logger

RENEW_BEFORE = timedelta(minutes=2)
"""An access token with less than this left is renewed, so that what a page calls does not outlive it."""
_SECONDS = 5.0
_REMEMBERED = 1_000
_log = get_logger("gateway")


@dataclass(frozen=True, slots=True)
class Registration:
    """How this gateway is known to the provider. Empty endpoints are discovered."""

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str = field(default="", repr=False)
    scope: str = "openid"
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    end_session_endpoint: str = ""

    def leads_to(self) -> str:
        """The origin to which signing out leads: that of the issuer where the endpoint is still to be discovered."""
        discovered = not (self.authorization_endpoint and self.token_endpoint)
        url = urlsplit(self.end_session_endpoint or (self.issuer if discovered else ""))
        return f"{url.scheme}://{url.netloc}" if url.netloc else ""


def read_registration(path: Path) -> Registration:
    """Read the file. Raises SettingsError where it is not of the form above."""
    try:
        found = Registration(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        fault = f"The OpenID file cannot be used ({type(error).__name__}): write it as services/gateway/openid.py says."
        raise SettingsError((fault,)) from None
    for name in ("issuer", "redirect_uri", "authorization_endpoint", "token_endpoint", "end_session_endpoint"):
        url = urlsplit(getattr(found, name))
        if url.geturl() and url.scheme != "https" and not (url.scheme == "http" and url.hostname == "127.0.0.1"):
            fault = f"{name} in the OpenID file must be an https address (http only on 127.0.0.1)."
            raise SettingsError((fault,))
    return found


class OpenIdSignIn:
    """Implements SignIn."""

    def __init__(self, registration: Registration, verifier: TokenVerifier) -> None:
        self._registration = registration
        self._verifier = verifier
        self._renewals: dict[str, asyncio.Task[Grant | None]] = {}

    async def begin(self, language: str, target: str) -> Started:
        """See SignIn."""
        known = await self._endpoints()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        pending = Pending(state, nonce, verifier, target)
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                known.authorization_endpoint,
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
                ui_locales=language,
            )
        return Started(url, pending)

    async def finish(self, pending: Pending, answer: Mapping[str, str], now: datetime) -> Grant | None:
        """See SignIn."""
        given = answer.get("state", "")
        if not secrets.compare_digest(given.encode(), pending.state.encode()) or "code" not in answer:
            _log.info("sign_in.refused", why="state" if "code" in answer else "provider")
            return None
        granted = await self._token(
            grant_type="authorization_code", code=answer["code"], code_verifier=pending.verifier
        )
        return self._grant(granted, now, nonce=pending.nonce) if granted else None

    async def renewed(self, grant: Grant, now: datetime) -> Grant | None:
        """See SignIn. Requests of one session that come together share one renewal: refresh tokens are good once."""
        if grant.until - now > RENEW_BEFORE:
            return grant
        if not grant.refresh_token:
            return grant if grant.until > now else None
        key = sha256(grant.refresh_token.encode()).hexdigest()
        renewal = self._renewals.get(key)
        if renewal is None:
            while len(self._renewals) >= _REMEMBERED:
                del self._renewals[next(iter(self._renewals))]
            renewal = self._renewals[key] = asyncio.ensure_future(self._renew(grant, now))
        try:
            return await asyncio.shield(renewal)
        except Unavailable:
            self._renewals.pop(key, None)
            if grant.until > now:
                return grant  # the provider is away for a moment: the token still holds
            raise

    def leaving(self, grant: Grant) -> str:
        """See SignIn: OpenID Connect RP-Initiated Logout 1.0."""
        endpoint = self._registration.end_session_endpoint
        if not endpoint:
            return ""
        site = urlsplit(self._registration.redirect_uri)
        home = f"{site.scheme}://{site.netloc}/"
        query = {"client_id": self._registration.client_id, "post_logout_redirect_uri": home}
        if grant.id_token:
            query["id_token_hint"] = grant.id_token
        return f"{endpoint}?{urlencode(query)}"

    async def _renew(self, grant: Grant, now: datetime) -> Grant | None:
        granted = await self._token(grant_type="refresh_token", refresh_token=grant.refresh_token)
        if not granted:
            return None
        # A provider that does not rotate leaves the old one as it is; not every provider sends the identity again.
        kept = {"refresh_token": grant.refresh_token, "id_token": grant.id_token}
        renewed = self._grant({**kept, **granted}, now)
        same = renewed is not None and renewed.user.subject == grant.user.subject
        return replace(renewed, user=replace(renewed.user, profile=grant.user.profile)) if renewed and same else None

    def _grant(self, granted: Mapping[str, Any], now: datetime, *, nonce: str = "") -> Grant | None:
        """What the tokens say, once they are verified; None where they are not what was asked for."""
        access, identity = str(granted.get("access_token", "")), str(granted.get("id_token", ""))
        try:
            principal = self._verifier.verify(access)
            if nonce:
                registration = self._registration
                subject = self._verifier.verify_identity(identity, registration.issuer, registration.client_id, nonce)
                if subject != principal.subject:
                    raise token_invalid()
        except Unauthenticated:
            _log.warning("sign_in.refused", why="tokens")
            return None
        user = SignedIn(principal.subject, principal.role, unit=principal.unit, publisher=principal.publisher)
        until = datetime.fromtimestamp(expiry_of(access), now.tzinfo)
        return Grant(user, access, until, str(granted.get("refresh_token", "")), identity)

    async def _token(self, **grant: str) -> Mapping[str, Any] | None:
        """Ask the token endpoint. None where it refuses; raises Unavailable where it does not answer."""
        known = await self._endpoints()
        try:
            async with self._client() as client:
                found: Mapping[str, Any] = await client.fetch_token(known.token_endpoint, **grant)
                return found
        except OAuthError as error:
            _log.info("sign_in.refused", why=error.error or "token endpoint")
            return None
        except (httpx.HTTPError, ValueError) as error:
            raise _unavailable(error) from None

    async def _endpoints(self) -> Registration:
        known = self._registration
        if known.authorization_endpoint and known.token_endpoint:
            return known
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                answer = await client.get(f"{known.issuer.rstrip('/')}/.well-known/openid-configuration")
                found = answer.raise_for_status().json()
            if found["issuer"] != known.issuer:
                raise ValueError("another issuer")
            names = ("authorization_endpoint", "token_endpoint", "end_session_endpoint")
            discovered = {name: str(getattr(known, name) or found.get(name, "")) for name in names}
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise _unavailable(error) from None
        self._registration = replace(known, **discovered)
        return self._registration

    def _client(self) -> AsyncOAuth2Client:
        known = self._registration
        return AsyncOAuth2Client(
            client_id=known.client_id,
            client_secret=known.client_secret or None,
            scope=known.scope,
            redirect_uri=known.redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if known.client_secret else "none",
            timeout=_SECONDS,
        )


def _unavailable(error: Exception) -> Unavailable:
    _log.warning("sign_in.unavailable", kind=type(error).__name__)
    return Unavailable("SIGN_IN_UNAVAILABLE", "The identity provider does not answer. Try again in a moment.")
