"""Pictures of every page of the console for each role, of what it shows after somebody did something
(picture_states.py), and of the residents' page, from the demo's world.

    python -m tests.journeys.screenshots            fills a world anew, writes build/screenshots/ and docs/images/
    python -m tests.journeys.screenshots --small    in the small world
    python -m tests.journeys.screenshots --chosen   only the few of docs/images/
    python -m tests.journeys.screenshots --world FOLDER --receipt NUMBER --last4 DIGITS    of one that is there

Laws: pages are found as a person finds them, from the menu and by the links. What is committed is small, and synthetic.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from fixtures.fleet.week import Numbers, Week
from fixtures.story.residents import Shown
from fixtures.world import Role
from server.cli.demo import demo_settings, fill
from server.console.pages import PAGES
from tests.journeys.console import TABLET, WIDE, Clerk, chromium_browser, clerk, login_of, sign_in_for
from tests.journeys.phone import ServedCentre, serving
from tests.journeys.picture_states import WAYS, first_factor, rating, signing_in, too_many
from tests.journeys.town import Town

FOLDER, IMAGES = Path("build/screenshots"), Path("docs/images")
FULL = Numbers(devices=997, colleagues=60, filings=3, claims=3, photos=1, seed=7)
SMALL = Numbers(devices=15, colleagues=6, filings=10, claims=5, photos=1, seed=7, small=True)
PHONE = {"width": 390, "height": 844}
ROLES = (
    Role.CITY_SUPERVISOR,
    Role.COUNTY_SUPERVISOR,
    Role.DESK_CLERK,
    Role.TOWN_LEAD,
    Role.CATALOGUE_REVIEWER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
BYTES_MAX = 150 * 1024
SHOWN_WIDTH = 1200
CHOSEN = {  # the role and the page whose picture is committed, and under which name
    (Role.CITY_SUPERVISOR, "/"): "overview",
    (Role.DESK_CLERK, "/desk/{id}"): "case",
    (Role.CITY_SUPERVISOR, "/bulletins/{period}"): "bulletin",
    (Role.CITY_SUPERVISOR, "/lights"): "lights",
    (Role.CITY_SUPERVISOR, "/campaigns/{id}"): "campaign",
}
_FILES = ("/desk/{id}/file/{file}",)
_PATTERNS = [
    (one.path, re.compile("/console" + re.sub(r"\{[a-z]+\}", "[^/]+", one.path)))
    for one in sorted(PAGES, key=lambda page: "{" in page.path)
    if one.method == "GET" and one.path not in _FILES
]


def pattern_of(address: str) -> str | None:
    """The row of the page that lies at this address; None for what is no page of the console."""
    return next((path for path, known in _PATTERNS if known.fullmatch(urlsplit(address).path)), None)


def looks_like(address: str) -> tuple[str, tuple[str, ...]] | None:
    """What makes two addresses alike: the page, and what its address asks."""
    pattern = pattern_of(address)
    return None if pattern is None else (pattern, tuple(sorted(parse_qs(urlsplit(address).query))))


@dataclass
class Walk:
    """One person's way through the console. Of pages that are `alike` one is seen; None is no page."""

    somebody: Clerk
    seen: set[object] = field(default_factory=set)
    alike: Callable[[str], object | None] = looks_like

    def pages(self, limit: int = 90) -> Iterator[tuple[str, str]]:
        """(address, the page's row), the browser standing there."""
        waiting = ["/console/"]
        self.seen.add(self.alike(waiting[0]))
        while waiting and limit:
            address, limit = waiting.pop(0), limit - 1
            self.somebody.open(address)
            pattern = pattern_of(address)
            if pattern is not None:
                yield address, pattern
            for link in self.somebody.page.eval_on_selector_all(
                "a[href]:not([download])", "all => all.map(a => a.getAttribute('href'))"
            ):
                alike = self.alike(link)
                if link.startswith("/console") and alike is not None and alike not in self.seen:
                    self.seen.add(alike)
                    waiting.append(link)


def file_name(address: str, pattern: str) -> str:
    """Of a picture: the page's row, and what was asked."""
    asked = "-".join(sorted(parse_qs(urlsplit(address).query)))
    plain = re.sub(r"[^a-z-]+", "_", pattern.strip("/")).strip("_") or "overview"
    return f"{plain}{'--' + asked if asked else ''}"


def english(somebody: Clerk, chosen: bool) -> None:
    value = "en" if chosen else "zh"
    host = urlsplit(somebody.page.url)
    somebody.context.add_cookies([{"name": "bangban_lang", "value": value, "url": f"{host.scheme}://{host.netloc}"}])


def photograph_chosen(browser: Browser, centre: ServedCentre, week: Week) -> None:
    """The few that are committed, and no other."""
    left = dict(CHOSEN)
    for role in dict.fromkeys(role for role, _ in CHOSEN):
        with clerk(browser, centre.address, role.value) as somebody:
            somebody.sign_in(sign_in_for(centre, login_of(week.world, role, in_place=_near(week, role))))
            for _, pattern in Walk(somebody, alike=pattern_of).pages():
                commit(somebody, role, pattern, left)
                if all(of is not role for of, _ in left):
                    break


def photograph(browser: Browser, centre: ServedCentre, week: Week, out: Path) -> None:
    """Each role's pages; the first role that sees a page also shows it in English and on a tablet."""
    shown: set[object] = set()
    left = dict(CHOSEN)
    town = next(one.account for one in week.cast.devices if one.account.role is Role.TOWN_LEAD)
    for role in ROLES:
        login = town.login if role is Role.TOWN_LEAD else login_of(week.world, role, in_place=_near(week, role))
        with clerk(browser, centre.address, role.value) as somebody:
            somebody.sign_in(sign_in_for(centre, login))
            for address, pattern in Walk(somebody).pages():
                name = file_name(address, pattern)
                take(somebody, out / role.value / f"{name}.png")
                commit(somebody, role, pattern, left)
                alike = looks_like(address)
                if alike in shown:
                    continue
                shown.add(alike)
                for size, in_english in ((WIDE, True), (TABLET, False), (TABLET, True)):
                    somebody.page.set_viewport_size(size)  # type: ignore[arg-type]
                    english(somebody, in_english)
                    somebody.open(address)
                    take(somebody, out / role.value / f"{name}-{size['width']}{'-en' if in_english else ''}.png")
                somebody.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
                english(somebody, False)


def _near(week: Week, role: Role) -> str:
    """Where the first town lies that carries devices: desks elsewhere would have little to show."""
    return week.cast.helpers[0].account.site if role in (Role.DESK_CLERK, Role.COUNTY_SUPERVISOR) else ""


def take(somebody: Clerk, path: Path, *, whole: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    somebody.page.screenshot(path=path, full_page=whole)


def commit(somebody: Clerk, role: Role, pattern: str, left: dict[tuple[Role, str], str]) -> None:
    """One of the few that are shown beside the code; the first page that fits, which is taken out of `left`."""
    if (name := left.pop((role, pattern), "")) != "":
        keep_small(somebody.page.screenshot(), IMAGES / f"{name}.png")


def keep_small(picture: bytes, path: Path) -> None:
    """As a PNG of few colours and of a width that suits a page. Raises when it stays too large. The tree keeps rare
    colours, such as those of lights, which the median cut gives away.
    """
    image = Image.open(BytesIO(picture)).convert("RGB")
    if image.width > SHOWN_WIDTH:
        image = image.resize((SHOWN_WIDTH, image.height * SHOWN_WIDTH // image.width), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    for colours in (256, 128, 64):
        image.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= BYTES_MAX:
            return
    raise ValueError(f"{path} is larger than {BYTES_MAX} bytes")


def photograph_residents_page(browser: Browser, centre: ServedCentre, receipt: str, last4: str, out: Path) -> None:
    for size in (WIDE, TABLET, PHONE):
        for in_english in (False, True):
            with clerk(browser, centre.address, "resident", viewport=size) as resident:
                resident.open("/r/")
                english(resident, in_english)
                resident.open("/r/")
                name = f"resident-{size['width']}{'-en' if in_english else ''}"
                take(resident, out / "resident" / f"{name}.png")
                resident.page.locator("#number").fill(receipt)
                resident.page.locator("#last4").fill("0000" if last4 != "0000" else "1111")
                resident.page.locator("#last4").press("Enter")
                resident.page.locator("[role=alert]").wait_for()
                take(resident, out / "resident" / f"{name}-wrong.png")
                resident.page.locator("#number").fill(receipt)
                resident.page.locator("#last4").fill(last4)
                resident.page.locator("#last4").press("Enter")
                resident.page.locator("section.card").first.wait_for()
                take(resident, out / "resident" / f"{name}-case.png")
                if size["width"] < 500 and not in_english:
                    keep_small(resident.page.screenshot(), IMAGES / "resident.png")


def photograph_states(browser: Browser, centre: ServedCentre, week: Week, out: Path) -> None:
    """Forms, questions, refusals, mishaps and paper: in Chinese on a wide screen, in English on a tablet, and the
    residents' on a phone.
    """
    town = Town(centre, week.world, Shown("", ""))
    for size, in_english in ((WIDE, False), (TABLET, True)):
        for role, way in WAYS:
            with clerk(browser, centre.address, f"states-{role.value}", viewport=size) as somebody:
                somebody.sign_in(sign_in_for(centre, login_of(week.world, role, in_place=_near(week, role))))
                english(somebody, in_english)
                way(somebody, town, _taker(somebody, out / role.value, in_english))
        login = login_of(week.world, Role.DESK_CLERK, in_place=_near(week, Role.DESK_CLERK))
        with clerk(browser, centre.address, "states-open", viewport=size) as nobody:
            nobody.open("/console/sign-in")
            english(nobody, in_english)
            taken = _taker(nobody, out / "nobody", in_english)
            signing_in(nobody, sign_in_for(centre, login), taken)
            nobody.context.clear_cookies()
            english(nobody, in_english)
            first_factor(nobody, sign_in_for(centre, login), town, taken)
            too_many(nobody, taken)
        with clerk(browser, centre.address, "states-resident", viewport=TABLET if in_english else PHONE) as resident:
            resident.open("/r/")
            english(resident, in_english)
            rating(resident, town, _taker(resident, out / "resident", in_english))


def _taker(somebody: Clerk, folder: Path, in_english: bool) -> Callable[[str], None]:
    return lambda name: take(somebody, folder / f"{name}{'-en' if in_english else ''}.png")


def main(arguments: Sequence[str] | None = None) -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", action="store_true")
    asked.add_argument("--chosen", action="store_true", help="only those that are committed")
    asked.add_argument("--world", type=Path)
    asked.add_argument("--receipt", default="")
    asked.add_argument("--last4", default="")
    told = asked.parse_args(arguments)
    week = Week(SMALL if told.small else FULL)
    receipt, last4 = told.receipt, told.last4
    settings = demo_settings(told.world or FOLDER / "world")
    if told.world is None:
        shutil.rmtree(settings.data_folder, ignore_errors=True)
        settings.data_folder.mkdir(parents=True)
        _, story = asyncio.run(fill(week, settings, Console()))
        receipt, last4 = story.shown.receipt, story.shown.last4
        print(f"--world {settings.data_folder} --receipt {receipt} --last4 {last4}")
    with serving(settings) as centre, sync_playwright() as driver, chromium_browser(driver) as browser:
        if told.chosen:
            photograph_chosen(browser, centre, week)
        else:
            photograph(browser, centre, week, FOLDER)
        if receipt:
            photograph_residents_page(browser, centre, receipt, last4, FOLDER)
        if not told.chosen:
            photograph_states(browser, centre, week, FOLDER / "states")
    print(f"{sum(1 for _ in FOLDER.rglob('*.png'))} pictures in {FOLDER}, a few in {IMAGES}")


if __name__ == "__main__":
    main()
