"""CVs over HTTP: the API with text and files, its limits, and the page on which suggestions are confirmed."""

import re

import httpx
import pytest
from polku.profiles.v1.suggestion_service_pb2 import Decision
from polku.type.v1.types_pb2 import Purpose

from services.gateway.uploads import LARGEST_FILE
from shared.kernel.errors import InvalidArgument
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import OTHER_PROFILE, SEEKER_PROFILE, Site
from tests.fakes.gateway_suggestions import CLEANER, HOTEL_CLEANER
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

API = f"/v1/profiles/{SEEKER_PROFILE}/suggestions"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def test_a_text_is_imported(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """JSON with the text; the answer has the suggestions with their evidence."""
    answer = await http.post(API, json={"text": "Siivooja 2019–2021"}, headers=site.bearer())
    assert answer.status_code == 200, answer.text
    assert answer.json()["suggestions"][0]["evidence"] == ["Siivooja, Puhdas Piha Oy"]
    sent = services.profiles.last.request
    assert (sent.document.text, sent.purpose) == ("Siivooja 2019–2021", Purpose.KIND_OWN_DATA)


@pytest.mark.parametrize(
    ("name", "said", "sent"),
    [
        ("cv.pdf", "application/pdf", "application/pdf"),
        ("cv.docx", DOCX, DOCX),
        ("cv.docx", "application/octet-stream", DOCX),
        ("cv.JSON", "", "application/json"),
        ("cv.odt", "application/octet-stream", "application/octet-stream"),
    ],
)
async def test_a_file_is_imported(
    http: httpx.AsyncClient, site: Site, services: FakeServices, name: str, said: str, sent: str
) -> None:
    """Multipart with one file; what the browser does not know is told by the ending. The name goes nowhere."""
    content = bytes(range(256)) * 4000
    answer = await http.post(API, files={"file": (name, content, said)}, headers=site.bearer("counsellor"))
    assert answer.status_code == 200, answer.text
    request = services.profiles.last.request
    assert (request.document.media_type, request.document.content) == (sent, content)
    assert request.purpose == Purpose.KIND_JOB_MATCHING


async def test_files_of_more_than_2_mb_are_refused(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """413 with what to do; nothing reaches the service."""
    large = b"x" * (LARGEST_FILE + 200 * 1024)
    answer = await http.post(API, files={"file": ("cv.pdf", large, "application/pdf")}, headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (413, "BODY_TOO_LARGE")
    assert services.profiles.calls == []


async def test_other_bodies_stay_small(http: httpx.AsyncClient, site: Site) -> None:
    """Only where a document is taken are 64 kB not the limit."""
    body = {"work": {"goals": {"text": "x" * 70_000}}}
    for method, path in (("PATCH", f"/v1/profiles/{SEEKER_PROFILE}"), ("POST", f"{API}:resolve")):
        answer = await http.request(method, path, json=body, headers=site.bearer())
        assert (answer.status_code, answer.json()["reason"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        ({"json": {"txt": "x"}}, 400, "BODY_INVALID"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415, "MEDIA_TYPE_UNSUPPORTED"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "FORM_INVALID"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400, "FORM_INVALID"),
        ({"files": {"file": ("cv.pdf", b"", "application/pdf")}}, 400, "DOCUMENT_MISSING"),
        ({"files": [("file", ("a.pdf", b"1")), ("file", ("b.pdf", b"2"))]}, 400, "FORM_INVALID"),
    ],
)
async def test_bodies_without_a_document_are_refused(
    http: httpx.AsyncClient, site: Site, sent: dict[str, object], status: int, reason: str
) -> None:
    """Each with its reason, none with an error of ours."""
    headers = {**site.bearer(), **sent.pop("headers", {})}  # type: ignore[dict-item]
    answer = await http.post(API, headers=headers, **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


async def test_suggestions_are_listed_and_resolved(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Page by page, then by verdicts; the answer has the profile."""
    await http.post(API, json={"text": "x"}, headers=site.bearer())
    first = (await http.get(f"{API}?page_size=2", headers=site.bearer())).json()
    assert [each["id"] for each in first["suggestions"]] == ["s-1", "s-2"]
    verdicts = {"decisions": [{"suggestion": "s-1", "verdict": "VERDICT_CONFIRMED", "occupation": HOTEL_CLEANER}]}
    answer = await http.post(f"{API}:resolve", json=verdicts, headers=site.bearer())
    assert answer.status_code == 200, answer.text
    assert answer.json()["open"] == 4
    assert services.profiles.last.request.decisions[0].occupation == HOTEL_CLEANER


async def test_absent_and_forbidden_look_the_same(http: httpx.AsyncClient, site: Site) -> None:
    """A person who is not there and one who is somebody else's."""
    answer = await http.post(
        f"/v1/profiles/{OTHER_PROFILE}/suggestions", json={"text": "x"}, headers=site.bearer("counsellor")
    )
    assert (answer.status_code, answer.json()["reason"]) == (403, "ACCESS_DENIED")
    assert (await http.post(API, json={"text": "x"})).status_code == 401


async def upload(http: httpx.AsyncClient, base: str, text: str = "", file: bytes = b"") -> httpx.Response:
    """Send the page's form as a browser does."""
    form = (await http.get(f"{base}/import", headers={"Accept-Language": "en"})).text
    data = {"csrf_token": token_in(form), "form_id": "", "text": text}
    files = {"file": ("cv.pdf", file, "application/pdf")}
    return await http.post(f"{base}/import", data=data, files=files, headers={**OURS, "Accept-Language": "en"})


async def resolve(http: httpx.AsyncClient, base: str, **form: str) -> httpx.Response:
    """Send the verdicts as a browser does."""
    token = token_in((await http.get(f"{base}/import")).text)
    headers = {**OURS, "Accept-Language": "en"}
    return await http.post(f"{base}/import/resolve", data={"csrf_token": token, **form}, headers=headers)


async def test_a_seeker_sends_a_cv_and_confirms_what_is_right(http: httpx.AsyncClient, services: FakeServices) -> None:
    """From the file to the suggestions in words, to the verdicts, to the profile; each step says what it did."""
    await sign_in(http)
    sent = await upload(http, "/me", file=b"%PDF")
    assert sent.headers["location"] == "/me/import#notice"
    assert services.profiles.last.request.document.content == b"%PDF"
    shown = await page(http, "/me/import")
    assert "nothing is in the profile yet" in shown
    told = (
        "Siivooja <Oy>",
        "41 months",
        "hotel cleaner",
        "floors of stone",
        "Finnish",
        "B1",
        "Lukio",
        "hygiene passport",
    )
    assert [words for words in told if words not in shown] == []
    assert "Concluded from:" in shown
    form = {"verdict-s-1": "CONFIRMED", "occupation-s-1": HOTEL_CLEANER, "verdict-s-2": "REFUSED"}
    answered = await resolve(http, "/me", **form, **{"occupation-s-2": CLEANER})
    assert answered.headers["location"] == "/me/import#notice"
    request = services.profiles.last.request
    assert [(each.suggestion, each.verdict, each.occupation) for each in request.decisions] == [
        ("s-1", Decision.VERDICT_CONFIRMED, HOTEL_CLEANER),
        ("s-2", Decision.VERDICT_REFUSED, ""),
    ]
    assert request.others == Decision.VERDICT_UNSPECIFIED
    shown = await page(http, "/me/import")
    assert "What you confirmed is in the profile." in shown
    assert "s-1" not in shown
    assert "verdict-s-3" in shown


async def test_all_are_answered_together(http: httpx.AsyncClient, services: FakeServices) -> None:
    """One button for all that have no answer; a button pressed when nothing is open any more says so."""
    await sign_in(http)
    await upload(http, "/me", text="Siivooja")
    await resolve(http, "/me", others="CONFIRMED")
    assert services.profiles.last.request.others == Decision.VERDICT_CONFIRMED
    await page(http, "/me/import")
    await resolve(http, "/me", others="CONFIRMED")
    assert "answered on another page" in await page(http, "/me/import")


async def test_a_counsellor_does_the_same_for_a_client(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Under the client's pages, for the integration plan."""
    await sign_in(http, "counsellor")
    base = f"/people/{SEEKER_PROFILE}"
    sent = await upload(http, base, text="Siivooja")
    assert sent.headers["location"] == f"{base}/import#notice"
    assert services.profiles.last.request.purpose == Purpose.KIND_INTEGRATION_PLAN
    assert "Siivooja <Oy>" in await page(http, f"{base}/import")


async def test_what_is_wrong_with_a_document_is_said_in_words(http: httpx.AsyncClient, services: FakeServices) -> None:
    """An empty form, a document that cannot be read, and one in which nothing is."""
    await sign_in(http)
    empty = await upload(http, "/me")
    assert empty.status_code == 400
    assert "Choose a file, or paste the text of the CV." in empty.text
    services.profiles.failures["ImportDocument"] = InvalidArgument("DOCUMENT_ENCRYPTED", "internal words")
    locked = await upload(http, "/me", file=b"%PDF")
    assert "protected by a password" in locked.text
    assert "internal words" not in locked.text
    services.profiles.failures.clear()
    await upload(http, "/me", text="nothing")
    assert "Nothing new was found in the document." in await page(http, "/me/import")


async def test_a_foreign_site_cannot_send_a_cv(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Neither without the form's token nor from elsewhere (row 29)."""
    await sign_in(http)
    token = token_in((await http.get("/me/import")).text)
    files = {"file": ("cv.pdf", b"%PDF", "application/pdf")}
    wrong = await http.post("/me/import", data={"csrf_token": "x"}, files=files, headers=OURS)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    elsewhere = await http.post("/me/import", data={"csrf_token": token}, files=files, headers=foreign)
    assert (wrong.status_code, elsewhere.status_code) == (403, 403)
    assert not [call for call in services.profiles.calls if call.method == "ImportDocument"]


async def test_the_page_is_in_three_languages_and_labels_every_field(http: httpx.AsyncClient) -> None:
    """Each control has a label, each group of answers a legend."""
    await sign_in(http)
    await upload(http, "/me", text="Siivooja")
    for language, words in (("fi", "Tallenna vastaukset"), ("sv", "Spara svaren"), ("en", "Save the answers")):
        shown = (await http.get(f"/me/import?lang={language}")).text
        assert words in shown
        ids = set(re.findall(r'<(?:input|select|textarea) id="([^"]+)"', shown))
        assert ids <= set(re.findall(r'<label for="([^"]+)"', shown))
        assert shown.count("<fieldset") == shown.count("<legend") == 5
