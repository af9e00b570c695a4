"""Who people are, over HTTP: names in no address, the history, finding."""

import uuid

import httpx
import pytest
from polku.profiles.v1 import profile_service_pb2
from polku.type.v1.types_pb2 import Purpose

from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import OTHER_PROFILE, SEEKER_PROFILE, Site

PERSON = f"/v1/profiles/{SEEKER_PROFILE}"
KEY = str(uuid.UUID(int=9, version=4))


@pytest.mark.parametrize(
    ("role", "purpose"), [("seeker", Purpose.KIND_OWN_DATA), ("counsellor", Purpose.KIND_INTEGRATION_PLAN)]
)
async def test_reading_says_what_it_is_for(
    http: httpx.AsyncClient, site: Site, services: FakeServices, role: str, purpose: int
) -> None:
    """A seeker reads their own data, a counsellor for the plan; before anything is stored there is no etag."""
    before = await http.get(f"{PERSON}/identity", headers=site.bearer(role))
    services.profiles.name(SEEKER_PROFILE, "Olena", "Esimerkki")
    after = await http.get(f"{PERSON}/identity", headers=site.bearer(role))

    assert services.profiles.last.request.purpose == purpose
    assert ("etag" in before.headers, after.headers["etag"]) == (False, '"1"')
    assert after.json()["familyName"] == "Esimerkki"
    assert after.headers["cache-control"] == "no-store"


async def test_a_change_takes_what_the_body_sets(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """The mask comes from the body or from the query; the etag from If-Match, the id from Idempotency-Key."""
    headers = {**site.bearer(), "If-Match": '"3"', "Idempotency-Key": KEY}
    body = {"emails": ["a@example.fi"], "address": {"city": "Espoo"}}
    answer = await http.patch(f"{PERSON}/identity", json=body, headers=headers)
    sent = services.profiles.last.request
    assert (answer.status_code, sent.request_id, sent.identity.etag) == (200, KEY, '"3"')
    assert list(sent.update_mask.paths) == ["emails", "address.city"]
    assert sent.identity.profile == f"profiles/{SEEKER_PROFILE}"

    await http.patch(f"{PERSON}/identity?update_mask=givenNames,person_id", json={}, headers=site.bearer())
    assert list(services.profiles.last.request.update_mask.paths) == ["given_names", "person_id"]


async def test_another_person_in_the_body_is_refused(http: httpx.AsyncClient, site: Site) -> None:
    """The path says whom it is about."""
    body = {"profile": f"profiles/{OTHER_PROFILE}", "givenNames": "A"}
    answer = await http.patch(f"{PERSON}/identity", json=body, headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (400, "PATH_DIFFERS")


async def test_people_are_found_without_a_name_in_an_address(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """The query is a body; it is not repeated in the answer; two queries at once are refused."""
    services.profiles.name(SEEKER_PROFILE, "Olena", "Esimerkki")
    found = await http.post("/v1/people:find", json={"name": "esimerkki"}, headers=site.bearer("counsellor"))
    assert [each["profile"] for each in found.json()["people"]] == [f"profiles/{SEEKER_PROFILE}"]
    both = {"name": "esimerkki", "personId": "020285-901W"}
    refused = await http.post("/v1/people:find", json=both, headers=site.bearer("counsellor"))
    assert refused.status_code == 400
    in_address = await http.post("/v1/people:find?name=esimerkki", json={}, headers=site.bearer("counsellor"))
    assert in_address.json()["reason"] == "PARAMETER_UNKNOWN"


async def test_changes_are_listed(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Page by page, for a purpose."""
    services.profiles.changes.append(
        profile_service_pb2.Change(path="work.skills", role="seeker", old_value="null", new_value="[]")
    )
    answer = await http.get(f"{PERSON}/changes?page_size=7", headers=site.bearer("auditor"))
    assert answer.json()["changes"] == [{"path": "work.skills", "role": "seeker", "oldValue": "null", "newValue": "[]"}]
    assert services.profiles.last.request.page_size == 7
    assert services.profiles.last.request.purpose == Purpose.KIND_AUDIT


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PERSON}/identity"),
        ("PATCH", f"{PERSON}/identity"),
        ("GET", f"{PERSON}/changes"),
        ("POST", "/v1/people:find"),
    ],
)
async def test_without_a_token_nothing_is_told(
    http: httpx.AsyncClient, services: FakeServices, method: str, path: str
) -> None:
    """No service is even asked."""
    answer = await http.request(method, path, json={} if method != "GET" else None)
    assert answer.status_code == 401
    assert services.profiles.calls == []
