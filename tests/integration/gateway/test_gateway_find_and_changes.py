"""The counsellor's page that finds a person, and the person's page of what was changed."""

import httpx
import pytest
from polku.profiles.v1 import access_service_pb2
from polku.profiles.v1.profile_service_pb2 import Change
from polku.type.v1.types_pb2 import Purpose

from services.gateway.change_pages import FIELDS
from services.profiles.domain.identity import KIND_OF_PART
from services.profiles.domain.policy import KIND_OF_PATH
from shared.kernel.errors import InvalidArgument
from tests.fakes.gateway import NOON
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

FIND = "/caseload/find"
Relation = access_service_pb2.Relation


async def find(http: httpx.AsyncClient, wanted: str, language: str = "en") -> httpx.Response:
    """Send the form."""
    token = token_in((await http.get(FIND)).text)
    headers = {**OURS, "Accept-Language": language}
    return await http.post(FIND, data={"csrf_token": token, "wanted": wanted}, headers=headers)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Find a person"), ("fi", "Etsi henkilö"), ("sv", "Sök en person")]
)
async def test_a_counsellor_finds_a_person_by_name(
    http: httpx.AsyncClient, services: FakeServices, language: str, title: str
) -> None:
    """Name, reference and language of who is found, with the way to their pages; the name is in no address."""
    services.profiles.name(SEEKER_PROFILE, "Olena <b>", "Esimerkki")
    await sign_in(http, "counsellor")
    assert title in await page(http, "/caseload", language) or title in await page(http, FIND, language)

    answer = await find(http, "esimerkki", language)

    assert answer.status_code == 200
    assert f'href="/people/{SEEKER_PROFILE}"' in answer.text
    assert "Olena &lt;b&gt; Esimerkki" in answer.text
    assert "K-1042" in answer.text
    assert str(answer.url).endswith(FIND)
    assert answer.headers["cache-control"] == "no-store"


async def test_digits_are_a_code_and_letters_a_name(http: httpx.AsyncClient, services: FakeServices) -> None:
    """One field takes both; what was asked for is not shown again."""
    await sign_in(http, "counsellor")
    coded, named = await find(http, "020285-901W"), await find(http, " Nobody Here ")
    asked = [call.request for call in services.profiles.calls if call.method == "FindPeople"]
    assert [(each.person_id, each.name) for each in asked] == [("020285-901W", ""), ("", "Nobody Here")]
    assert "020285" not in coded.text
    assert "Nobody was found." in named.text


async def test_what_cannot_be_looked_for_is_asked_for_again(http: httpx.AsyncClient, services: FakeServices) -> None:
    """An empty field, a text that is too long, and what the service refuses."""
    await sign_in(http, "counsellor")
    services.profiles.failures["FindPeople"] = InvalidArgument("NAME_NOT_SEARCHABLE", "One to eight names.")
    for wanted in ("", "a" * 201, "!?"):
        answer = await find(http, wanted)
        assert (answer.status_code, "Write whole names" in answer.text) == (400, True)


async def test_a_colleagues_client_leads_to_the_reason(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Their pages are not open to the counsellor; the form of break-glass is."""
    services.profiles.name(SEEKER_PROFILE, "Olena", "Esimerkki")
    services.profiles.found_as = Relation.KIND_SAME_UNIT
    await sign_in(http, "counsellor")
    answer = await find(http, "olena")
    assert f'href="/break-glass?person={SEEKER_PROFILE}"' in answer.text
    assert "A colleague’s client" in answer.text


@pytest.mark.parametrize("user", ["seeker", "publisher", "operator", "auditor"])
async def test_others_have_no_such_page(http: httpx.AsyncClient, user: str) -> None:
    """Finding is for counsellors."""
    await sign_in(http, user)
    assert (await http.get(FIND)).status_code == 403


def a_change(path: str = "emails", **more: object) -> Change:
    """A change by the person's counsellor."""
    usual = {
        "time": NOON,
        "path": path,
        "role": "counsellor",
        "unit": "leppavaara",
        "relation": Relation.KIND_ASSIGNED_COUNSELLOR,
        "subject": "counsellor-secret",
        "origin": Change.ORIGIN_ENTERED,
        "old_value": "null",
        "new_value": '["a@example.fi", "b@example.fi"]',
    }
    return Change(**{**usual, **more})  # type: ignore[arg-type]  # fields of the message


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("E-mail", "Your counsellor", "After")), ("fi", ("Sähköposti", "Jälkeen")), ("sv", ("E-post", "Efter"))],
)
async def test_the_person_sees_what_was_changed_and_by_whom(
    http: httpx.AsyncClient, services: FakeServices, language: str, words: tuple[str, ...]
) -> None:
    """The field and the role in words, the unit, and values that are words; no subject, no code, no JSON."""
    services.profiles.changes[:] = [
        a_change(),
        a_change("work.limits.max_travel_minutes", old_value="45", new_value="60"),
        a_change("work.skills", new_value='[{"skill": {"text": "x"}}]', origin=Change.ORIGIN_DOCUMENT),
    ]
    await sign_in(http)
    shown = await page(http, "/me/changes", language)
    for word in (*words, "leppavaara", "a@example.fi, b@example.fi", "2026"):
        assert word in shown
    for hidden in ("counsellor-secret", "KIND_", "ORIGIN_", "{", "null", "work."):
        assert hidden not in shown.split("<main")[1]
    assert services.profiles.last.request.purpose == Purpose.KIND_OWN_DATA


async def test_long_values_are_cut_and_markup_is_text(http: httpx.AsyncClient, services: FakeServices) -> None:
    """A value is shown up to 200 characters, escaped."""
    services.profiles.changes[:] = [a_change("given_names", new_value=f'"<i>{"x" * 300}"')]
    await sign_in(http)
    shown = (await http.get("/me/changes")).text
    assert "&lt;i&gt;" in shown
    assert "x" * 201 not in shown


async def test_the_log_leads_to_the_changes(http: httpx.AsyncClient, services: FakeServices) -> None:
    """From who has looked to what was changed; with nothing changed the page says so."""
    await sign_in(http)
    assert 'href="/me/changes"' in await page(http, "/me/access-log")
    assert "Nothing has been changed." in await page(http, "/me/changes")


def test_every_field_has_words() -> None:
    """Each field that can change is named on the page."""
    assert set(FIELDS) == set(KIND_OF_PATH) | set(KIND_OF_PART)
