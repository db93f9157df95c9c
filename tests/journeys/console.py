"""Staff at the console: real Chromium, signed in with a password and a code, pressing what people press.

Law: what is pressed is found by its words or its role, so that a page nobody could use by ear fails here as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from fixtures.chromium import chromium
from fixtures.world import Role, World
from server.actions.sign_in import GivenSignIn, give_sign_in
from server.centre import open_centre
from server.cli.centre import staff_door
from tests.command import finish
from tests.journeys.accessible import check_accessible
from tests.journeys.phone import ServedCentre

# As long as a person waits for anything in a journey: a machine that is busy is no fault of the page.
PATIENCE_MS = 60_000
WIDE, TABLET = {"width": 1440, "height": 900}, {"width": 1024, "height": 768}
PICTURES = Path(os.environ.get("JOURNEY_PICTURES", "build/journeys"))


def login_of(world: World, role: Role, *, in_place: str = "") -> str:
    """An account of this role; when a place is named, the one nearest above it."""
    fitting = [one for one in world.accounts if one.role is role]
    if not in_place:
        return fitting[0].login

    def nearness(scopes: Sequence[str]) -> int:
        ends = [scope.rstrip("0") for scope in scopes]
        return max((len(end) for end in ends if in_place.startswith(end)), default=0)

    nearest = max(fitting, key=lambda one: nearness(one.scope_places))
    assert nearness(nearest.scope_places), f"no {role} is in charge of {in_place}"
    return nearest.login


def sign_in_for(centre: ServedCentre, login: str) -> GivenSignIn:
    """A new password and a new authenticator: one code is good for one sign-in."""

    async def give() -> GivenSignIn:
        async with open_centre(centre.settings) as opened:
            return await give_sign_in(staff_door(opened), login, actor="journey")

    return finish(give())


class Clerk:
    """Somebody at a desk. `faults` are errors that a page threw or the browser refused; there must be none."""

    def __init__(self, context: BrowserContext, address: str, journey: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self._address = address
        self._journey = journey
        self._pictures = 0
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Errors of another tab count as well."""
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda told: self._heard(told.type, told.text))

    def _heard(self, kind: str, text: str) -> None:
        # A page that was refused is a journey's own matter; a policy that stops something of ours never is.
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)

    def open(self, path: str) -> None:
        self.page.goto(self._address + path)

    def at(self, path: str) -> None:
        """Until the address is this one."""
        self.page.wait_for_url(lambda url: url.removeprefix(self._address).partition("?")[0] == path)

    def see(self, words: str) -> None:
        """These words, on a page that is all there."""
        self.page.get_by_text(words).first.wait_for()
        self.page.wait_for_load_state()

    def title(self, words: str) -> None:
        self.page.get_by_role("heading", name=words, level=1).first.wait_for()
        self.page.wait_for_load_state()

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def section(self, words: str) -> None:
        """One of the menu's."""
        menu = self.page.get_by_role("navigation", name="菜单")
        menu.get_by_role("link", name=words, exact=True).click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def links(self) -> list[str]:
        """Where the page leads."""
        found: list[str] = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        return found

    def type(self, *keys: str) -> None:
        """Keys of a keyboard, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def sign_in(self, given: GivenSignIn, *, home: str = "/console/") -> None:
        self.open("/console/sign-in")
        self.fill("账号", given.login)
        self.fill("密码", given.password)
        self.press("继续")
        self.fill("六位数字", pyotp.TOTP(given.secret).now())
        self.press("登录")
        self.at(home)

    def check(self, name: str) -> None:
        """Usable by ear and by keyboard; a picture of it lies outside of the repository."""
        check_accessible(self.page, name)
        self.picture(name)

    def picture(self, name: str) -> None:
        self._pictures += 1
        folder = PICTURES / self._journey
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{self._pictures:02}-{name}.png", full_page=True)


@contextmanager
def chromium_browser(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(
        executable_path=chromium(), headless=True, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def clerk(browser: Browser, address: str, journey: str, **options: Any) -> Iterator[Clerk]:
    """Somebody with a browser of their own."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "zh-CN", **options})
    context.set_default_timeout(PATIENCE_MS)
    somebody = Clerk(context, address, journey)
    try:
        yield somebody
        assert not somebody.faults, somebody.faults
    except BaseException:
        somebody.picture("when-it-failed")
        raise
    finally:
        context.close()
