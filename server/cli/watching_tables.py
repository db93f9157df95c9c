"""Shows supervision's lists on a screen, Chinese first, in the order they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from rich.table import Table

from server.cli.terminal import terminal

WIDTH_MIN = 150


def show(rows: Sequence[Any], columns: Sequence[tuple[str, str]], *, as_json: bool) -> None:
    """`columns`: (field, title)."""
    if as_json:
        print(msgspec.json.encode([asdict(row) for row in rows]).decode())
        return
    console = terminal()
    console.width = max(console.width, WIDTH_MIN)  # numbers cut off on a narrow screen would be wrong numbers
    table = Table(*(title for _, title in columns), caption=f"{len(rows)}")
    for row in rows:
        cells = asdict(row)
        table.add_row(*(_cell(cells[field]) for field, _ in columns))
    console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)}"
    return str(value) if value not in ("", None) else "–"
