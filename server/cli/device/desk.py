"""Owns what every device command shares: which store, which language, for a person or a program, and how it ends.

Laws: --store, --lang and --json may stand anywhere on the line. Every stop becomes words and an exit code here and
nowhere else. The PIN comes from a prompt, or from BANGBAN_PIN for programs; never from the command line, which others
on this computer can read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from server.cli.device.commands import COMMANDS, load
from server.cli.device.failures import Stopped, stopped_by
from server.cli.device.office import Office, default_folder, is_enrolled, open_office
from server.cli.device.pin import unlock
from server.cli.device.screen import Screen
from server.cli.device.texts import LANGUAGES
from server.clock import MachineClock
from sync.core.clock import Clock
from sync.device.errors import DeviceError

PIN_VARIABLE = "BANGBAN_PIN"
NEW_PIN_VARIABLE = "BANGBAN_NEW_PIN"
STORE_VARIABLE = "BANGBAN_STORE"
LANG_VARIABLE = "BANGBAN_LANG"
_TAKING_A_VALUE = ("--store", "--lang")
_FLAGS = ("--json",)


@dataclass
class Desk:
    """Where a command works and how it speaks."""

    folder: Path = field(default_factory=default_folder)
    screen: Screen = field(default_factory=Screen)
    clock: Clock = field(default_factory=MachineClock)

    def pin(self) -> str:
        given = os.environ.get(PIN_VARIABLE)
        return given if given is not None else self.screen.ask(self.screen.text("ask_pin"), hide=True)

    def new_pin(self, variable: str = PIN_VARIABLE) -> str:
        """Asked twice: nobody can tell a forgotten PIN."""
        given = os.environ.get(variable)
        while given is None:
            first = self.screen.ask(self.screen.text("ask_new_pin"), hide=True)
            if first == self.screen.ask(self.screen.text("ask_pin_again"), hide=True):
                return first
            self.screen.say("pins_differ", "yellow")
        return given

    def check_enrolled(self) -> None:
        if not is_enrolled(self.folder):
            raise Stopped("not_enrolled", folder=self.folder)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The open store, its PIN asked for."""
        self.check_enrolled()
        with open_office(self.folder, self.pin(), self.clock) as office:
            if office.store.salvaged is not None:
                self.screen.say("salvaged", "bold yellow")
            yield office

    def key(self) -> bytes:
        """The store's key, for a command that opens it again and again."""
        self.check_enrolled()
        return unlock(self.folder, self.pin(), self.clock.wall_ms())


def desk_of(context: typer.Context) -> Desk:
    desk = context.obj
    assert isinstance(desk, Desk), "the group's callback makes the desk"
    return desk


class DeviceCommands(TyperGroup):
    """The group: gathers the common options from anywhere on the line, loads the command that is called, and is the one
    place where a stop ends.
    """

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = {name: TyperCommand(name, help=entry.summary) for name, entry in COMMANDS.items()}
        super().__init__(**settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and load(str(name)), rest

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, common_first(args))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Stopped as stop:
            _screen(ctx).stop(stop)
        except DeviceError as error:
            _screen(ctx).stop(stopped_by(error))


def _screen(ctx: Any) -> Screen:
    return ctx.obj.screen if isinstance(ctx.obj, Desk) else Screen()


def common_first(args: list[str]) -> list[str]:
    """The common options before the command's name, where the group reads them. What follows `--` is left alone."""
    end = args.index("--") if "--" in args else len(args)
    first: list[str] = []
    rest: list[str] = []
    words = iter(args[:end])
    for word in words:
        name, equals, _ = word.partition("=")
        if word in _FLAGS or (name in _TAKING_A_VALUE and equals):
            first.append(word)
        elif word in _TAKING_A_VALUE:
            first += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return first + rest + args[end:]


def make_desk(store: Path | None, lang: str, as_json: bool) -> Desk:
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"{lang}: zh / en", param_hint="--lang")
    return Desk(folder=store or default_folder(), screen=Screen(lang, as_json=as_json))
