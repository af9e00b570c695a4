"""Who has looked at my data: the person's page, supervision's page, and the API of the access log."""

import re

import httpx
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1.access_service_pb2 import Access, Data, Relation
from polku.type.v1.types_pb2 import Purpose

from shared.kernel.errors import PermissionDenied
from tests.fakes.gateway import NOON
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import page, sign_in

PERSON = f"/v1/profiles/{SEEKER_PROFILE}/access-log"
DAY = 24 * 60 * 60


def a_look(days_ago: int = 0, **more: object) -> Access:
    """A reading by the person's counsellor."""
    usual = {
        "time": Timestamp(seconds=NOON.seconds - days_ago * DAY),
        "purpose": Purpose.KIND_INTEGRATION_PLAN,
        "role": "counsellor",
        "unit": "leppavaara",
        "relation": Relation.KIND_ASSIGNED_COUNSELLOR,
        "method": "polku.profiles.v1.ProfileService/GetProfile",
        "data": [Data.KIND_CASE, Data.KIND_WORK],
    }
    return Access(**{**usual, **more})  # type: ignore[arg-type]  # fields of the message


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Your counsellor", "Counselling and the plan made with you", "case reference and language, work")),
        ("fi", ("Oma valmentajasi", "Ohjaus ja kanssasi tehty suunnitelma", "asian tunnus ja kieli, työ, osaaminen")),
        ("sv", ("Din handledare", "Handledning och planen som gjorts", "ärendets beteckning och språk, arbete")),
    ],
)
async def test_the_person_sees_who_what_for_and_which_data(
    http: httpx.AsyncClient, services: FakeServices, language: str, words: tuple[str, ...]
) -> None:
    """Role, unit, purpose and kinds of data in words of the person's language, under the day; no reader, no codes."""
    services.profiles.accesses = [a_look(reader="counsellor-secret")]
    await sign_in(http)

    shown = await page(http, "/me/access-log", language)

    for word in (*words, "leppavaara", "2026"):
        assert word in shown
    for hidden in ("counsellor-secret", "GetProfile", "KIND_"):
        assert hidden not in shown


async def test_looks_of_a_day_for_one_purpose_are_one(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Three calls of one visit are one entry with all its kinds of data; another day, purpose or unit is another."""
    services.profiles.accesses = [
        a_look(data=[Data.KIND_MATCHES]),
        a_look(),
        a_look(data=[Data.KIND_WORK]),
        a_look(purpose=Purpose.KIND_JOB_MATCHING),
        a_look(days_ago=1, unit="matinkyla"),
    ]
    await sign_in(http)

    shown = await page(http, "/me/access-log")

    assert len(re.findall(r"<h2 id=\"day-", shown)) == 2
    assert len(re.findall(r"<h3>Your counsellor", shown)) == 3
    assert "3 times that day" in shown
    assert "case reference and language, work, skills and goals, what was found for you, with reasons" in shown


async def test_own_visits_are_shown_when_asked_for(http: httpx.AsyncClient, services: FakeServices) -> None:
    """They are left out at first, and the choice lasts over the pages."""
    own = a_look(relation=Relation.KIND_SELF, role="seeker", unit="", purpose=Purpose.KIND_OWN_DATA)
    services.profiles.accesses = [own]
    services.profiles.next_page_token = "following"
    await sign_in(http)

    without = await page(http, "/me/access-log")
    with_own = await page(http, "/me/access-log?own=1")

    assert "Nobody but you has looked." in without
    assert "Your own use" in with_own
    assert re.search(r"/me/access-log\?page_token=following&own=1", with_own)


async def test_every_relation_and_role_has_words(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Whoever read, the page says it in words: none of them is shown as a code."""
    relations = [value for value in Relation.Kind.values() if value != Relation.KIND_UNSPECIFIED]
    services.profiles.accesses = [
        *(a_look(relation=relation) for relation in relations),
        *(a_look(relation=0, role=role) for role in ("operator", "publisher", "counsellor")),
        a_look(data=Data.Kind.values()[1:]),
        a_look(data=[], purpose=Purpose.KIND_AUDIT),
    ]
    await sign_in(http)

    shown = await page(http, "/me/access-log?own=1")

    assert len(re.findall(r"<h3>[A-Z]", shown)) == len(relations) + 3 + 1
    assert "KIND_" not in shown
    assert "Nothing was shown" in shown


async def test_counsellors_have_no_such_page(http: httpx.AsyncClient, site: Site) -> None:
    """The person's log is for the person; a counsellor's pages have no address for it."""
    await sign_in(http, "counsellor")

    assert (await http.get(f"/people/{SEEKER_PROFILE}/access-log")).status_code == 404
    assert (await http.get("/me/access-log")).status_code == 403


async def test_an_auditor_searches_and_finds_who_tried(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Entries with reader, person and refusal; what is asked for reaches the service; heads are shown to be kept."""
    services.profiles.supervised = [
        a_look(reader="counsellor-9", profile=f"profiles/{SEEKER_PROFILE}", refused=True, relation=0, data=[])
    ]
    services.profiles.next_page_token = "following"
    arrived = await sign_in(http, "auditor")
    assert arrived.headers["location"] == "/supervision"

    shown = await page(http, f"/supervision?person={SEEKER_PROFILE}&reader=counsellor-9&refused=1")

    for word in ("counsellor-9", SEEKER_PROFILE, "Denied", "GetProfile", "9f" * 32):
        assert word in shown
    asked = next(call for call in services.profiles.calls if call.method == "SearchAccesses").request
    assert (asked.profile, asked.reader, asked.refused_only) == (f"profiles/{SEEKER_PROFILE}", "counsellor-9", True)
    assert f"person={SEEKER_PROFILE}&reader=counsellor-9&refused=1&page_token=following" in shown


async def test_what_is_no_id_finds_nobody(http: httpx.AsyncClient, services: FakeServices) -> None:
    """The page says that nothing was found; the service is not asked for it."""
    await sign_in(http, "auditor")

    shown = await page(http, "/supervision?person=Amina")

    assert "Nothing was found." in shown
    assert "SearchAccesses" not in [call.method for call in services.profiles.calls]


async def test_supervision_is_for_auditors(http: httpx.AsyncClient, site: Site) -> None:
    """Nobody else gets the page."""
    await sign_in(http, "counsellor")

    assert (await http.get("/supervision")).status_code == 403


async def test_the_log_over_http(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """A person's readings, the search with its period, and the heads."""
    seeker, auditor = site.bearer(), site.bearer("auditor", sub="auditor-1")
    await http.get(f"{PERSON}?others_only=true&page_size=5", headers=seeker)
    sent = services.profiles.last.request
    assert (sent.profile, sent.others_only, sent.page_size) == (f"profiles/{SEEKER_PROFILE}", True, 5)
    query = {"reader": "counsellor-9", "begin_time": "2026-11-01T00:00:00Z", "refused_only": "true"}

    found = await http.get("/v1/access-log", params=query, headers=auditor)

    assert found.status_code == 200
    sent = services.profiles.last.request
    assert (sent.reader, sent.refused_only, sent.profile) == ("counsellor-9", True, "")
    assert sent.begin_time.ToJsonString() == "2026-11-01T00:00:00Z"
    assert not sent.HasField("end_time")
    heads = (await http.get("/v1/access-log/heads", headers=auditor)).json()["heads"]
    assert heads == [{"position": "48213", "digest": "9f" * 32, "time": NOON.ToJsonString(), "signature": "a.b.c"}]


@pytest.mark.parametrize("instant", ["yesterday", "2026-11-01", "2026-11-01T00:00:00"])
async def test_an_instant_needs_its_time_zone(http: httpx.AsyncClient, site: Site, instant: str) -> None:
    """A begin that is no instant, or whose time zone is open, is refused by name."""
    answer = await http.get(
        "/v1/access-log", params={"begin_time": instant}, headers=site.bearer("auditor", sub="auditor-1")
    )

    assert answer.status_code == 400
    assert (answer.json()["reason"], "begin_time" in answer.text) == ("TIME_INVALID", True)


async def test_a_refusal_of_the_service_is_passed_on(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Whoever may not search learns no more than that."""
    services.profiles.failures["SearchAccesses"] = PermissionDenied("ROLE_NOT_ALLOWED", "For auditors.")

    answer = await http.get("/v1/access-log", headers=site.bearer("counsellor", sub="counsellor-1"))

    assert (answer.status_code, answer.json()["reason"]) == (403, "ROLE_NOT_ALLOWED")
