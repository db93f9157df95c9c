"""`bangban backup`: a verified backup at a second place, while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from server.actions.backup import KEEP, BackupFailed, BackupReport, back_up
from server.backups import second_place
from server.centre import backup_source, open_centre
from server.cli.centre import DatabaseOption, DataOption, JsonOption, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings


def backup(
    to: Annotated[Path | None, typer.Option("--to", help="The folder; another disk or machine.")] = None,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many backups stay there.")] = KEEP,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a backup, prove it by opening it again, then tell devices what is durable. Old ones go last."""
    settings = settings_with(database, data)
    console = terminal(stderr=as_json)
    report = run(_back_up(settings, to or second_place(settings), keep, console), BackupFailed, OSError)
    manifest = report.manifest
    if as_json:
        print(
            msgspec.json.encode({"folder": str(report.folder), "marked": report.marked, "manifest": manifest}).decode()
        )
        return
    console.print(
        f"{report.folder}: {sum(manifest.rows.values())} rows, {manifest.blobs} files, "
        f"{report.verified.chains} chains, verified"
    )
    if manifest.blobs_missing:
        console.print(
            f"{len(manifest.blobs_missing)} files have no bytes here: their devices still may", style="yellow"
        )
    if manifest.second_place:
        console.print(f"{report.marked} devices' chains are durable up to here")
    else:
        console.print("inside the data folder: no second place, so nothing is durable for its sake", style="yellow")


async def _back_up(settings: Settings, to: Path, keep: int, console: Console) -> BackupReport:
    with console.status("backup") as status:
        async with open_centre(settings) as centre:
            return await back_up(
                backup_source(centre),
                to,
                now_ms=centre.clock.wall_ms,
                keep=keep,
                on_stage=lambda stage: status.update(f"backup: {stage}"),
            )
