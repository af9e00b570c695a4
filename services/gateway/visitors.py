"""For everybody: the start page, signing in and out."""

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.pages import HOME, Pages, Visit
from services.gateway.rights_pages import ERASED

CALLBACK = "/sign-in/callback"
REFUSED = "/sign-in/refused"
REFUSED_STATUS = 403


class Visitors:
    """The pages that need no sign-in."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/", self.start),
            self._pages.get("/sign-in", self.sign_in),
            self._pages.get(CALLBACK, self.callback),
            self._pages.get(REFUSED, self.refused),
            self._pages.post("/sign-out", self.sign_out),
            self._pages.get(ERASED, self.erased),
        ]

    async def start(self, visit: Visit) -> Response:
        """Show what Polku is, and the way in."""
        return self._pages.render(visit, "start.html", can_sign_in=self._pages.sign_in is not None)

    async def sign_in(self, visit: Visit) -> Response:
        """Send the browser to the identity provider; those who have signed in go on."""
        if visit.user is not None:
            return RedirectResponse(HOME.get(visit.user.role, "/"), 303)
        if self._pages.sign_in is None:
            return self._render(visit)
        target = _local(visit.request.query_params.get("next", ""))
        started = await self._pages.sign_in.begin(visit.language, target)
        response = RedirectResponse(started.url, 303)
        if visit.session is None:
            visit.session = await self._pages.begin_session(visit, response)
        await self._pages.sessions.keep_pending(visit.session.id, started.pending)
        return response

    async def callback(self, visit: Visit) -> Response:
        """Take the provider's answer, with a new session. What it refuses and what it never said look the same."""
        pending = visit.session.pending if visit.session else None
        if self._pages.sign_in is None or visit.session is None or pending is None:
            return RedirectResponse(REFUSED, 303)
        # Whatever the answer is, it is taken once.
        await self._pages.sessions.keep_pending(visit.session.id, None)
        grant = await self._pages.sign_in.finish(pending, visit.request.query_params, self._pages.clock())
        if grant is None:
            return RedirectResponse(REFUSED, 303)
        response = RedirectResponse(pending.target or HOME.get(grant.user.role, "/"), 303)
        await self._pages.begin_session(visit, response, grant)
        return response

    async def erased(self, visit: Visit) -> Response:
        """Say to somebody who is nobody now that it is done."""
        return self._pages.render(visit, "erased.html")

    async def refused(self, visit: Visit) -> Response:
        """Say that it did not work; on a page of its own, so that no link carries the provider's answer on."""
        return self._render(visit, refused=True, status=REFUSED_STATUS)

    async def sign_out(self, visit: Visit, form: dict[str, str]) -> Response:
        """End the session, here and at the provider."""
        grant = visit.session.grant if visit.session else None
        leaving = self._pages.sign_in.leaving(grant) if self._pages.sign_in and grant else ""
        response = RedirectResponse(leaving or "/", 303)
        await self._pages.end_session(visit, response)
        return response

    def _render(self, visit: Visit, *, refused: bool = False, status: int = 200) -> Response:
        can_sign_in = self._pages.sign_in is not None
        return self._pages.render(visit, "sign_in.html", status, refused=refused, can_sign_in=can_sign_in)


def _local(target: str) -> str:
    """The target where it is a path of this site, else nothing: a link must not lead away after signing in."""
    # Browsers read "\\" as "/", so "/\\elsewhere" would be another host.
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and len(target) < 300
    return target if safe and target.isprintable() and "\\" not in target else ""
