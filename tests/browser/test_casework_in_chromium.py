"""Handing over and breaking glass in a real browser."""

import pytest

from tests.browser.checks import LANGUAGES, WIDTHS, check, width_of
from tests.browser.conftest import Target, Watched, sign_in

pytestmark = pytest.mark.browser

REASON = "The person waits at the desk, and their counsellor is ill."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_casework_is_accessible(target: Target, watched: Watched, language: str) -> None:
    """The choice, the preview, and the form of a reason with its fault pass axe, fit, load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.counsellor, language)
    await page.click("a[href='/caseload/handover']")
    await check(watched, f"counsellor-handover-{language}-{width}")
    await page.check("fieldset input[type=checkbox] >> nth=0")
    await page.fill("#counsellor", "counsellor-2")
    await page.fill("#unit", "matinkyla")
    await page.click(".form button[type=submit]")
    await page.wait_for_selector(".said")
    await check(watched, f"counsellor-handover-preview-{language}-{width}")
    await page.goto(f"{target.url}/break-glass")
    await check(watched, f"counsellor-break-glass-{language}-{width}")
    await page.fill("#person", "019a4c1e-7d52-7c31-9a64-2f8e5b6d1c99")
    await page.check("input[name=code] >> nth=1")
    await page.fill("#reason", REASON)
    await page.click(".form button[type=submit]")
    await page.wait_for_selector(".problem")
    watched.complaints.clear()  # the console names the 400 of a form that cannot be used
    await check(watched, f"counsellor-break-glass-nobody-{language}-{width}")
