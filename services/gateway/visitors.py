"""For everybody: the start page, signing in and out."""

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.pages import HOME, Pages, Visit
from shared.kernel.errors import FailedPrecondition

REFUSED_STATUS = 403


class Visitors:
    """The pages that need no sign-in."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/", self.start),
            self._pages.get("/sign-in", self.form),
            self._pages.post("/sign-in", self.sign_in),
            self._pages.post("/sign-out", self.sign_out),
        ]

    async def start(self, visit: Visit) -> Response:
        """Show what Polku is, and the way in."""
        return self._pages.render(visit, "start.html", can_sign_in=self._pages.sign_in is not None)

    async def form(self, visit: Visit) -> Response:
        """Show the form, within a session whose token it carries; those who have signed in go on."""
        if visit.user is not None:
            return RedirectResponse(HOME.get(visit.user.role, "/"), 303)
        return await self._form(visit, visit.request.query_params.get("next", ""))

    async def sign_in(self, visit: Visit, form: dict[str, str]) -> Response:
        """Sign in, with a new session. A wrong name, a wrong password and too many tries look the same."""
        if self._pages.sign_in is None:
            raise FailedPrecondition("SIGN_IN_OFF", "There is no sign-in here.")
        address = visit.request.client.host if visit.request.client else ""
        user, password = form.get("user", "").strip(), form.get("password", "")
        who = await self._pages.sign_in.sign_in(user, password, address, self._pages.clock())
        if who is None:
            return await self._form(visit, form.get("next", ""), refused=True, status=REFUSED_STATUS)
        response = RedirectResponse(_local(form.get("next", "")) or HOME.get(who.role, "/"), 303)
        await self._pages.begin_session(visit, response, who)
        return response

    async def sign_out(self, visit: Visit, form: dict[str, str]) -> Response:
        """End the session."""
        response = RedirectResponse("/", 303)
        await self._pages.end_session(visit, response)
        return response

    async def _form(self, visit: Visit, target: str, *, refused: bool = False, status: int = 200) -> Response:
        if visit.session is not None:
            return self._render_form(visit, target, refused, status)
        cookie = Response()
        await self._pages.begin_session(visit, cookie)
        response = self._render_form(visit, target, refused, status)
        response.headers["set-cookie"] = cookie.headers["set-cookie"]
        return response

    def _render_form(self, visit: Visit, target: str, refused: bool, status: int) -> Response:
        open_to_all = self._pages.sign_in is not None
        return self._pages.render(
            visit, "sign_in.html", status, next=_local(target), refused=refused, can_sign_in=open_to_all
        )


def _local(target: str) -> str:
    """The target where it is a path of this site, else nothing: a link must not lead away after signing in."""
    # Browsers read "\\" as "/", so "/\\elsewhere" would be another host.
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and len(target) < 300
    return target if safe and target.isprintable() and "\\" not in target else ""
