"""Finding a person, and reading what was changed, in a real browser."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.access_service_pb2 import Relation

from tests.browser.checks import LANGUAGES, WIDTHS, check, width_of
from tests.browser.conftest import Target, Watched, sign_in
from tests.fakes.gateway_site import OTHER_PROFILE, SEEKER_PROFILE

pytestmark = pytest.mark.browser
NOON = Timestamp(seconds=1_795_000_000)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_finding_is_accessible(target: Target, watched: Watched, language: str) -> None:
    """The form, nobody, and people found in two scripts pass axe, fit, load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    if target.services is None:
        pytest.skip("the names are those of the tests' own services")
    target.services.profiles.name(SEEKER_PROFILE, "Olena", "Esimerkki")
    target.services.profiles.name(OTHER_PROFILE, "يوسف", "Esimerkki")
    await sign_in(page, target, target.counsellor, language)
    await page.click("a[href='/caseload/find']")
    await check(watched, f"counsellor-find-{language}-{width}")
    await page.fill("#wanted", "Keijukainen")
    await page.click(".form button[type=submit]")
    await page.wait_for_selector(".empty")
    await check(watched, f"counsellor-find-nobody-{language}-{width}")
    await page.fill("#wanted", "Esimerkki")
    await page.click(".form button[type=submit]")
    await page.wait_for_selector(".cases")
    await check(watched, f"counsellor-found-{language}-{width}")
    assert await page.locator(".case").count() == 2
    assert "Esimerkki" not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_changes_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """What was changed, with values in two scripts, passes axe, fits, loads nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    if target.services is None:
        pytest.skip("the changes are those of the tests' own services")
    target.services.profiles.changes[:] = [
        pb.Change(
            time=NOON, path=path, role="counsellor", unit="leppavaara", relation=Relation.KIND_ASSIGNED_COUNSELLOR,
            origin=pb.Change.ORIGIN_DOCUMENT, old_value=old, new_value=new,
        )
        for path, old, new in (("given_names", '"Yusuf"', '"يوسف"'), ("work.skills", "[]", "[{}]"))
    ]  # fmt: skip
    await sign_in(page, target, target.seeker, language)
    await page.goto(f"{target.url}/me/changes")
    await page.wait_for_selector(".told")
    await check(watched, f"seeker-changes-{language}-{width}")
