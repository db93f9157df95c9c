"""Measures in Chromium how soon each page of the console paints and what it weighs packed; prints, and judges nothing.

    python -m tests.journeys.page_weight --small               in the small world, filled anew
    python -m tests.journeys.page_weight --world FOLDER        in a centre that is there, such as the screenshots' world

First contentful paint as the browser tells it, the cache empty for each page; weight is every byte the page asked for,
packed as a proxy would. The aims are 1,000 ms and 300 kB.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Response, sync_playwright
from rich.console import Console

from fixtures.fleet.week import Week
from server.cli.demo import demo_settings, fill
from tests.journeys.console import Clerk, chromium_browser, clerk, login_of, sign_in_for
from tests.journeys.phone import ServedCentre, serving
from tests.journeys.screenshots import FULL, ROLES, SMALL, Walk, pattern_of

PAINT_MS_MAX, WEIGHT_MAX = 1_000, 300_000
FOLDER = Path("build/page-weight")
STRANGERS = ("/console/sign-in", "/console/password", "/r/")
PAINT = """new Promise(done => new PerformanceObserver(list => {
    const found = list.getEntriesByName('first-contentful-paint')[0]
    if (found) done(found.startTime)
}).observe({type: 'paint', buffered: true}))"""


@dataclass(frozen=True)
class Measured:
    address: str
    paint_ms: float
    packed: int
    requests: int

    @property
    def line(self) -> str:
        over = " !" if self.paint_ms > PAINT_MS_MAX or self.packed > WEIGHT_MAX else ""
        return f"{self.paint_ms:7.0f} ms  {self.packed / 1000:7.1f} kB  {self.requests:3}  {self.address}{over}"


def measure(browser: Browser, centre: ServedCentre, week: Week) -> Iterator[Measured]:
    """Each kind of page once, for the first role that sees it."""
    seen: set[object] = set()
    for role in ROLES:
        with clerk(browser, centre.address, f"weight-{role.value}") as somebody:
            somebody.sign_in(sign_in_for(centre, login_of(week.world, role)))
            heard = Heard(somebody)
            for address, _ in Walk(somebody, seen, pattern_of).pages():
                yield measured(somebody, heard, f"{role.value} {address}")
    with clerk(browser, centre.address, "weight-stranger") as stranger:
        heard = Heard(stranger)
        for address in STRANGERS:
            stranger.open(address)
            yield measured(stranger, heard, f"nobody {address}")


def measured(somebody: Clerk, heard: Heard, name: str) -> Measured:
    paint = float(somebody.page.evaluate(PAINT))
    sizes = heard.sizes()
    return Measured(name, paint, sum(sizes), len(sizes))


class Heard:
    """What this browser's page asked for since it was last asked, with an empty cache each time."""

    def __init__(self, somebody: Clerk) -> None:
        self._answers: list[Response] = []
        session = somebody.context.new_cdp_session(somebody.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        somebody.page.on("response", self._take)

    def _take(self, answer: Response) -> None:
        """The driver writes a mark onto the handler that it is given, which a list's own method does not allow."""
        self._answers.append(answer)

    def forget(self) -> None:
        self._answers.clear()

    def sizes(self) -> list[int]:
        """Of each answer, packed."""
        told = self._answers.copy()
        self.forget()
        return [packed_size(answer) for answer in told]


def packed_size(answer: Response) -> int:
    """A stream has no end, and a redirect no body."""
    if "event-stream" in answer.headers.get("content-type", ""):
        return 0
    try:
        return len(gzip.compress(answer.body(), 6))
    except Error:
        return 0


def main(arguments: Sequence[str] | None = None) -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--small", action="store_true")
    asked.add_argument("--world", type=Path)
    told = asked.parse_args(arguments)
    week, settings = Week(SMALL if told.small else FULL), demo_settings(told.world or FOLDER)
    if told.world is None:
        shutil.rmtree(settings.data_folder, ignore_errors=True)
        settings.data_folder.mkdir(parents=True)
        asyncio.run(fill(week, settings, Console(quiet=True)))
    with serving(settings) as centre, sync_playwright() as driver, chromium_browser(driver) as browser:
        found = list(measure(browser, centre, week))
    for one in sorted(found, key=lambda page: page.paint_ms, reverse=True):
        print(one.line)
    slowest, heaviest = max(one.paint_ms for one in found), max(one.packed for one in found)
    print(f"{len(found)} pages: slowest paint {slowest:.0f} ms, heaviest {heaviest / 1000:.1f} kB packed")


if __name__ == "__main__":
    main()
