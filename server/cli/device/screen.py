"""Owns how a device command speaks: to a person in Chinese or English, to a program in JSON; and how it asks.

Laws: what a program reads is the only thing on standard output under --json. A question that gets no answer ends the
command; nothing is guessed for a person.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import msgspec
import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from server.cli.device.failures import STOPS, NotLawful, Stopped
from server.cli.device.texts import LANGUAGES, TEXTS
from server.cli.terminal import terminal

SHOWN_AT_ONCE = 12

Say = Callable[..., str]


class Screen:
    """One command's voice. `lang` is zh or en."""

    def __init__(self, lang: str = "zh", *, as_json: bool = False) -> None:
        assert lang in LANGUAGES, "two languages are spoken"
        self.lang = lang
        self.as_json = as_json
        self._place = LANGUAGES.index(lang)
        # A pipe has no width; what is printed there should not be broken at 80.
        width = None if sys.stdout.isatty() else 100
        self._out = terminal(highlight=False, width=width)
        self._err = terminal(stderr=True, highlight=False, width=width)

    def text(self, key: str, **details: object) -> str:
        """A row of TEXTS in this language, Chinese first."""
        return TEXTS[key][self._place].format(**details)

    def either(self, zh: str, en: str) -> str:
        return (zh, en)[self._place]

    def say(self, key: str, style: str = "", **details: object) -> None:
        """A sentence for a person; a program does not get it."""
        if not self.as_json:
            self._out.print(Text(self.text(key, **details), style=style))

    def show(self, what: RenderableType) -> None:
        if self.as_json:
            return
        if isinstance(what, Table) and what.title:
            # A title of the table's own would be broken to the width of its columns.
            self._out.print(Text(str(what.title), style="bold"))
            what.title = None
        self._out.print(what)

    def line(self, text: str, style: str = "") -> None:
        if not self.as_json:
            self._out.print(Text(text, style=style))

    def emit(self, value: Any) -> None:
        """What a program gets: one JSON document on one line."""
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
            sys.stdout.flush()

    def table(self, title: str, *columns: str) -> Table:
        """A table with headings of TEXTS."""
        made = Table(title=self.text(title) if title else None)
        for column in columns:
            made.add_column(self.text(column), overflow="fold")
        return made

    # Asking

    def ask(self, label: str, default: str | None = None, *, hide: bool = False, shown: bool = True) -> str:
        """`default` is what Enter means; it stands in brackets unless `shown` is off."""
        told = bool(default) and shown
        answer = typer.prompt(label, default=default, hide_input=hide, show_default=told, err=self.as_json)
        return str(answer).strip()

    def confirm(self, label: str, *, default: bool | None = None) -> bool:
        hint = {True: "Y/n", False: "y/N", None: "y/n"}[default]
        while True:
            preset = {True: "y", False: "n", None: None}[default]
            said = self.ask(f"{label} [{hint}]", preset, shown=False).lower()
            if said in ("y", "yes", "是", "1"):
                return True
            if said in ("n", "no", "否", "0"):
                return False

    def pick(self, label: str, options: Sequence[str], default: int | None = None) -> int:
        """The place of the option chosen, by its number."""
        for number, option in enumerate(options, 1):
            self.line(f"  {number}. {option}")
        while True:
            said = self.ask(label, str(default + 1) if default is not None else None)
            if said.isdecimal() and 1 <= int(said) <= len(options):
                return int(said) - 1
            self.say("pick_again", "yellow", count=len(options))

    def search(self, label: str, find: Callable[[str], Sequence[tuple[str, str]]], *, extra: str = "") -> str:
        """Asks for words until one of what they find is chosen. `find` gives (key, what is shown). `extra` is one more
        answer that needs no match; its key is "".
        """
        words = ""
        while True:
            found = list(find(words))
            for number, (_, shown) in enumerate(found[:SHOWN_AT_ONCE], 1):
                self.line(f"  {number}. {shown}")
            if len(found) > SHOWN_AT_ONCE:
                self.say("more_found", "dim", count=len(found) - SHOWN_AT_ONCE)
            if extra:
                self.line(f"  0. {extra}")
            said = self.ask(label)
            if extra and said == "0":
                return ""
            if said.isdecimal() and 1 <= int(said) <= min(len(found), SHOWN_AT_ONCE):
                return found[int(said) - 1][0]
            words = said
            if not find(words):
                self.say("nothing_like", "yellow", words=words)

    # Ending

    def tell_stop(self, stop: Stopped) -> None:
        """What is wrong and what to do next."""
        words = STOPS[stop.code]
        what = self.either(words.zh, words.en).format(**stop.details)
        then = self.either(words.next_zh, words.next_en).format(**stop.details)
        if self.as_json:
            told: dict[str, object] = {"error": stop.code, "message": what, "next": then}
            if isinstance(stop, NotLawful):
                told["problems"] = stop.problems
            if "problem" in stop.details:
                told["problem"] = stop.details["problem"]
            self.emit(told)
        else:
            self._err.print(Text(what, style="bold red"))
            if then:
                self._err.print(Text(self.text("what_next", what=then)))

    def stop(self, stop: Stopped) -> NoReturn:
        self.tell_stop(stop)
        raise typer.Exit(STOPS[stop.code].exit_code)
