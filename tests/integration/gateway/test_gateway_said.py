"""What a person says and contests over HTTP, replays, consents and runs over all people."""

import uuid

import httpx
import pytest
from polku.matching.v1.feedback_pb2 import Contest, Feedback
from polku.profiles.v1.consent_service_pb2 import VacancyConsent
from polku.type.v1.types_pb2 import Purpose

from tests.fakes.gateway_matches import DECISION, FIRST, LEFT_OUT
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site

PERSON = f"/v1/profiles/{SEEKER_PROFILE}"


async def test_a_word_on_an_opening_holds_for_the_next_list(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """PUT keeps it with its reason and list, the next list is without the opening, DELETE brings it back."""
    headers = site.bearer()
    key = str(uuid.uuid4())
    body = {"kind": "KIND_NOT_FITTING", "reason": "REASON_TRAVEL", "decision": DECISION}
    kept = await http.put(f"{PERSON}/feedback/{FIRST}", json=body, headers={**headers, "Idempotency-Key": key})
    assert (kept.status_code, kept.json()["kind"]) == (200, "KIND_NOT_FITTING")
    sent = services.matching.last.request
    assert (sent.request_id, sent.opening, sent.decision) == (key, f"openings/{FIRST}", DECISION)
    assert (sent.reason, sent.purpose) == (Feedback.REASON_TRAVEL, Purpose.KIND_JOB_MATCHING)
    listed = (await http.get(f"{PERSON}/matches", headers=headers)).json()
    assert f"openings/{FIRST}" not in [match["opening"]["name"] for match in listed["matches"]]
    assert listed["hiddenCount"] == 1
    words = (await http.get(f"{PERSON}/feedback?page_size=5", headers=headers)).json()["feedback"]
    assert [word["opening"] for word in words] == [f"openings/{FIRST}"]
    withdrawn = await http.delete(f"{PERSON}/feedback/{FIRST}", headers=headers)
    assert withdrawn.json() == {"withdrawn": True}
    assert (await http.delete(f"{PERSON}/feedback/{FIRST}", headers=headers)).json() == {}


async def test_a_contest_is_opened_listed_and_answered(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """A seeker opens it with the rule, the value and words; the counsellor finds it among the open ones and answers."""
    body = {"opening": f"openings/{LEFT_OUT}", "about": "language.speaking", "value": "B1", "words": "B2 since May."}
    made = await http.post(f"{PERSON}/contests", json=body, headers=site.bearer())
    assert made.status_code == 201
    assert body.items() <= made.json().items()
    name = made.json()["name"]
    counsellor = site.bearer("counsellor", sub="counsellor-1")
    waiting = (await http.get(f"{PERSON}/contests?open_only=true", headers=counsellor)).json()
    assert [contest["name"] for contest in waiting["contests"]] == [name]
    answer = {"answer": "ANSWER_PROFILE_CORRECTED", "words": "It is B2 now."}
    answered = await http.post(f"/v1/{name}:resolve", json=answer, headers=counsellor)
    assert (answered.status_code, answered.json()["answerWords"]) == (200, "It is B2 now.")
    assert services.matching.last.request.answer == Contest.ANSWER_PROFILE_CORRECTED
    assert (await http.get(f"{PERSON}/contests?open_only=true", headers=counsellor)).json() == {}
    assert len((await http.get(f"{PERSON}/contests", headers=site.bearer())).json()["contests"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", f"{PERSON}/feedback/{FIRST}", {"opening": f"openings/{LEFT_OUT}", "kind": "KIND_APPLIED"}, "opening"),
        ("PUT", f"{PERSON}/feedback/{FIRST}", {"createTime": "2026-11-02T07:15:00Z"}, "createTime"),
        ("POST", f"{PERSON}/contests", {"answer": "ANSWER_STANDS"}, "answer"),
        ("POST", f"{PERSON}/contests", {"profile": "profiles/x"}, "profile"),
        ("POST", f"/v1/contests/{FIRST}:resolve", {"name": f"contests/{LEFT_OUT}"}, "name"),
        ("PUT", f"{PERSON}/vacancy-consents/{FIRST}", {"answeredBy": "KIND_SELF"}, "answeredBy"),
        ("PUT", f"{PERSON}/vacancy-consents/{FIRST}", {"askedBy": {"role": "publisher"}}, "askedBy"),
        ("PUT", f"{PERSON}/vacancy-consents/{FIRST}", {"answerByTime": "2026-11-09T07:15:00Z"}, "answerByTime"),
    ],
)
async def test_a_body_does_not_say_what_the_path_or_the_service_says(
    http: httpx.AsyncClient,
    site: Site,
    services: FakeServices,
    method: str,
    path: str,
    body: dict[str, str],
    field: str,
) -> None:
    """Another opening, another person, an answer to one's own contest: refused by name, before a service is called."""
    answer = await http.request(method, path, json=body, headers=site.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (400, "PATH_DIFFERS")
    assert answer.json()["violations"][0]["field"] == field
    assert services.matching.calls == []
    assert services.profiles.calls == []


async def test_a_decision_is_worked_out_again(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """An auditor's replay is for audit, and says whether the list came out the same."""
    answer = await http.get(f"/v1/{DECISION}:replay", headers=site.bearer("auditor"))
    assert answer.json() == {
        "decision": {"name": DECISION, "eligibleCount": 6},
        "recomputed": True,
        "identical": True,
    }
    assert services.matching.last.request.purpose == Purpose.KIND_AUDIT


async def test_a_person_says_yes_to_a_vacancy(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """The answer goes to profiles as the person's own; the list of answers is there as well."""
    path = f"{PERSON}/vacancy-consents"
    given = await http.put(f"{path}/{FIRST}", json={"state": "STATE_GIVEN"}, headers=site.bearer())
    assert given.json()["state"] == "STATE_GIVEN"
    sent = services.profiles.last.request
    assert (sent.opening, sent.state) == (f"openings/{FIRST}", VacancyConsent.STATE_GIVEN)
    assert sent.purpose == Purpose.KIND_OWN_DATA
    assert len((await http.get(path, headers=site.bearer())).json()["consents"]) == 1


async def test_lists_for_all_are_started_followed_and_read(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """A run has its own address, which is its name; a prepared list is read like a list."""
    run = (await http.post("/v1/bulkRuns", headers=site.bearer("operator"))).json()
    assert (await http.get(f"/v1/{run['name']}", headers=site.bearer("operator"))).json() == run
    path = f"{PERSON}/prepared-matches?page_size=3&language=sv"
    listed = (await http.get(path, headers=site.bearer())).json()
    assert listed["decision"] == DECISION
    assert (services.matching.last.request.page_size, services.matching.last.request.language) == (3, "sv")
