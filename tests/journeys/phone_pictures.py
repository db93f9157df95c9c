"""Pictures of every screen of the phone app, for whoever wants to look: in both languages, at three sizes, in normal
and in the largest letters, into build/phone_pictures/ or the folder that is named; a few as somebody sees them, side by
side, into docs/images/.

    python -m tests.journeys.phone_pictures [folder]

Laws: screens are reached as a helper reaches them. What is wider than its phone, too small, or stopped by axe is told
at the end, and ends the command with 1. A screen is shown whole: its foot stands at its end, not over the text.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Playwright, ViewportSize, sync_playwright

from tests.journeys.accessible import check_accessible
from tests.journeys.legible import faults_of
from tests.journeys.others import Others
from tests.journeys.phone import PIN, SMALL, PhoneUser, ServedCentre, phone_user, served_centre
from tests.journeys.picture_walk import walk_at_home, walk_with_answers
from tests.journeys.test_photographs import CAMERA

FOLDER = Path("build/phone_pictures")
SIZES: dict[str, ViewportSize] = {
    "small": SMALL,
    "large": {"width": 412, "height": 915},
    "lying": {"width": 640, "height": 360},
}
IMAGE = Path("docs/images/phone.png")
SHOWN = ("22-waits", "07-service", "09-materials", "15-receipt")
SHOWN_SCALE, GAP = 0.7, 16
SCALES = {"normal": "1", "largest": "1.5"}
KEPT = re.compile("草稿已存好|The draft is saved")
WHOLE = ".screen-head, .screen-foot { position: static !important } * { transition: none !important }"
# The app lets no page bring styles of its own; a script may set them.
STYLED = "css => { const one = new CSSStyleSheet(); one.replaceSync(css); document.adoptedStyleSheets = [one] }"


def nothing(page: Page) -> None:
    """Most screens are there again by themselves."""


class Painter:
    """Takes one screen in all its looks. What could not stand is listed in `wrong`."""

    def __init__(self, user: PhoneUser, folder: Path) -> None:
        self._user = user
        self._folder = folder
        self.wrong: list[str] = []

    def take(self, name: str, *, is_open: bool = True, again: Callable[[Page], None] = nothing) -> None:
        """`again`: brings back what a new start of the app closes, such as a sheet; in any language."""
        for language in ("zh", "en"):
            if language == "en":
                self._speak(language, is_open)
                again(self._user.page)
            self._take(f"{name}-{language}")
        self._user.page.set_viewport_size(SMALL)
        self._speak("zh", is_open)
        again(self._user.page)

    def _take(self, name: str) -> None:
        page = self._user.page
        try:
            check_accessible(page, name)
        except AssertionError as found:
            self.wrong.append(str(found))
        page.set_viewport_size(SIZES["large"])
        page.screenshot(path=self._folder / f"{name}-seen.png")
        page.evaluate(STYLED, WHOLE)
        for scale, factor in SCALES.items():
            page.evaluate(f"document.documentElement.style.setProperty('--text-scale', '{factor}')")
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                page.wait_for_timeout(60)
                # A sheet covers the screen it was opened on: what lies below is no part of the picture.
                is_whole = not page.locator("dialog[open]").count()
                page.screenshot(path=self._folder / f"{name}-{size}-{scale}.png", full_page=is_whole)
                self.wrong += [f"{name}-{size}-{scale}: {one}" for one in faults_of(page)]
        page.evaluate("document.documentElement.style.setProperty('--text-scale', '1')")

    def _speak(self, language: str, is_open: bool) -> None:
        """A language is chosen once for all, so the app begins anew with it, at the same place."""
        page = self._user.page
        if page.locator(".kept").count():
            # What was typed is on the disk before the app begins anew.
            page.get_by_text(KEPT).wait_for()
        page.evaluate(f"localStorage.setItem('bangban-language', '{language}')")
        page.reload()
        if is_open:
            page.locator("input[type=password]").fill(PIN)
            page.locator("input[type=password]").press("Enter")
            page.locator("form#unlock").wait_for(state="detached")


def paint(driver: Playwright, centre: ServedCentre, profile: Path, folder: Path) -> list[str]:
    """Everything that is wrong with a screen."""
    with phone_user(driver, profile, centre.address, "pictures", arguments=CAMERA) as user:
        user.context.grant_permissions(["camera"])
        painter = Painter(user, folder)
        walk_at_home(user, painter, centre.code())
        walk_with_answers(user, painter, Others(centre))
        return painter.wrong


def side_by_side(folder: Path) -> None:
    """What the documentation shows."""
    pictures = [Image.open(folder / f"{name}-zh-seen.png").convert("RGB") for name in SHOWN]
    width, height = (round(side * SHOWN_SCALE) for side in pictures[0].size)
    sheet = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for place, picture in enumerate(pictures):
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (place * (width + GAP), 0))
    sheet.quantize(255, Image.Quantize.MAXCOVERAGE, kmeans=2).save(IMAGE, optimize=True)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as held, sync_playwright() as driver:
        root = Path(held)
        with served_centre(root / "centre") as centre:
            wrong = paint(driver, centre, root / "profile", folder)
    side_by_side(folder)
    print("\n".join(wrong) or "nothing stands out")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
