"""The gateway as one ASGI application: API, health, document and pages, under the same headers and log."""

from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from services.gateway.api import OPERATIONS, Api
from services.gateway.auth import Verifier
from services.gateway.clients import Backends
from services.gateway.counsellors import Counsellors
from services.gateway.health import Draining, Health
from services.gateway.openapi import document
from services.gateway.pages import Pages
from services.gateway.problems import problem
from services.gateway.recruiting_pages import RecruitingPages
from services.gateway.request_log import RequestLog, record_of
from services.gateway.security_headers import SecurityHeaders
from services.gateway.seekers import Seekers
from services.gateway.sessions import SessionStore
from services.gateway.sign_in import Clock, SignIn
from services.gateway.static_files import StaticFiles
from services.gateway.supervision_pages import SupervisionPages
from services.gateway.visitors import Visitors
from shared.kernel.errors import InvalidArgument, NotFound, PolkuError

STATIC = Path(__file__).parent / "static"
_MACHINES = ("/v1/", "/healthz", "/readyz", "/openapi.json")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application is made of.

    sign_in   None where nobody can sign in to the pages
    leads_to  origin to which signing out leads on, empty where it stays here
    contact   how a person reaches a human, such as a telephone number; empty where their counsellor is the way
    """

    backends: Backends
    verifier: Verifier
    sessions: SessionStore
    clock: Clock
    sign_in: SignIn | None = None
    leads_to: str = ""
    cookie_secure: bool = True
    contact: str = ""


def build_app(parts: Parts, draining: Draining) -> Starlette:
    """Return the application."""
    pages = Pages(
        parts.backends,
        parts.sessions,
        parts.clock,
        parts.sign_in,
        parts.cookie_secure,
        parts.contact,
    )
    described = document(OPERATIONS)

    async def openapi(request: Request) -> Response:
        record_of(request.scope).route = "/openapi.json"
        return JSONResponse(described)

    async def refused(request: Request, error: Exception) -> Response:
        failure = _failure(request, error)
        record_of(request.scope).reason = failure.reason
        if request.url.path.startswith(_MACHINES) or request.url.path == "/v1":
            return problem(failure)
        return await pages.error(request, failure)

    routes: list[BaseRoute] = [
        *Api(parts.backends, parts.verifier, draining).routes(),
        *Health(parts.backends, draining).routes(),
        Route("/openapi.json", openapi, methods=["GET"]),
        *Visitors(pages).routes(),
        *Seekers(pages, draining).routes(),
        *Counsellors(pages, draining).routes(),
        *RecruitingPages(pages).routes(),
        *SupervisionPages(pages).routes(),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
    middleware = [
        Middleware(SecurityHeaders, secure=parts.cookie_secure, leads_to=parts.leads_to),
        Middleware(RequestLog),
    ]
    app = Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: refused})
    # A path with a slash too many is another path: redirecting it would hide a partner's mistake.
    app.router.redirect_slashes = False
    return app


def _failure(request: Request, error: Exception) -> PolkuError:
    """What the router found wrong."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        message = f"{request.method} is not possible here. /openapi.json lists what is."
        return InvalidArgument("METHOD_NOT_ALLOWED", message)
    if status == 404:
        return NotFound("ROUTE_NOT_FOUND", "There is nothing at this address. /openapi.json lists what there is.")
    return InvalidArgument("REQUEST_REFUSED", "The request cannot be used.")
