"""Publishing and reading openings over HTTP."""

import uuid
from typing import Any

import httpx
import pytest

from services.gateway import examples
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import Site

KEY = {"X-API-Key": f"kid-1.{'s' * 43}"}
PATH = "/v1/publishers/kielo-jobs/vacancies/4711"


async def test_publishing_creates_then_updates(http: httpx.AsyncClient, services: FakeServices) -> None:
    """201 with Location and ETag for a new one, 200 for the same or a changed one, each with its outcome."""
    first = await http.put(PATH, json=examples.VACANCY, headers=KEY)
    assert (first.status_code, first.json()["outcome"]) == (201, "OUTCOME_CREATED")
    assert first.headers["location"] == f"/v1/{first.json()['opening']['name']}"
    assert first.headers["etag"] == '"1"'
    again = await http.put(PATH, json=examples.VACANCY, headers=KEY)
    assert (again.status_code, again.json()["outcome"]) == (200, "OUTCOME_UNCHANGED")
    other = {**examples.VACANCY, "titles": [{"language": "fi", "text": "Toinen"}]}
    changed = await http.put(PATH, json=other, headers=KEY)
    assert (changed.status_code, changed.json()["outcome"]) == (200, "OUTCOME_UPDATED")
    assert changed.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("kind", "example"),
    [("vacancies", examples.VACANCY), ("trainings", examples.TRAINING), ("services", examples.SERVICE)],
)
async def test_each_kind_has_its_own_path(
    http: httpx.AsyncClient, services: FakeServices, kind: str, example: dict[str, Any]
) -> None:
    """Publisher and id come from the path; the service is given the whole opening."""
    answer = await http.put(f"/v1/publishers/kielo-jobs/{kind}/a", json=example, headers=KEY)
    assert answer.status_code == 201
    sent = services.openings.last.request.opening
    assert (sent.publisher, sent.external_id) == ("kielo-jobs", "a")
    assert f"{sent.WhichOneof('detail')}s".replace("vacancys", "vacancies") == kind


@pytest.mark.parametrize("external_id", ["a/b:c", "a%2Fb%3Ac", "https://x.example/jobs/1", "~._-:", "x" * 200])
async def test_external_ids_may_hold_what_urls_hold(
    http: httpx.AsyncClient, services: FakeServices, external_id: str
) -> None:
    """Slashes and colons, plain or as %2F, belong to the id, in publishing and in withdrawing."""
    path = f"/v1/publishers/kielo-jobs/vacancies/{external_id}"
    assert (await http.put(path, json=examples.VACANCY, headers=KEY)).status_code == 201
    plain = external_id.replace("%2F", "/").replace("%3A", ":")
    assert services.openings.last.request.opening.external_id == plain
    withdrawn = await http.post(f"{path}:withdraw", headers=KEY)
    assert withdrawn.json()["state"] == "STATE_WITHDRAWN"
    assert services.openings.last.request.external_id == plain


@pytest.mark.parametrize("external_id", ["a%20b", "a%252Fb", "%C3%A4", "x" * 201, "a%00b", "%3Cscript%3E"])
async def test_other_external_ids_are_refused(http: httpx.AsyncClient, external_id: str) -> None:
    """Spaces, per cents, letters beyond ASCII, control characters and more than 200 characters are no ids."""
    answer = await http.put(f"/v1/publishers/kielo-jobs/vacancies/{external_id}", json=examples.VACANCY, headers=KEY)
    assert (answer.status_code, answer.json()["reason"]) == (400, "EXTERNAL_ID_INVALID")


async def test_checking_only_stores_nothing(http: httpx.AsyncClient, services: FakeServices) -> None:
    """validate_only is passed on; the answer is 200 because nothing was created."""
    answer = await http.put(f"{PATH}?validate_only=true", json=examples.VACANCY, headers=KEY)
    assert answer.status_code == 200
    assert services.openings.last.request.validate_only
    assert services.openings.stored == {}


async def test_what_the_path_says_the_body_may_not_contradict(http: httpx.AsyncClient) -> None:
    """Another publisher, another id or another kind in the body is refused with the field."""
    for field, value in (("publisher", "other"), ("externalId", "other")):
        answer = await http.put(PATH, json={**examples.VACANCY, field: value}, headers=KEY)
        assert (answer.status_code, answer.json()["violations"][0]["field"]) == (400, field)
    wrong = await http.put(PATH, json=examples.TRAINING, headers=KEY)
    assert (wrong.status_code, wrong.json()["violations"][0]["field"]) == (400, "training")
    same = {**examples.VACANCY, "publisher": "kielo-jobs", "externalId": "4711"}
    assert (await http.put(PATH, json=same, headers=KEY)).status_code == 201


async def test_the_idempotency_key_is_the_request_id(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Given, quoted or not, it is passed on; without one a new one is made; anything but a UUID is refused."""
    key = str(uuid.uuid4())
    for given in (key, f'"{key}"', key.upper()):
        await http.put(PATH, json=examples.VACANCY, headers={**KEY, "Idempotency-Key": given})
        assert services.openings.last.request.request_id == key
    await http.put(PATH, json=examples.VACANCY, headers=KEY)
    made = services.openings.last.request.request_id
    assert made != key
    assert uuid.UUID(made)
    refused = await http.put(PATH, json=examples.VACANCY, headers={**KEY, "Idempotency-Key": "mine"})
    assert (refused.status_code, refused.json()["reason"]) == (400, "IDEMPOTENCY_KEY_INVALID")


async def test_a_stale_etag_is_refused(http: httpx.AsyncClient, services: FakeServices) -> None:
    """In If-Match it is 412, in the body 409; both say the current one. The current one is let through."""
    await http.put(PATH, json=examples.VACANCY, headers=KEY)
    stale = await http.put(PATH, json=examples.VACANCY, headers={**KEY, "If-Match": '"9"'})
    assert (stale.status_code, stale.json()["reason"], stale.headers["etag"]) == (412, "ETAG_STALE", '"1"')
    body = await http.put(PATH, json={**examples.VACANCY, "etag": '"9"'}, headers=KEY)
    assert (body.status_code, body.json()["metadata"]["etag"]) == (409, '"1"')
    assert (await http.put(PATH, json=examples.VACANCY, headers={**KEY, "If-Match": '"1"'})).status_code == 200
    for wrong in ("*", '"1", "2"', "1", 'W/"1"'):
        answer = await http.put(PATH, json=examples.VACANCY, headers={**KEY, "If-Match": wrong})
        assert (answer.status_code, answer.json()["reason"]) == (400, "ETAG_INVALID")


async def test_deleting_answers_an_empty_object(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Deleted: 200; what is not there is refused like what is someone else's."""
    await http.put(PATH, json=examples.VACANCY, headers=KEY)
    gone = await http.delete(PATH, headers={**KEY, "If-Match": '"1"'})
    assert (gone.status_code, gone.json()) == (200, {})
    assert services.openings.last.request.etag == '"1"'
    assert (await http.delete(PATH, headers=KEY)).status_code == 403


async def test_the_partners_key_is_passed_on_as_it_is(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Both ways to send a key reach the service as PolkuKey, beside the gateway's own token; so does a user's token."""
    key = KEY["X-API-Key"]
    for headers in (KEY, {"Authorization": f"PolkuKey {key}"}):
        await http.put(PATH, json=examples.VACANCY, headers=headers)
        metadata = services.openings.last.metadata
        assert metadata["authorization"] == f"PolkuKey {key}"
        assert metadata["x-polku-service"].count(".") == 2
        assert metadata["traceparent"].startswith("00-")


async def test_openings_are_read_without_credentials(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Lists and single openings are public; the filters and the page reach the service."""
    made = await http.put(PATH, json=examples.VACANCY, headers=KEY)
    name = made.json()["opening"]["name"]
    one = await http.get(f"/v1/{name}")
    assert (one.status_code, one.json()["name"], one.headers["etag"]) == (200, name, '"1"')
    listed = await http.get("/v1/openings?kind=vacancy&municipality=049&publisher=kielo-jobs&page_size=7&page_token=t")
    assert listed.json()["nextPageToken"] == "next"
    sent = services.openings.last.request
    assert (sent.page_size, sent.page_token, sent.municipality, sent.publisher) == (7, "t", "049", "kielo-jobs")
    assert sent.kind == 1
    assert "authorization" not in services.openings.last.metadata


async def test_an_operator_makes_and_ends_keys(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """Publishers and keys need a token; the secret is in no cache."""
    operator = site.bearer("operator")
    made = await http.post("/v1/publishers", json={"id": "kielo-jobs", "displayName": "Kielo"}, headers=operator)
    assert (made.status_code, made.json()["displayName"]) == (201, "Kielo")
    key = await http.post("/v1/publishers/kielo-jobs/keys", headers=operator)
    assert (key.status_code, key.json()["key"], key.headers["cache-control"]) == (201, "k1.shown-once", "no-store")
    ended = await http.delete("/v1/publishers/kielo-jobs/keys/k1", headers=operator)
    assert (ended.status_code, ended.json()) == (200, {})
    assert services.openings.last.request.kid == "k1"
    assert (await http.post("/v1/publishers", json={}, headers=KEY)).status_code == 401
