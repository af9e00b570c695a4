"""What people say on the pages, in a real browser: choices, mistakes, corrections, news, candidates."""

import asyncio

import pytest
from playwright.async_api import Browser
from polku.matching.v1.watch_pb2 import WatchMatchesResponse

from tests.browser.checks import LANGUAGES, WIDTHS, check, tab_to, unfold, width_of
from tests.browser.conftest import Target, Watched, open_page, sign_in
from tests.fakes.gateway_matches import FIRST, OPENINGS, match
from tests.fakes.gateway_site import SEEKER_PROFILE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_what_a_seeker_says_is_accessible(target: Target, watched: Watched, language: str) -> None:
    """Saying no, next steps, contesting and correcting: the pages pass axe, fit, load nothing foreign, break no CSP."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.seeker, language)
    await page.click("button[value^=interested] >> nth=0")
    await page.wait_for_selector(".marked-as")
    await page.click("button[value^=not_interested] >> nth=1")
    await page.wait_for_selector("#notice")
    await check(watched, f"seeker-said-{language}-{width}")
    await page.click("nav.pages a[href$=next-steps]")
    await check(watched, f"seeker-steps-{language}-{width}")
    await page.click("nav.pages a[href$=feedback]")
    await check(watched, f"seeker-choices-{language}-{width}")
    await page.click(".said button >> nth=0")
    await page.goto(f"{target.url}/me/left-out")
    await unfold(page)
    await check(watched, f"seeker-all-left-out-{language}-{width}")
    await page.click(".fault button >> nth=0")
    await page.wait_for_selector("#notice")
    await check(watched, f"seeker-mistakes-{language}-{width}")
    await page.click("#notice a")
    await page.wait_for_selector("form[action$=correct]")
    await check(watched, f"seeker-correct-{language}-{width}")
    await page.goto(f"{target.url}/me/correct?field=work.languages&subject=fi")
    await check(watched, f"seeker-correct-language-{language}-{width}")
    await page.goto(f"{target.url}/me/correct?field=work.limits.windows")
    await check(watched, f"seeker-correct-times-{language}-{width}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_a_counsellor_answers_on_accessible_pages(target: Target, watched: Watched, language: str) -> None:
    """What waits for an answer, and the form of the answer, pass axe, fit and load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.counsellor, language)
    await page.click(".case >> nth=0")
    await page.click("nav.pages a[href$=left-out]")
    await unfold(page)
    await page.click(".fault button >> nth=0")
    await page.wait_for_selector("#notice")
    await page.goto(f"{target.url}/caseload/contests")
    await check(watched, f"counsellor-waiting-{language}-{width}")
    await page.click(".said .button >> nth=0")
    await check(watched, f"counsellor-answer-{language}-{width}")
    await page.click("input[type=radio] >> nth=3")
    await page.click(".form button[type=submit] >> nth=0")
    await page.wait_for_selector("#notice")
    await check(watched, f"counsellor-answered-{language}-{width}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_candidates_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """A publisher's vacancies and the people who fit one pass axe, fit and load nothing from elsewhere."""
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.publisher, language)
    await page.wait_for_selector(".said")
    await check(watched, f"publisher-vacancies-{language}-{width}")
    await page.click(".said .button >> nth=0")
    await page.wait_for_selector(".candidate-name")
    await unfold(page)
    await check(watched, f"publisher-candidates-{language}-{width}")
    if await page.locator("button[name=handle]").count():  # elsewhere everybody may have said yes
        await page.click("button[name=handle] >> nth=0")
        await page.wait_for_selector("#notice")
        await check(watched, f"publisher-asked-{language}-{width}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("watched", WIDTHS, indirect=True)
async def test_requests_for_a_yes_are_accessible(target: Target, watched: Watched, language: str) -> None:
    """The requests on the start page, the one on the page of its vacancy, and what follows a no pass axe and fit."""
    if target.services is None:
        pytest.skip("The services behind this gateway are not the tests' own: nobody can be made to ask.")
    target.services.profiles.ask(SEEKER_PROFILE, FIRST, "publisher", "kielo-jobs")
    page = watched.page
    width = width_of(page)
    await sign_in(page, target, target.seeker, language)
    await page.wait_for_selector(f"#request-{FIRST}")
    await check(watched, f"seeker-requests-{language}-{width}")
    await page.click(f"[aria-describedby=request-{FIRST}]")
    await page.wait_for_selector("button[value=decline]")
    await check(watched, f"seeker-asked-{language}-{width}")
    await page.click("button[value=decline]")
    await page.wait_for_selector("#notice")
    await check(watched, f"seeker-declined-{language}-{width}")


async def test_choosing_goes_by_keyboard(target: Target, browser: Browser) -> None:
    """Tab and Enter alone say no to an opening; the focus is then on what tells that, and the way back comes next."""
    watched = await open_page(browser, width=320)
    page = watched.page
    await sign_in(page, target, target.seeker, "en")
    await tab_to(page, "button[value^=not_interested]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#notice")
    assert await page.evaluate("document.activeElement.id") == "notice"
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Take back"
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Your choice is taken back.")
    assert watched.complaints == []
    await page.context.close()


async def test_news_is_told_quietly(target: Target, browser: Browser) -> None:
    """A new match is told in a polite live region, without moving the focus or the list; a press shows the new list."""
    if target.services is None:
        pytest.skip("The services behind this gateway are not the tests' own: nothing can be made to happen.")
    watched = await open_page(browser, width=320)
    page = watched.page
    await sign_in(page, target, target.seeker, "en")
    assert await page.get_attribute("[data-live]", "role") == "status"
    assert not await page.is_visible("[data-live] a")
    deadline = asyncio.get_running_loop().time() + 10
    while not target.services.matching.watching:
        assert asyncio.get_running_loop().time() < deadline, "the page did not begin to watch"
        await asyncio.sleep(0.05)
    await page.focus(".matches button >> nth=0")
    before = await page.evaluate("document.activeElement.value")
    fitting = WatchMatchesResponse.Fitting(matches=[match(0, *OPENINGS[0], "en")])
    target.services.matching.news.put_nowait(WatchMatchesResponse(since="s", fitting=fitting))
    await page.wait_for_selector("text=1 new or changed opening fits.")
    assert await page.evaluate("document.activeElement.value") == before
    await check(watched, "seeker-news-en-320")
    await page.click("[data-live] a")
    await page.wait_for_selector(".matches")
    assert not await page.is_visible("[data-live] a")
    await page.context.close()


async def test_without_scripts_the_pages_are_whole(target: Target, browser: Browser) -> None:
    """With scripts switched off, choosing, taking back and reading go as before."""
    context = await browser.new_context(viewport={"width": 320, "height": 900}, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, target, target.seeker, "en")
    await page.click("button[value^=not_interested] >> nth=0")
    await page.wait_for_selector("text=This is out of your list.")
    await page.click("#notice button")
    await page.wait_for_selector("text=Your choice is taken back.")
    await context.close()


async def test_without_scripts_candidates_are_asked(target: Target, browser: Browser) -> None:
    """With scripts switched off, one press asks, and the list says until when an answer counts."""
    if target.services is None:
        pytest.skip("The services behind this gateway are not the tests' own: there may be nobody to ask.")
    context = await browser.new_context(viewport={"width": 320, "height": 900}, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, target, target.publisher, "en")
    await page.click(".said .button >> nth=0")
    await page.click("button[name=handle] >> nth=0")
    await page.wait_for_selector("text=Asked until")
    await context.close()


async def test_every_button_is_large_enough(target: Target, browser: Browser) -> None:
    """Buttons, links that look like one, selects and choices are 44 px high, more than the 24 px that WCAG 2.2 asks."""
    watched = await open_page(browser, width=320)
    page = watched.page
    await sign_in(page, target, target.seeker, "fi")
    for path in ("/me", "/me/left-out", "/me/feedback", "/me/correct?field=work.limits.windows"):
        await page.goto(f"{target.url}{path}")
        await unfold(page)
        heights = await page.eval_on_selector_all(
            ".button, .tabs a, input:not([type=hidden]), select, .choice, textarea",
            "found => found.map(one => one.getBoundingClientRect().height)",
        )
        assert heights
        assert min(heights) >= 44, path
    await page.context.close()
