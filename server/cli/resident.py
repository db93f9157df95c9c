"""`bangban resident`: all that is held about one resident, written out or emptied, with the reason in the logs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.actions.erase_resident import CasesOpen, ErasureReport, ResidentUnknown, erase_resident
from server.actions.export_all import ExportReport, export_all
from server.actions.export_all import ResidentUnknown as NobodyToExport
from server.actions.log_read import log_read
from server.actions.refusals import ReasonMissing
from server.actions.take_step import centre_itself
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings
from server.storage.blobs import open_blobs

app = typer.Typer(no_args_is_help=True, help="Everything about one resident: written out, or emptied.")
ResidentArgument = Annotated[str, typer.Argument(help="The resident's record id.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Who asked for it and why; it is logged.")]


@app.command("export")
def export(
    resident: ResidentArgument,
    to: Annotated[Path, typer.Option("--to", help="A new folder.")],
    reason: ReasonOption,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write out what is held about a resident, unmasked: a copy for that person (PIPL 45)."""
    if to.exists():
        fail(f"{to} is there already: an export goes into a new folder")
    report = run(_export(settings_with(database, data), resident, to, reason), NobodyToExport, ReasonMissing, OSError)
    terminal().print(f"{sum(report.lines.values())} lines and {report.files} files in {to}")


@app.command("erase")
def erase(
    resident: ResidentArgument,
    reason: ReasonOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Empty everything held about a resident (PIPL 47). It cannot be taken back; older backups still hold it."""
    if not yes:
        typer.confirm(f"Empty everything about {resident}? It cannot be taken back.", abort=True)
    report = run(_erase(settings_with(database, data), resident, reason), ResidentUnknown, CasesOpen)
    terminal().print(
        f"{report.records} records emptied, {report.lines} lines of the log, {report.files} files; "
        f"{report.waiting} lines wait for something else and go with a later run of `bangban retention run`"
    )


async def _export(settings: Settings, resident: str, to: Path, reason: str) -> ExportReport:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        platform = platform_of(centre, writer)
        await log_read(platform, await centre_itself(platform), "resident", resident, reason, unmasked=True)
        return await export_all(
            centre.database, centre.sealing, open_blobs(settings.blobs, centre.sealing), to, resident=resident
        )


async def _erase(settings: Settings, resident: str, reason: str) -> ErasureReport:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        return await erase_resident(platform_of(centre, writer), resident, why=reason, actor="operator")
