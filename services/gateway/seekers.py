"""For seekers: their own matches, and what they say to them."""

from starlette.routing import Route

from services.gateway.health import Draining
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.person_pages import PersonPages
from services.gateway.translations import N_
from shared.kernel.principal import Role


class Seekers:
    """A seeker's own pages."""

    def __init__(self, pages: Pages, draining: Draining) -> None:
        self._person_pages = PersonPages(pages, draining, "/me", Role.SEEKER, self._me)

    def routes(self) -> list[Route]:
        """Their routes."""
        return self._person_pages.routes()

    async def _me(self, visit: Visit) -> Person | None:
        if visit.user is None or not visit.user.profile:
            return None
        return Person(f"profiles/{visit.user.profile}", "/me", own=True, title=visit.words.text(N_("Your matches")))
