"""Writes a list out as a spreadsheet or a PDF with a watermark: who took it, when, and why.

Laws: rows are written as they are read and never all held; what is too much is cut at a bound that the file tells.
Every cell is a text: what begins like a formula is none, neither here nor when somebody saves it as something else.
The watermark stands on every printed page, and above the rows. Whoever stops waiting stops the writing: what was begun
is closed, and its place is for the caller to clear.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from server.actions.pdf_pages import MARGIN, WIDTH, PdfPages

Row = Sequence[str]
Told = Callable[[int], Awaitable[None]]
"""Hears how many rows are written."""
XLSX_ROWS_MAX = 1_000_000
"""A sheet has 1,048,576 lines."""
PDF_ROWS_MAX = 3_000
"""A PDF is for paper; its pages are held until it is finished."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would work out; such a cell is marked as a text."""
_CELL_CHARS_MAX = 1_000
_CUT = "…… 超出一份文件的行数，请缩小范围 more rows than one file holds: narrow the search"


@dataclass(frozen=True, slots=True)
class Watermark:
    """`at` as people read it."""

    who: str
    at: str
    why: str

    @property
    def line(self) -> str:
        return f"{self.who} · {self.at} · {self.why}"


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: Row
    widths: Sequence[int]
    """Of the columns, in signs."""


async def _to_nobody(_count: int) -> None:
    pass


async def write_table(
    table: Table, rows: AsyncIterator[Sequence[Row]], mark: Watermark, path: Path, told: Told = _to_nobody
) -> int:
    """Into `path`, by its suffix; how many rows it holds. `rows` come a page at a time, and `told` hears of each."""
    return await (_write_pdf if path.suffix == ".pdf" else _write_xlsx)(table, rows, mark, path, told)


async def _write_xlsx(table: Table, rows: AsyncIterator[Sequence[Row]], mark: Watermark, path: Path, told: Told) -> int:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)})
    book.set_properties({"title": table.title, "comments": mark.line})
    bold, plain = book.add_format({"bold": True}), book.add_format()
    quoted = book.add_format()
    quoted.set_quote_prefix()
    sheet = book.add_worksheet()
    sheet.set_header(f"&L{table.title.replace('&', '&&')[:40]}")
    sheet.set_footer(footer_of(mark))
    sheet.set_landscape()
    sheet.set_paper(9)
    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, width)

    def write(line: int, cells: Row, head: bool = False) -> None:
        for column, cell in enumerate(cells):
            said = cell[:_CELL_CHARS_MAX]
            sheet.write_string(line, column, said, bold if head else quoted if said.startswith(FORMULA) else plain)

    write(0, [table.title], head=True)
    write(1, [mark.line])
    write(3, table.head, head=True)
    sheet.repeat_rows(3)
    count = 0

    def write_all(page: Sequence[Row]) -> None:
        for place, cells in enumerate(page):
            write(4 + count + place, cells)

    try:
        async for page in rows:
            some = page[: XLSX_ROWS_MAX - count]
            await _whole(write_all, some)
            count += len(some)
            await told(count)
            if len(some) < len(page):
                write(4 + count, [_CUT])
                break
    finally:
        # Also where the rows failed: its rows lie in a file that stays open until then.
        await _whole(book.close)
    return count


async def _whole(work: Callable[..., object], *given: object) -> None:
    """In a thread, to its end: whoever is cancelled meanwhile must not close what the thread still writes."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *given))
    try:
        await asyncio.shield(thread)
    finally:
        await asyncio.wait([thread])


def footer_of(mark: Watermark) -> str:
    """As spreadsheets spell what stands under every printed page."""
    said = mark.line.replace("&", "&&")[:200]
    return f"&L{said}&R&P / &N"


async def _write_pdf(table: Table, rows: AsyncIterator[Sequence[Row]], mark: Watermark, path: Path, told: Told) -> int:
    pages = PdfPages(mark=mark.line)
    pages.line(table.title, 14)
    pages.line(mark.line)
    pages.gap()
    scale = (WIDTH - 2 * MARGIN) / sum(table.widths)
    at = [scale * sum(table.widths[:place]) for place in range(len(table.widths))]
    pages.row(list(table.head), at)
    count = 0
    async for page in rows:
        some = page[: PDF_ROWS_MAX - count]
        for cells in some:
            pages.row([cell.replace("\n", " ") for cell in cells], at, 8)
        count += len(some)
        await told(count)
        if len(some) < len(page):
            pages.line(_CUT)
            break
    content = await asyncio.to_thread(pages.document, table.title)
    await asyncio.to_thread(path.write_bytes, content)
    return count
