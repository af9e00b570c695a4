"""For seekers: my matches and why, what was left out, one opening beside me."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.match_pages import MatchPages, Person
from services.gateway.pages import Pages, Visit
from services.gateway.translations import N_
from shared.kernel.principal import Role


class Seekers:
    """A seeker's own pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._matches = MatchPages(pages)

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/me", self.overview, role=Role.SEEKER),
            self._pages.get("/me/left-out", self.left_out, role=Role.SEEKER),
            self._pages.get("/me/openings/{opening}", self.opening, role=Role.SEEKER),
        ]

    async def overview(self, visit: Visit) -> Response:
        """Show my matches; before there is a profile, how to get one."""
        person = self._me(visit)
        if person is None:
            return self._pages.render(visit, "no_profile.html")
        return await self._matches.overview(visit, person)

    async def left_out(self, visit: Visit) -> Response:
        """Show what was left out of my list."""
        person = self._me(visit)
        if person is None:
            return self._pages.render(visit, "no_profile.html")
        return await self._matches.left_out(visit, person)

    async def opening(self, visit: Visit) -> Response:
        """Show one opening beside me."""
        person = self._me(visit)
        if person is None:
            return self._pages.render(visit, "no_profile.html")
        return await self._matches.compare(visit, person, visit.request.path_params["opening"])

    def _me(self, visit: Visit) -> Person | None:
        if visit.user is None or not visit.user.profile:
            return None
        return Person(f"profiles/{visit.user.profile}", "/me", own=True, title=visit.words.text(N_("Your matches")))
