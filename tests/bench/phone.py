"""`make bench-phone`: how fast the phone app is on a slow phone, in real Chromium.

first load      what has to come over the line before the first screen, packed
second start    without a network and with the processor four times slower: from the address to the screen that asks for
                the PIN, and from the PIN to a Today that can be used; the two together are what a person waits
taps            with the same slow processor, thousands of records and hundreds of drafts on the phone: from the finger
                to what it brings standing on the screen
Law: a time is taken by the page's own clock, from the event to the frame that shows what it led to.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from agent_api.phone_files import PAGE, read_built
from fixtures.fleet.browsers import read_script
from server.actions.load_world import NewRecord, load_world
from server.centre import open_centre
from server.cli.world import content_of, resident_fields
from server.settings import Settings
from sync.core.ids import derived_id
from tests.command import finish
from tests.journeys.phone import PIN, ServedCentre, phone_user, serving
from tests.small_centre import VILLAGE, settings_in, small_world

RECORDS, DRAFTS = 2_000, 300
NUMBERED_MAX = 1_000
SLOWER = 4
TURNS = 3
FIRST_LOAD_BYTES_MAX = 130_000
SECOND_START_MS_MAX = 1_500.0
TAP_MS_MAX = 100.0

# The time of the frame in which something stands on the screen.
_WATCH = """
globalThis.shown = (isThere) => new Promise((resolve) => {
  const look = () => {
    if (!isThere()) return false
    requestAnimationFrame(() => {
      const turn = new MessageChannel()
      turn.port1.onmessage = () => resolve(performance.now())
      turn.port2.postMessage(0)
    })
    return true
  }
  if (look()) return
  const watcher = new MutationObserver(() => { if (look()) watcher.disconnect() })
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
})
globalThis.titled = (title) => () =>
  document.querySelector('h1')?.textContent?.trim() === title && !document.querySelector('.screen-foot button:disabled')
globalThis.pinAsked = shown(() => document.querySelector('form#unlock input'))
"""


@dataclass(frozen=True)
class Figure:
    """One measured number and its limit."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def is_good(self) -> bool:
        return self.value <= self.limit


def first_load_bytes() -> int:
    """Of the page and of everything that it names, packed as the centre sends it."""
    built = read_built(Settings().phone_folder)
    named = set(re.findall(r'(?:src|href)="/app/([^"]+)"', built[PAGE].content.decode())) | {PAGE}
    return sum(len(built[name].packed or built[name].content) for name in named)


def villagers(count: int) -> Iterator[NewRecord]:
    """So many residents of the helper's village. Only the first thousand have numbers of their own to be found by."""
    known = small_world().residents_of(VILLAGE, min(count, NUMBERED_MAX))
    for number in range(count):
        one = known[number % len(known)]
        if number < len(known):
            yield NewRecord("resident", one.id, 1, resident_fields(one))
        else:
            fields = {"name": one.name, "village": VILLAGE, "address": one.address, "birth": one.birth.isoformat()}
            yield NewRecord("resident", derived_id("villager", str(number)), 1, fields)


@contextmanager
def full_centre(folder: Path, records: int) -> Iterator[ServedCentre]:
    """The small world, and so many residents in the helper's village."""
    content = content_of(small_world(), residents=3)
    others = (one for one in content.records if one.fields.get("village") != VILLAGE)
    settings = settings_in(folder)

    async def load() -> None:
        async with open_centre(settings, new=True) as centre:
            await load_world(
                centre.database,
                replace(content, records=chain(others, villagers(records))),
                policies=centre.policies,
                sealing=centre.sealing,
                now_ms=centre.clock.wall_ms(),
                randomness=centre.randomness,
            )

    finish(load())
    with serving(settings) as centre:
        yield centre


def slow_down(page: Page) -> CDPSession:
    line = page.context.new_cdp_session(page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return line


def second_start(page: Page, address: str) -> tuple[float, float]:
    """Until the PIN is asked for, and from the PIN until Today can be used."""
    page.goto(f"{address}/app/")
    asked: float = page.evaluate("pinAsked")
    page.evaluate(
        """pin => {
            const field = document.querySelector('form#unlock input')
            field.value = pin
            field.dispatchEvent(new Event('input', { bubbles: true }))
        }""",
        PIN,
    )
    took: float = page.evaluate(
        """async () => {
            const begun = performance.now()
            document.querySelector('.screen-foot button').click()
            return await shown(titled('今天')) - begun
        }"""
    )
    return asked, took


_TAP = """async ([find, done]) => {
    const element = eval(find)()
    if (!element) throw new Error(`nothing to tap: ${find}`)
    const begun = performance.now()
    element.click()
    return await shown(eval(done)) - begun
}"""
_TYPE = """async ([find, text, done]) => {
    const field = eval(find)()
    const begun = performance.now()
    field.value = text
    field.dispatchEvent(new Event('input', { bubbles: true }))
    return await shown(eval(done)) - begun
}"""


def button(words: str) -> str:
    return f"() => [...document.querySelectorAll('button')].find((one) => one.textContent.includes('{words}'))"


def titled(title: str) -> str:
    return f"titled('{title}')"


def listed(title: str) -> str:
    """A screen that is a list stands when there is something to choose."""
    return f"() => {titled(title)}() && document.querySelector('.screen-body ul .row-button')"


ROW = "() => document.querySelector('.screen-body ul .row-button')"
FIELD = "() => document.querySelector('.screen-body input')"
CHOICE = "() => [...document.querySelectorAll('.choice input')].find((one) => !one.checked)"
CHECKED = "() => document.querySelector('.choice input:checked')"
BACK = "() => document.querySelector('.screen-head .icon-button')"
DRAFT = (
    "() => [...document.querySelectorAll('section')].find((one) => one.textContent.includes('没办完的'))"
    ".querySelector('button')"
)


def taps(page: Page) -> dict[str, float]:
    """A walk over the screens; of each tap how long it took."""

    def tap(find: str, done: str) -> float:
        return float(page.evaluate(_TAP, [find, done]))

    def type_in(text: str, done: str) -> float:
        return float(page.evaluate(_TYPE, [FIELD, text, done]))

    found = "() => document.querySelectorAll('.screen-body ul .row-button').length {}"
    took = {"begin a visit": tap(button("开始上门办理"), listed("为谁办？"))}
    took["type a name's initials"] = type_in("w", found.format("> 0"))
    took["type digits nobody has"] = type_in("000000000", found.format("=== 0"))
    type_in("", found.format("> 0"))
    took["choose a resident"] = tap(ROW, listed("办什么事？"))
    took["look for a service"] = type_in("高龄津贴", found.format("> 0"))
    took["choose a service"] = tap(ROW, titled("填写"))
    took["put a visit aside"] = tap(button("先放着"), titled("今天"))
    took["open a draft"] = tap(DRAFT, titled("填写"))
    tap(button("先放着"), titled("今天"))
    took["open claims"] = tap(button("认领"), titled("认领"))
    took["tick a claim"] = tap(
        "() => document.querySelector('input[type=checkbox]')", "() => document.querySelector('input:checked')"
    )
    took["back to Today"] = tap(BACK, titled("今天"))
    took["open this phone"] = tap(button("这台手机"), titled("这台手机"))
    took["larger letters"] = tap(CHOICE, CHECKED)
    tap(BACK, titled("今天"))
    return took


def measure(folder: Path, records: int, drafts: int, turns: int) -> list[Figure]:
    figures = [Figure("first load, packed", first_load_bytes(), FIRST_LOAD_BYTES_MAX, "bytes")]
    with full_centre(folder / "centre", records) as centre, sync_playwright() as driver:
        profile = folder / "profile"
        with phone_user(driver, profile, centre.address, "bench") as user:
            user.enrol(centre.code())
            user.see("都已送达中心")
            user.wait_until_kept()
            user.press("锁上")
            user.see("您好")
            user.page.evaluate(read_script())
            held = user.page.evaluate("([pin, count]) => bench.draft(pin, count)", [PIN, drafts])
            assert held >= records, f"{held} records are on the phone"
        walks: list[dict[str, float]] = []
        starts: list[tuple[float, float]] = []
        for _ in range(turns):
            with phone_user(driver, profile, centre.address, "bench_again") as user:
                user.context.add_init_script(_WATCH)
                user.go_offline()
                slow_down(user.page)
                starts.append(second_start(user.page, centre.address))
                walks.append(taps(user.page))
    asked, opened = (median(one) for one in zip(*starts, strict=True))
    figures += [
        Figure("second start offline: until the PIN is asked for", round(asked), SECOND_START_MS_MAX, "ms"),
        Figure("second start offline: from the PIN to Today", round(opened), SECOND_START_MS_MAX, "ms"),
        Figure("second start offline", round(asked + opened), SECOND_START_MS_MAX, "ms"),
    ]
    for name in walks[0]:
        figures.append(Figure(f"tap: {name}", round(median(walk[name] for walk in walks)), TAP_MS_MAX, "ms"))
    return figures


def table_of(figures: list[Figure]) -> Table:
    table = Table(title=f"make bench-phone: processor {SLOWER} times slower", title_justify="left")
    for heading in ("what", "measured", "at most", ""):
        table.add_column(heading, justify="right" if heading in ("measured", "at most") else "left")
    for one in figures:
        verdict = "[green]good[/]" if one.is_good else "[red]too much[/]"
        table.add_row(one.name, f"{one.value:,.0f} {one.unit}", f"{one.limit:,.0f}", verdict)
    return table


def as_json(figures: list[Figure]) -> str:
    told: dict[str, Any] = {re.sub(r"\W+", "_", one.name).strip("_") + f"_{one.unit}": one.value for one in figures}
    return json.dumps(told)


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench-phone", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures, and nothing else")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--drafts", type=int, default=DRAFTS)
    parser.add_argument("--turns", type=int, default=TURNS, help="how often each is taken; the middle one counts")
    said = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangban-bench-") as folder:
        figures = measure(Path(folder), said.records, said.drafts, said.turns)
    if said.json:
        print(as_json(figures))
    else:
        Console().print(table_of(figures))
    return 0 if all(one.is_good for one in figures) else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
