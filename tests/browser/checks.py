"""What every page is checked for in a browser, and what a person does there without a mouse."""

from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from tests.browser.conftest import SCREENSHOTS, Watched

LANGUAGES = ("fi", "en")
WIDTHS = (320, 1280)


async def check(watched: Watched, name: str) -> None:
    """Check a page that is open, and take its picture."""
    page = watched.page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} scrolls sideways by {overflow} px"
    assert watched.complaints == []
    own = urlsplit(page.url).netloc
    assert {urlsplit(url).netloc for url in watched.requested} <= {own}


def width_of(page: Page) -> int:
    """The width of a page's window."""
    return page.viewport_size["width"] if page.viewport_size else 0


async def unfold(page: Page) -> None:
    """Open everything that can be unfolded."""
    await page.eval_on_selector_all("details", "found => found.forEach(one => { one.open = true; })")


async def tab_to(page: Page, selector: str, *, most: int = 60) -> None:
    """Press Tab until the element has the focus, and check that the focus can be seen there."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = await page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            assert outline >= 2
            return
    raise AssertionError(f"{selector} cannot be reached with {most} presses of Tab")
