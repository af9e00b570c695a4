"""What a person may do with what is kept of them: over the API and on the pages."""

import json

import httpx

from tests.fakes.gateway_rights import LAW
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE, Site
from tests.integration.gateway.browsing import OURS, page, sign_in, token_in

PATH = f"/v1/profiles/{SEEKER_PROFILE}"


async def test_an_export_has_what_every_service_keeps(
    http: httpx.AsyncClient, site: Site, services: FakeServices
) -> None:
    """Profile, identity, history, answers, readings: all read in the person's name and for their own use."""
    answer = await http.post(f"{PATH}:export", headers=site.bearer())
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["profile"]["caseReference"] == "K-1042"
    assert made["accesses"]
    asked = {call.method for call in (*services.profiles.calls, *services.matching.calls)}
    assert asked >= {
        "GetProfile", "GetIdentity", "ListChanges", "ListVacancyConsents", "ListAssignments", "ListOverrides",
        "ListAccesses", "ListFeedback", "ListContests",
    }  # fmt: skip
    asking = services.profiles.calls[0].metadata["authorization"]
    assert {call.metadata["authorization"] for call in services.matching.calls} == {asking}


async def test_a_dry_run_is_told_apart(http: httpx.AsyncClient, site: Site, services: FakeServices) -> None:
    """`dryRun` goes through; profile and purpose are the path's and the query's, and refused in the body."""
    planned = (await http.post(f"{PATH}:erase", json={"dryRun": True}, headers=site.bearer())).json()
    assert planned["stays"][0]["law"] == LAW
    assert "eraseTime" not in planned
    assert services.profiles.last.request.dry_run
    refused = await http.post(f"{PATH}:erase", json={"profile": "profiles/x"}, headers=site.bearer())
    assert refused.status_code == 400
    done = (await http.post(f"{PATH}:erase", json={}, headers=site.bearer())).json()
    assert done["eraseTime"]


async def test_the_page_says_what_goes_and_what_stays_before_it_asks(http: httpx.AsyncClient) -> None:
    """In each language; the law is escaped; of data of which there is nothing nothing is said."""
    await sign_in(http)
    for language, words in (("en", "Erase my data"), ("fi", "Poista tietoni"), ("sv", "Radera mina uppgifter")):
        text = await page(http, "/me/rights", language)
        assert words in text
        assert LAW in text
    raw = (await http.get("/me/rights", headers={"Accept-Language": "en"})).text
    assert "Act &lt;906/2019&gt;" in raw
    assert "Your name and contact details" not in raw


async def test_nothing_is_erased_without_being_sure(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Without the tick the page says so; with it the person is gone and signed out."""
    await sign_in(http)
    token = token_in((await http.get("/me/rights")).text)
    unsure = await http.post("/me/rights/erase", data={"csrf_token": token}, headers=OURS)
    assert unsure.status_code == 400
    assert 'role="alert"' in unsure.text
    assert f"profiles/{SEEKER_PROFILE}" in services.profiles.stored
    done = await http.post("/me/rights/erase", data={"csrf_token": token, "sure": "yes"}, headers=OURS)
    assert (done.status_code, done.headers["location"]) == (303, "/erased")
    assert f"profiles/{SEEKER_PROFILE}" not in services.profiles.stored
    assert (await http.get("/me")).status_code == 303
    assert "erased" in await page(http, "/erased")


async def test_a_law_that_holds_is_named(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Then there is nothing to send."""
    services.profiles.held = "Act 380/2023"
    try:
        await sign_in(http)
        text = await page(http, "/me/rights")
    finally:
        services.profiles.held = ""
    assert "Act 380/2023" in text
    assert "Erase my data" not in text


async def test_the_file_is_a_download(http: httpx.AsyncClient) -> None:
    """JSON with a name and no copy in any cache."""
    await sign_in(http)
    answer = await http.get("/me/rights/export")
    assert answer.headers["content-disposition"].startswith('attachment; filename="polku-')
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.text)["profile"]["name"] == f"profiles/{SEEKER_PROFILE}"
