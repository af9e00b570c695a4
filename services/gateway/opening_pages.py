"""One opening beside one person, and the person's yes to a vacancy."""

from dataclasses import dataclass

from polku.matching.v1.matching_service_pb2 import ExplainMatchRequest
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.profiles.v1.consent_service_pb2 import ListVacancyConsentsRequest, SetVacancyConsentRequest, VacancyConsent
from polku.profiles.v1.profile_service_pb2 import GetProfileRequest
from polku.type.v1.types_pb2 import Answer, Purpose
from starlette.responses import RedirectResponse, Response

from services.gateway import views
from services.gateway.corrections import EMPLOYER_REQUESTS, correct_path, correct_path_of_rule
from services.gateway.match_pages import PURPOSE, Person
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import is_id, new_id

STATES = {"yes": VacancyConsent.STATE_GIVEN, "no": VacancyConsent.STATE_WITHDRAWN}
MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Whether the person has said yes to the vacancy, and may be found for vacancies at all.

    answer_path  the page on which the second is answered
    """

    given: bool
    findable: bool
    answer_path: str


class OpeningPages:
    """The comparison, and the target of the yes."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def compare(self, visit: Visit, person: Person) -> Response:
        """Show one opening beside the person, requirement by requirement; of a vacancy also what was agreed to."""
        opening = f"openings/{visit.request.path_params['opening']}"
        request = ExplainMatchRequest(profile=person.profile, opening=opening, purpose=PURPOSE, language=visit.language)
        answer = await self._backends.call(self._backends.matching.ExplainMatch, request, visit.caller)
        match = views.match_view(answer.match, visit.words, ranked=bool(answer.match.parts), eligible=answer.eligible)
        vacancy = answer.match.opening.kind == OpeningKind.VALUE_VACANCY
        return self._pages.render(
            visit,
            "opening.html",
            person=person,
            match=match,
            corrections=[correct_path_of_rule(person.base, row.rule, row.subject) for row in match.requirements],
            consent=await self._consent(visit, person, opening) if vacancy and answer.eligible else None,
            candidates_path="" if person.own or not vacancy else f"/vacancies/{match.opening.id}/candidates",
            notice=await self._pages.take_notice(visit),
        )

    async def consent(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Say yes to a vacancy, or take it back: it holds at once."""
        opening, answer = visit.request.path_params["opening"], form.get("answer", "")
        if not is_id(opening) or answer not in STATES:
            raise InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
        request = SetVacancyConsentRequest(
            profile=person.profile,
            opening=f"openings/{opening}",
            state=STATES[answer],
            purpose=_purpose(person),
            request_id=new_id(),
        )
        await self._backends.write(self._backends.consents.SetVacancyConsent, request, visit.caller)
        await self._pages.leave_notice(visit, Notice("agreed" if answer == "yes" else "not_agreed"))
        return RedirectResponse(f"{person.base}/openings/{opening}#notice", 303)

    async def _consent(self, visit: Visit, person: Person, opening: str) -> ConsentView:
        request = GetProfileRequest(name=person.profile, purpose=_purpose(person))
        profile = (await self._backends.call(self._backends.profiles.GetProfile, request, visit.caller)).profile
        return ConsentView(
            given=await self._given(visit, person, opening),
            findable=profile.choices.employer_requests == Answer.VALUE_YES,
            answer_path=correct_path(person.base, EMPLOYER_REQUESTS, ""),
        )

    async def _given(self, visit: Visit, person: Person, opening: str) -> bool:
        token = ""
        for _ in range(MOST_PAGES):
            request = ListVacancyConsentsRequest(
                profile=person.profile, purpose=_purpose(person), page_size=100, page_token=token
            )
            answer = await self._backends.call(self._backends.consents.ListVacancyConsents, request, visit.caller)
            for consent in answer.consents:
                if consent.opening == opening:
                    return bool(consent.state == VacancyConsent.STATE_GIVEN)
            token = answer.next_page_token
            if not token:
                break
        return False


def _purpose(person: Person) -> "Purpose.Kind.ValueType":
    return Purpose.KIND_OWN_DATA if person.own else Purpose.KIND_JOB_MATCHING
