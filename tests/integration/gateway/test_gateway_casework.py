"""Assignments, handovers and break-glass over HTTP and on the counsellor's pages."""

import html
import uuid

import httpx
import pytest
from polku.profiles.v1.access_service_pb2 import AccessOverride
from polku.type.v1.types_pb2 import Purpose

from shared.kernel.errors import FailedPrecondition, InvalidArgument, PolkuError, ResourceExhausted
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import OTHER_PROFILE, SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

PERSON = f"/v1/profiles/{SEEKER_PROFILE}"
REASON = "The person waits at the desk, and their counsellor is ill."
KEY = str(uuid.UUID(int=7, version=4))


async def send(http: httpx.AsyncClient, path: str, seen: str, **form: str) -> httpx.Response:
    """Send a form of the page at `seen`, in English."""
    token = token_in((await http.get(seen)).text)
    return await http.post(path, data={"csrf_token": token, **form}, headers={**OURS, "Accept-Language": "en"})


# -- the API -----------------------------------------------------------------------------------------------------------


async def test_assignments_are_listed_for_a_purpose(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """The history comes page by page; reading it says what it is for."""
    answer = await http.get(f"{PERSON}/assignments?page_size=5", headers=site.bearer())

    assert answer.json()["assignments"][0]["unit"] == "leppavaara"
    sent = services.profiles.last.request
    assert (sent.page_size, sent.purpose) == (5, Purpose.KIND_OWN_DATA)


@pytest.mark.parametrize("validate_only", [True, False])
async def test_many_are_handed_over_in_one_call(
    http: httpx.AsyncClient, site: Site, services: FakeServices, validate_only: bool
) -> None:
    """The body names persons and colleague; the key of the header is the request's id; a preview changes nothing."""
    body = {"profiles": [f"profiles/{SEEKER_PROFILE}"], "counsellor": "c-2", "unit": "matinkyla"}
    headers = {**site.bearer("counsellor"), "Idempotency-Key": KEY}

    answer = await http.post("/v1/caseload:handover", json={**body, "validateOnly": validate_only}, headers=headers)

    assert answer.json()["outcomes"] == [{"profile": f"profiles/{SEEKER_PROFILE}", "kind": "KIND_HANDED_OVER"}]
    sent = services.profiles.last.request
    assert (sent.counsellor, sent.unit, sent.validate_only, sent.request_id) == ("c-2", "matinkyla", validate_only, KEY)
    assert bool(services.profiles.entries) is validate_only


async def test_a_record_is_opened_with_a_reason(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """The path says whose it is; the override comes back, and is in the person's list and in that of supervision."""
    body = {"reasonCode": "REASON_COUNSELLOR_ABSENT", "reason": REASON}
    headers = {**site.bearer("counsellor"), "Idempotency-Key": KEY}

    opened = await http.post(f"{PERSON}:break-glass", json=body, headers=headers)
    sent = services.profiles.last.request
    own = await http.get(f"{PERSON}/overrides", headers=site.bearer())
    everybody = await http.get("/v1/overrides", headers=site.bearer("auditor"))

    assert (opened.status_code, opened.json()["reason"]) == (200, REASON)
    assert (sent.profile, sent.request_id) == (f"profiles/{SEEKER_PROFILE}", KEY)
    assert own.json() == everybody.json() == {"overrides": [opened.json()]}


async def test_nobody_and_somebody_elses_are_answered_alike(http: httpx.AsyncClient, site: Site) -> None:
    """The answer about a person who is not there is the usual 403 (row 32)."""
    body = {"reasonCode": "REASON_OTHER", "reason": REASON}
    answer = await http.post(f"/v1/profiles/{OTHER_PROFILE}:break-glass", json=body, headers=site.bearer("counsellor"))

    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{PERSON}:break-glass", {"reasonCode": "REASON_OTHER", "reason": REASON, "profile": "profiles/1"}),
        (f"{PERSON}:break-glass", {"reasonCode": "REASON_OTHER", "reason": REASON, "requestId": KEY}),
        ("/v1/caseload:handover", {"counsellor": "c-2", "unit": "u", "requestId": KEY}),
    ],
)
async def test_what_the_path_or_a_header_gives_is_not_in_the_body(
    http: httpx.AsyncClient, site: Site, path: str, body: dict[str, str]
) -> None:
    """A body that names the person or the request id is refused."""
    answer = await http.post(path, json=body, headers=site.bearer("counsellor"))

    assert (answer.status_code, answer.json()["reason"]) == (400, "PATH_DIFFERS")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PERSON}/assignments"),
        ("GET", f"{PERSON}/overrides"),
        ("GET", "/v1/overrides"),
        ("POST", f"{PERSON}:break-glass"),
        ("POST", "/v1/caseload:handover"),
    ],
)
async def test_all_of_it_needs_a_token(http: httpx.AsyncClient, site: Site, method: str, path: str) -> None:
    """Without a user's token nothing is asked of the services."""
    answer = await http.request(method, path, json={} if method == "POST" else None)

    assert answer.status_code == 401
    assert site.services.profiles.calls == []


# -- the pages ---------------------------------------------------------------------------------------------------------


async def test_a_handover_is_looked_at_before_it_is_done(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Choice, preview, handover: nothing changes before the last, and the caseload then says how many went."""
    services.profiles.put(OTHER_PROFILE, "K-2000")
    await sign_in(http, "counsellor")
    chosen = {f"person-{SEEKER_PROFILE}": "yes", "counsellor": " counsellor-2 ", "unit": "matinkyla"}
    assert "K-1042" in await page(http, "/caseload/handover")

    looked = await send(http, "/caseload/handover/preview", "/caseload/handover", **chosen)
    shown = html.unescape(looked.text)
    assert "Nothing has changed yet." in shown
    assert "1 person goes to counsellor-2 of matinkyla." in shown
    assert "Goes to the colleague" in shown
    assert "K-2000" not in shown
    assert len(services.profiles.entries) == 2

    done = await send(http, "/caseload/handover", "/caseload/handover", **chosen)
    assert (done.status_code, done.headers["location"]) == (303, "/caseload#notice")
    caseload = await page(http, "/caseload")
    assert "1 person was handed over." in caseload
    assert "K-1042" not in caseload
    assert "K-2000" in caseload


async def test_a_handover_sent_twice_is_one_request(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """The same form sent again has the same request id; a preview has one of its own."""
    await sign_in(http, "counsellor")
    form = {f"person-{SEEKER_PROFILE}": "yes", "counsellor": "c-2", "unit": "u", "form_id": SEEKER_PROFILE}
    for _ in range(2):
        await send(http, "/caseload/handover", "/caseload", **form)

    ids = [call.request.request_id for call in services.profiles.calls if call.method == "HandOver"]
    assert ids == [ids[0]] * 2


@pytest.mark.parametrize("missing", [f"person-{SEEKER_PROFILE}", "counsellor", "unit"])
async def test_an_incomplete_handover_is_asked_for_again(http: httpx.AsyncClient, site: Site, missing: str) -> None:
    """Without a person, a colleague or a unit the form comes again, with what was chosen."""
    await sign_in(http, "counsellor")
    form = {f"person-{SEEKER_PROFILE}": "yes", "counsellor": "c-2", "unit": "u"}
    del form[missing]

    answer = await send(http, "/caseload/handover/preview", "/caseload/handover", **form)

    assert answer.status_code == 400
    assert "Choose at least one person" in html.unescape(answer.text)
    assert ("checked" in answer.text) == (missing != f"person-{SEEKER_PROFILE}")


async def test_a_colleague_who_cannot_be_is_asked_for_again(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """What the service cannot use is asked for again, and nothing breaks."""
    services.profiles.failures["HandOver"] = InvalidArgument("SUBJECT_INVALID", "counsellor is no token subject.")
    await sign_in(http, "counsellor")
    form = {f"person-{SEEKER_PROFILE}": "yes", "counsellor": "c 2", "unit": "u"}

    answer = await send(http, "/caseload/handover/preview", "/caseload/handover", **form)

    assert answer.status_code == 400
    assert "Choose at least one person" in html.unescape(answer.text)


async def test_who_cannot_be_handed_over_is_said_beforehand(http: httpx.AsyncClient, site: Site) -> None:
    """Somebody who is the counsellor's no more stands in the preview as such; sent anyway, all of them stay."""
    await sign_in(http, "counsellor")
    form = {f"person-{OTHER_PROFILE}": "yes", "counsellor": "c-2", "unit": "u"}

    looked = html.unescape((await send(http, "/caseload/handover/preview", "/caseload/handover", **form)).text)
    done = await send(http, "/caseload/handover", "/caseload/handover", **form)

    assert "Cannot be handed over by you" in looked
    assert "It cannot be done like this." in looked
    assert done.status_code == 303
    assert "Nobody was handed over" in await page(http, "/caseload")


async def test_a_record_is_opened_on_a_page(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """The form asks for person, reason and words; the record then says until when it is open, and that it is told."""
    await sign_in(http, "counsellor")
    assert "The person sees that your unit opened it" in await page(http, f"/break-glass?person={SEEKER_PROFILE}")

    sent = await send(
        http, "/break-glass", "/break-glass", person=SEEKER_PROFILE, code="REASON_URGENT_NEED", reason=REASON
    )

    assert (sent.status_code, sent.headers["location"]) == (303, f"/people/{SEEKER_PROFILE}#notice")
    asked = next(call.request for call in services.profiles.calls if call.method == "BreakGlass")
    assert (asked.reason_code, asked.reason) == (AccessOverride.REASON_URGENT_NEED, REASON)
    assert "The record is open to you for reading until" in await page(http, f"/people/{SEEKER_PROFILE}")


@pytest.mark.parametrize(
    ("changed", "failure", "said"),
    [
        ({"person": "K-1042"}, None, "Give the person’s identifier"),
        ({"code": "REASON_CURIOSITY"}, None, "Give the person’s identifier"),
        ({"reason": "because"}, None, "Give the person’s identifier"),
        ({}, InvalidArgument("TEXT_INVALID", "reason cannot be stored."), "Give the person’s identifier"),
        ({"person": OTHER_PROFILE}, None, "No record can be opened with this identifier."),
        ({}, ResourceExhausted("OVERRIDES_EXHAUSTED", "Too many."), "You have opened as many records today"),
    ],
)
async def test_a_record_that_cannot_be_opened_is_asked_for_again(
    http: httpx.AsyncClient,
    site: Site,
    services: FakeServices,
    changed: dict[str, str],
    failure: PolkuError | None,
    said: str,
) -> None:
    """The form comes again with what was written and what is wrong with it."""
    if failure is not None:
        services.profiles.failures["BreakGlass"] = failure
    await sign_in(http, "counsellor")
    form = {"person": SEEKER_PROFILE, "code": "REASON_OTHER", "reason": REASON, **changed}

    answer = await send(http, "/break-glass", "/break-glass", **form)

    assert answer.status_code == 400
    shown = html.unescape(answer.text)
    assert said in shown
    assert form["reason"] in shown


async def test_ones_own_client_needs_no_breaking_in(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Where the service says that it is not needed, the record opens as usual."""
    services.profiles.failures["BreakGlass"] = FailedPrecondition("OVERRIDE_NOT_NEEDED", "In your caseload.")
    await sign_in(http, "counsellor")

    sent = await send(http, "/break-glass", "/break-glass", person=SEEKER_PROFILE, code="REASON_OTHER", reason=REASON)

    assert (sent.status_code, sent.headers["location"]) == (303, f"/people/{SEEKER_PROFILE}")


async def test_a_page_that_is_not_for_the_counsellor_leads_to_the_form(http: httpx.AsyncClient, site: Site) -> None:
    """Whether the person is there or not, the page says the same and names the way."""
    await sign_in(http, "counsellor")
    answer = await http.get(f"/people/{OTHER_PROFILE}/next-steps", headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert f'href="/break-glass?person={OTHER_PROFILE}"' in answer.text


@pytest.mark.parametrize("path", ["/caseload/handover", "/break-glass"])
async def test_the_pages_are_for_counsellors(http: httpx.AsyncClient, site: Site, path: str) -> None:
    """A seeker does not see them."""
    await sign_in(http, "seeker")

    assert (await http.get(path)).status_code == 403


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
async def test_the_pages_are_there_in_three_languages(http: httpx.AsyncClient, site: Site, language: str) -> None:
    """Each page names its language and has a heading in it."""
    headings = {"fi": "Avaa toisen asiakkaan tiedot", "sv": "Öppna någon annans", "en": "Open a record"}
    await sign_in(http, "counsellor")

    shown = await page(http, "/break-glass", language)

    assert f'lang="{language}"' in shown
    assert headings[language] in shown


async def test_the_person_sees_who_broke_in_and_why(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """On the page of who has looked: unit, from when to when, the kind of reason and the words, and no employee."""
    body = {"reasonCode": "REASON_SAFETY", "reason": REASON}
    await http.post(f"{PERSON}:break-glass", json=body, headers=site.bearer("counsellor"))
    services.profiles.overrides[0].counsellor = "counsellor-9"
    await sign_in(http, "seeker")

    shown = await page(http, "/me/access-log")

    assert "Opened by somebody who is not your counsellor" in shown
    for word in ("leppavaara", "Somebody’s safety", REASON):
        assert word in shown
    assert "counsellor-9" not in shown


async def test_auditors_see_who_broke_in_where(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Their list names the counsellor and the person's id, and is for nobody else."""
    body = {"reasonCode": "REASON_OTHER", "reason": REASON}
    await http.post(f"{PERSON}:break-glass", json=body, headers=site.bearer("counsellor"))
    services.profiles.overrides[0].counsellor = "counsellor-9"
    await sign_in(http, "auditor")

    shown = await page(http, "/supervision/overrides")

    for word in ("counsellor-9", SEEKER_PROFILE, REASON):
        assert word in shown
    await http.post("/sign-out", data={"csrf_token": token_in((await http.get("/supervision")).text)}, headers=OURS)
    await sign_in(http, "counsellor")
    assert (await http.get("/supervision/overrides")).status_code == 403
