"""The pages in a real browser: accessible, fitting every width, quiet, and usable by keyboard alone."""

import asyncio
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser

from tests.browser.checks import LANGUAGES, WIDTHS, check, tab_to, unfold, width_of
from tests.browser.conftest import Target, Watched, open_page, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_a_visitors_pages_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """The start page and the sign-in form pass axe, fit the width, load nothing from elsewhere, break no CSP."""
    width = width_of(watched.page)
    await watched.page.goto(f"{target.url}/?lang={language}")
    await check(watched, f"start-{language}-{width}")
    watched.requested.clear()
    await watched.page.goto(f"{target.url}/sign-in")  # leads to the issuer
    await check(watched, f"sign-in-{language}-{width}")
    assert await watched.page.get_attribute("html", "lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_a_seekers_pages_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """The seeker's list (everything unfolded) and a match pass axe, fit, load nothing from elsewhere, break no CSP."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.seeker, language)
    await page.wait_for_selector(".matches")
    await check(watched, f"seeker-list-{language}-{width}")
    await unfold(page)
    await check(watched, f"seeker-list-open-{language}-{width}")
    await page.click(".matches h3 a >> nth=0")
    await page.wait_for_selector(".compare")
    await check(watched, f"seeker-match-{language}-{width}")
    await page.go_back()
    await unfold(page)
    await page.click(".group h3 a >> nth=0")
    await page.wait_for_selector(".fits-not")
    await check(watched, f"seeker-left-out-{language}-{width}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_a_counsellors_pages_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """The caseload, a person and one person beside one opening pass axe, fit and load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.counsellor, language)
    await page.wait_for_selector(".cases")
    await check(watched, f"counsellor-caseload-{language}-{width}")
    await page.click(".case >> nth=0")
    await page.wait_for_selector("#left-out")
    await check(watched, f"counsellor-person-{language}-{width}")
    await page.click("h3 a >> nth=0")
    await page.wait_for_selector(".compare")
    await check(watched, f"counsellor-beside-{language}-{width}")


async def test_the_check_itself_can_fail(target: Target, browser: Browser) -> None:
    """A control: with a nameless button, a wide box and a script of another host, each part of the check complains."""
    watched = await open_page(browser, width=320)
    page = watched.page
    await page.goto(f"{target.url}/?lang=en")
    await page.evaluate(
        """() => {
            const button = document.createElement("button");
            button.style.width = "2000px";
            document.querySelector("main").append(button);
            const image = document.createElement("img");
            image.alt = "";
            image.src = "https://elsewhere.example/picture.png";
            document.querySelector("main").append(image);
        }"""
    )
    deadline = asyncio.get_running_loop().time() + 10
    while not watched.complaints:
        assert asyncio.get_running_loop().time() < deadline, "the browser did not complain about the foreign picture"
        await asyncio.sleep(0.05)
    found = await Axe().run(page)
    assert "button-name" in found.generate_snapshot()
    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") > 0
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)
    await page.context.close()


async def test_dark_pages_are_accessible(target: Target, browser: Browser) -> None:
    """With dark colours preferred, list and match still pass axe, contrast included."""
    watched = await open_page(browser, width=1280, scheme="dark")
    await sign_in(watched.page, target, target.seeker, "en")
    await unfold(watched.page)
    await check(watched, "seeker-list-dark")
    await watched.page.click(".matches h3 a >> nth=0")
    await check(watched, "seeker-match-dark")
    await watched.page.context.close()


async def test_pages_can_run_from_right_to_left(target: Target, browser: Browser) -> None:
    """With the direction of Arabic or Hebrew nothing runs out of a narrow page: the styles know no left and right."""
    watched = await open_page(browser, width=320)
    page = watched.page
    await sign_in(page, target, target.seeker, "en")
    await page.click(".matches h3 a >> nth=0")
    await page.wait_for_selector(".compare")
    await page.evaluate("document.documentElement.dir = 'rtl'")
    await check(watched, "seeker-match-rtl-320")
    await page.context.close()


async def test_switching_the_language_keeps_the_page(target: Target, browser: Browser) -> None:
    """The switcher shows the same page, with the same filter, in the other language, and it stays chosen."""
    watched = await open_page(browser, width=1280)
    page = watched.page
    await sign_in(page, target, target.seeker, "en")
    await page.click(".section-head .tabs a >> nth=1")
    await page.click(".languages a[lang=sv]")
    assert urlsplit(page.url).path == "/me"
    assert "kind=vacancy" in page.url
    assert await page.get_attribute("html", "lang") == "sv"
    await page.goto(f"{target.url}/me")
    assert await page.get_attribute("html", "lang") == "sv"
    await page.context.close()


async def test_everything_goes_by_keyboard(target: Target, browser: Browser) -> None:
    """Signing in, opening a match and signing out need no mouse, and the focus can be seen at each step."""
    watched = await open_page(browser, width=1280)
    page = watched.page
    await page.goto(f"{target.url}/sign-in?lang=en")
    await tab_to(page, "#user")
    await page.keyboard.type(target.seeker[0])
    await page.keyboard.press("Tab")
    await page.keyboard.type(target.seeker[1])
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".matches")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    await tab_to(page, ".matches h3 a")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".compare")
    await tab_to(page, ".sign-out button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("a[href='/sign-in']")
    await page.goto(f"{target.url}/me")
    assert urlsplit(page.url).path == "/authorize"
    assert watched.complaints == []
    await page.context.close()


async def test_targets_are_large_enough(target: Target, browser: Browser) -> None:
    """Buttons, tabs and languages are at least 44 px high, so that a thumb hits them at 320 px."""
    watched = await open_page(browser, width=320)
    await sign_in(watched.page, target, target.seeker, "fi")
    heights = await watched.page.eval_on_selector_all(
        ".button, .tabs a, .languages a, .brand, summary",
        "found => found.map(one => one.getBoundingClientRect().height)",
    )
    assert heights
    assert min(heights) >= 44
    await watched.page.context.close()
