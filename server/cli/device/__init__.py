"""`bangban device`: the whole work of a village office on one computer, network or not. docs/device.md is its page.

The commands are in modules by what they do: the line to the centre, visits, what follows a visit, claims, and looking
at what became of things; server/cli/device/commands.py lists them. Below them nothing knows of a command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.device.desk import LANG_VARIABLE, STORE_VARIABLE, DeviceCommands, make_desk

app = typer.Typer(
    cls=DeviceCommands,
    add_completion=False,
    no_args_is_help=True,
    help="上门帮办、认领填报与同步，有没有网络都能用。File, claim and sync on this computer, network or not.",
    pretty_exceptions_show_locals=False,  # a traceback must not print residents' data
)


@app.callback()
def common(
    context: typer.Context,
    store: Annotated[
        Path | None, typer.Option("--store", envvar=STORE_VARIABLE, help="数据文件夹 / the store's folder.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", envvar=LANG_VARIABLE, help="zh 或 / or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 / for programs: one JSON document.")] = False,
) -> None:
    """These options may stand anywhere on the line. The PIN is asked for, or taken from BANGBAN_PIN."""
    context.obj = make_desk(store, lang, as_json)
