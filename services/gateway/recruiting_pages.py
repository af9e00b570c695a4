"""For counsellors and publishers: vacancies, and the people who could fill one."""

from collections.abc import Sequence
from dataclasses import dataclass

from polku.matching.v1.candidate_service_pb2 import Candidate, ListCandidatesRequest, Standing
from polku.openings.v1.opening_pb2 import Necessity, Opening
from polku.openings.v1.opening_service_pb2 import GetOpeningRequest, ListOpeningsRequest, OpeningKind
from polku.type.v1.types_pb2 import Place
from starlette.responses import Response
from starlette.routing import Route

from services.gateway import views
from services.gateway.match_pages import PURPOSE
from services.gateway.pages import HOME, Pages, Visit
from services.gateway.titles import Title, title_in
from services.gateway.words import NECESSITIES, Words
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Role

ROLES = (Role.COUNSELLOR, Role.PUBLISHER)
CANDIDATES_SHOWN = 20
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

    reference  short form of the handle
    profile    id of the profile; empty before the person has said yes to this vacancy
    fit        None where it is withheld
    match      the comparison in full, only of who has said yes
    """

    rank: int
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
        return self._pages.render(
            visit,
            "candidates.html",
            vacancy=vacancy_view(vacancy, visit),
            candidates=[candidate_view(candidate, visit.words) for candidate in answer.candidates],
            answer=answer,
            counsellor=visit.caller.principal.role is Role.COUNSELLOR,
        )


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
