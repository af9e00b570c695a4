"""One opening beside one person, and the person's yes to a vacancy."""

from contextlib import aclosing
from dataclasses import dataclass

from polku.matching.v1.matching_service_pb2 import ExplainMatchRequest
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.profiles.v1.consent_service_pb2 import SetVacancyConsentRequest, VacancyConsent
from polku.profiles.v1.profile_service_pb2 import GetProfileRequest
from polku.type.v1.types_pb2 import Answer
from starlette.responses import RedirectResponse, Response

from services.gateway import views
from services.gateway.corrections import EMPLOYER_REQUESTS, correct_path, correct_path_of_rule
from services.gateway.forms import request_id
from services.gateway.match_pages import PURPOSE, Person
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.vacancy_consents import asker_text, consents_of, purpose_of, until_text
from shared.kernel.errors import FailedPrecondition, InvalidArgument
from shared.kernel.ids import is_id

STATES = {
    "yes": VacancyConsent.STATE_GIVEN,
    "no": VacancyConsent.STATE_WITHDRAWN,
    "decline": VacancyConsent.STATE_DECLINED,
}
"""Answer of a button → what shall hold: a no to a yes takes it back, a no to a request declines it."""
SAID = {"yes": "agreed", "no": "not_agreed", "decline": "declined"}
"""Answer of a button → code of what the next page tells."""
TOO_LATE = {
    "CONSENT_REQUEST_EXPIRED": "answered_too_late",
    "CONSENT_NOT_GIVEN": "answered_already",
    "CONSENT_NOT_ASKED": "answered_already",
}
"""Why an answer does not hold any more → code of what the next page tells, beside what holds now."""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What the person has said to the vacancy, or is asked; and whether they may be found for vacancies at all.

    state        "given", "withdrawn", "asked", "declined" or "expired"; empty where nothing was said or asked
    asker        who asked last, in words; `until` when that could or can be answered; both empty for nobody
    answer_path  the page on which it is answered whether they may be found
    """

    state: str
    asker: str
    until: str
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
            consent=await self._consent(visit, person, opening, eligible=answer.eligible) if vacancy else None,
            candidates_path="" if person.own or not vacancy else f"/vacancies/{match.opening.id}/candidates",
            notice=await self._pages.take_notice(visit),
        )

    async def consent(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Say yes to a vacancy, decline a request, or take a yes back: it holds at once."""
        opening, answer = visit.request.path_params["opening"], form.get("answer", "")
        if not is_id(opening) or answer not in STATES:
            raise InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
        request = SetVacancyConsentRequest(
            profile=person.profile,
            opening=f"openings/{opening}",
            state=STATES[answer],
            purpose=purpose_of(person.own),
            request_id=request_id(form, "consent", opening, answer),
        )
        code = SAID[answer]
        try:
            await self._backends.write(self._backends.consents.SetVacancyConsent, request, visit.caller)
        except FailedPrecondition as error:
            if error.reason not in TOO_LATE:
                raise
            code = TOO_LATE[error.reason]
        await self._pages.leave_notice(visit, Notice(code))
        return RedirectResponse(f"{person.base}/openings/{opening}#notice", 303)

    async def _consent(self, visit: Visit, person: Person, opening: str, *, eligible: bool) -> ConsentView | None:
        """What there is to say; None where the vacancy does not fit and there is nothing to answer or to take back."""
        consent = await self._said(visit, person, opening)
        state = VacancyConsent.State.Name(consent.state).removeprefix("STATE_").lower()
        if not eligible and state not in ("asked", "given"):
            return None
        request = GetProfileRequest(name=person.profile, purpose=purpose_of(person.own))
        profile = (await self._backends.call(self._backends.profiles.GetProfile, request, visit.caller)).profile
        return ConsentView(
            state="" if state == "unspecified" else state,
            asker=asker_text(consent, visit.words),
            until=until_text(consent, visit.words),
            findable=profile.choices.employer_requests == Answer.VALUE_YES,
            answer_path=correct_path(person.base, EMPLOYER_REQUESTS, ""),
        )

    async def _said(self, visit: Visit, person: Person, opening: str) -> VacancyConsent:
        """The person's answer to the vacancy, or the request for one; an empty one where there is neither."""
        async with aclosing(consents_of(self._backends, visit, person.profile, own=person.own)) as consents:
            async for consent in consents:
                if consent.opening == opening:
                    return consent
        return VacancyConsent()
