"""Asking a candidate for their consent, and the person's answer, over HTTP and on the pages."""

import re
import uuid

import httpx
import pytest
from polku.profiles.v1.consent_service_pb2 import VacancyConsent
from polku.type.v1.types_pb2 import Purpose

from shared.kernel.errors import FailedPrecondition, InvalidArgument, PolkuError, ResourceExhausted, Unavailable
from tests.fakes.gateway_candidates import LITTLE, NO, YES
from tests.fakes.gateway_matches import FIRST, LEFT_OUT
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

LIST = f"/vacancies/{FIRST}/candidates"
ASK = f"/v1/openings/{FIRST}/candidates/{NO}:ask"
VACANCY = f"/me/openings/{FIRST}"
UNTIL = "25 November 2026, 13:06"
OLD = InvalidArgument("HANDLE_UNKNOWN", "None of your lists of this vacancy has this handle.")
ENOUGH = ResourceExhausted("REQUESTS_EXHAUSTED", "Nobody asks more than 50 people a day.")


def consent_of(services: FakeServices, opening: str = FIRST) -> VacancyConsent:
    """What is kept of the seeker and a vacancy."""
    return services.profiles.consents[f"profiles/{SEEKER_PROFILE}", f"openings/{opening}"]


def asked_ids(services: FakeServices) -> list[str]:
    """The request ids with which candidates were asked."""
    return [call.request.request_id for call in services.matching.calls if call.method == "AskCandidate"]


async def press(http: httpx.AsyncClient, shown: str, path: str, **more: str) -> httpx.Response:
    """Press a button of a form on a page that was shown."""
    form_id = re.search(r'name="form_id" value="([^"]+)"', shown)
    assert form_id
    data = {"csrf_token": token_in(shown), "form_id": form_id.group(1), **more}
    return await http.post(path, data=data, headers={**OURS, "Accept-Language": "en"})


# -- who asks ----------------------------------------------------------------------------------------------------------


async def test_a_candidate_is_asked_over_http(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Vacancy, handle, purpose and the caller's key reach matching; the answer has the deadline alone."""
    key = str(uuid.uuid4())
    headers = {**site.bearer("publisher", publisher="kielo-jobs"), "Idempotency-Key": key}
    answer = await http.post(ASK, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"answerByTime": "2026-11-25T11:06:40Z"})
    sent = services.matching.last.request
    assert (sent.opening, sent.handle, sent.request_id) == (f"openings/{FIRST}", NO, key)
    assert sent.purpose == Purpose.KIND_JOB_MATCHING


@pytest.mark.parametrize(("failure", "status"), [(OLD, 400), (ENOUGH, 429)])
async def test_why_nobody_was_asked_is_a_problem_document(
    http: httpx.AsyncClient, site: Site, services: FakeServices, failure: PolkuError, status: int
) -> None:
    """The reason is for programs, the status says whether to list anew or to wait."""
    services.matching.failures["AskCandidate"] = failure
    answer = await http.post(ASK, headers=site.bearer("counsellor"))
    assert (answer.status_code, answer.json()["reason"]) == (status, failure.reason)
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("retry-after" in answer.headers) == (status == 429)


@pytest.mark.parametrize("handle", ["x", f"{NO}x", f"{NO[:-1]}."])
async def test_what_is_no_handle_reaches_no_service(
    http: httpx.AsyncClient, site: Site, services: FakeServices, handle: str
) -> None:
    """A handle of another form is refused with its field, and without a token nobody is heard."""
    answer = await http.post(ASK.replace(NO, handle), headers=site.bearer("counsellor"))
    assert (answer.status_code, answer.json()["reason"]) == (400, "HANDLE_INVALID")
    assert answer.json()["violations"][0]["field"] == "handle"
    assert (await http.post(ASK)).status_code == 401
    assert services.matching.calls == []


@pytest.mark.parametrize("user", ["counsellor", "publisher"])
async def test_whoever_fills_a_vacancy_asks_with_one_button(
    http: httpx.AsyncClient, services: FakeServices, user: str
) -> None:
    """There is one for each who is not named; two presses are one request, and what follows is said once."""
    await sign_in(http, user)
    shown = await page(http, LIST)
    assert re.findall(r'name="handle" value="([^"]+)"', shown) == [NO, LITTLE]
    assert YES not in shown
    for handle in (NO, NO, LITTLE):
        answer = await press(http, shown, f"{LIST}/ask", handle=handle)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}#notice")
    first, again, other = asked_ids(services)
    assert first == again != other
    after = await page(http, LIST)
    assert f"Asked until {UNTIL}." in after
    assert f"<strong>Person {LITTLE[:6]}</strong>" in after
    assert "Asked until" not in await page(http, LIST)
    await press(http, after, f"{LIST}/ask", handle=NO)
    assert asked_ids(services)[-1] != first


@pytest.mark.parametrize(
    ("failure", "told"),
    [(OLD, "Nobody was asked: the list was too old."), (ENOUGH, "Nobody was asked: you have asked as many people")],
)
async def test_why_nobody_was_asked_is_said_plainly(
    http: httpx.AsyncClient, services: FakeServices, failure: PolkuError, told: str
) -> None:
    """The list is there again with what to do; no code, no error page."""
    await sign_in(http, "publisher")
    services.matching.failures["AskCandidate"] = failure
    answer = await press(http, await page(http, LIST), f"{LIST}/ask", handle=NO)
    assert answer.headers["location"] == f"{LIST}#notice"
    text = await page(http, LIST)
    assert told in text
    assert failure.reason not in text
    assert "Asked until" not in text


async def test_other_failures_of_asking_are_error_pages(http: httpx.AsyncClient, services: FakeServices) -> None:
    """What is not about handles or numbers is answered as everywhere."""
    await sign_in(http, "publisher")
    shown = await page(http, LIST)
    services.matching.failures["AskCandidate"] = Unavailable("DOWN", "Later.")
    assert (await press(http, shown, f"{LIST}/ask", handle=NO)).status_code == 503
    services.matching.failures["AskCandidate"] = InvalidArgument("OTHER", "Something else.")
    assert (await press(http, shown, f"{LIST}/ask", handle=NO)).status_code == 400


async def test_forms_of_others_make_ask_nobody(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Without our origin, the session's token, a handle or the role, no service is called."""
    await sign_in(http, "publisher")
    shown = await page(http, LIST)
    services.matching.calls.clear()
    token = token_in(shown)
    foreign = await http.post(f"{LIST}/ask", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    without = await http.post(f"{LIST}/ask", data={"csrf_token": "x", "handle": NO}, headers=OURS)
    assert (foreign.status_code, without.status_code) == (403, 403)
    assert (await press(http, shown, f"{LIST}/ask", handle="x")).status_code == 400
    assert (await press(http, shown, "/vacancies/x/candidates/ask", handle=NO)).status_code == 400
    http.cookies.clear()
    await sign_in(http)
    form = {"csrf_token": token_in((await http.get("/")).text), "handle": NO}
    assert (await http.post(f"{LIST}/ask", data=form, headers=OURS)).status_code == 403
    assert asked_ids(services) == []


# -- who is asked ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/me", "/me/feedback"])
async def test_who_is_asked_finds_it_on_the_start_page_and_among_the_choices(
    http: httpx.AsyncClient, services: FakeServices, path: str
) -> None:
    """How many ask, who, until when, and the way to the vacancy; what is answered or over is not there."""
    await sign_in(http)
    services.profiles.ask(SEEKER_PROFILE, LEFT_OUT, "publisher", "kielo-jobs", expired=True)
    assert "Employers ask" not in await page(http, path)
    services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs")
    text = await page(http, path)
    for wanted in (
        "For 1 vacancy you are asked: may the employer see how you fit?",
        "Asked by kielo-jobs, the publisher of the vacancy",
        f"Answer by {UNTIL}",
        f'href="{VACANCY}#consent"',
        "Kotihoidon hoiva-avustaja",
    ):
        assert wanted in text
    services.profiles.ask(SEEKER_PROFILE, LEFT_OUT, "counsellor", "leppavaara")
    both = await page(http, path)
    assert "For 2 vacancies you are asked" in both
    assert "Asked by a counsellor (leppavaara)" in both


async def test_a_counsellor_sees_what_the_person_is_asked(http: httpx.AsyncClient, services: FakeServices) -> None:
    """On the person's page, read for the counsellor's purpose."""
    services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs")
    await sign_in(http, "counsellor")
    text = await page(http, f"/people/{SEEKER_PROFILE}")
    assert "For 1 vacancy the person is asked" in text
    assert f'href="/people/{SEEKER_PROFILE}/openings/{FIRST}#consent"' in text
    read = [call.request for call in services.profiles.calls if call.method == "ListVacancyConsents"]
    assert [request.purpose for request in read] == [Purpose.KIND_JOB_MATCHING]


async def test_the_list_is_there_when_the_requests_are_not(http: httpx.AsyncClient, services: FakeServices) -> None:
    """They stand beside the list: it is shown without them, and says so; a vacancy that is gone has no link."""
    await sign_in(http)
    services.profiles.failures["ListVacancyConsents"] = Unavailable("DOWN", "Later.")
    text = await page(http, "/me")
    assert f'id="opening-{FIRST}"' in text
    assert "This part is not available just now." in text
    services.profiles.failures.clear()
    gone = str(uuid.uuid4())
    services.profiles.ask(SEEKER_PROFILE, gone, "publisher", "kielo-jobs")
    text = await page(http, "/me")
    assert "This opening is not published any more." in text
    assert gone not in re.findall(r'href="[^"]*"', text)


async def test_a_request_is_declined_on_the_page_of_the_vacancy(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """Who asks and until when, a yes and a no beside each other; after the no a yes is still possible."""
    await sign_in(http)
    assert "Say no to this vacancy" not in await page(http, VACANCY)
    services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs")
    shown = await page(http, VACANCY)
    for wanted in (
        "You are asked: may the employer of this vacancy see your comparison?",
        "Asked by kielo-jobs, the publisher of the vacancy",
        f"Answer by {UNTIL}",
        "Say yes to this vacancy",
    ):
        assert wanted in shown
    for _ in range(2):
        answer = await press(http, shown, f"{VACANCY}/consent", answer="decline")
        assert answer.headers["location"] == f"{VACANCY}#notice"
    sent = [call.request for call in services.profiles.calls if call.method == "SetVacancyConsent"]
    assert [request.state for request in sent] == [VacancyConsent.STATE_DECLINED] * 2
    assert len({request.request_id for request in sent}) == 1
    after = await page(http, VACANCY)
    assert "The no is saved. The employer sees nothing." in after
    assert "You have said no." in after
    assert "Say yes to this vacancy" in after
    assert "Say no to this vacancy" not in after
    assert "Employers ask" not in await page(http, "/me")


async def test_a_request_is_accepted_though_the_vacancy_fits_no_more(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """Whoever is asked can answer, and whoever has said yes can take it back, whatever has changed since."""
    await sign_in(http)
    path = f"/me/openings/{LEFT_OUT}"
    assert "Say yes to this vacancy" not in await page(http, path)
    services.profiles.ask(SEEKER_PROFILE, LEFT_OUT, "counsellor", "leppavaara")
    shown = await page(http, path)
    assert "Asked by a counsellor (leppavaara)" in shown
    await press(http, shown, f"{path}/consent", answer="yes")
    assert consent_of(services, LEFT_OUT).state == VacancyConsent.STATE_GIVEN
    assert "Take the yes back" in await page(http, path)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("CONSENT_REQUEST_EXPIRED", "The time to answer was over."),
        ("CONSENT_NOT_ASKED", "This was answered on another page."),
        ("CONSENT_NOT_GIVEN", "This was answered on another page."),
    ],
)
async def test_an_answer_that_comes_too_late_is_told_so(
    http: httpx.AsyncClient, services: FakeServices, reason: str, told: str
) -> None:
    """The page of the vacancy is shown again with what holds; after the deadline nothing is left to press."""
    await sign_in(http)
    services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs")
    shown = await page(http, VACANCY)
    services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs", expired=True)
    services.profiles.failures["SetVacancyConsent"] = FailedPrecondition(reason, "Too late.")
    answer = await press(http, shown, f"{VACANCY}/consent", answer="decline")
    assert answer.headers["location"] == f"{VACANCY}#notice"
    text = await page(http, VACANCY)
    assert told in text
    assert f"the time to answer was over on {UNTIL}" in text
    assert f'action="{VACANCY}/consent"' not in text


async def test_another_refusal_of_an_answer_is_an_error_page(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Only what the page can explain comes back to it."""
    await sign_in(http)
    shown = await page(http, VACANCY)
    services.profiles.failures["SetVacancyConsent"] = FailedPrecondition("OTHER", "Something else.")
    assert (await press(http, shown, f"{VACANCY}/consent", answer="yes")).status_code == 409
