"""What the commands share that take a spreadsheet in: every bad row as a table, and what to do when none was taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from server.actions.account_sheet import RowFault
from server.cli.centre import fail

NOTHING_TAKEN = 2
"""The exit code when rows were bad and none was taken."""


def show_faults(console: Console, faults: Sequence[RowFault]) -> None:
    """A table of them; nothing when there is none."""
    if not faults:
        return
    table = Table("行 row", "列 column", "问题 problem")
    for fault in faults:
        table.add_row(str(fault.row), fault.column, f"{fault.zh}\n{fault.en}")
    console.print(table)


def fail_untaken() -> NoReturn:
    fail(
        "没有导入任何一行：请改正后重试，或加--partial。 Nothing was taken: correct the rows, or give --partial.",
        NOTHING_TAKEN,
    )
