"""Owns how a command prints what others typed: as it is, and with no power over the terminal that shows it.

Laws: a text is never read as markup, since a name may hold [brackets]; what would move the cursor or colour the screen
is shown as a replacement sign.
"""

from __future__ import annotations

import re

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.measure import Measurement
from rich.segment import Segment

_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def terminal(*, stderr: bool = False, highlight: bool = True, width: int | None = None) -> Console:
    """A console for what comes out of a database or off a line."""
    console = Console(stderr=stderr, highlight=highlight, width=width, markup=False, emoji=False)
    console.push_render_hook(_Tamed())
    return console


class _Tamed(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(one) for one in renderables]


class _Shown:
    """What is printed, without the signs that a terminal obeys. rich's own ones are set apart and stay."""

    def __init__(self, what: RenderableType) -> None:
        self._what = what

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style, control in console.render(self._what, options):
            yield Segment(text if control else _UNSHOWN.sub("\ufffd", text), style, control)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._what)
