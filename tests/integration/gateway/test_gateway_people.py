"""Calls about persons over HTTP: profiles and their matches."""

import httpx
import pytest
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.type.v1.types_pb2 import Purpose

from services.gateway import examples
from tests.fakes.gateway_matches import FIRST, LEFT_OUT
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site

PERSON = f"/v1/profiles/{SEEKER_PROFILE}"


async def test_a_profile_is_created(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """201 with Location and ETag; whose it is comes as a parameter; the user's token goes on to the service."""
    headers = site.bearer("counsellor")
    answer = await http.post("/v1/profiles?owner_subject=user-9", json=examples.PROFILE, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/{answer.json()['name']}"
    assert answer.headers["etag"] == answer.json()["etag"]
    sent = services.profiles.last
    assert sent.request.owner_subject == "user-9"
    assert sent.request.profile.work.limits.max_travel_minutes == 45
    assert sent.metadata["authorization"] == headers["Authorization"]


@pytest.mark.parametrize(
    ("role", "query", "purpose"),
    [
        ("seeker", "", Purpose.KIND_OWN_DATA),
        ("counsellor", "", Purpose.KIND_JOB_MATCHING),
        ("auditor", "", Purpose.KIND_AUDIT),
        ("counsellor", "?purpose=KIND_INTEGRATION_PLAN", Purpose.KIND_INTEGRATION_PLAN),
    ],
)
async def test_every_read_says_what_it_is_for(
    http: httpx.AsyncClient, site: Site, services: FakeServices, role: str, query: str, purpose: int
) -> None:
    """The purpose is the caller's, or the usual one of their role."""
    answer = await http.get(PERSON + query, headers=site.bearer(role))
    assert answer.status_code == 200
    assert services.profiles.last.request.purpose == purpose


async def test_a_seekers_own_matches_are_for_job_matching(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Reading one's own list is job matching; an unknown purpose is refused."""
    await http.get(f"{PERSON}/matches", headers=site.bearer())
    assert services.matching.last.request.purpose == Purpose.KIND_JOB_MATCHING
    wrong = await http.get(f"{PERSON}/matches?purpose=CURIOSITY", headers=site.bearer())
    assert (wrong.status_code, wrong.json()["reason"]) == (400, "PURPOSE_INVALID")


@pytest.mark.parametrize(
    ("body", "query", "paths"),
    [
        ({"work": {"skills": [], "goals": {"text": "x"}}, "caseReference": "K-2"}, "",
         ["work.skills", "work.goals.text", "case_reference"]),
        ({"name": f"profiles/{SEEKER_PROFILE}", "etag": '"1"', "version": "1"}, "", ["version"]),
        ({"work": {}}, "?update_mask=work.rightToWork,choices", ["work.right_to_work", "choices"]),
    ],
)  # fmt: skip
async def test_a_change_names_its_fields(
    http: httpx.AsyncClient,
    site: Site,
    services: FakeServices,
    body: dict[str, object],
    query: str,
    paths: list[str],
) -> None:
    """The mask is the one given, in either spelling, or what the body sets: fields of the service are not hidden."""
    answer = await http.patch(PERSON + query, json=body, headers=site.bearer())
    assert answer.status_code == 200
    assert list(services.profiles.last.request.update_mask.paths) == paths


async def test_a_change_of_a_stale_copy_is_refused(http: httpx.AsyncClient, site: Site) -> None:
    """If-Match with an older etag is 412; another profile's name in the body is refused."""
    stale = await http.patch(PERSON, json={"work": {}}, headers={**site.bearer(), "If-Match": '"7"'})
    assert (stale.status_code, stale.json()["reason"]) == (412, "ETAG_STALE")
    current = await http.patch(PERSON, json={"work": {}}, headers={**site.bearer(), "If-Match": '"1"'})
    assert (current.status_code, current.headers["etag"]) == (200, '"2"')
    other = await http.patch(PERSON, json={"name": "profiles/x"}, headers=site.bearer())
    assert (other.status_code, other.json()["violations"][0]["field"]) == (400, "name")


async def test_a_person_is_assigned_and_shown_in_the_caseload(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Assigning answers the assignment; the caseload and the access log are lists."""
    body = {"counsellor": "counsellor-1", "unit": "leppavaara"}
    assigned = await http.post(f"{PERSON}:assign", json=body, headers=site.bearer("counsellor"))
    assert (assigned.status_code, assigned.json()["counsellor"]) == (200, "counsellor-1")
    assert services.profiles.last.request.name == f"profiles/{SEEKER_PROFILE}"
    caseload = await http.get("/v1/caseload?page_size=5", headers=site.bearer("counsellor"))
    assert caseload.json()["entries"][0]["caseReference"] == "K-1042"
    assert services.profiles.last.request.page_size == 5
    accesses = await http.get(f"{PERSON}/access-log", headers=site.bearer())
    assert accesses.json()["accesses"][0]["role"] == "counsellor"
    renamed = await http.post(f"{PERSON}:assign", json={**body, "name": "profiles/x"}, headers=site.bearer())
    assert renamed.status_code == 400


async def test_matches_are_asked_for_as_the_query_says(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Kind, municipality, page and language reach the service; the language falls back to the browser's."""
    query = "kind=training&municipality=049&page_size=3&page_token=t&language=sv"
    answer = await http.get(f"{PERSON}/matches?{query}", headers=site.bearer())
    assert [match["opening"]["kind"] for match in answer.json()["matches"]] == ["VALUE_TRAINING"]
    sent = services.matching.last.request
    assert (sent.kind, sent.municipality, sent.page_size) == (OpeningKind.VALUE_TRAINING, "049", 3)
    assert (sent.page_token, sent.language) == ("t", "sv")
    await http.get(f"{PERSON}/matches", headers={**site.bearer(), "Accept-Language": "de, fi;q=0.8"})
    assert services.matching.last.request.language == "fi"
    await http.get(f"{PERSON}/matches", headers={**site.bearer(), "Accept-Language": "uk, fi;q=0.8"})
    assert services.matching.last.request.language == "uk"


async def test_everything_that_explains_a_match_is_there(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """What was left out, one opening beside the person, next steps, the question, a decision."""
    headers = site.bearer()
    excluded = (await http.get(f"{PERSON}/excluded?language=en", headers=headers)).json()
    assert excluded["excludedByRule"] == {"shift.night": 2, "language.speaking": 2}
    fits = (await http.get(f"{PERSON}/matches/{FIRST}", headers=headers)).json()
    assert fits["eligible"] is True
    assert services.matching.last.request.opening == f"openings/{FIRST}"
    not_fits = (await http.get(f"{PERSON}/matches/{LEFT_OUT}", headers=headers)).json()
    assert "eligible" not in not_fits  # false is JSON's default here, and left out
    steps = (await http.get(f"{PERSON}/next-steps", headers=headers)).json()
    assert steps["steps"][0]["openingsOpened"] == 14
    question = (await http.get(f"{PERSON}/question", headers=headers)).json()
    assert question["question"]["field"] == "work.licences"
    decision = (await http.get(f"/v1/decisions/{SEEKER_PROFILE}", headers=headers)).json()
    assert decision["name"] == f"decisions/{SEEKER_PROFILE}"
