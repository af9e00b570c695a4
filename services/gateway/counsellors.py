"""For counsellors: my persons, what they contest, and all pages about one of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from polku.matching.v1.feedback_pb2 import ListContestsRequest
from polku.profiles.v1 import profile_pb2, profile_service_pb2
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.break_glass_pages import BreakGlassPages
from services.gateway.contest_pages import ContestView, contest_view
from services.gateway.find_pages import FindPages
from services.gateway.handover_pages import HandoverPages
from services.gateway.health import Draining
from services.gateway.languages import name_of
from services.gateway.match_pages import PURPOSE, Person
from services.gateway.pages import Pages, Visit
from services.gateway.person_pages import PersonPages
from services.gateway.titles import titles_of
from services.gateway.translations import N_
from shared.kernel.principal import Role

CASES_SHOWN = 50
AT_ONCE = 8
"""Persons of a caseload that are asked about at the same time."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A person of the caseload, by reference, with the contests that wait for an answer where those are shown."""

    href: str
    reference: str
    language: str
    since: str
    contests: Sequence[ContestView] = ()


class Counsellors:
    """A counsellor's pages."""

    def __init__(self, pages: Pages, draining: Draining) -> None:
        self._pages = pages
        self._backends = pages.backends
        self._find = FindPages(pages)
        self._handovers = HandoverPages(pages)
        self._break_glass = BreakGlassPages(pages)
        self._person_pages = PersonPages(pages, draining, "/people/{profile}", Role.COUNSELLOR, self._person)

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/caseload", self.caseload, roles=(Role.COUNSELLOR,)),
            self._pages.get("/caseload/contests", self.contests, roles=(Role.COUNSELLOR,)),
            *self._find.routes(),
            *self._handovers.routes(),
            *self._break_glass.routes(),
            *self._person_pages.routes(),
        ]

    async def caseload(self, visit: Visit) -> Response:
        """Show the persons who are assigned to me, by case reference."""
        entries, following = await self._entries(visit)
        cases = [_case(entry, visit) for entry in entries]
        notice = await self._pages.take_notice(visit)
        return self._pages.render(visit, "caseload.html", cases=cases, notice=notice, next_page_token=following)

    async def contests(self, visit: Visit) -> Response:
        """Show what my persons contest and nobody has answered; as many persons as the caseload shows on a page."""
        entries, following = await self._entries(visit)
        turns = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(self._open_contests(entry, visit, turns) for entry in entries))
        cases = [_case(entry, visit, views) for entry, views in zip(entries, found, strict=True) if views]
        return self._pages.render(visit, "open_contests.html", cases=cases, next_page_token=following)

    async def _entries(self, visit: Visit) -> tuple[Sequence[profile_pb2.CaseloadEntry], str]:
        token = visit.request.query_params.get("page_token", "")
        request = profile_service_pb2.ListCaseloadRequest(page_size=CASES_SHOWN, page_token=token)
        answer = await self._backends.call(self._backends.profiles.ListCaseload, request, visit.caller)
        return answer.entries, answer.next_page_token

    async def _open_contests(
        self, entry: profile_pb2.CaseloadEntry, visit: Visit, turns: asyncio.Semaphore
    ) -> Sequence[ContestView]:
        request = ListContestsRequest(profile=entry.profile, purpose=PURPOSE, open_only=True)
        async with turns:
            answer = await self._backends.call(self._backends.matching.ListContests, request, visit.caller)
            titles = await titles_of(self._backends, visit, (contest.opening for contest in answer.contests))
        return [contest_view(contest, titles[contest.opening], visit.words) for contest in answer.contests]

    async def _person(self, visit: Visit) -> Person:
        profile = visit.request.path_params["profile"]
        request = profile_service_pb2.GetProfileRequest(name=f"profiles/{profile}", purpose=Purpose.KIND_JOB_MATCHING)
        answer = await self._backends.call(self._backends.profiles.GetProfile, request, visit.caller)
        reference = answer.profile.case_reference or visit.words.text(N_("without a reference"))
        title = visit.words.text(N_("Case %(reference)s")) % {"reference": reference}
        return Person(f"profiles/{profile}", f"/people/{profile}", own=False, title=title)


def _case(entry: profile_pb2.CaseloadEntry, visit: Visit, contests: Sequence[ContestView] = ()) -> CaseView:
    words = visit.words
    return CaseView(
        href=f"/people/{entry.profile.removeprefix('profiles/')}",
        reference=entry.case_reference or words.text(N_("without a reference")),
        language=name_of(entry.preferred_language, visit.language) if entry.preferred_language else "",
        since=words.date(entry.begin_time.ToDatetime()) if entry.HasField("begin_time") else "",
        contests=contests,
    )
