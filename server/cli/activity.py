"""`bangban activity`: for a supervisor, area by area: who was heard of when, what waits, what became of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import xlsxwriter
from rich.table import Table

from server.actions.report_activity import Activity, By, PlaceUnknown, report_activity
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, JsonOption, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings
from sync.core.clock import iso

# field, title, what the title says in English
COLUMNS: Sequence[tuple[str, str, str]] = (
    ("place", "区划", "place"),
    ("name", "名称", "name"),
    ("town", "乡镇", "town"),
    ("devices", "设备", "devices"),
    ("never_heard", "从未联系", "never heard"),
    ("last_contact", "最近联系", "last contact"),
    ("longest_silent", "最久未联系", "longest silent"),
    ("unsent", "当时未发", "unsent then"),
    ("unsent_since", "未发始于", "unsent since"),
    ("backlog_age", "当时积压(小时)", "backlog then (hours)"),
    ("to_correct", "待补正", "to correct"),
    ("corrected", "已补正", "corrected"),
    ("conflicts_open", "未决冲突", "conflicts open"),
    ("received", "收到", "received"),
    ("applied", "生效", "applied"),
    ("merged", "合并", "merged"),
    ("conflicts", "冲突", "conflicts"),
    ("refused", "未采用", "refused"),
    ("parked", "待处理", "parked"),
    ("duplicates", "重复", "duplicates"),
)
WIDTH_MIN = 150
_NOT_ON_SCREEN = frozenset({"town", "longest_silent", "unsent_since", "applied", "merged"})
_TIMES = frozenset({"last_contact", "longest_silent", "unsent_since"})


def activity(
    place: Annotated[str, typer.Option("--place", help="A division code of 12 digits; everywhere without it.")] = "",
    by: Annotated[By, typer.Option("--by", help="A row for each town, or for each village.")] = By.TOWN,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a spreadsheet instead.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who was last heard of when, and what arrived: by area, in the order of codes, never by person."""
    rows = run(_report(settings_with(database, data), place, by), PlaceUnknown)
    if as_json:
        print(msgspec.json.encode([_cells(row) for row in rows]).decode())
    elif xlsx is not None:
        write_xlsx(rows, xlsx)
        terminal().print(f"{len(rows)} rows in {xlsx}")
    else:
        _show(rows)


async def _report(settings: Settings, place: str, by: By) -> list[Activity]:
    async with open_centre(settings) as centre:
        return await report_activity(centre.database, place=place, by=by)


def _cells(row: Activity) -> dict[str, object]:
    """Moments as text with their offset; null where there is none."""
    return {name: _shown(name, value) for name, value in asdict(row).items()}


def _shown(name: str, value: object) -> object:
    if name == "backlog_age" and isinstance(value, int):
        return value // 3_600_000
    return iso(value) if name in _TIMES and isinstance(value, int) else value


def _show(rows: Sequence[Activity]) -> None:
    console = terminal()
    console.width = max(console.width, WIDTH_MIN)  # numbers cut off on a narrow screen would be wrong numbers
    shown = [column for column in COLUMNS if column[0] not in _NOT_ON_SCREEN]
    table = Table(*(f"{title}\n{english}" for _, title, english in shown), caption=f"{len(rows)}")
    for row in rows:
        cells = _cells(row)
        table.add_row(*("–" if cells[name] is None else str(cells[name])[:16] for name, _, _ in shown))
    console.print(table)


def write_xlsx(rows: Sequence[Activity], path: Path) -> None:
    """Texts are written as texts: a name that begins like a formula is none."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("activity")
    bold = book.add_format({"bold": True, "text_wrap": True})
    for column, (_, title, english) in enumerate(COLUMNS):
        sheet.write_string(0, column, f"{title} {english}", bold)
    for number, row in enumerate(rows, start=1):
        cells = _cells(row)
        for column, (name, _, _) in enumerate(COLUMNS):
            value = cells[name]
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    sheet.autofit()
    book.close()
