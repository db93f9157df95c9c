"""Somebody who has a keyboard and nothing else: each stop is seen, in sight, and in the order of reading."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.journeys.console import Clerk

STOPS_MAX = 150
FIELD_IN_FOCUS = "input:focus, textarea:focus, select:focus"
_STOP = """() => {
    const it = document.activeElement
    if (!it || it === document.body) return null
    const box = it.getBoundingClientRect(), style = getComputedStyle(it)
    const label = it.labels && it.labels.length ? it.labels[0].innerText : ''
    return {
        kind: it.matches('input, select, textarea') ? 'field' : it.tagName.toLowerCase(),
        words: [label, it.getAttribute('aria-label') || '', it.innerText || ''].join(' ').trim(),
        box: [box.left, box.top + scrollY, box.right, box.bottom + scrollY],
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        inSight: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
            && box.right > 0 && box.left < innerWidth,
        inMain: !!it.closest('#main'),
        ahead: it.tabIndex > 0,
    }
}"""


class Keyboard:
    """Law: nothing is clicked. What has the focus is asked at every stop whether an eye finds it."""

    def __init__(self, somebody: Clerk) -> None:
        self._somebody = somebody

    @property
    def _page(self) -> Page:
        return self._somebody.page

    def press(self, *keys: str) -> None:
        self._somebody.type(*keys)

    def type(self, text: str) -> None:
        """Into the field that has the focus, or will when the page has given it: until then keys go nowhere."""
        self._page.locator(FIELD_IN_FOCUS).first.wait_for()
        self._page.keyboard.type(text)

    def stop(self) -> dict[str, Any] | None:
        """The next stop of the Tab key; None past the page's end."""
        self.press("Tab")
        at: dict[str, Any] | None = self._page.evaluate(_STOP)
        if at is not None:
            assert at["seen"], f"nobody sees where the focus is: {at}"
            assert at["inSight"], f"the focus is out of sight: {at}"
            assert not at["ahead"], f"a place in the order of its own: {at}"
        return at

    def to(self, words: str, kind: str = "") -> None:
        """Tabs on until what says these words has the focus: a link (a), a button, a summary or a field."""
        before: dict[str, Any] | None = None
        for _ in range(STOPS_MAX):
            at = self.stop()
            if at is not None:
                _reads_on(before, at)
                if words in at["words"] and at["kind"] == (kind or at["kind"]):
                    return
            before = at
        raise AssertionError(f"nobody gets to {words} by Tab on {self._page.url}")

    def open_step(self, words: str) -> None:
        """By the way past the case, to a step, which opens."""
        self.to("跳到办理", "a")
        self.press("Enter")
        self.to(words, "summary")
        self.press("Enter")

    def choose(self, label: str, down: int = 1) -> None:
        """In a list, by arrows."""
        self.to(label, "field")
        self.press(*["ArrowDown"] * down)

    def send(self, words: str) -> None:
        self.to(words, "button")
        self.press("Enter")


def _reads_on(before: dict[str, Any] | None, at: dict[str, Any]) -> None:
    """From left to right and from above downwards; a column beside the one that was read begins above again."""
    # A field for a day is several stops.
    if before is None or not before["inMain"] or not at["inMain"] or before["box"] == at["box"]:
        return
    (left, _, right, bottom), (next_left, next_top, _, next_bottom) = before["box"], at["box"]
    goes_down, goes_right = next_bottom > bottom or next_top >= bottom, next_left >= right or next_left > left
    assert goes_down or goes_right, f"the focus jumps back: {before['words']} → {at['words']}"
