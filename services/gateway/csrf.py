"""Refusing requests that another site made a browser send (OWASP CSRF Prevention Cheat Sheet).

Unsafe methods need `Sec-Fetch-Site: same-origin`, or from older browsers an Origin that is this host, and in either
case the session's token in the form.
"""

from urllib.parse import urlsplit

from starlette.requests import Request

from services.gateway.sessions import Session
from shared.kernel.errors import PermissionDenied


def check_origin(request: Request) -> None:
    """Raises PermissionDenied CSRF_REFUSED for a request that does not come from our own pages."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise refused()
        return
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host"):
        raise refused()


def check_token(session: Session, token: object) -> None:
    """Raises PermissionDenied CSRF_REFUSED for a form whose token is not the session's."""
    if not isinstance(token, str) or not session.accepts(token):
        raise refused()


def refused() -> PermissionDenied:
    """Return the refusal."""
    return PermissionDenied("CSRF_REFUSED", "The form was not sent from this site, or is too old. Open the page again.")
