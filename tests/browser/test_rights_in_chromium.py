"""A person's rights, in a real browser."""

import pytest

from tests.browser.checks import LANGUAGES, WIDTHS, check, width_of
from tests.browser.conftest import Target, Watched, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_rights_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """What goes and what stays, and the refusal without a tick, pass axe, fit, load nothing from elsewhere."""
    page, width = watched.page, width_of(watched.page)
    await sign_in(page, target, target.seeker, language)
    await page.click("nav.pages a[href='/me/rights']")
    await check(watched, f"seeker-rights-{language}-{width}")
    await page.click("form[action='/me/rights/erase'] button")
    await page.wait_for_selector("[role=alert]")
    watched.complaints.clear()  # the console names the 400 of a form that cannot be used
    await check(watched, f"seeker-rights-unsure-{language}-{width}")
