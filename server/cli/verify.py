"""`bangban verify`: whether the centre still holds what it was told."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from server.actions.log_heads import read_signed_heads, signing_key
from server.actions.verify import VerifyReport
from server.actions.verify import verify as verify_centre
from server.actions.verify_findings import MEANINGS
from server.backups import second_place
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, JsonOption, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings
from server.storage.blobs import open_blobs


def verify(
    database: DatabaseOption = None,
    data: DataOption = None,
    files: Annotated[bool, typer.Option("--files/--no-files", help="Hash every file's bytes as well.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Check sums, audit chains, signed ends, devices' chains, keys, history and files. Exit code 2 with findings."""
    settings = settings_with(database, data)
    console = terminal(stderr=as_json)
    report = run(_verify(settings, files, console))
    if as_json:
        print(msgspec.json.encode(_document(report)).decode())
    else:
        _show(report, console)
    if not report.is_whole:
        raise typer.Exit(2)


async def _verify(settings: Settings, files: bool, console: Console) -> VerifyReport:
    with console.status("verify") as status:
        async with open_centre(settings) as centre:
            signed = read_signed_heads(second_place(settings), signing_key(centre.secrets).public_key())
            return await verify_centre(
                centre.database,
                centre.sealing,
                centre.policies,
                blobs=open_blobs(settings.blobs, centre.sealing) if files else None,
                signed=signed,
                on_progress=lambda stage, done: status.update(f"verify: {done} {stage}"),
            )


def _document(report: VerifyReport) -> dict[str, object]:
    return {
        "whole": report.is_whole,
        "records": report.records,
        "buckets": report.buckets,
        "changes": report.changes,
        "chains": report.chains,
        "objects": report.objects,
        "signed_ends": report.signed_ends,
        "looks": report.looks,
        "findings": report.findings.count,
        "found": [{"code": one.code, "where": one.where, "detail": one.detail} for one in report.findings.found],
    }


def _show(report: VerifyReport, console: Console) -> None:
    console.print(
        f"{report.records} records in {report.buckets} buckets, {report.changes} changes in {report.chains} chains, "
        f"{report.looks} logged looks, {report.objects} files, {report.signed_ends} signed ends"
    )
    if report.is_whole:
        console.print("whole", style="green")
        return
    table = Table("finding", "where", "detail", "meaning")
    for one in report.findings.found[:50]:
        table.add_row(one.code, one.where, one.detail, MEANINGS[one.code])
    console.print(table)
    console.print(f"{report.findings.count} findings", style="red")
