"""Headers that every answer carries (design: strict CSP, no framing, no sniffing, nothing from elsewhere)."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """ASGI middleware. `secure`: the site is served over TLS, so HSTS is added. What is not cached says so itself.

    `leads_to` is the origin of the identity provider where the sign-out form leads on to it, "" where it does not.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, leads_to: str = "") -> None:
        self._app = app
        policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {leads_to}".rstrip())
        self._headers = {
            **HEADERS,
            "Content-Security-Policy": policy,
            **({"Strict-Transport-Security": TRANSPORT_SECURITY} if secure else {}),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)
