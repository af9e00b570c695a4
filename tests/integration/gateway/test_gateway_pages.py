"""The pages over HTTP: what each of them shows, in each state."""

import re

import grpc
import httpx
import pytest
from polku.matching.v1 import matching_service_pb2 as pb

from shared.kernel.errors import PermissionDenied, Unauthenticated
from tests.fakes.gateway_matches import FIRST, LEFT_OUT, match, matches, summary
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import CONTACT, SEEKER_PROFILE
from tests.integration.gateway.browsing import page, sign_in


@pytest.mark.parametrize("path", ["/me", f"/me/openings/{FIRST}", "/me/left-out"])
async def test_personal_pages_are_kept_nowhere(http: httpx.AsyncClient, path: str) -> None:
    """no-store, so that nothing is left in the browser after signing out."""
    await sign_in(http)
    assert (await http.get(path)).headers["cache-control"] == "no-store"


async def test_a_seeker_sees_matches_and_why(http: httpx.AsyncClient, services: FakeServices) -> None:
    """The list has titles, reasons, gaps, points in words, the question, steps, what was left out, and the notice."""
    await sign_in(http)
    text = await page(http, "/me")
    for wanted in (
        "A computer orders this list",
        "6 openings fit.",
        "Kotihoidon hoiva-avustaja",
        "You have worked as a care assistant for 5 years.",
        "It is not known whether you have a hygiene passport.",
        "Fits very well",
        "78 points out of 100",
        "Do you have a hygiene passport?",
        "Finnish, speaking: level B2 (now B1).",
        "14 openings",
        "Night work",
        "You have said that you cannot work at night.",
    ):
        assert wanted in text
    sent = {call.method: call for call in services.matching.calls}
    assert sent["ListMatches"].request.profile == f"profiles/{SEEKER_PROFILE}"
    assert sent["ListMatches"].request.language == "en"
    assert sent["ListMatches"].metadata["authorization"].startswith("Bearer ")


async def test_titles_carry_their_own_language(http: httpx.AsyncClient) -> None:
    """A screen reader is told when a title is in another language than the page, and only then."""
    await sign_in(http)
    text = await page(http, "/me", "fi")
    assert '<html lang="fi" dir="ltr">' in text
    assert '<span lang="sv" dir="auto">Vårdbiträde till servicehus</span>' in text
    assert '<span dir="auto">Kotihoidon hoiva-avustaja</span>' in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Tietokone järjestää tämän luettelon"),
        ("sv", "En dator ordnar den här listan"),
        ("en", "A computer orders"),
    ],
)
async def test_the_pages_speak_three_languages(http: httpx.AsyncClient, language: str, words: str) -> None:
    """The whole page, and what matching is asked for, are in the reader's language; the choice is remembered."""
    await sign_in(http)
    text = await page(http, f"/me?lang={language}", "de")
    assert words in text
    assert http.cookies["lang"] == language
    assert words in await page(http, "/me", "de")


async def test_one_opening_is_shown_requirement_by_requirement(http: httpx.AsyncClient) -> None:
    """Asked, has, outcome in words, source and date; and the parts of the score."""
    await sign_in(http)
    text = await page(http, f"/me/openings/{FIRST}")
    for wanted in ("Language: speaking (Finnish)", "Certificate or test", "20 May 2026", "18.7 of 24 points", "Yes"):
        assert wanted in text
    assert 'href="/me/correct?field=work.licences&subject=hygiene-passport"' in text
    left_out = await page(http, f"/me/openings/{LEFT_OUT}")
    assert "Something that is needed is missing." in left_out
    assert "points" not in left_out


async def test_a_counsellor_goes_from_the_caseload_to_one_opening(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """Persons by case reference, never by name; then their matches; then one person beside one opening."""
    await sign_in(http, "counsellor")
    caseload = await page(http, "/caseload")
    assert "K-1042" in caseload
    assert f'href="/people/{SEEKER_PROFILE}"' in caseload
    person = await page(http, f"/people/{SEEKER_PROFILE}")
    assert "Case K-1042" in person
    assert f'href="/people/{SEEKER_PROFILE}/openings/{FIRST}"' in person
    beside = await page(http, f"/people/{SEEKER_PROFILE}/openings/{FIRST}")
    assert "The person has" in beside


async def test_a_person_outside_the_caseload_is_not_there(http: httpx.AsyncClient, services: FakeServices) -> None:
    """32: refused by the service, shown as not found; nothing of the person is on the page."""
    services.profiles.failures["GetProfile"] = PermissionDenied()
    await sign_in(http, "counsellor")
    answer = await http.get(f"/people/{SEEKER_PROFILE}")
    assert answer.status_code == 403
    assert "K-1042" not in answer.text
    assert services.matching.calls == []


async def test_before_there_is_a_profile_the_page_says_how_to_get_one(http: httpx.AsyncClient) -> None:
    """A seeker without a profile gets a page, not an error."""
    await sign_in(http, "newcomer")
    for path in ("/me", "/me/left-out", f"/me/openings/{FIRST}"):
        assert "You have no profile yet." in await page(http, path)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (pb.ListMatchesResponse(), "Nothing fits just now."),
        (pb.ListMatchesResponse(pending=True), "Some texts are still being read."),
        (pb.ListMatchesResponse(notes=["no_signal"]), "We know too little about you"),
        (pb.ListMatchesResponse(notes=["matching_paused"]), "Matching is paused"),
        (pb.ListMatchesResponse(notes=["matching_refused"]), "Matching is not agreed to"),
        (pb.ListMatchesResponse(order=pb.ListMatchesResponse.ORDER_NEWEST_FIRST), "Newest openings first"),
        (pb.ListMatchesResponse(next_page_token="more"), "page_token=more"),
    ],
)
async def test_each_state_of_a_list_is_said(
    http: httpx.AsyncClient, services: FakeServices, answer: pb.ListMatchesResponse, words: str
) -> None:
    """Empty, still being read, too little known, paused, refused, newest first, and more pages."""
    services.matching.answers["ListMatches"] = answer
    await sign_in(http)
    assert words in await page(http, "/me")


async def test_without_ranking_no_points_are_shown(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Whoever has opted out sees the openings, and neither points nor the notice about ordering."""
    full = await _served_matches(http, services)
    full.order = pb.ListMatchesResponse.ORDER_NEWEST_FIRST
    services.matching.answers["ListMatches"] = full
    text = await page(http, "/me")
    assert "Kotihoidon hoiva-avustaja" in text
    assert "points out of 100" not in text
    assert "A human helps you to choose: your counsellor." in text
    assert f"Contact: {CONTACT}" in text
    assert "A computer orders this list" not in text


async def _served_matches(http: httpx.AsyncClient, services: FakeServices) -> pb.ListMatchesResponse:
    await sign_in(http)
    return matches(pb.ListMatchesRequest(language="en"))  # type: ignore[no-any-return]


async def test_what_stands_beside_the_list_may_be_missing(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Without steps, question and the left-out list the matches are still shown, and the gap is said."""
    for method in ("ListExclusions", "ListNextSteps", "GetQuestion"):
        services.matching.failures[method] = grpc.StatusCode.UNAVAILABLE
    await sign_in(http)
    text = await page(http, "/me")
    assert "Kotihoidon hoiva-avustaja" in text
    assert text.count("This part is not available just now.") == 2


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (grpc.StatusCode.UNAVAILABLE, 503, "Not available just now"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 504, "Not available just now"),
        (grpc.StatusCode.INTERNAL, 500, "Something went wrong"),
        (PermissionDenied(), 403, "Not found"),
    ],
)
async def test_failures_are_pages_in_plain_words(
    http: httpx.AsyncClient, services: FakeServices, failure: object, status: int, words: str
) -> None:
    """No trace, no code: what happened and what to do, with the way out still there."""
    services.matching.failures["ListMatches"] = failure  # type: ignore[assignment]
    await sign_in(http)
    answer = await http.get("/me", headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert words in answer.text
    assert "internal text" not in answer.text
    assert "/sign-out" in answer.text


async def test_a_token_that_the_services_refuse_ends_the_session(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """When a service takes the token no more, the pages ask to sign in again."""
    services.matching.failures["ListMatches"] = Unauthenticated("TOKEN_INVALID", "Sign in again.")
    await sign_in(http)
    assert (await http.get("/me")).headers["location"].startswith("/sign-in")
    services.reset()
    assert (await http.get("/me")).status_code == 303


async def test_unknown_addresses_are_pages(http: httpx.AsyncClient) -> None:
    """Outside of /v1 an unknown address is a page in the reader's language."""
    answer = await http.get("/nothing", headers={"Accept-Language": "fi"})
    assert answer.status_code == 404
    assert "Ei löytynyt" in answer.text


async def test_what_partners_write_is_shown_as_text(http: httpx.AsyncClient, services: FakeServices) -> None:
    """9: markup in a title is text on the page."""
    evil = match(1, summary(1, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'), 0.5, "en")
    services.matching.answers["ListMatches"] = pb.ListMatchesResponse(matches=[evil], eligible_count=1)
    await sign_in(http)
    answer = await http.get("/me")
    assert re.findall("<script.*?>", answer.text) in ([], re.findall('<script src="/static/[^"]*" defer>', answer.text))
    assert "<img" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


async def test_styles_are_kept_under_their_fingerprint(http: httpx.AsyncClient) -> None:
    """The address of the styles changes with them, so that a year in the cache is safe."""
    start = await http.get("/")
    found = re.search(r'href="(/static/polku\.css\?v=[0-9a-f]{12})"', start.text)
    assert found
    assert "immutable" in (await http.get(found.group(1))).headers["cache-control"]
    assert (await http.get("/static/polku.css")).headers["cache-control"] == "no-cache"
