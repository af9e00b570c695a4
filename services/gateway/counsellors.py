"""For counsellors: my persons, one person's matches, one person beside one opening."""

from polku.profiles.v1 import profile_pb2, profile_service_pb2
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.languages import name_of
from services.gateway.match_pages import MatchPages, Person
from services.gateway.pages import Pages, Visit
from services.gateway.translations import N_
from shared.kernel.principal import Role

CASES_SHOWN = 50


class Counsellors:
    """A counsellor's pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._profiles = pages.backends.profiles
        self._matches = MatchPages(pages)

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/caseload", self.caseload, role=Role.COUNSELLOR),
            self._pages.get("/people/{profile}", self.person, role=Role.COUNSELLOR),
            self._pages.get("/people/{profile}/left-out", self.left_out, role=Role.COUNSELLOR),
            self._pages.get("/people/{profile}/openings/{opening}", self.opening, role=Role.COUNSELLOR),
        ]

    async def caseload(self, visit: Visit) -> Response:
        """Show the persons who are assigned to me, by case reference."""
        token = visit.request.query_params.get("page_token", "")
        request = profile_service_pb2.ListCaseloadRequest(page_size=CASES_SHOWN, page_token=token)
        answer = await self._pages.backends.call(self._profiles.ListCaseload, request, visit.caller)
        cases = [_case(entry, visit) for entry in answer.entries]
        return self._pages.render(visit, "caseload.html", cases=cases, next_page_token=answer.next_page_token)

    async def person(self, visit: Visit) -> Response:
        """Show one person's matches."""
        return await self._matches.overview(visit, await self._person(visit))

    async def left_out(self, visit: Visit) -> Response:
        """Show what was left out of one person's list."""
        return await self._matches.left_out(visit, await self._person(visit))

    async def opening(self, visit: Visit) -> Response:
        """Show one person beside one opening, requirement by requirement."""
        return await self._matches.compare(visit, await self._person(visit), visit.request.path_params["opening"])

    async def _person(self, visit: Visit) -> Person:
        profile = visit.request.path_params["profile"]
        request = profile_service_pb2.GetProfileRequest(name=f"profiles/{profile}", purpose=Purpose.KIND_JOB_MATCHING)
        answer = await self._pages.backends.call(self._profiles.GetProfile, request, visit.caller)
        reference = answer.profile.case_reference or visit.words.text(N_("without a reference"))
        title = visit.words.text(N_("Case %(reference)s")) % {"reference": reference}
        return Person(f"profiles/{profile}", f"/people/{profile}", own=False, title=title)


def _case(entry: profile_pb2.CaseloadEntry, visit: Visit) -> dict[str, str]:
    words = visit.words
    return {
        "href": f"/people/{entry.profile.removeprefix('profiles/')}",
        "reference": entry.case_reference or words.text(N_("without a reference")),
        "language": name_of(entry.preferred_language, visit.language) if entry.preferred_language else "",
        "since": words.date(entry.begin_time.ToDatetime()) if entry.HasField("begin_time") else "",
    }
