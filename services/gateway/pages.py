"""What every page needs: session, language, templates, and an error page instead of a stack trace."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from services.gateway.api_call import read_body
from services.gateway.clients import NOBODY, Backends, Caller
from services.gateway.csrf import check_origin, check_token, refused
from services.gateway.forms import parse_form
from services.gateway.incidents import internal
from services.gateway.languages import best_language, direction, languages, own_name
from services.gateway.own_profile import own_profile
from services.gateway.problems import status_of
from services.gateway.request_log import record_of
from services.gateway.sessions import Grant, Notice, Session, SessionStore, SignedIn
from services.gateway.sign_in import Clock, SignIn
from services.gateway.static_files import static_url
from services.gateway.translations import translations
from services.gateway.uploads import LONGEST_UPLOAD, Upload, read_upload
from services.gateway.words import Words
from shared.kernel.errors import PermissionDenied, PolkuError, Unauthenticated
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from shared.vocabulary import load

TEMPLATES = Path(__file__).parent / "templates"
HOME = {Role.SEEKER: "/me", Role.COUNSELLOR: "/caseload", Role.PUBLISHER: "/vacancies", Role.AUDITOR: "/supervision"}
Roles = Collection[Role]
ANYBODY: Roles = frozenset()
"""No role is asked for, nor signing in."""
_CLIENT = re.compile(r"/people/([0-9a-f-]{36})(?:/|$)")
_YEAR = 365 * 24 * 60 * 60


@dataclass(slots=True)
class Visit:
    """One request for a page: in which language, with which session, on whose behalf."""

    request: Request
    language: str
    session: Session | None = None
    user: SignedIn | None = None
    caller: Caller = NOBODY

    @property
    def words(self) -> Words:
        """The words of the visit's language."""
        return Words(self.language, load())


Handler = Callable[[Visit], Awaitable[Response]]
FormHandler = Callable[[Visit, dict[str, str]], Awaitable[Response]]
UploadHandler = Callable[[Visit, Upload], Awaitable[Response]]


class Pages:
    """Makes endpoints of page handlers, and answers of templates."""

    def __init__(
        self,
        backends: Backends,
        sessions: SessionStore,
        clock: Clock,
        sign_in: SignIn | None,
        secure: bool,
        contact: str = "",
    ) -> None:
        self.backends = backends
        self.sessions = sessions
        self.clock = clock
        self.sign_in = sign_in
        self.contact = contact
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session_cookie, self.language_cookie = f"{prefix}sid", f"{prefix}lang"

    # -- endpoints -------------------------------------------------------------------------------------------------

    def get(self, path: str, handle: Handler, *, roles: Roles = ANYBODY, counts: bool = True) -> Route:
        """A page; with roles, for those signed in with one. Not `counts`: asked for by a script, not by a person."""
        return Route(path, self._endpoint(path, handle, roles, counts), methods=["GET"])

    def post(self, path: str, handle: FormHandler, *, roles: Roles = ANYBODY) -> Route:
        """A form's target: the request must come from our own page and carry the session's token."""

        async def checked(visit: Visit) -> Response:
            check_origin(visit.request)
            form = parse_form(await read_body(visit.request))
            if visit.session is None:
                raise refused()
            check_token(visit.session, form.get("csrf_token"))
            return await handle(visit, form)

        return Route(path, self._endpoint(path, checked, roles), methods=["POST"])

    def upload(self, path: str, handle: UploadHandler, *, roles: Roles) -> Route:
        """A form's target that takes a file: like `post`, with a body of 2 MB, and for those signed in only."""

        async def checked(visit: Visit) -> Response:
            check_origin(visit.request)
            if visit.session is None:
                raise refused()
            body = await read_body(visit.request, LONGEST_UPLOAD)
            given = await read_upload(body, visit.request.headers.get("content-type", ""))
            check_token(visit.session, given.fields.get("csrf_token"))
            return await handle(visit, given)

        return Route(path, self._endpoint(path, checked, roles), methods=["POST"])

    def _endpoint(
        self, path: str, handle: Handler, roles: Roles, counts: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            record = record_of(request.scope)
            record.route = path
            try:
                visit = await self._visit(request, counts=counts)
                record.role = visit.caller.principal.role
                if roles and visit.user is None:
                    return self._to_sign_in(request)
                if roles and visit.caller.principal.role not in roles:
                    raise PermissionDenied()
                response = await handle(visit)
            except Unauthenticated:
                # The services take the token no more: the session has nothing left to stand on.
                await self._end(request)
                return self._to_sign_in(request)
            except PolkuError as error:
                return await self.error(request, error)
            except Exception as error:
                return await self.error(request, internal(error, path))
            self._keep_language(request, response)
            return response

        return endpoint

    # -- sessions --------------------------------------------------------------------------------------------------

    async def _visit(self, request: Request, *, counts: bool = True) -> Visit:
        now = self.clock()
        visit = Visit(request, self._language(request))
        if cookie := request.cookies.get(self.session_cookie, ""):
            visit.session = await self.sessions.find(cookie, now, counts=counts)
        if visit.session is None or visit.session.grant is None or self.sign_in is None:
            return visit
        grant = await self.sign_in.renewed(visit.session.grant, now)
        if grant is None:
            await self.sessions.end(visit.session.id)
            visit.session = None
            return visit
        visit.caller = caller_of_grant(grant)
        grant = await self._with_profile(grant, visit.caller)
        if grant is not visit.session.grant:
            await self.sessions.keep_grant(visit.session.id, grant)
        visit.user = grant.user
        return visit

    async def _with_profile(self, grant: Grant, caller: Caller) -> Grant:
        """A seeker's grant with the id of their own profile, which profiles knows by the subject of the token."""
        if grant.user.role is not Role.SEEKER or grant.user.profile:
            return grant
        profile = await own_profile(self.backends, caller)
        return replace(grant, user=replace(grant.user, profile=profile)) if profile else grant

    async def begin_session(self, visit: Visit, response: Response, grant: Grant | None = None) -> Session:
        """Begin a session with a new id in place of the visit's, and put it into the answer's cookie."""
        if visit.session is not None:
            await self.sessions.end(visit.session.id)
        visit.session = await self.sessions.begin(self.clock(), grant)
        self._set_cookie(response, self.session_cookie, visit.session.id, None)
        return visit.session

    async def lasts(self, visit: Visit) -> bool:
        """Whether the visit's session has not ended meanwhile."""
        found = visit.session and await self.sessions.find(visit.session.id, self.clock(), counts=False)
        return bool(found)

    async def leave_notice(self, visit: Visit, notice: Notice) -> None:
        """Keep what the next page is to say."""
        if visit.session is not None:
            await self.sessions.leave_notice(visit.session.id, notice)

    async def take_notice(self, visit: Visit) -> Notice | None:
        """Return what this page is to say; it is said once."""
        if visit.session is None or visit.session.notice is None:
            return None
        await self.sessions.leave_notice(visit.session.id, None)
        return visit.session.notice

    async def end_session(self, visit: Visit, response: Response) -> None:
        """End the visit's session and take the cookie away."""
        if visit.session is not None:
            await self.sessions.end(visit.session.id)
        response.delete_cookie(self.session_cookie, "/", secure=self._secure, httponly=True, samesite="lax")

    async def _end(self, request: Request) -> None:
        await self.sessions.end(request.cookies.get(self.session_cookie, ""))

    def _to_sign_in(self, request: Request) -> Response:
        target = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?{urlencode({'next': target})}", 303)

    def _set_cookie(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(name, value, seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    # -- language --------------------------------------------------------------------------------------------------

    def _language(self, request: Request) -> str:
        for wanted in (request.query_params.get("lang"), request.cookies.get(self.language_cookie)):
            if wanted in languages():
                return str(wanted)
        return best_language(request.headers.get("accept-language", ""))

    def _keep_language(self, request: Request, response: Response) -> None:
        wanted = request.query_params.get("lang")
        if wanted in languages():
            self._set_cookie(response, self.language_cookie, str(wanted), _YEAR)

    # -- answers ---------------------------------------------------------------------------------------------------

    def render(self, visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        user = visit.user
        whole = {
            "language": visit.language,
            "direction": direction(visit.language),
            "switcher": list(_switcher(visit.request, visit.language)),
            "user": user,
            "home": HOME.get(user.role, "/") if user else "/",
            "csrf_token": visit.session.csrf_token if visit.session else "",
            "static_url": static_url,
            "contact": self.contact,
            "form_id": new_id(),
            **context,
        }
        page = _environment(visit.language).get_template(template).render(whole)
        return HTMLResponse(page, status, {"Cache-Control": "no-store"})

    async def error(self, request: Request, error: PolkuError) -> Response:
        """Return the page of an error: what happened and what to do, in the reader's language."""
        record_of(request.scope).reason = error.reason
        visit = await self._visit(request)
        status = status_of(error)
        incident = error.metadata.get("incident", "")
        person = _client_in(visit) if status == 403 else ""
        return self.render(
            visit, "error.html", status, code=status, incident=incident, path=request.url.path, person=person
        )


def caller_of_grant(grant: Grant) -> Caller:
    """Who the services are told calls."""
    user = grant.user
    principal = Principal(user.role, user.subject, unit=user.unit, publisher=user.publisher, token=grant.access_token)
    return Caller(principal, f"Bearer {grant.access_token}")


def _client_in(visit: Visit) -> str:
    """The id in the path of a counsellor's page about a person, whoever that is; empty for other pages."""
    found = _CLIENT.match(visit.request.url.path)
    return found.group(1) if found and visit.caller.principal.role is Role.COUNSELLOR else ""


def _switcher(request: Request, current: str) -> Iterable[dict[str, Any]]:
    """The same page in each language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    path = request.url.path if request.method == "GET" else "/"
    for tag in languages():
        query = urlencode([*kept, ("lang", tag)])
        yield {"tag": tag, "name": own_name(tag), "href": f"{path}?{query}", "current": tag == current}


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    texts = translations(language)
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
