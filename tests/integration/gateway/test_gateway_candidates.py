"""Candidates for a vacancy and a person's yes to one, over HTTP and on the pages."""

import httpx
import pytest
from polku.profiles.v1.consent_service_pb2 import VacancyConsent
from polku.type.v1.types_pb2 import Answer, Purpose

from shared.kernel.errors import PermissionDenied
from tests.fakes.gateway_candidates import NO, YES
from tests.fakes.gateway_matches import COURSE, FIRST, LEFT_OUT
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

PATH = f"/vacancies/{FIRST}/candidates"


async def test_candidates_are_read_over_http(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """The vacancy, the size and the language reach matching; what it answers arrives as it is."""
    path = f"/v1/openings/{FIRST}/candidates?page_size=5&language=sv"
    answer = await http.get(path, headers=site.bearer("publisher", publisher="kielo-jobs"))
    assert answer.status_code == 200
    first, second, _ = answer.json()["candidates"]
    assert (first["handle"], first["profile"]) == (YES, f"profiles/{SEEKER_PROFILE}")
    assert second["handle"] == NO
    assert "profile" not in second
    sent = services.matching.last.request
    assert (sent.opening, sent.page_size, sent.language) == (f"openings/{FIRST}", 5, "sv")
    assert sent.purpose == Purpose.KIND_JOB_MATCHING


@pytest.mark.parametrize("user", ["counsellor", "publisher"])
async def test_those_who_fill_vacancies_find_them_and_their_candidates(
    http: httpx.AsyncClient, services: FakeServices, user: str
) -> None:
    """From the list of vacancies (a publisher's own) to people: one who has said yes, and others who stay unknown."""
    await sign_in(http, user)
    vacancies = await page(http, "/vacancies")
    assert services.openings.last.request.publisher == ("kielo-jobs" if user == "publisher" else "")
    assert f'href="{PATH}"' in vacancies
    text = await page(http, PATH)
    for wanted in (
        "Kotihoidon hoiva-avustaja",
        "12 people fit.",
        "Compared: 38 of 40",
        "Has said yes to this vacancy",
        "Not recognisable",
        "Mean of at least five people",
        "Asked: speaking Finnish B1. You have B1.",
    ):
        assert wanted in text
    assert (f'href="/people/{SEEKER_PROFILE}/openings/{FIRST}"' in text) == (user == "counsellor")
    assert text.count(NO) == 1  # where it is asked for, and nowhere else


async def test_a_publisher_comes_home_to_their_vacancies(http: httpx.AsyncClient) -> None:
    """Signing in leads to the list; a seeker's and a counsellor's pages are not there."""
    answer = await sign_in(http, "publisher")
    assert answer.headers["location"] == "/vacancies"
    for path in ("/me", "/caseload"):
        assert (await http.get(path)).status_code == 403


async def test_seekers_see_no_candidates(http: httpx.AsyncClient, services: FakeServices) -> None:
    """The pages are for those who fill vacancies, and no service is asked for anybody else."""
    await sign_in(http)
    services.matching.calls.clear()
    for path in ("/vacancies", PATH):
        assert (await http.get(path)).status_code == 403
    assert services.matching.calls == []


async def test_what_matching_refuses_is_not_there(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Another publisher's vacancy is a page that says that nothing is there."""
    services.matching.failures["ListCandidates"] = PermissionDenied()
    await sign_in(http, "publisher")
    answer = await http.get(PATH, headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "Not found" in answer.text


async def test_a_seeker_says_yes_to_one_vacancy_and_takes_it_back(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """On the page of the vacancy: what it means, one button, what holds now, and the way back."""
    await sign_in(http)
    path = f"/me/openings/{FIRST}"
    before = await page(http, path)
    assert "Say yes to this vacancy" in before
    assert "Employers do not find you yet" in before
    assert 'href="/me/correct?field=choices.employer_requests"' in before
    form = {"csrf_token": token_in((await http.get(path)).text), "answer": "yes"}
    answer = await http.post(f"{path}/consent", data=form, headers=OURS)
    assert answer.headers["location"] == f"{path}#notice"
    sent = services.profiles.last.request
    assert (sent.opening, sent.state) == (f"openings/{FIRST}", VacancyConsent.STATE_GIVEN)
    assert sent.purpose == Purpose.KIND_OWN_DATA
    services.profiles.stored[f"profiles/{SEEKER_PROFILE}"].choices.employer_requests = Answer.VALUE_YES
    after = await page(http, path)
    assert "The yes is saved, for this vacancy alone." in after
    assert "You have said yes" in after
    assert "Employers do not find you yet" not in after
    await http.post(f"{path}/consent", data={**form, "answer": "no"}, headers=OURS)
    assert services.profiles.consents[f"profiles/{SEEKER_PROFILE}", f"openings/{FIRST}"].state == (
        VacancyConsent.STATE_WITHDRAWN
    )
    assert "Say yes to this vacancy" in await page(http, path)
    wrong = await http.post(f"{path}/consent", data={**form, "answer": "perhaps"}, headers=OURS)
    assert wrong.status_code == 400


async def test_only_a_vacancy_that_fits_asks_for_a_yes(http: httpx.AsyncClient) -> None:
    """Neither a course nor what was left out has an employer to be shown to."""
    await sign_in(http)
    for opening in (COURSE, LEFT_OUT):
        assert "Say yes to this vacancy" not in await page(http, f"/me/openings/{opening}")


async def test_a_counsellor_comes_from_a_person_to_the_other_candidates(http: httpx.AsyncClient) -> None:
    """Beside a vacancy there is the way to its candidates, and the yes is entered only on the person's word."""
    await sign_in(http, "counsellor")
    text = await page(http, f"/people/{SEEKER_PROFILE}/openings/{FIRST}")
    assert f'href="{PATH}"' in text
    assert "Say yes here only when the person has told you so." in text
