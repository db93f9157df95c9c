"""`bangban restore`: a centre from a backup, in a new epoch."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from server.actions.backup_set import BackupUnusable, backups_in
from server.actions.restore import TargetNotEmpty
from server.actions.restore import restore as restore_backup
from server.centre import restore_target
from server.cli.centre import DatabaseOption, DataOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.storage.master_secret import SecretUnusable


def restore(
    source: Annotated[Path, typer.Option("--from", help="A backup, or a folder of backups: then its newest.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Restore a backup into an empty database and begin a new epoch. A damaged backup is refused with the reason."""
    settings = settings_with(database, data)
    console = terminal()
    folder = (backups_in(source) or [source])[-1]
    try:
        target = restore_target(settings)
    except SecretUnusable as error:
        fail(str(error))
    with console.status("restore") as status:
        report = run(
            restore_backup(
                folder,
                target,
                now_ms=time.time_ns() // 1_000_000,
                randomness=os.urandom,
                on_stage=lambda stage: status.update(f"restore: {stage}"),
            ),
            BackupUnusable,
            TargetNotEmpty,
            OSError,
        )
    console.print(f"{folder} restored: {sum(report.manifest.rows.values())} rows, {report.objects} files")
    console.print(f"new epoch {report.epoch}: devices send what came after the backup, and read everything again")
    if report.objects_missing:
        console.print(f"{len(report.objects_missing)} files had no bytes when the backup was made", style="yellow")
