"""For counsellors and publishers: vacancies, and the people who could fill one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from polku.matching.v1.candidate_service_pb2 import AskCandidateRequest, Candidate, ListCandidatesRequest, Standing
from polku.openings.v1.opening_pb2 import Necessity, Opening
from polku.openings.v1.opening_service_pb2 import GetOpeningRequest, ListOpeningsRequest, OpeningKind
from polku.type.v1.types_pb2 import Place
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway import views
from services.gateway.api_call import HANDLE
from services.gateway.forms import request_id
from services.gateway.match_pages import PURPOSE
from services.gateway.pages import HOME, Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.titles import Title, title_in
from services.gateway.words import NECESSITIES, Words
from shared.kernel.errors import InvalidArgument, PermissionDenied, ResourceExhausted
from shared.kernel.ids import is_id
from shared.kernel.principal import Role

ROLES = (Role.COUNSELLOR, Role.PUBLISHER)
CANDIDATES_SHOWN = 20
NOT_ASKED = {"HANDLE_UNKNOWN": "list_is_old", "REQUESTS_EXHAUSTED": "asked_enough"}
"""Why matching has asked nobody → code of what the list tells when it is shown again."""
_MARKS = ("met", "not_met", "unknown")
_SHOWN_OF_HANDLE = 6


@dataclass(frozen=True, slots=True)
class VacancyView:
    """A vacancy in the list and above its candidates."""

    id: str
    title: Title
    employer: str
    place: str
    closing: str


@dataclass(frozen=True, slots=True)
class StandingView:
    """Something that the vacancy asks, and how somebody stands to it. `mark` is empty where words alone say it."""

    mark: str
    text: str
    necessity: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """Somebody who could fill the vacancy.

    handle     stands for the person before this reader; `reference` is its short form
    profile    id of the profile; empty before the person has said yes to this vacancy
    fit        None where it is withheld
    match      the comparison in full, only of who has said yes
    """

    rank: int
    handle: str
    reference: str
    profile: str
    fit: views.FitView | None
    reasons: Sequence[str]
    standings: Sequence[StandingView]
    match: views.MatchView | None


class RecruitingPages:
    """Vacancies and their candidates."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/vacancies", self.vacancies, roles=ROLES),
            self._pages.get("/vacancies/{opening}/candidates", self.candidates, roles=ROLES),
            self._pages.post("/vacancies/{opening}/candidates/ask", self.ask, roles=ROLES),
        ]

    async def vacancies(self, visit: Visit) -> Response:
        """Show vacancies, last changed first: to publishers their own."""
        publisher = visit.caller.principal.publisher
        if visit.caller.principal.role is Role.PUBLISHER and not publisher:
            raise PermissionDenied()
        request = ListOpeningsRequest(
            kind=OpeningKind.VALUE_VACANCY,
            publisher=publisher,
            page_token=visit.request.query_params.get("page_token", ""),
        )
        answer = await self._backends.call(self._backends.openings.ListOpenings, request, visit.caller)
        home = HOME[visit.caller.principal.role]
        return self._pages.render(
            visit,
            "vacancies.html",
            vacancies=[vacancy_view(opening, visit) for opening in answer.openings],
            back="" if home == visit.request.url.path else home,
            next_page_token=answer.next_page_token,
        )

    async def candidates(self, visit: Visit) -> Response:
        """Show who could fill a vacancy. Matching decides who may ask, and what is shown of whom."""
        opening = f"openings/{visit.request.path_params['opening']}"
        request = ListCandidatesRequest(
            opening=opening, purpose=PURPOSE, language=visit.language, page_size=CANDIDATES_SHOWN
        )
        answer = await self._backends.call(self._backends.candidates.ListCandidates, request, visit.caller)
        read = GetOpeningRequest(name=opening)
        vacancy = (await self._backends.call(self._backends.openings.GetOpening, read, visit.caller)).opening
        notice = await self._pages.take_notice(visit)
        return self._pages.render(
            visit,
            "candidates.html",
            notice=notice,
            asked_until=visit.words.moment(datetime.fromisoformat(notice.until)) if notice and notice.until else "",
            vacancy=vacancy_view(vacancy, visit),
            candidates=[candidate_view(candidate, visit.words) for candidate in answer.candidates],
            answer=answer,
            counsellor=visit.caller.principal.role is Role.COUNSELLOR,
        )

    async def ask(self, visit: Visit, form: dict[str, str]) -> Response:
        """Ask a candidate whether they may be named for the vacancy, and show the list again."""
        opening, handle = visit.request.path_params["opening"], form.get("handle", "")
        if not is_id(opening) or HANDLE.fullmatch(handle) is None:
            raise InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
        request = AskCandidateRequest(
            opening=f"openings/{opening}",
            handle=handle,
            purpose=PURPOSE,
            request_id=request_id(form, "ask", opening, handle),
        )
        try:
            answer = await self._backends.write(self._backends.candidates.AskCandidate, request, visit.caller)
            until = answer.answer_by_time.ToDatetime(UTC).isoformat()
            notice = Notice("asked", person=handle[:_SHOWN_OF_HANDLE], until=until)
        except (InvalidArgument, ResourceExhausted) as error:
            if error.reason not in NOT_ASKED:
                raise
            notice = Notice(NOT_ASKED[error.reason])
        await self._pages.leave_notice(visit, notice)
        return RedirectResponse(f"/vacancies/{opening}/candidates#notice", 303)


def vacancy_view(opening: Opening, visit: Visit) -> VacancyView:
    """A vacancy for a list."""
    return VacancyView(
        id=opening.name.removeprefix("openings/"),
        title=title_in(opening, visit.language),
        employer=opening.vacancy.employer.name,
        place="; ".join(dict.fromkeys(place_text(place, visit.words) for place in opening.places)),
        closing=visit.words.date(opening.closing_date),
    )


def place_text(place: Place, words: Words) -> str:
    """District and municipality in words."""
    municipality = words.vocabulary.label_in("municipality", place.municipality, words.language)
    return ", ".join(part for part in (place.district, municipality if place.municipality else "") if part)


def candidate_view(candidate: Candidate, words: Words) -> CandidateView:
    """A candidate for the page."""
    return CandidateView(
        rank=candidate.rank,
        handle=candidate.handle,
        reference=candidate.handle[:_SHOWN_OF_HANDLE],
        profile=candidate.profile.removeprefix("profiles/"),
        fit=views.fit_view(candidate.total, words) if candidate.HasField("total") else None,
        reasons=[reason.text for reason in candidate.explanation.reasons],
        standings=[_standing_view(standing, words) for standing in candidate.standings],
        match=views.match_view(candidate.match, words) if candidate.profile else None,
    )


def _standing_view(standing: Standing, words: Words) -> StandingView:
    necessity = Necessity.Kind.Name(standing.necessity).removeprefix("KIND_").lower()
    return StandingView(
        mark=standing.value if standing.value in _MARKS else "",
        text=standing.text,
        necessity=words.of(NECESSITIES, necessity) if necessity != "unspecified" else "",
    )
