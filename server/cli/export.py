"""`bangban export`: everything, or all about one resident, in open formats; and whether an export is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from server.actions.check_export import ExportUnusable, check_export
from server.actions.export_all import ExportReport, OnProgress, ResidentUnknown, export_all
from server.actions.log_read import log_read
from server.actions.refusals import ReasonMissing
from server.actions.take_step import centre_itself
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings
from server.storage.blobs import open_blobs

EVERYTHING = "everything"
"""The kind of a look at all there is."""


def export(
    to: Annotated[Path | None, typer.Option("--to", help="A new folder.")] = None,
    resident: Annotated[str, typer.Option("--resident", help="A resident's record id: only what concerns them.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Who asked for it and why; it is logged.")] = "",
    check: Annotated[Path | None, typer.Option("--check", help="Read this export again instead.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write records, changes and files out as JSON lines and originals. Nothing is masked: keep the folder close."""
    if check is not None:
        _check(check)
        return
    if to is None:
        fail("give --to a new folder, or --check an export")
    if to.exists():
        fail(f"{to} is there already: an export goes into a new folder")
    with terminal(stderr=True).status("export") as status:

        def tell(name: str, done: int) -> None:
            status.update(f"export: {done} of {name}")

        exporting = _export(settings_with(database, data), to, resident, reason, tell)
        report = run(exporting, ResidentUnknown, ReasonMissing, OSError)
    table = Table("file", "lines")
    for name, count in report.lines.items():
        table.add_row(name, str(count))
    console = terminal()
    console.print(table)
    console.print(f"{report.files} files in {to / 'files'}")
    if report.unreadable or report.objects_missing:
        fail(f"{len(report.unreadable)} rows did not open, {len(report.objects_missing)} files have no bytes", 2)


def _check(folder: Path) -> None:
    try:
        checked = check_export(folder)
    except (ExportUnusable, OSError) as error:
        fail(str(error), 2)
    records = sum(checked.records.values())
    terminal().print(f"完整 whole: {records} records, {checked.lines} other lines, {checked.originals} originals")


async def _export(settings: Settings, to: Path, resident: str, reason: str, tell: OnProgress) -> ExportReport:
    """Nothing is masked: the look is in the log, with its reason, before anything is written."""
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        platform = platform_of(centre, writer)
        kind = "resident" if resident else EVERYTHING
        await log_read(platform, await centre_itself(platform), kind, resident, reason, unmasked=True)
        blobs = open_blobs(settings.blobs, centre.sealing)
        return await export_all(centre.database, centre.sealing, blobs, to, resident=resident, on_progress=tell)
