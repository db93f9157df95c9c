"""A centre that serves the phone app, and phones: real Chromium with a profile of its own, driven as a person would.

Law: what is pressed is found by its words or its role, so that a screen nobody could use by ear fails here as well.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Playwright, ViewportSize, expect

from fixtures.chromium import ARGUMENTS, chromium
from fixtures.die_with_parent import end_with_parent
from fixtures.fleet.centre import activation_codes
from server.centre import open_centre
from server.settings import Settings
from tests.command import finish
from tests.journeys.accessible import check_accessible
from tests.journeys.legible import check_legible
from tests.small_centre import HELPER, load_small, small_centre

PIN = "246813"
SMALL: ViewportSize = {"width": 360, "height": 640}
PICTURES = Path(os.environ.get("JOURNEY_PICTURES", "build/journeys"))
PATIENCE_MS = 60_000
"""How long anything is waited for: a machine may be ten times slower than another."""
_START_S = 180.0
# The browser's own record of which page has a store open.
_CLOSED = "navigator.locks.query().then(({ held }) => !held.some((one) => one.name.startsWith('bangban-')))"


@dataclass(frozen=True)
class ServedCentre:
    """A running server with the small world."""

    settings: Settings
    address: str

    def code(self, login: str = HELPER) -> str:
        """A new activation code."""

        async def give() -> str:
            async with open_centre(self.settings) as centre:
                return (await activation_codes(centre, [login]))[login]

        return finish(give())


async def _load(folder: Path, database: str) -> Settings:
    async with small_centre(folder, database=database) as small:
        return small.centre.settings


@contextmanager
def served_centre(folder: Path, database: str = "") -> Iterator[ServedCentre]:
    """The small world, served. `database` names another than an SQLite file in the folder."""
    with serving(finish(_load(folder, database) if database else load_small(folder))) as centre:
        yield centre


@contextmanager
def serving(settings: Settings, port: str = "0") -> Iterator[ServedCentre]:
    """The centre of these settings, on a free port or the one named."""
    folder = settings.data_folder
    command = [sys.executable, "-c", "from server.cli.main import run; run()", "serve", "--data", str(folder)]
    command += ["--database", settings.database, "--port", port]
    ready = folder / "server.ready"
    ready.unlink(missing_ok=True)
    with (folder / "server.log").open("wb") as log:
        # A revocation counts at once, so that no test has to wait for it.
        environment = {**os.environ, "BANGBAN_ACCESS_CACHE_MS": "0"}
        environment["BANGBAN_PHONE_FOLDER"] = str(settings.phone_folder)
        environment["BANGBAN_PUBLIC_URL"] = settings.public_url
        environment["BANGBAN_TRUSTED_PROXIES"] = ",".join(settings.trusted_proxies)
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env=environment,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it only makes one system call
        )
    try:
        deadline = time.monotonic() + _START_S
        while not ready.exists():
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.02)
        yield ServedCentre(settings, json.loads(ready.read_text())["address"])
    finally:
        process.terminate()
        process.wait(30)


class PhoneUser:
    """A phone in somebody's hand. `faults` are errors the page threw; there must be none."""

    def __init__(
        self, context: BrowserContext, address: str, journey: str, page: Page | None = None, profile: Path = Path()
    ) -> None:
        self.context = context
        self.profile = profile
        self.page: Page = page or (context.pages[0] if context.pages else context.new_page())
        self.faults: list[str] = []
        self._address = address
        self._journey = journey
        self._pictures = 0
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self) -> None:
        self.page.goto(f"{self._address}/app/")

    def picture(self, name: str) -> None:
        """Kept outside of the repository, for whoever wants to see what a helper sees. Every screen that is pictured is
        usable by ear and by keyboard, and to be read by old eyes.
        """
        check_accessible(self.page, name)
        check_legible(self.page, name)
        self._pictures += 1
        folder = PICTURES / self._journey
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{self._pictures:02}-{name}.png")

    def see(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def screen(self, title: str) -> None:
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for()

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, words: str, within: Locator | None = None, *, exact: bool = True) -> None:
        (within or self.page).get_by_text(words, exact=exact).first.click()

    def go_offline(self) -> None:
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.context.set_offline(False)

    # What a helper does

    def enrol(self, code: str, pin: str = PIN) -> None:
        self.open()
        self.screen("登记这台手机")
        self.fill("激活码", code)
        self.fill("设置密码", pin)
        self.fill("再输入一次密码", pin)
        self.press("登记")
        self.screen("今天")

    def unlock(self, pin: str = PIN) -> None:
        self.fill("密码", pin)
        self.press("打开")

    def lock(self) -> None:
        """Until the store is closed, with everything on the disk."""
        self.press("锁上")
        self.see("您好")
        self.until(_CLOSED)

    def until(self, holds: str) -> None:
        """Until an expression holds that no screen shows; it may be a promise."""
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while not self.page.evaluate(holds):
            assert time.monotonic() < deadline, holds
            self.page.wait_for_timeout(50)

    def exchange(self) -> None:
        """A whole round with the centre, asked for now, and its answer kept: to be level already is not enough."""
        with self.page.expect_response("**/v1/exchange"):
            self.press("现在送出")
        self.page.locator("button[aria-busy=false]").filter(has_text="现在送出").first.wait_for()

    def draft_kept(self) -> None:
        """Until what the screen of a visit shows is on the disk."""
        self.see("草稿已存好")

    def wait_until_kept(self) -> None:
        """Until the app itself can start without a network."""
        self.page.evaluate(
            """() => navigator.serviceWorker.controller || new Promise((done) => {
                navigator.serviceWorker.addEventListener('controllerchange', done, { once: true })
            }).then(() => true)"""
        )

    def die(self) -> None:
        """The battery is empty: every process of the browser ends where it stands, and nothing is tidied up."""
        assert not self.faults, self.faults
        with self.context.expect_event("close"):
            os.killpg(_browser_of(self.profile), signal.SIGKILL)

    def sign(self) -> None:
        pad = self.page.get_by_role("img", name="请在框内签名")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box, "there is a box to sign in"
        hand = self.page.mouse
        hand.move(box["x"] + 40, box["y"] + 40)
        hand.down()
        for step in range(1, 8):
            hand.move(box["x"] + 40 + 25 * step, box["y"] + 40 + 60 * (step % 2))
        hand.up()
        self.page.get_by_role("button", name="重签", disabled=False).wait_for()


def _browser_of(profile: Path) -> int:
    """The first process of the browser that has this profile; it leads a group of its own."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in words and os.getpgid(int(process.name)) == int(process.name):
                return int(process.name)
    raise AssertionError(f"no browser has {profile}")


@contextmanager
def phone_user(
    driver: Playwright,
    profile: Path,
    address: str,
    journey: str,
    screen: dict[str, int] | None = None,
    arguments: Sequence[str] = (),
) -> Iterator[PhoneUser]:
    """A phone over a profile on the disk. Leaving it closes the browser; `die` before it ends it as a battery would."""
    size = screen or SMALL
    context = driver.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        headless=True,
        viewport={"width": size["width"], "height": size["height"]},
        locale="zh-CN",
        args=[*ARGUMENTS, *arguments],
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    user = PhoneUser(context, address, journey, profile=profile)
    try:
        yield user
        assert not user.faults, user.faults
    finally:
        context.close()
