"""`bangban cases import`: open cases of another system, from a spreadsheet or lines of JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from server.actions.account_sheet import SheetUnreadable
from server.actions.case_sheet import read_case_file
from server.actions.import_cases import CaseImportReport, import_cases
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, JsonOption, run, settings_with
from server.cli.sheets import fail_untaken, show_faults
from server.cli.terminal import terminal
from server.merge_policies.judging import china_day
from server.settings import Settings


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An xlsx file, or lines of JSON.")],
    system: Annotated[str, typer.Option("--system", help="Where they come from; the same word every time.")],
    partial: Annotated[bool, typer.Option("--partial", help="Take the good rows although others are bad.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over open cases. Every bad row is told; nothing is taken unless all are good, or with --partial."""
    report = run(_import(settings_with(database, data), file.read_bytes(), system, partial), SheetUnreadable)
    if as_json:
        print(msgspec.json.encode(asdict(report)).decode())
    else:
        _show(report)
    if report.refused:
        fail_untaken()


async def _import(settings: Settings, content: bytes, system: str, partial: bool) -> CaseImportReport:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        platform = platform_of(centre, writer)
        rows = read_case_file(content, await platform.directory(), china_day(centre.clock.wall_ms()))
        return await import_cases(platform, rows, system=system, partial=partial)


def _show(report: CaseImportReport) -> None:
    console = terminal()
    show_faults(console, report.faults)
    console.print(
        f"{report.rows} rows 行: {report.taken} taken 接收, {report.present} there already 已有, "
        f"{report.registered} residents registered 新居民, {len(report.faults)} faults 问题"
    )
