"""The provider over HTTP: discovery, keys, the sign-in page, tokens."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.accounts import Accounts
from deploy.issuer.page import render
from deploy.issuer.provider import Asked, Client, Provider, Refused

_LONGEST_BODY = 16 * 1024
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge")
_PASSED_ON = (*_ASKED, "code_challenge_method", "ui_locales")
Clock = Callable[[], datetime]


def build_app(issuer: DevIssuer, accounts: Accounts, client: Client, url: str, clock: Clock) -> Starlette:
    """The application; `url` is where it answers, which may be another address than the issuer's name."""
    endpoints = Endpoints(issuer, accounts, client, url, clock)
    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", endpoints.configuration),
            Route("/jwks", endpoints.jwks),
            Route("/authorize", endpoints.form, methods=["GET"]),
            Route("/authorize", endpoints.sign_in, methods=["POST"]),
            Route("/token", endpoints.token, methods=["POST"]),
            Route("/healthz", endpoints.health),
        ]
    )


class Endpoints:
    """The endpoints."""

    def __init__(self, issuer: DevIssuer, accounts: Accounts, client: Client, url: str, clock: Clock) -> None:
        self._issuer = issuer
        self._accounts = accounts
        self._provider = Provider(issuer, client, accounts.current)
        self._url = url
        self._clock = clock

    async def health(self, request: Request) -> Response:
        """It answers."""
        return JSONResponse({"status": "ok"})

    async def configuration(self, request: Request) -> Response:
        """OpenID Connect Discovery 1.0, section 4."""
        return JSONResponse(
            {
                "issuer": self._issuer.issuer,
                "authorization_endpoint": f"{self._url}/authorize",
                "token_endpoint": f"{self._url}/token",
                "jwks_uri": f"{self._url}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "ui_locales_supported": ["fi", "sv", "en"],
            }
        )

    async def jwks(self, request: Request) -> Response:
        """The public key."""
        return JSONResponse({"keys": [self._issuer.key.as_dict(private=False)]})

    async def form(self, request: Request) -> Response:
        """The sign-in page."""
        query = dict(request.query_params)
        try:
            self._provider.check(query)
        except Refused as refusal:
            return _told(refusal, query)
        return _page(query)

    async def sign_in(self, request: Request) -> Response:
        """Back to the client with a code; the form again for wrong credentials and too many tries, which look alike."""
        form = await _form(request)
        try:
            asked = self._provider.check(form)
        except Refused as refusal:
            return _told(refusal, form)
        address = request.client.host if request.client else ""
        now = self._clock()
        account = await self._accounts.sign_in(form.get("user", "").strip(), form.get("password", ""), address, now)
        if account is None:
            return _page(form, refused=True)
        return _back(asked, {"code": self._provider.code(asked, account, now)})

    async def token(self, request: Request) -> Response:
        """Tokens for a code or a refresh token."""
        try:
            answer = self._provider.exchange(await _form(request), _client(request), self._clock())
        except Refused as refusal:
            status = 401 if refusal.code == "invalid_client" else 400
            return JSONResponse({"error": refusal.code}, status, {"Cache-Control": "no-store"})
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _page(query: dict[str, str], *, refused: bool = False) -> Response:
    passed_on = {name: query[name] for name in _PASSED_ON if name in query}
    # After the form the browser is sent on to the client, which the policy has to allow as well.
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none';"
        " base-uri 'none'",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(render(passed_on, refused=refused), 403 if refused else 200, headers)


def _told(refusal: Refused, query: dict[str, str]) -> Response:
    if refusal.told:
        return _back(Asked(query["redirect_uri"], query.get("state", ""), "", ""), {"error": refusal.code})
    return JSONResponse({"error": refusal.code}, 400)


def _back(asked: Asked, answer: dict[str, str]) -> Response:
    separator = "&" if "?" in asked.redirect_uri else "?"
    query = urlencode({**answer, **({"state": asked.state} if asked.state else {})})
    return RedirectResponse(f"{asked.redirect_uri}{separator}{query}", 303)


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return {}
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=40))


def _client(request: Request) -> tuple[str, str]:
    """Id and secret by HTTP Basic (RFC 6749 section 2.3.1: both are form-encoded first)."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = b64decode(credentials, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return "", ""
    return unquote(client_id), unquote(secret)
