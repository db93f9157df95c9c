"""`bangban move`: a centre to another database, of either engine, with every row, in the same epoch."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from server.actions.restore import TargetNotEmpty, copy_database
from server.actions.verify import VerifyReport
from server.actions.verify import verify as verify_centre
from server.centre import open_centre, sqlite_key_of
from server.cli.centre import DataOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings


def move(
    source: Annotated[str, typer.Option("--from", help="The database the centre is in.")],
    target: Annotated[str, typer.Option("--to", help="The empty database it moves to.")],
    data: DataOption = None,
) -> None:
    """Move a centre to another database. Stop the server first; devices notice nothing: epoch and sums stay."""
    settings = settings_with(source, data)
    counts, report = run(_move(settings, target, data), TargetNotEmpty)
    table = Table("table", "rows")
    for name, count in counts.items():
        if count:
            table.add_row(name, str(count))
    console = terminal()
    console.print(table)
    if not report.is_whole:
        fail(f"the moved database is not whole: {report.findings.count} findings; go on with the old one", 2)
    console.print(f"moved and verified: {report.buckets} sums and {report.chains} chains are the same; serve {target}")


async def _move(settings: Settings, target: str, data: Path | None) -> tuple[dict[str, int], VerifyReport]:
    key = sqlite_key_of(settings)
    target_key = key if target.startswith("sqlite") else None
    counts = await copy_database(
        settings.database, target, source_key=key, target_key=target_key, now_ms=time.time_ns() // 1_000_000
    )
    async with open_centre(replace(settings, database=target)) as centre:
        return counts, await verify_centre(centre.database, centre.sealing, centre.policies, blobs=None)
