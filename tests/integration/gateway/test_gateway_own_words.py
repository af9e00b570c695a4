"""Writers are told which of their words the match leaves out, on a page and over the API."""

import httpx
from polku.matching.v1.text_service_pb2 import PersonalWords
from polku.profiles.v1.profile_pb2 import WorkExperience
from polku.type.v1.types_pb2 import LocalizedText, Purpose

from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import page, sign_in

WORDS = "Muutin Somaliasta ja olen työskennellyt siivoojana."


def tell(services: FakeServices) -> None:
    """Put texts into the seeker's profile: one with personal words, one without."""
    work = services.profiles.stored[f"profiles/{SEEKER_PROFILE}"].work
    work.summaries.append(LocalizedText(language="fi", text=WORDS))
    work.experiences.append(WorkExperience(tasks="Siivosin toimistoja."))


async def test_a_writer_sees_the_words_marked_and_named(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Only texts with something to tell are shown, in the reader's language, and the list leads there."""
    tell(services)
    await sign_in(http)
    assert 'href="/me/words"' in await page(http, "/me")
    text = await page(http, "/me/words", "fi")
    assert '<mark title="kansalaisuus tai alkuperä">Somaliasta</mark>' in text
    assert "Pois jätetty: kansalaisuus tai alkuperä" in text
    assert "Siivosin toimistoja" not in text
    read = next(call.request for call in services.profiles.calls if call.method == "GetProfile")
    assert read.purpose == Purpose.KIND_OWN_DATA
    sent = services.matching.last.request
    assert list(sent.texts) == [WORDS, "Siivosin toimistoja."]


async def test_a_counsellor_sees_the_same_of_a_client(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Read for job matching, and told in the third person."""
    tell(services)
    await sign_in(http, "counsellor")
    text = await page(http, f"/people/{SEEKER_PROFILE}/words")
    assert '<mark title="nationality or origin">Somaliasta</mark>' in text
    assert "words that say who the person is" in text
    read = next(call.request for call in services.profiles.calls if call.method == "GetProfile")
    assert read.purpose == Purpose.KIND_JOB_MATCHING


async def test_where_nothing_is_found_the_page_says_so(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Without texts, and with texts that say nothing of the kind."""
    await sign_in(http)
    assert "There are no own words in the profile yet." in await page(http, "/me/words")
    work = services.profiles.stored[f"profiles/{SEEKER_PROFILE}"].work
    work.summaries.append(LocalizedText(language="fi", text="Siivosin."))
    assert "Nothing is left out" in await page(http, "/me/words")


async def test_long_texts_are_asked_in_portions(http: httpx.AsyncClient, services: FakeServices) -> None:
    """No request has more than the service takes."""
    work = services.profiles.stored[f"profiles/{SEEKER_PROFILE}"].work
    work.summaries.extend(LocalizedText(language="fi", text="ä" * 12_000) for _ in range(5))
    await sign_in(http)
    await page(http, "/me/words")
    sent = [len(call.request.texts) for call in services.matching.calls if call.method == "CheckTexts"]
    assert sent == [2, 2, 1]


async def test_texts_are_checked_over_the_api(http: httpx.AsyncClient, site: Site) -> None:
    """Each text gets what was found in it, with its place; without a token there is no answer."""
    body = {"texts": [WORDS, "Siivosin."]}
    answer = await http.post("/v1/texts:check", json=body, headers=site.bearer())
    assert answer.status_code == 200
    first, second = answer.json()["texts"]
    kind = PersonalWords.Kind.Name(PersonalWords.KIND_NATIONALITY)
    assert first == {"found": [{"kind": kind, "span": {"start": 7, "end": 17, "words": "Somaliasta"}}]}
    assert second == {}
    assert (await http.post("/v1/texts:check", json=body)).status_code == 401
