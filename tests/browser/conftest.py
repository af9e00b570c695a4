"""Real Chromium before a real gateway: its own, with fake services behind it, or one that is running already.

POLKU_BROWSER=required           a missing Chromium fails the tests instead of skipping them
POLKU_CHROMIUM                   its path, /usr/bin/chromium when left out
POLKU_BROWSER_BASE_URL           a running gateway, instead of the tests' own
POLKU_BROWSER_SEEKER, …_COUNSELLOR, …_PUBLISHER   user:password of accounts there
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.fakes.gateway_services import FakeServices, fake_services
from tests.fakes.gateway_site import OTHER_PROFILE, PASSWORD, SEEKER_PROFILE, gateway_site

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 15_000


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "browser: drives a real Chromium")


@dataclass(frozen=True)
class Target:
    """Where the pages are, and who can sign in: (user, password). `services` where they are the tests' own."""

    url: str
    seeker: tuple[str, str]
    counsellor: tuple[str, str]
    publisher: tuple[str, str]
    services: FakeServices | None = None


@pytest.fixture(scope="session")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    """The gateway under test."""
    if url := os.environ.get("POLKU_BROWSER_BASE_URL"):
        names = ("POLKU_BROWSER_SEEKER", "POLKU_BROWSER_COUNSELLOR", "POLKU_BROWSER_PUBLISHER")
        yield Target(url.rstrip("/"), *map(_account, names))
        return
    async with fake_services() as services:
        services.profiles.put(SEEKER_PROFILE, "K-1042", "uk")
        services.profiles.put(OTHER_PROFILE, "K-1043", "ar")
        async with gateway_site(services, tmp_path_factory.mktemp("gateway")) as site:
            accounts = ((user, PASSWORD) for user in ("seeker", "counsellor", "publisher"))
            yield Target(site.url, *accounts, services=services)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; without it the tests fail where they are required, and are skipped loudly elsewhere."""
    path = os.environ.get("POLKU_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        message = f"There is no Chromium at {path}: run `make browser`, or set POLKU_CHROMIUM."
        if os.environ.get("POLKU_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, headless=True, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


@dataclass
class Watched:
    """A page, with what the browser complained about and which addresses it asked for."""

    page: Page
    complaints: list[str]
    requested: list[str]


async def open_page(browser: Browser, *, width: int, height: int = 900, scheme: str = "light") -> Watched:
    """Open an empty page of this width in a fresh context (no cookies)."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    watched = Watched(page, [], [])
    page.on("console", lambda message: watched.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    # Going to another site is no loading from there: signing in leads to the issuer and back.
    page.on("request", lambda request: request.is_navigation_request() or watched.requested.append(request.url))
    return watched


@pytest.fixture
async def watched(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Watched]:
    """A fresh page of the width that the test asks for."""
    opened = await open_page(browser, width=request.param)
    yield opened
    await opened.page.context.close()


async def sign_in(page: Page, target: Target, account: tuple[str, str], language: str) -> None:
    """Sign in through the form."""
    await page.goto(f"{target.url}/sign-in?lang={language}")
    await page.fill("#user", account[0])
    await page.fill("#password", account[1])
    await page.click("main button[type=submit]")
    await page.wait_for_url(lambda url: "/sign-in" not in url)


def _account(name: str) -> tuple[str, str]:
    user, _, password = os.environ[name].partition(":")
    return user, password
