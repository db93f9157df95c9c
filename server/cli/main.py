"""The `bangban` command line's root: the table of all commands, on one screen.

Laws: a command's module is loaded only when that command is called, so that `bangban --help` is quick and a fault in
one command leaves the others working. A module offers `app` (a Typer) or a function named after the command.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


class Entry(NamedTuple):
    """Where a command lives and what it is for, in one line."""

    panel: str
    module: str
    summary: str


OPERATE = "Run a centre"
SUPERVISE = "Supervise"
DEVICE = "Work on a device"
PROVE = "Try and measure"

COMMANDS = MappingProxyType(
    {
        "serve": Entry(OPERATE, "server.cli.serve", "Start the centre's server."),
        "migrate": Entry(OPERATE, "server.cli.migrate", "Bring a database to this version's schema."),
        "move": Entry(OPERATE, "server.cli.move", "Move a centre to another database, in the same epoch."),
        "accounts": Entry(OPERATE, "server.cli.accounts", "Import, activate and revoke accounts."),
        "backup": Entry(OPERATE, "server.cli.backup", "Write a verified backup to a second place."),
        "restore": Entry(OPERATE, "server.cli.restore", "Restore a backup and begin a new epoch."),
        "takeover": Entry(OPERATE, "server.cli.takeover", "Of two centres, let this one go on."),
        "catalogue": Entry(OPERATE, "server.cli.catalogue", "Items: versions, steps, who departs from the standard."),
        "verify": Entry(OPERATE, "server.cli.verify", "Check the audit chain, the sums and the files."),
        "recount": Entry(OPERATE, "server.cli.recount", "Count what lists and bulletins show from the records again."),
        "export": Entry(OPERATE, "server.cli.export", "Write records out in open formats."),
        "outbound": Entry(OPERATE, "server.cli.outbound", "How telling the province goes; retry what it refused."),
        "openapi": Entry(OPERATE, "server.cli.openapi", "Print the helpers' API as OpenAPI 3.1."),
        "lights": Entry(SUPERVISE, "server.cli.lights", "What shines against a clock, and on whom."),
        "orders": Entry(
            SUPERVISE, "server.cli.orders", "Supervision orders of red lights: answered, checked, printed."
        ),
        "reviews": Entry(SUPERVISE, "server.cli.reviews", "Patterns in filings that need a look."),
        "resident": Entry(OPERATE, "server.cli.resident", "Write out or empty all about one resident."),
        "retention": Entry(OPERATE, "server.cli.retention", "What is deleted when, and the proof of it."),
        "activity": Entry(SUPERVISE, "server.cli.activity", "Who was last heard of when, and what arrived."),
        "cases": Entry(SUPERVISE, "server.cli.cases", "A desk's cases: the queue, one case, a step."),
        "bulletin": Entry(SUPERVISE, "server.cli.bulletin", "Build, freeze, verify and export bulletins."),
        "campaign": Entry(SUPERVISE, "server.cli.campaign", "Open, follow and close rounds of claiming."),
        "device": Entry(DEVICE, "server.cli.device", "File, claim and sync on this computer, network or not."),
        "world": Entry(PROVE, "server.cli.world", "Load or describe the Xuancheng world."),
        "demo": Entry(PROVE, "server.cli.demo", "The main job from an empty folder to a report."),
        "fleet": Entry(PROVE, "server.cli.fleet", "Let hundreds of devices work offline and merge."),
        "simulate": Entry(PROVE, "server.cli.simulate", "Search for faults in simulated worlds, by seed."),
        "bench": Entry(PROVE, "server.cli.bench", "Measure speed as ratios inside one run."),
    }
)


class LazyCommands(TyperGroup):
    """The root group. Help is written from the table; a command is loaded when it is resolved to be run."""

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = {
            name: TyperCommand(name, help=entry.summary, rich_help_panel=entry.panel)
            for name, entry in COMMANDS.items()
        }
        super().__init__(**settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and load(str(name)), rest

    def invoke(self, ctx: Any) -> Any:
        """What the disk says no to is told like any refusal: it is the world's failure and no mistake of ours."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            told = _told_by_the_system(error)
            if told is None or isinstance(told, BrokenPipeError):
                raise
            name = f"{told.filename}: " if told.filename else ""
            print(f"{name}{told.strerror or told}\n{_LOOK_AT}", file=sys.stderr)
            raise typer.Exit(1) from None


_LOOK_AT = "look whether it is there and yours to write, and whether the disk has room. 请核对路径、权限和磁盘空间"


def _told_by_the_system(error: Exception) -> OSError | None:
    """The system's own error, also where a writer of spreadsheets wrapped it."""
    if isinstance(error, OSError):
        return error
    wrapped = error.__context__ if type(error).__module__.startswith("xlsxwriter") else None
    return wrapped if isinstance(wrapped, OSError) else None


def load(name: str) -> Any:
    """The real command of this name, ready to run."""
    module = import_module(COMMANDS[name].module)
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        app.command(help=COMMANDS[name].summary)(getattr(module, name))
    command = get_command(app)
    command.name = name
    return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a traceback must not print residents' data
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bangban {version('bangban')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Bangban (帮办): helpers file without a network; everything arrives, and merges, exactly once."""


def run() -> None:
    """The command line, for who has loaded it; the console script begins in server/cli/start.py."""
    app()
