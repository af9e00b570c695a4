"""Sending a CV and confirming what it says, in a real browser."""

import pytest

from tests.browser.checks import LANGUAGES, WIDTHS, check, tab_to, width_of
from tests.browser.conftest import Target, Watched, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_a_cv_is_sent_and_confirmed_on_accessible_pages(target: Target, watched: Watched, language: str) -> None:
    """The empty page, the suggestions and the answered ones pass axe, fit, and load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.seeker, language)
    await page.click("nav.pages a[href$=import]")
    await check(watched, f"import-empty-{language}-{width}")
    await page.set_input_files("#file", {"name": "cv.txt", "mimeType": "text/plain", "buffer": CV.encode()})
    await page.click("form[enctype] button")
    await page.wait_for_selector(".suggestion")
    await check(watched, f"import-suggested-{language}-{width}")
    await page.click("input[value=CONFIRMED] >> nth=0")
    await page.click("form.wide button >> nth=0")
    await page.wait_for_selector("#notice")
    await check(watched, f"import-answered-{language}-{width}")


@pytest.mark.parametrize("watched", WIDTHS[1:], indirect=True)
async def test_suggestions_are_answered_without_a_mouse(target: Target, watched: Watched) -> None:
    """Tab and the space bar reach every answer and the button, with a focus that can be seen."""
    page = watched.page
    await sign_in(page, target, target.seeker, "en")
    await page.click("nav.pages a[href$=import]")
    await page.fill("#text", CV)
    await page.click("form[enctype] button")
    await page.wait_for_selector(".suggestion")
    await tab_to(page, "input[type=radio]")
    await page.keyboard.press("Space")
    assert await page.is_checked("input[type=radio] >> nth=0")
    await tab_to(page, "button[name=others][value=REFUSED]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#notice")
    assert await page.locator(".suggestion").count() == 0


CV = "Työkokemus\nSiivooja, Puhdas Piha Oy, Espoo, 03/2021 – 07/2024\n- lattioiden pesu\n"
