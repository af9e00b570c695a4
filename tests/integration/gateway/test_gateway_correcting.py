"""The small pages on which a field of the profile is filled in or put right, over HTTP."""

import html
import re

import httpx
import pytest
from polku.profiles.v1.profile_pb2 import Licence
from polku.type.v1.types_pb2 import Answer, Provenance, Purpose, WeeklyWindow

from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE
from tests.integration.gateway.browsing import page, send_form, sign_in

CASE = f"/people/{SEEKER_PROFILE}"


async def test_the_question_is_answered_on_a_small_page(http: httpx.AsyncClient, services: FakeServices) -> None:
    """From the list to the form to the profile, with source and date, and back to the list that is made with it."""
    await sign_in(http)
    found = re.search(r'href="(/me/correct\?[^"]+)"', (await http.get("/me")).text)
    assert found
    path = html.unescape(found.group(1))
    assert path == "/me/correct?field=work.licences&subject=hygiene-passport"
    form = await page(http, path)
    assert "Licence or card: hygiene passport" in form
    assert "checked" not in form
    field = {"field": "work.licences", "subject": "hygiene-passport"}
    wrong = await send_form(http, "/me/correct", **field)
    assert wrong.status_code == 400
    assert "The answer is missing or cannot be used." in wrong.text
    saved = await send_form(http, "/me/correct", **field, answer="YES")
    assert saved.headers["location"] == "/me#notice"
    sent = services.profiles.last.request
    assert list(sent.update_mask.paths) == ["work.licences"]
    licence = sent.profile.work.licences[0]
    assert (licence.code, licence.held) == ("hygiene-passport", Answer.VALUE_YES)
    assert licence.provenance.source == Provenance.SOURCE_SELF_REPORTED
    assert sent.profile.etag == '"1"'
    assert "The answer is saved." in await page(http, "/me")


async def test_a_counsellors_correction_is_theirs_and_starts_from_what_is_known(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """The form shows the value of now; what a counsellor says counts as assessed, and is read for job matching."""
    stored = services.profiles.stored[f"profiles/{SEEKER_PROFILE}"]
    stored.work.licences.append(Licence(code="hygiene-passport", held=Answer.VALUE_NO))
    await sign_in(http, "counsellor")
    form = await page(http, f"{CASE}/correct?field=work.licences&subject=hygiene-passport")
    assert re.search(r'value="NO"[^>]* checked', form)
    assert services.profiles.last.request.purpose == Purpose.KIND_JOB_MATCHING
    await send_form(http, f"{CASE}/correct", field="work.licences", subject="hygiene-passport", answer="YES")
    sent = services.profiles.last.request
    assert len(sent.profile.work.licences) == 1
    assert sent.profile.work.licences[0].provenance.source == Provenance.SOURCE_ASSESSED


async def test_times_of_the_week_are_corrected_day_by_day(http: httpx.AsyncClient, services: FakeServices) -> None:
    """The form starts from the times of now; days that it cannot show are changed together with the counsellor."""
    limits = services.profiles.stored[f"profiles/{SEEKER_PROFILE}"].work.limits
    limits.windows.append(WeeklyWindow(weekday=WeeklyWindow.WEEKDAY_MONDAY, start="07:45", end="15:45"))
    await sign_in(http)
    path = "/me/correct?field=work.limits.windows"
    form = await page(http, path)
    assert "Monday" in form
    assert 'name="MONDAY_start" type="time" value="07:45"' in form
    times = {"TUESDAY_start": "08:00", "TUESDAY_end": "16:00"}
    await send_form(http, "/me/correct", field="work.limits.windows", **times)
    sent = services.profiles.last.request.profile.work.limits.windows
    assert [(window.weekday, window.start) for window in sent] == [(WeeklyWindow.WEEKDAY_TUESDAY, "08:00")]
    limits.windows.append(WeeklyWindow(weekday=WeeklyWindow.WEEKDAY_MONDAY, start="18:00", end="20:00"))
    assert "Your counsellor changes them together with you." in await page(http, path)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?field=case_reference",
        "?field=work.licences",
        "?field=work.licences&subject=A%20B",
        "?field=work.goals.text",
    ],
)
async def test_only_some_fields_have_a_form(http: httpx.AsyncClient, query: str) -> None:
    """Any other field, and a subject that is no code, is not found."""
    await sign_in(http)
    assert (await http.get(f"/me/correct{query}")).status_code == 404
