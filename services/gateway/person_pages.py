"""All pages about one person, under one path: the person's own, or those of their counsellor."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.access_log_pages import AccessLogPages
from services.gateway.change_pages import ChangePages
from services.gateway.contest_pages import ContestPages
from services.gateway.correct_pages import CorrectPages
from services.gateway.feedback_pages import FeedbackPages
from services.gateway.health import Draining
from services.gateway.import_pages import ImportPages
from services.gateway.live_pages import LivePages
from services.gateway.match_pages import MatchPages, Person
from services.gateway.opening_pages import OpeningPages
from services.gateway.own_words_pages import OwnWordsPages
from services.gateway.pages import FormHandler, Handler, Pages, UploadHandler, Visit
from services.gateway.rights_pages import RightsPages
from services.gateway.uploads import Upload
from shared.kernel.principal import Role

FindPerson = Callable[[Visit], Awaitable[Person | None]]
"""Whose pages a visit is about; None for a seeker who has no profile yet. Raises PermissionDenied for anybody else."""
PersonHandler = Callable[[Visit, Person], Awaitable[Response]]
PersonUploadHandler = Callable[[Visit, Person, Upload], Awaitable[Response]]
PersonFormHandler = Callable[[Visit, Person, dict[str, str]], Awaitable[Response]]


class PersonPages:
    """The routes under `path`, for a role."""

    def __init__(self, pages: Pages, draining: Draining, path: str, role: Role, find: FindPerson) -> None:
        self._pages = pages
        self._path = path
        self._role = role
        self._find = find
        self._matches = MatchPages(pages)
        self._openings = OpeningPages(pages)
        self._feedback = FeedbackPages(pages)
        self._contests = ContestPages(pages)
        self._correct = CorrectPages(pages)
        self._import = ImportPages(pages)
        self._own_words = OwnWordsPages(pages)
        self._access_log = AccessLogPages(pages)
        self._changes = ChangePages(pages)
        self._rights = RightsPages(pages)
        self._live = LivePages(pages, draining)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            self._get("", self._matches.overview),
            self._get("/left-out", self._matches.left_out),
            self._get("/next-steps", self._matches.next_steps),
            self._get("/openings/{opening}", self._openings.compare),
            self._post("/openings/{opening}/consent", self._openings.consent),
            self._get("/feedback", self._feedback.listed),
            self._post("/feedback", self._feedback.give),
            self._post("/feedback/withdraw", self._feedback.withdraw),
            self._get("/contests", self._contests.listed),
            self._post("/contests", self._contests.contest),
            self._get("/correct", self._correct.form),
            self._post("/correct", self._correct.save),
            self._get("/import", self._import.show),
            self._upload("/import", self._import.send),
            self._post("/import/resolve", self._import.resolve),
            self._get("/words", self._own_words.listed),
            *self._of_role(),
        ]

    def _of_role(self) -> list[Route]:
        if self._role is Role.SEEKER:
            # Not for counsellors: a page left open on a desk is nobody looking at a person, and would be on record so.
            return [
                self._pages.get(
                    f"{self._path}/watch", self._bound(self._live.watch), roles=(self._role,), counts=False
                ),
                self._get("/access-log", self._access_log.listed),
                self._get("/changes", self._changes.listed),
                self._get("/rights", self._rights.show),
                self._get("/rights/export", self._rights.export),
                self._post("/rights/erase", self._rights.erase),
            ]
        return [self._post("/contests/{contest}/resolve", self._contests.resolve)]

    def _get(self, path: str, handle: PersonHandler) -> Route:
        return self._pages.get(f"{self._path}{path}", self._bound(handle), roles=(self._role,))

    def _post(self, path: str, handle: PersonFormHandler) -> Route:
        return self._pages.post(f"{self._path}{path}", self._bound_form(handle), roles=(self._role,))

    def _upload(self, path: str, handle: PersonUploadHandler) -> Route:
        return self._pages.upload(f"{self._path}{path}", self._bound_upload(handle), roles=(self._role,))

    def _bound(self, handle: PersonHandler) -> Handler:
        async def bound(visit: Visit) -> Response:
            person = await self._find(visit)
            return self._without_profile(visit) if person is None else await handle(visit, person)

        return bound

    def _bound_form(self, handle: PersonFormHandler) -> FormHandler:
        async def bound(visit: Visit, form: dict[str, str]) -> Response:
            person = await self._find(visit)
            return self._without_profile(visit) if person is None else await handle(visit, person, form)

        return bound

    def _bound_upload(self, handle: PersonUploadHandler) -> UploadHandler:
        async def bound(visit: Visit, given: Upload) -> Response:
            person = await self._find(visit)
            return self._without_profile(visit) if person is None else await handle(visit, person, given)

        return bound

    def _without_profile(self, visit: Visit) -> Response:
        return self._pages.render(visit, "no_profile.html")
